package main

import (
	"io"
	"net/http"
	"net/http/httptest"
	"os/exec"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// instant is a server that answers at once, after a wait if there is one.
func instant(tb testing.TB, wait time.Duration) string {
	answer := []byte(completion)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		io.Copy(io.Discard, r.Body)
		time.Sleep(wait)
		w.Write(answer)
	}))
	tb.Cleanup(server.Close)
	return server.URL + "/v1"
}

// evaluate runs eval in the working directory and checks that all n cases pass.
func evaluate(b *testing.B, n int, args ...string) {
	b.Helper()
	var out, errs strings.Builder
	if status := run(append([]string{"eval", "--model", "openai/m"}, args...), nil, &out, &errs); status != exitClean || !strings.Contains(out.String(), strconv.Itoa(n)+" passed") {
		b.Fatalf("eval ends with %d: %s%s", status, out.String(), errs.String())
	}
}

// postAll sends as many requests as eval does and reads the answers: the floor
// that eval is measured against.
func postAll(b *testing.B, base string, n, concurrency int) {
	b.Helper()
	body := `{"model": "m", "messages": [{"role": "user", "content": "` + strings.Repeat("x", 200) + `"}]}`
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: concurrency}}
	defer client.CloseIdleConnections()
	work := make(chan bool)
	var group sync.WaitGroup
	for range concurrency {
		group.Go(func() {
			for range work {
				res, err := client.Post(base+"/chat/completions", "application/json", strings.NewReader(body))
				if err != nil {
					b.Error(err)
					continue
				}
				io.Copy(io.Discard, res.Body)
				res.Body.Close()
			}
		})
	}
	for range n {
		work <- true
	}
	close(work)
	group.Wait()
}

// What eval may cost at most: as a multiple of the processor time of sending its
// requests, half again what it costs on a quiet machine, and of the time that the
// answers alone take.
const (
	maxEvalRatio    = 9
	maxLatencyRatio = 1.1
)

// BenchmarkEval runs 5,000 cases against a server that answers at once, and
// compares the processor time of program and server with that of sending the
// requests.
func BenchmarkEval(b *testing.B) {
	const n, concurrency = 5000, 32
	b.Chdir(b.TempDir())
	writeCases(b, ".", n)
	base := instant(b, 0)
	var took time.Duration
	r := ratio(b, 1, func() { postAll(b, base, n, concurrency) }, func() {
		began := time.Now()
		evaluate(b, n, "--base-url", base, "--concurrency", strconv.Itoa(concurrency), "--no-cache", ".")
		took += time.Since(began)
	})
	b.ReportMetric(r, "x-floor")
	b.ReportMetric(n*float64(b.N+1)/took.Seconds(), "cases/s")
	if r > maxEvalRatio {
		b.Errorf("eval costs %.1f times sending its requests, at most %d are allowed, with %.0f cases a second", r, maxEvalRatio, n*float64(b.N+1)/took.Seconds())
	}
}

// BenchmarkEvalLatency compares a run against a server that takes 200 ms for each
// answer with the time that the answers alone take.
func BenchmarkEvalLatency(b *testing.B) {
	const n, concurrency, latency = 5000, 128, 200 * time.Millisecond
	b.Chdir(b.TempDir())
	writeCases(b, ".", n)
	base := instant(b, latency)
	ideal := time.Duration((n+concurrency-1)/concurrency) * latency
	for b.Loop() {
		began := time.Now()
		evaluate(b, n, "--base-url", base, "--concurrency", strconv.Itoa(concurrency), "--no-cache", ".")
		r := float64(time.Since(began)) / float64(ideal)
		b.ReportMetric(r, "x-ideal")
		if r > maxLatencyRatio {
			b.Errorf("the run takes %.2f times the ideal %s, at most %.1f are allowed", r, ideal, maxLatencyRatio)
		}
	}
}

// BenchmarkEvalCached runs 5,000 cases whose replies are all at hand.
func BenchmarkEvalCached(b *testing.B) {
	const n = 5000
	b.Chdir(b.TempDir())
	writeCases(b, ".", n)
	base := instant(b, 0)
	args := []string{"--base-url", base, "--concurrency", "32", "."}
	evaluate(b, n, args...)
	for b.Loop() {
		evaluate(b, n, args...)
	}
}

// maxEvalMemory is the most memory that a run of 100,000 cases may take, in MiB.
const maxEvalMemory = 100

// BenchmarkEvalMemory measures the most memory that the program has while it runs
// 100,000 cases and reports on them.
func BenchmarkEvalMemory(b *testing.B) {
	const n = 100_000
	b.Chdir(b.TempDir())
	writeCases(b, ".", n)
	base := instant(b, 0)
	for b.Loop() {
		cmd := exec.Command("promptlib", "eval", "--model", "openai/m", "--base-url", base, "--concurrency", "32", "--no-cache", ".")
		out, err := cmd.CombinedOutput()
		if err != nil || !strings.Contains(string(out), strconv.Itoa(n)+" passed") {
			b.Fatalf("%v\n%s", err, out[max(0, len(out)-300):])
		}
		most := float64(cmd.ProcessState.SysUsage().(*syscall.Rusage).Maxrss) / 1024
		b.ReportMetric(most, "MiB")
		if most > maxEvalMemory {
			b.Errorf("the run takes %.0f MiB, at most %d are allowed", most, maxEvalMemory)
		}
	}
}
