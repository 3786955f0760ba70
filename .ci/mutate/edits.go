package main

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"slices"
	"strings"
)

// A mutant is one thing that goes wrong.
type mutant struct {
	number int
	pkg    int
	file   string
	line   int
	name   string // the file, the function, what goes wrong and where, without the line
}

// An edit puts text around a part of a file.
type edit struct {
	start, end    int
	before, after string
	order         int
}

// A mutator goes through one file.
type mutator struct {
	file     string
	source   []byte
	set      *token.FileSet
	pkg      int
	next     int
	function string
	edits    []edit
	mutants  []mutant
}

// mutate returns a file with all its mutants in it, numbered from first.
func mutate(file string, source []byte, first, pkg int) ([]byte, []mutant, error) {
	m := &mutator{file: file, source: source, set: token.NewFileSet(), pkg: pkg, next: first}
	tree, err := parser.ParseFile(m.set, file, source, parser.SkipObjectResolution)
	if err != nil {
		return nil, nil, err
	}
	for _, decl := range tree.Decls {
		switch d := decl.(type) {
		case *ast.FuncDecl:
			m.function = d.Name.Name
			m.body(d.Type, d.Body)
		case *ast.GenDecl:
			m.variables(d)
		}
	}
	seen := map[string]int{}
	for i := range m.mutants {
		name := m.mutants[i].name
		if seen[name]++; seen[name] > 1 {
			m.mutants[i].name = fmt.Sprintf("%s (%d)", name, seen[name])
		}
	}
	return m.apply(), m.mutants, nil
}

// add makes a mutant and returns its number.
func (m *mutator) add(at ast.Node, what string) int {
	text := strings.Join(strings.Fields(m.text(at)), " ")
	if len(text) > 90 {
		text = text[:90] + "…"
	}
	n := m.next
	m.next++
	m.mutants = append(m.mutants, mutant{n, m.pkg, m.file, m.set.Position(at.Pos()).Line, fmt.Sprintf("%s %s: %s: %s", m.file, m.function, what, text)})
	return n
}

func (m *mutator) text(n ast.Node) string { return string(m.source[m.at(n.Pos()):m.at(n.End())]) }

func (m *mutator) at(p token.Pos) int { return m.set.Position(p).Offset }

func (m *mutator) wrap(n ast.Node, before, after string) {
	m.edits = append(m.edits, edit{m.at(n.Pos()), m.at(n.End()), before, after, len(m.edits)})
}

// apply writes the file with its edits, those around more outside of those around
// less.
func (m *mutator) apply() []byte {
	type insert struct {
		at, kind, size, order int
		text                  string
	}
	var list []insert
	for _, e := range m.edits {
		list = append(list, insert{e.start, 1, -(e.end - e.start), e.order, e.before}, insert{e.end, 0, e.end - e.start, -e.order, e.after})
	}
	slices.SortFunc(list, func(a, b insert) int {
		for _, d := range []int{a.at - b.at, a.kind - b.kind, a.size - b.size, a.order - b.order} {
			if d != 0 {
				return d
			}
		}
		return 0
	})
	var out []byte
	done := 0
	for _, i := range list {
		out = append(out, m.source[done:i.at]...)
		out = append(out, i.text...)
		done = i.at
	}
	return append(out, m.source[done:]...)
}

// variables mutates the values of package variables: the entries of their lists, the
// fields of checks, and functions that stand in them.
func (m *mutator) variables(d *ast.GenDecl) {
	if d.Tok != token.VAR {
		return
	}
	for _, spec := range d.Specs {
		v := spec.(*ast.ValueSpec)
		m.function = v.Names[0].Name
		for _, value := range v.Values {
			if list, ok := value.(*ast.CompositeLit); ok {
				m.entries(list)
			}
			ast.Inspect(value, m.literal)
		}
	}
}

// entries leaves out each entry of a list.
func (m *mutator) entries(list *ast.CompositeLit) {
	if _, ok := list.Type.(*ast.ArrayType); !ok {
		return
	}
	first := m.next
	for _, e := range list.Elts {
		m.add(e, "left out")
	}
	m.wrap(list, fmt.Sprintf("mutantDrop(%d, ", first), ")")
}

// literal mutates the parts of a value of a package variable.
func (m *mutator) literal(n ast.Node) bool {
	switch n := n.(type) {
	case *ast.FuncLit:
		m.body(n.Type, n.Body)
		return false
	case *ast.KeyValueExpr:
		key, _ := n.Key.(*ast.Ident)
		if key == nil {
			return true
		}
		_, ident := n.Value.(*ast.Ident)
		_, number := n.Value.(*ast.BasicLit)
		switch {
		case key.Name == "ID" || key.Name == "Name" || key.Name == "Doc":
			return false
		case key.Name == "Severity":
			other := "Warning"
			if m.text(n.Value) == "library.Warning" {
				other = "Info"
			}
			m.wrap(n.Value, fmt.Sprintf("mutantOf(%d, library.%s, ", m.add(n, other), other), ")")
			return false
		case ident || number:
			m.wrap(n.Value, fmt.Sprintf("mutantZero(%d, ", m.add(n, "zero")), ")")
			return false
		}
	}
	return true
}

