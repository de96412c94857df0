// Command facts derives, from the published Kubernetes API modules at the versions pinned in go.mod,
// the compact table src/api/k8s/facts.json (field, protobuf number, type, presence, list type, merge key) and the
// TypeScript types src/api/k8s/types.generated.ts. Run it with: cd tools/facts && go run . ../../src/api/k8s
package main

import (
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"sort"
	"strconv"
	"strings"
)

// Field is one row of the table. Inline fields are flattened in JSON but are messages of their own in protobuf.
type Field struct {
	Name     string
	Number   int
	Type     string
	Required bool
	Inline   bool
	// Pointer: absent and empty differ.
	Pointer bool
	// Always: JSON shows the empty value.
	Always  bool
	Markers Markers
}

// Struct is one definition with the name that Kubernetes' OpenAPI gives it.
type Struct struct {
	Definition string
	Type       reflect.Type
	Fields     []Field
}

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "usage: facts OUTPUT_FOLDER")
		os.Exit(2)
	}
	table := &Table{structs: map[reflect.Type]*Struct{}, markers: newMarkerSource()}
	for _, root := range roots {
		table.add(reflect.TypeOf(root).Elem())
	}
	out := os.Args[1]
	must(os.WriteFile(filepath.Join(out, "facts.json"), table.json(), 0o644))
	must(os.WriteFile(filepath.Join(out, "types.generated.ts"), table.typescript(), 0o644))
	fmt.Printf("%d definitions\n", len(table.structs))
}

func must(err error) {
	if err != nil {
		panic(err)
	}
}

// Table collects every struct that is reachable from the roots.
type Table struct {
	structs map[reflect.Type]*Struct
	markers *markerSource
}

func (t *Table) sorted() []*Struct {
	all := make([]*Struct, 0, len(t.structs))
	for _, s := range t.structs {
		all = append(all, s)
	}
	sort.Slice(all, func(i, j int) bool { return all[i].Definition < all[j].Definition })
	return all
}

func (t *Table) add(typ reflect.Type) *Struct {
	if s, ok := t.structs[typ]; ok {
		return s
	}
	s := &Struct{Definition: definitionName(typ), Type: typ}
	t.structs[typ] = s
	for i := 0; i < typ.NumField(); i++ {
		if f, ok := t.field(typ, typ.Field(i)); ok {
			s.Fields = append(s.Fields, f)
		}
	}
	return s
}

func (t *Table) field(owner reflect.Type, f reflect.StructField) (Field, bool) {
	name, options, _ := strings.Cut(f.Tag.Get("json"), ",")
	if name == "-" {
		return Field{}, false
	}
	inline := name == "" && (f.Anonymous || strings.Contains(options, "inline"))
	number := protobufNumber(f.Tag.Get("protobuf"))
	markers := t.markers.of(owner, f.Name)
	markers.PatchStrategy = f.Tag.Get("patchStrategy")
	markers.PatchMergeKey = f.Tag.Get("patchMergeKey")
	omitted := strings.Contains(options, "omitempty")
	optional := markers.Optional || omitted || strings.Contains(options, "omitzero")
	pointer := f.Type.Kind() == reflect.Pointer
	return Field{
		Name: name, Number: number, Type: t.typeName(f.Type), Markers: markers,
		Required: !optional && !inline, Inline: inline, Pointer: pointer, Always: !pointer && !omitted && !inline,
	}, true
}

func protobufNumber(tag string) int {
	parts := strings.Split(tag, ",")
	if len(parts) < 2 {
		return 0
	}
	n, err := strconv.Atoi(parts[1])
	must(err)
	return n
}

// scalars are Go types with a JSON form of their own; the reader of the table knows how each is encoded.
var scalars = map[string]string{
	"k8s.io/apimachinery/pkg/api/resource.Quantity":                            "quantity",
	"k8s.io/apimachinery/pkg/util/intstr.IntOrString":                          "intOrString",
	"k8s.io/apimachinery/pkg/apis/meta/v1.Time":                                "time",
	"k8s.io/apimachinery/pkg/apis/meta/v1.MicroTime":                           "microTime",
	"k8s.io/apimachinery/pkg/apis/meta/v1.Duration":                            "duration",
	"k8s.io/apimachinery/pkg/apis/meta/v1.FieldsV1":                            "fieldsV1",
	"k8s.io/apimachinery/pkg/runtime.RawExtension":                             "rawExtension",
	"k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1.JSON":            "rawExtension",
	"k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1.JSONSchemaProps": "jsonSchema",
	"k8s.io/api/authorization/v1.ExtraValue":                                   "stringItems",
	"k8s.io/api/authentication/v1.ExtraValue":                                  "stringItems",
}

func (t *Table) typeName(typ reflect.Type) string {
	if s, ok := scalars[typ.PkgPath()+"."+typ.Name()]; ok {
		return s
	}
	switch typ.Kind() {
	case reflect.Pointer:
		return t.typeName(typ.Elem())
	case reflect.Slice:
		if typ.Elem().Kind() == reflect.Uint8 {
			return "bytes"
		}
		return "[]" + t.typeName(typ.Elem())
	case reflect.Map:
		return "map:" + t.typeName(typ.Elem())
	case reflect.Struct:
		return "#" + t.add(typ).Definition
	case reflect.String:
		return "string"
	case reflect.Bool:
		return "bool"
	case reflect.Int32:
		return "int32"
	case reflect.Int64:
		return "int64"
	case reflect.Int:
		return "int64"
	case reflect.Uint16, reflect.Uint32, reflect.Uint64:
		return "int64"
	case reflect.Float64:
		return "double"
	case reflect.Interface:
		return "rawExtension"
	}
	panic("no rule for type " + typ.String())
}

// definitionName follows Kubernetes' OpenAPI naming: k8s.io/api/core/v1.Pod is io.k8s.api.core.v1.Pod.
func definitionName(typ reflect.Type) string {
	pkg := typ.PkgPath()
	host, path, _ := strings.Cut(pkg, "/")
	labels := strings.Split(host, ".")
	for i, j := 0, len(labels)-1; i < j; i, j = i+1, j-1 {
		labels[i], labels[j] = labels[j], labels[i]
	}
	return strings.Join(labels, ".") + "." + strings.ReplaceAll(path, "/", ".") + "." + typ.Name()
}
