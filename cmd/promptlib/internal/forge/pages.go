package forge

import (
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"strconv"
)

const (
	// perPage is how many entries a page has that is asked for, the most that the
	// forges give.
	perPage = 100

	// maxEntries is the most entries that are read of one list.
	maxEntries = 10_000
)

// pages reads a list page by page until the end. A page that is full is followed
// by another, even where the header that says so was lost on the way; an entry
// that comes twice means that pages have shifted, and one may be missing.
func pages[T any](r *reading, what string, get func(page int) ([]T, *http.Response, error), take func(T) (id int64, err error)) error {
	seen := map[int64]bool{}
	for page := 1; page <= maxEntries/perPage+1; page++ {
		list, res, err := get(page)
		if err != nil {
			return err
		}
		for _, entry := range list {
			id, err := take(entry)
			if err != nil {
				return err
			}
			if seen[id] {
				return &Error{Message: fmt.Sprintf("%s: %s %d came twice, so others may be missing", r, what, id), Hint: "run the check again"}
			}
			if seen[id] = true; len(seen) > maxEntries {
				return tooMany(r, what)
			}
		}
		next, err := nextPage(r, res)
		switch {
		case err != nil:
			return err
		case next == nil && len(list) < perPage:
			return nil
		case next != nil && next.Get("page") != strconv.Itoa(page+1):
			return &Error{Message: fmt.Sprintf("%s: after page %d of the %ss comes page %q", r, page, what, next.Get("page")), Hint: "run the check again; if it stays so, something between here and " + r.api.Host + " changes its answers"}
		}
	}
	return tooMany(r, what)
}

func tooMany(r *reading, what string) error {
	return &Error{Message: fmt.Sprintf("%s has more than %d %ss", r, maxEntries, what), Hint: "close it and open another for the change"}
}

// linked is one link of a header Link, and its parameters.
var (
	linked  = regexp.MustCompile(`<([^<>]*)>([^<]*)`)
	relNext = regexp.MustCompile(`(?i);\s*rel\s*=\s*"?next"?\s*(?:[;,]|$)`)
)

// nextPage returns the query of the page that follows; nil for none. A page on
// another host is refused: it is not for this token.
func nextPage(r *reading, res *http.Response) (url.Values, error) {
	for _, header := range res.Header.Values("Link") {
		for _, m := range linked.FindAllStringSubmatch(header, -1) {
			if !relNext.MatchString(m[2]) {
				continue
			}
			u, err := r.api.Parse(m[1])
			if err != nil || u.Scheme != r.api.Scheme || hostOf(u) != r.api.Host {
				return nil, &Error{Message: fmt.Sprintf("%s: the next page is said to be at %q, which is not on %s", r, m[1], r.api.Host), Hint: "give the address of the API that the forge itself uses"}
			}
			return u.Query(), nil
		}
	}
	return nil, nil
}
