# The commands of CONTRIBUTING.md. Everything else is plain go.

FUZZTIME ?= 60s

.PHONY: build test fuzz mutate planted bench integration docs tools

build:
	go build -buildvcs=true -o promptlib ./cmd/promptlib

test:
	go test ./...

# Every fuzz target of every package, one after the other.
fuzz:
	.ci/fuzz $(FUZZTIME)

# The decision of check is broken in each of its places, one after the other, and
# the tests must notice.
mutate:
	go run ./.ci/mutate

# Every error that the generator of libraries plants is found at its place.
planted:
	go test -run 'PlantedErrors|CleanFiles' -v ./cmd/promptlib -planted 10000

# Ratios against a floor in the same run. They need the generator of libraries in
# ../shared, which is no part of the repository, and say so where it is absent.
bench:
	go test -run '^$$' -bench . -benchtime 5x -v ./cmd/promptlib

# eval against servers that are not ours, on loopback. What cannot be had is
# skipped with a line that says why.
integration:
	.ci/integration

# The pages that are written from the code.
docs:
	go test ./cmd/promptlib -run Docs -update

tools:
	go tool -modfile=.ci/tools/go.mod staticcheck ./...
