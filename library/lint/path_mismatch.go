package lint

import (
	"path"
	"slices"
	"strings"

	"promptlib/library"
)

var pathMismatch = &Rule{
	Code: library.Code{
		ID: "FM017", Name: "path-mismatch", Severity: library.Warning,
		Doc: library.Doc{
			Summary: "path is not that of the file",
			Why:     "Whoever looks a prompt up by its path finds another file or none. A path that differs only in hyphens and underscores, or in the folder, still leads a person to the file and is information.",
			Fix:     "Write the path of the file without its extension, from any folder above it on.",

			Bad: `---
title: Release notes
version: "1.0"
path: writing/changelog
---
<purpose>
Sum up commits.
</purpose>
`,
			Good: `---
title: Release notes
version: "1.0"
path: prompts/example
---
<purpose>
Sum up commits.
</purpose>
`,
		},
	},
	Prompt: func(p *Pass) {
		root := p.Prompt.Front.Root
		at := root.Get("path").Scalar()
		// The keys of dialect A stand in files without its tags too; in those of
		// another dialect a key of that name means something else.
		if at.Value == "" || p.Prompt.Dialect == "B" || p.Prompt.Dialect != "A" && root.Get("prompt_type") == nil || isTemplate(p.Prompt.Path) || isPlaceholder(at.Value) {
			return
		}
		file := strings.TrimSuffix(p.Prompt.Path, path.Ext(p.Prompt.Path))
		value := strings.Trim(strings.TrimSuffix(at.Value, path.Ext(p.Prompt.Path)), "/")
		var d *library.Diagnostic
		switch {
		case samePath(file, value):
			return
		case samePath(foldPath(file), foldPath(value)):
			d = p.Infof(at, "path %q differs from the file in hyphens and underscores; write %q", at.Value, p.pathFor(value))
		case foldPath(path.Base(file)) == foldPath(path.Base(value)):
			d = p.Infof(at, "path %q names another folder than that of the file; write %q", at.Value, p.pathFor(value))
		default:
			d = p.Reportf(at, "path %q is not this file; write %q", at.Value, p.pathFor(value))
		}
		right := p.pathFor(value)
		d.Fix = p.respell(at, right, p.sharesFolder(value))
	},
}

// samePath reports whether one of two paths is the other or its end. Which one
// is longer depends on the folder that the program was started in.
func samePath(a, b string) bool {
	return a == b || strings.HasSuffix(a, "/"+b) || strings.HasSuffix(b, "/"+strings.TrimPrefix(a, "/"))
}

func foldPath(s string) string { return strings.ReplaceAll(strings.ToLower(s), "_", "-") }

// pathFor returns what the path of the file should be: from the folder that the
// wrong value begins with, else from the root of the library.
func (p *Pass) pathFor(value string) string {
	file := strings.TrimSuffix(p.Prompt.Path, path.Ext(p.Prompt.Path))
	segments := strings.Split(file, "/")
	first, _, _ := strings.Cut(value, "/")
	if i := slices.Index(segments[:len(segments)-1], first); i >= 0 {
		return path.Join(segments[i:]...)
	}
	relative := library.Relative(p.Root, p.Prompt.Path)
	if strings.HasPrefix(relative, "../") {
		relative = path.Base(relative)
	}
	return strings.TrimSuffix(relative, path.Ext(relative))
}

// sharesFolder reports whether a path begins with a folder of the file, so that
// it is plain where a right one begins.
func (p *Pass) sharesFolder(value string) bool {
	first, _, _ := strings.Cut(value, "/")
	return slices.Contains(strings.Split(path.Dir(p.Prompt.Path), "/"), first)
}
