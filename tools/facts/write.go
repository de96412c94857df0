package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"sort"
	"strings"
)

// json writes one line a definition and one array a field: [name, number, type, marks?].
func (t *Table) json() []byte {
	var out bytes.Buffer
	out.WriteString("{\n")
	all := t.sorted()
	for i, s := range all {
		fmt.Fprintf(&out, "%q: [", s.Definition)
		for j, f := range s.Fields {
			if j > 0 {
				out.WriteString(", ")
			}
			out.Write(fieldJSON(f))
		}
		out.WriteString("]")
		if i < len(all)-1 {
			out.WriteString(",")
		}
		out.WriteString("\n")
	}
	out.WriteString("}\n")
	return out.Bytes()
}

func fieldJSON(f Field) []byte {
	marks := map[string]any{}
	set := func(key, value string) {
		if value != "" {
			marks[key] = value
		}
	}
	flag := func(key string, is bool) {
		if is {
			marks[key] = true
		}
	}
	flag("required", f.Required)
	flag("inline", f.Inline)
	flag("pointer", f.Pointer)
	flag("always", f.Always && !f.Required) // what is required and no pointer is always there
	set("listType", f.Markers.ListType)
	set("mapType", f.Markers.MapType)
	set("patchStrategy", f.Markers.PatchStrategy)
	set("patchMergeKey", f.Markers.PatchMergeKey)
	if len(f.Markers.ListMapKeys) > 0 {
		marks["listMapKeys"] = f.Markers.ListMapKeys
	}
	row := []any{f.Name, f.Number, f.Type}
	if len(marks) > 0 {
		row = append(row, marks)
	}
	encoded, err := json.Marshal(row)
	must(err)
	return encoded
}

// typescript writes an interface a struct. Two structs of the same name are told apart by their group.
func (t *Table) typescript() []byte {
	names := t.interfaceNames()
	var out bytes.Buffer
	out.WriteString("// Made by tools/facts from the published Kubernetes API modules. Do not edit.\n\n")
	for _, s := range t.sorted() {
		fmt.Fprintf(&out, "/** {@link https://pkg.go.dev/%s#%s} */\nexport interface %s {\n", s.Type.PkgPath(), s.Type.Name(), names[s.Definition])
		for _, f := range t.flattened(s) {
			optional := "?"
			suffix := " | undefined"
			if f.Required || f.Name == "metadata" && !strings.HasSuffix(f.Type, "ListMeta") {
				optional, suffix = "", ""
			}
			fmt.Fprintf(&out, "  %s%s: %s%s;\n", propertyName(f.Name), optional, typescriptType(f.Type, names), suffix)
		}
		out.WriteString("}\n\n")
	}
	return bytes.TrimRight(out.Bytes(), "\n")
}

func propertyName(name string) string {
	if strings.ContainsAny(name, "-$") {
		return fmt.Sprintf("%q", name)
	}
	return name
}

func (t *Table) flattened(s *Struct) []Field {
	var fields []Field
	for _, f := range s.Fields {
		if !f.Inline {
			fields = append(fields, f)
			continue
		}
		for _, inner := range t.sorted() {
			if "#"+inner.Definition == f.Type {
				fields = append(fields, t.flattened(inner)...)
			}
		}
	}
	return fields
}

func (t *Table) interfaceNames() map[string]string {
	owners := map[string][]*Struct{}
	for _, s := range t.sorted() {
		owners[s.Type.Name()] = append(owners[s.Type.Name()], s)
	}
	names := map[string]string{}
	for name, structs := range owners {
		sort.Slice(structs, func(i, j int) bool { return rank(structs[i]) < rank(structs[j]) })
		for i, s := range structs {
			names[s.Definition] = name
			if i > 0 {
				names[s.Definition] = groupPrefix(s) + name
			}
		}
	}
	return names
}

// rank lets the core group keep the plain name.
func rank(s *Struct) string {
	if strings.Contains(s.Definition, ".core.v1.") {
		return "0"
	}
	return "1" + s.Definition
}

func groupPrefix(s *Struct) string {
	parts := strings.Split(s.Definition, ".")
	group, version := parts[len(parts)-3], parts[len(parts)-2]
	return strings.ToUpper(group[:1]) + group[1:] + strings.ToUpper(version[:1]) + version[1:]
}

var typescriptScalars = map[string]string{
	"string": "string", "bool": "boolean", "int32": "number", "int64": "number", "double": "number",
	"bytes": "string", "quantity": "string | number", "intOrString": "string | number", "time": "string",
	"microTime": "string", "duration": "string", "fieldsV1": "Record<string, unknown>",
	"rawExtension": "unknown", "jsonSchema": "Record<string, unknown>", "stringItems": "string[]",
}

func typescriptType(name string, names map[string]string) string {
	if scalar, ok := typescriptScalars[name]; ok {
		return scalar
	}
	if rest, ok := strings.CutPrefix(name, "[]"); ok {
		inner := typescriptType(rest, names)
		if strings.Contains(inner, "|") {
			return "(" + inner + ")[]"
		}
		return inner + "[]"
	}
	if rest, ok := strings.CutPrefix(name, "map:"); ok {
		return "Record<string, " + typescriptType(rest, names) + ">"
	}
	return names[strings.TrimPrefix(name, "#")]
}
