package library

import (
	"fmt"
	"os"
	"sort"
	"testing"
)

func TestZZ(t *testing.T) {
	lib, err := Open("../../shared/seeds", "../../shared/corpora")
	if err != nil {
		t.Fatal(err)
	}
	d := map[string]int{}
	k := map[string]int{}
	kinds := map[string]map[OutputKind]int{}
	for f, p := range Each(lib.Files, Read) {
		d[p.Dialect]++
		for _, q := range p.Problems {
			k[string(q.Kind)]++
			if os.Getenv("V") == string(q.Kind) {
				fmt.Println(q.At.Pos, q.Kind, q.Message)
			}
		}
		c := f.Path[len("../../shared/corpora/"):]
		if len(c) > 9 {
			c = c[:9]
		}
		if kinds[c] == nil {
			kinds[c] = map[OutputKind]int{}
		}
		for _, e := range p.Examples {
			kinds[c][e.Kind]++
			if e.Kind == "" {
				kinds[c]["noout"]++
			}
			if os.Getenv("V") == "ex" && p.Dialect == "B" {
				fmt.Println(e.Marker.Pos, e.Name, len(e.Input.Value), len(e.Output.Value), e.Kind, len(e.Bindings), len(e.Unbound))
			}
			if e.Kind == InvalidJSON {
				fmt.Println(e.Output.At(e.JSONErr.Offset), e.JSONErr)
			}
		}
	}
	fmt.Println(d)
	var ks []string
	for x := range k {
		ks = append(ks, x)
	}
	sort.Strings(ks)
	for _, x := range ks {
		fmt.Println(x, k[x])
	}
	fmt.Println(kinds)
	p := Read(File{Path: "../../shared/seeds/performance-optimization-specialist.md"})
	for _, s := range p.Sections {
		fmt.Println(s.Heading.Pos, s.Heading.Value, s.Level, len(s.Body.Value))
	}
	for _, s := range p.Problems {
		fmt.Println(s.At.Pos, s.Kind, s.Message)
	}
	for _, s := range p.Variables {
		fmt.Println(s.Name, s.Documented.Pos, s.Used.Pos)
	}
	for _, s := range p.Related {
		fmt.Println(s.Pos, s.Value)
	}
	fmt.Printf("%+v\n", p.Examples)
}
