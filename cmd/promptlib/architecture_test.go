package main

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// layers are the packages from low to high. A package imports only packages of
// lower lines; those of one line do not import each other.
var layers = [][]string{
	{"promptlib/schema"},
	{"promptlib/library"},
	{"promptlib/library/policy", "promptlib/evals"},
	{"promptlib/library/lint", "promptlib/library/check", "promptlib/library/catalogue", "promptlib/evals/score", "promptlib/evals/provider"},
	{
		"promptlib/cmd/promptlib/internal/report", "promptlib/cmd/promptlib/internal/config",
		"promptlib/cmd/promptlib/internal/git", "promptlib/cmd/promptlib/internal/forge",
		"promptlib/cmd/promptlib/internal/sshkey", // apart from git: who signs a statement need not have it
	},
	{"promptlib/cmd/promptlib"},
}

// owners are the only packages that may import some modules.
var owners = map[string][]string{
	"go.yaml.in/yaml":                        {"promptlib/library"},
	"github.com/adrg/frontmatter":            {"promptlib/library"},
	"github.com/santhosh-tekuri/jsonschema/": {"promptlib/schema"},
	"github.com/go-json-experiment/json":     {"promptlib/schema"},
	"github.com/sashabaranov/go-openai":      {"promptlib/evals/provider"},
	"github.com/kaptinlin/jsonrepair":        {"promptlib/evals/score"},
	"github.com/spf13/cobra":                 {"promptlib/cmd/promptlib"},
	"golang.org/x/crypto/":                   {"promptlib/library/policy", "promptlib/library/check"},
	"github.com/hiddeco/sshsig":              {"promptlib/library/check"},
	"github.com/jstemmer/go-junit-report":    {"promptlib/cmd/promptlib/internal/report"},
	"github.com/google/go-github":            {"promptlib/cmd/promptlib/internal/forge"},
	"net/http":                               {"promptlib/evals/provider", "promptlib/cmd/promptlib/internal/forge"},
	"os/exec":                                {"promptlib/cmd/promptlib/internal/git", "promptlib/cmd/promptlib/internal/forge", "promptlib/cmd/promptlib/internal/sshkey"},
}

// sources parses every Go file of the project that is no test.
func sources(t *testing.T) map[string][]*ast.File {
	t.Helper()
	root := filepath.Join("..", "..")
	files := map[string][]*ast.File{}
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && strings.HasPrefix(d.Name(), ".") && path != root {
			return fs.SkipDir
		}
		if d.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return nil
		}
		f, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.ParseComments)
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(root, filepath.Dir(path))
		if err != nil {
			return err
		}
		pkg := "promptlib/" + filepath.ToSlash(rel)
		files[pkg] = append(files[pkg], f)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

func layer(pkg string) int {
	return slices.IndexFunc(layers, func(l []string) bool { return slices.Contains(l, pkg) })
}

func imports(f *ast.File) []string {
	var list []string
	for _, spec := range f.Imports {
		path, err := strconv.Unquote(spec.Path.Value)
		if err == nil {
			list = append(list, path)
		}
	}
	return list
}

func TestArchitectureImportsPointDown(t *testing.T) {
	for pkg, files := range sources(t) {
		if layer(pkg) < 0 {
			t.Errorf("package %s is in no layer of this test: give it a place or do without it", pkg)
		}
		for _, f := range files {
			for _, path := range imports(f) {
				if !strings.HasPrefix(path, "promptlib/") {
					continue
				}
				if layer(path) < 0 || layer(path) >= layer(pkg) {
					t.Errorf("%s imports %s, which is not below it", pkg, path)
				}
			}
		}
	}
}

func TestArchitectureModulesHaveOneOwner(t *testing.T) {
	for pkg, files := range sources(t) {
		for _, f := range files {
			for _, path := range imports(f) {
				for module, allowed := range owners {
					if strings.HasPrefix(path+"/", module) && !slices.Contains(allowed, pkg) {
						t.Errorf("%s imports %s, which only %s may", pkg, path, strings.Join(allowed, " and "))
					}
				}
			}
		}
	}
}

// TestArchitectureConventions keeps what no compiler checks: every package and
// exported name is documented, nothing is set up by init, and no package is
// named for what it is not.
func TestArchitectureConventions(t *testing.T) {
	for pkg, files := range sources(t) {
		documented := false
		for _, f := range files {
			documented = documented || f.Doc != nil
			for _, decl := range f.Decls {
				checkDecl(t, pkg, decl)
			}
		}
		if !documented {
			t.Errorf("package %s has no doc comment", pkg)
		}
		switch filepath.Base(pkg) {
		case "utils", "util", "common", "helpers", "types", "models", "misc":
			t.Errorf("package %s is named for nothing", pkg)
		}
	}
}

func checkDecl(t *testing.T, pkg string, decl ast.Decl) {
	t.Helper()
	switch d := decl.(type) {
	case *ast.FuncDecl:
		if d.Name.Name == "init" && d.Recv == nil {
			t.Errorf("%s has an init function", pkg)
		}
		if d.Name.IsExported() && d.Doc == nil && (d.Recv == nil || exportedReceiver(d)) {
			t.Errorf("%s: %s has no doc comment", pkg, d.Name.Name)
		}
	case *ast.GenDecl:
		for _, spec := range d.Specs {
			switch s := spec.(type) {
			case *ast.TypeSpec:
				if s.Name.IsExported() && d.Doc == nil && s.Doc == nil {
					t.Errorf("%s: type %s has no doc comment", pkg, s.Name.Name)
				}
			case *ast.ValueSpec:
				for _, name := range s.Names {
					if name.IsExported() && d.Doc == nil && s.Doc == nil {
						t.Errorf("%s: %s has no doc comment", pkg, name.Name)
					}
				}
			}
		}
	}
}

func exportedReceiver(d *ast.FuncDecl) bool {
	typ := d.Recv.List[0].Type
	if star, ok := typ.(*ast.StarExpr); ok {
		typ = star.X
	}
	id, ok := typ.(*ast.Ident)
	return ok && id.IsExported()
}

// TestArchitectureTopLevel keeps code in the folders that it belongs in.
func TestArchitectureTopLevel(t *testing.T) {
	allowed := []string{"cmd", "library", "schema", "evals", "prompts", "testdata", "docs"}
	entries, err := os.ReadDir(filepath.Join("..", ".."))
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		name := e.Name()
		if e.IsDir() && !strings.HasPrefix(name, ".") && !slices.Contains(allowed, name) {
			t.Errorf("folder %s stands at the top level", name)
		}
		if strings.HasSuffix(name, ".go") {
			t.Errorf("%s stands at the top level", name)
		}
	}
}
