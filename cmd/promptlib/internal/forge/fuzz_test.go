package forge

import (
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"promptlib/library/check"
)

// FuzzAnswers puts any text in the place of one answer: a pull request comes of it
// whose facts hold together, or an error for people.
func FuzzAnswers(f *testing.F) {
	places := []struct {
		forge, path string
		answers     map[string][]answer
	}{{"github", "", acme()}, {"gitlab", "/api/v4", acmeLab()}}
	var keys [][]string
	for i, p := range places {
		var list []string
		for key := range p.answers {
			list = append(list, key)
		}
		slices.Sort(list)
		keys = append(keys, list)
		for k, key := range list {
			f.Add(i == 1, uint8(k), uint16(200), "", p.answers[key][0].body)
		}
	}
	f.Add(false, uint8(0), uint16(403), "<x>; rel=next", `{"message": "no"}`)
	var current atomic.Pointer[fake]
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { current.Load().ServeHTTP(w, r) }))
	f.Cleanup(server.Close)
	f.Fuzz(func(t *testing.T, lab bool, which uint8, status uint16, link, body string) {
		i := 0
		if lab {
			i = 1
		}
		answers := map[string][]answer{}
		for key, list := range places[i].answers {
			answers[key] = list
		}
		if status < 200 || status > 599 || strings.ContainsAny(link, "\r\n\x00") {
			t.Skip()
		}
		changed := answer{body: body, status: int(status), header: map[string]string{}}
		if link != "" {
			changed.header["Link"] = link
		}
		if status == http.StatusNoContent || status == http.StatusNotModified {
			changed.body = ""
		}
		answers[keys[i][int(which)%len(keys[i])]] = []answer{changed}
		current.Store(&fake{t: t, url: server.URL, answers: answers})
		got, _, err := read(t.Context(), Where{Forge: places[i].forge, API: server.URL + places[i].path, Repository: "acme/prompts", Number: 12, Token: token}, quick)
		if err != nil {
			refused(t, err, "", "")
			return
		}
		sound(t, got)
	})
}

// sound checks what holds of every pull request that was read.
func sound(t *testing.T, p *check.PullRequest) {
	t.Helper()
	if !commitID.MatchString(p.Head) || len(p.Authors) == 0 || p.Forge == "" || p.Name == "" {
		t.Errorf("got %+v, want a head, an author and a name", p)
	}
	for _, a := range p.Authors {
		if p.Pushers && a.ID == 0 && a != p.Authors[0] {
			t.Errorf("everybody who pushed is said to be known, and %+v is not", a)
		}
	}
	for _, r := range p.Reviews {
		if r.Opinion == "" || r.Opinion != check.Comment && r.At.IsZero() && p.Forge == "github" {
			t.Errorf("got the review %+v, want an opinion and a time", r)
		}
	}
}