// body mutates a function.
func (m *mutator) body(f *ast.FuncType, body *ast.BlockStmt) {
	ast.Inspect(body, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.FuncLit:
			m.body(n.Type, n.Body)
			return false
		case *ast.BlockStmt:
			m.statements(n.List)
		case *ast.CaseClause:
			m.statements(n.Body)
		case *ast.IfStmt:
			m.condition(n.Cond)
		case *ast.ForStmt:
			if n.Cond != nil {
				m.never(n.Cond)
			}
		case *ast.SwitchStmt:
			if n.Tag == nil {
				for _, clause := range n.Body.List {
					for _, e := range clause.(*ast.CaseClause).List {
						m.condition(e)
					}
				}
			}
		case *ast.BinaryExpr:
			m.binary(n)
		case *ast.ReturnStmt:
			m.results(f, n)
		case *ast.Ident:
			switch n.Name {
			case "true":
				m.wrap(n, fmt.Sprintf("!isMutant(%d) && ", m.add(n, "false")), "")
			case "false":
				m.wrap(n, fmt.Sprintf("isMutant(%d) || ", m.add(n, "true")), "")
			}
		}
		return true
	})
}

// statements leaves out each call, assignment and loop.
func (m *mutator) statements(list []ast.Stmt) {
	for _, s := range list {
		switch s := s.(type) {
		case *ast.AssignStmt:
			if s.Tok == token.DEFINE {
				continue
			}
		case *ast.ExprStmt, *ast.IncDecStmt, *ast.RangeStmt:
		default:
			continue
		}
		m.wrap(s, fmt.Sprintf("if !isMutant(%d) { ", m.add(s, "left out")), " }")
	}
}

func (m *mutator) never(e ast.Expr) {
	m.wrap(e, fmt.Sprintf("(!isMutant(%d) && (", m.add(e, "never")), "))")
}

func (m *mutator) always(e ast.Expr) {
	m.wrap(e, fmt.Sprintf("(isMutant(%d) || (", m.add(e, "always")), "))")
}

func (m *mutator) condition(e ast.Expr) {
	m.never(e)
	m.always(e)
}

// others are the operators that one may be taken for.
var others = map[token.Token]token.Token{
	token.EQL: token.NEQ, token.NEQ: token.EQL, token.LSS: token.LEQ, token.LEQ: token.LSS, token.GTR: token.GEQ, token.GEQ: token.GTR,
}

func (m *mutator) binary(e *ast.BinaryExpr) {
	other, compares := others[e.Op]
	_, left := e.X.(*ast.BasicLit)
	number, right := e.Y.(*ast.BasicLit)
	switch {
	case e.Op == token.LAND || e.Op == token.LOR:
		for _, x := range []ast.Expr{e.X, e.Y} {
			if b, ok := x.(*ast.BinaryExpr); ok && b.Op == e.Op {
				continue // its operands are looked at one by one
			}
			if e.Op == token.LAND {
				m.always(x)
			} else {
				m.never(x)
			}
		}
		return
	case compares:
	case (e.Op == token.ADD || e.Op == token.SUB) && !left && right && number.Kind == token.INT:
		other = map[token.Token]token.Token{token.ADD: token.SUB, token.SUB: token.ADD}[e.Op]
	default:
		return
	}
	n := m.add(e, other.String())
	m.wrap(e, fmt.Sprintf("mutantOf(%d, (%s %s %s), (", n, m.text(e.X), other, m.text(e.Y)), "))")
}

// results gives back a zero value in place of each result of a function.
func (m *mutator) results(f *ast.FuncType, r *ast.ReturnStmt) {
	var types []string // a constant has its own from the result alone
	if f.Results != nil {
		for _, field := range f.Results.List {
			for range max(1, len(field.Names)) {
				types = append(types, m.text(field.Type))
			}
		}
	}
	if len(r.Results) != len(types) {
		return // a call that gives them all
	}
	for i, e := range r.Results {
		if id, ok := e.(*ast.Ident); ok && slices.Contains([]string{"nil", "true", "false"}, id.Name) {
			continue
		}
		if lit, ok := e.(*ast.BasicLit); ok && (lit.Value == `""` || lit.Value == "0") {
			continue
		}
		if lit, ok := e.(*ast.CompositeLit); ok && len(lit.Elts) == 0 {
			continue
		}
		m.wrap(e, fmt.Sprintf("mutantZero[%s](%d, ", types[i], m.add(e, "zero")), ")")
	}
}
