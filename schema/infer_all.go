package schema

import (
	"maps"
	"slices"
)

// InferAll proposes one schema for several values as [DecodeJSON] returns them,
// all of which fulfil it. It asks for the types that were seen at each place and
// for the members that every object there has, and allows more of both members
// and values, as [Infer] does. Objects, and the items of arrays, that stand in the
// same place share one schema. What lies deeper than maxInferred levels may be
// anything.
func InferAll(values []any) map[string]any { return inferAll(values, 0) }

// maxInferred is how deep a schema is inferred: no person reads a deeper one.
const maxInferred = 20

func inferAll(values []any, depth int) map[string]any {
	var seen kinds
	for _, v := range values {
		seen.add(v)
	}
	var shapes []any
	for _, scalar := range []struct {
		has  bool
		name string
	}{{seen.boolean, "boolean"}, {seen.number, "number"}, {seen.text, "string"}} {
		if scalar.has {
			shapes = append(shapes, map[string]any{"type": scalar.name})
		}
	}
	if seen.arrays != nil {
		shapes = append(shapes, inferArray(seen.arrays, depth))
	}
	if seen.objects != nil {
		shapes = append(shapes, inferObject(seen.objects, depth))
	}
	switch {
	case len(shapes) == 0 || depth >= maxInferred:
		return map[string]any{} // nulls alone say nothing
	case len(shapes) > 1:
		if seen.null {
			shapes = append(shapes, map[string]any{"type": "null"})
		}
		return map[string]any{"anyOf": shapes}
	}
	shape := shapes[0].(map[string]any)
	if seen.null {
		shape["type"] = []any{shape["type"], "null"}
	}
	return shape
}

// kinds are values that stand in the same place, by their types.
type kinds struct {
	null, boolean, number, text bool
	arrays                      [][]any
	objects                     []map[string]any
}

func (k *kinds) add(value any) {
	switch v := value.(type) {
	case nil:
		k.null = true
	case bool:
		k.boolean = true
	case float64:
		k.number = true
	case string:
		k.text = true
	case []any:
		k.arrays = append(k.arrays, v)
	case map[string]any:
		k.objects = append(k.objects, v)
	}
}

func inferArray(arrays [][]any, depth int) map[string]any {
	s := map[string]any{"type": "array"}
	if items := inferAll(slices.Concat(arrays...), depth+1); len(items) > 0 {
		s["items"] = items
	}
	return s
}

func inferObject(objects []map[string]any, depth int) map[string]any {
	s := map[string]any{"type": "object"}
	members := map[string][]any{}
	for _, o := range objects {
		for name, value := range o {
			members[name] = append(members[name], value)
		}
	}
	if len(members) == 0 {
		return s
	}
	properties := make(map[string]any, len(members))
	var required []any
	for _, name := range slices.Sorted(maps.Keys(members)) {
		properties[name] = inferAll(members[name], depth+1)
		if len(members[name]) == len(objects) {
			required = append(required, name)
		}
	}
	s["properties"] = properties
	if required != nil {
		s["required"] = required
	}
	return s
}
