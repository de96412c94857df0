package main

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os/exec"
	"path/filepath"
	"reflect"
	"strings"
)

// Markers are facts that stand in comments or tags of the Go source, not in the type itself.
type Markers struct {
	Optional      bool
	ListType      string
	ListMapKeys   []string
	MapType       string
	PatchStrategy string
	PatchMergeKey string
}

// markerSource reads the comments of each package once.
type markerSource struct {
	packages map[string]map[string]Markers
}

func newMarkerSource() *markerSource {
	return &markerSource{packages: map[string]map[string]Markers{}}
}

func (m *markerSource) of(owner reflect.Type, field string) Markers {
	pkg := owner.PkgPath()
	if m.packages[pkg] == nil {
		m.packages[pkg] = readPackage(pkg)
	}
	return m.packages[pkg][owner.Name()+"."+field]
}

func readPackage(pkg string) map[string]Markers {
	out, err := exec.Command("go", "list", "-f", "{{.Dir}}", pkg).Output()
	must(err)
	files, err := filepath.Glob(filepath.Join(strings.TrimSpace(string(out)), "*.go"))
	must(err)
	found := map[string]Markers{}
	for _, file := range files {
		if strings.HasSuffix(file, "_test.go") {
			continue
		}
		parsed, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.ParseComments)
		must(err)
		ast.Inspect(parsed, func(node ast.Node) bool {
			if spec, ok := node.(*ast.TypeSpec); ok {
				readStruct(spec, found)
			}
			return true
		})
	}
	return found
}

func readStruct(spec *ast.TypeSpec, found map[string]Markers) {
	body, ok := spec.Type.(*ast.StructType)
	if !ok {
		return
	}
	for _, field := range body.Fields.List {
		for _, name := range field.Names {
			found[spec.Name.Name+"."+name.Name] = readMarkers(field.Doc)
		}
	}
}

func readMarkers(doc *ast.CommentGroup) Markers {
	var m Markers
	if doc == nil {
		return m
	}
	for _, comment := range doc.List {
		key, value, _ := strings.Cut(strings.TrimSpace(strings.TrimPrefix(comment.Text, "//")), "=")
		switch key {
		case "+optional":
			m.Optional = true
		case "+listType":
			m.ListType = value
		case "+listMapKey":
			m.ListMapKeys = append(m.ListMapKeys, value)
		case "+mapType", "+structType":
			m.MapType = value
		}
	}
	return m
}
