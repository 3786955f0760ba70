package git

import (
	"context"
	"slices"
	"strconv"
	"strings"
)

// A Span is the lines From to To of a file, counted from 1, both included.
type Span struct{ From, To int }

// Lines returns the lines below a folder that differ between a commit and the
// work tree, by the absolute path of their file. Where lines are gone, the lines
// on both sides of the gap count as changed. Files that git does not know are
// not among them.
func (r Repo) Lines(ctx context.Context, base, below string) (map[string][]Span, error) {
	args := append(slices.Clone(diffArgs), "--unified=0", "--inter-hunk-context=0", "--src-prefix=a/", "--dst-prefix=b/", base, "--", below)
	out, err := run(ctx, r.Root, args...)
	if err != nil {
		return nil, &Error{err.Error(), "leave out --lines, or --since to lint all files"}
	}
	lines := map[string][]Span{}
	for name, spans := range parseDiff(out) {
		lines[r.path(name)] = spans
	}
	return lines, nil
}

// parseDiff reads a unified diff without context. It counts the lines of each
// hunk, so that none of them is taken for a header, whatever it holds.
func parseDiff(diff string) map[string][]Span {
	files := map[string][]Span{}
	name := ""
	for diff != "" {
		var line string
		line, diff, _ = strings.Cut(diff, "\n")
		if to, ok := strings.CutPrefix(line, "+++ "); ok {
			name = headerName(to)
			continue
		}
		old, at, count, ok := hunkHeader(line)
		if !ok {
			continue
		}
		for n := old + count; n > 0 && diff != ""; {
			line, diff, _ = strings.Cut(diff, "\n")
			if !strings.HasPrefix(line, `\`) { // "\ No newline at end of file" is no line
				n--
			}
		}
		s := Span{at, at + count - 1}
		if count == 0 {
			s = Span{at, at + 1}
		}
		files[name] = append(files[name], s)
	}
	delete(files, "")
	return files
}

// headerName returns the path in a header line, empty for a file that is gone.
// Git ends a path with spaces by a tab, and quotes one with control characters.
func headerName(s string) string {
	s = strings.TrimSuffix(s, "\t")
	if strings.HasPrefix(s, `"`) {
		s = unquote(s)
	}
	name, ok := strings.CutPrefix(s, "b/")
	if !ok {
		return ""
	}
	return name
}

// unquote undoes git's C style quotes, in which a byte may stand as three octal
// digits.
func unquote(s string) string {
	s = strings.TrimSuffix(strings.TrimPrefix(s, `"`), `"`)
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] != '\\' || i+1 == len(s) {
			b.WriteByte(s[i])
			continue
		}
		i++
		if i+3 <= len(s) {
			if n, err := strconv.ParseUint(s[i:i+3], 8, 8); err == nil {
				b.WriteByte(byte(n))
				i += 2
				continue
			}
		}
		if k := strings.IndexByte("abtnvfr", s[i]); k >= 0 {
			b.WriteByte("\a\b\t\n\v\f\r"[k])
		} else {
			b.WriteByte(s[i])
		}
	}
	return b.String()
}

// hunkHeader reads "@@ -12,3 +14 @@": how many old lines there are, the first
// new line and how many new lines there are.
func hunkHeader(line string) (old, at, count int, ok bool) {
	rest, ok := strings.CutPrefix(line, "@@ -")
	if !ok {
		return 0, 0, 0, false
	}
	from, rest, ok := strings.Cut(rest, " +")
	to, _, ok2 := strings.Cut(rest, " @@")
	if !ok || !ok2 {
		return 0, 0, 0, false
	}
	_, old, ok = hunkRange(from)
	at, count, ok2 = hunkRange(to)
	return old, at, count, ok && ok2
}

func hunkRange(s string) (at, count int, ok bool) {
	first, length, several := strings.Cut(s, ",")
	at, err := strconv.Atoi(first)
	if err != nil || !several {
		return at, 1, err == nil
	}
	count, err = strconv.Atoi(length)
	return at, count, err == nil && count >= 0
}
