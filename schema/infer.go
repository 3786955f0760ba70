package schema

import (
	"encoding/json"
	"maps"
	"slices"
)

// Infer proposes a schema for a value as [DecodeJSON] returns it: it asks for
// the type of every value and for every member, allows extra members, takes for
// the items of an array any of the shapes seen, and fixes no lengths or values.
// A null says nothing about its type.
func Infer(value any) map[string]any {
	switch v := value.(type) {
	case bool:
		return map[string]any{"type": "boolean"}
	case float64:
		return map[string]any{"type": "number"}
	case string:
		return map[string]any{"type": "string"}
	case []any:
		s := map[string]any{"type": "array"}
		var shapes []any
		seen := map[string]bool{}
		for _, item := range v {
			shape := Infer(item)
			if key, _ := json.Marshal(shape); !seen[string(key)] {
				seen[string(key)] = true
				shapes = append(shapes, shape)
			}
		}
		switch len(shapes) {
		case 0:
		case 1:
			s["items"] = shapes[0]
		default:
			s["items"] = map[string]any{"anyOf": shapes}
		}
		return s
	case map[string]any:
		s := map[string]any{"type": "object"}
		if len(v) == 0 {
			return s
		}
		properties := make(map[string]any, len(v))
		required := slices.Sorted(maps.Keys(v))
		for _, name := range required {
			properties[name] = Infer(v[name])
		}
		s["properties"], s["required"] = properties, required
		return s
	}
	return map[string]any{}
}
