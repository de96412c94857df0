// Command presence derives, for every definition of facts.json, how Go treats an empty field: `name*` is a pointer (absent and
// empty differ), `name!` is a value that JSON always shows; every other value is left out of JSON when it is empty.
// Run it with: cd tools/facts && go run ./presence ../../src/api/k8s/facts.json ../../src/control/apiserver/negotiation/presence.json
package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"sort"
	"strings"
)

type structs map[string]*ast.StructType

func main() {
	if len(os.Args) != 3 {
		fmt.Fprintln(os.Stderr, "usage: presence FACTS OUTPUT")
		os.Exit(2)
	}
	text, err := os.ReadFile(os.Args[1])
	must(err)
	var facts map[string]json.RawMessage
	must(json.Unmarshal(text, &facts))
	packages := map[string]structs{}
	var names []string
	for name := range facts {
		names = append(names, name)
	}
	sort.Strings(names)
	var out bytes.Buffer
	separator := "{\n"
	for _, name := range names {
		pkg, typeName := goName(name)
		if packages[pkg] == nil {
			packages[pkg] = readPackage(pkg)
		}
		marks := fields(packages[pkg][typeName])
		if len(marks) == 0 {
			continue
		}
		row, err := json.Marshal(strings.Join(marks, " "))
		must(err)
		fmt.Fprintf(&out, "%s%q: %s", separator, name, row)
		separator = ",\n"
	}
	out.WriteString("\n}\n")
	must(os.WriteFile(os.Args[2], out.Bytes(), 0o644))
}

// goName turns io.k8s.api.apps.v1.Deployment into k8s.io/api/apps/v1 and Deployment.
func goName(definition string) (string, string) {
	parts := strings.Split(strings.TrimPrefix(definition, "io.k8s."), ".")
	last := len(parts) - 1
	return "k8s.io/" + strings.Join(parts[:last], "/"), parts[last]
}

func readPackage(pkg string) structs {
	out, err := exec.Command("go", "list", "-f", "{{.Dir}}", pkg).Output()
	must(err)
	files, err := filepath.Glob(filepath.Join(strings.TrimSpace(string(out)), "*.go"))
	must(err)
	found := structs{}
	for _, file := range files {
		if strings.HasSuffix(file, "_test.go") {
			continue
		}
		parsed, err := parser.ParseFile(token.NewFileSet(), file, nil, 0)
		must(err)
		ast.Inspect(parsed, func(node ast.Node) bool {
			if spec, ok := node.(*ast.TypeSpec); ok {
				if body, ok := spec.Type.(*ast.StructType); ok {
					found[spec.Name.Name] = body
				}
			}
			return true
		})
	}
	return found
}

func fields(body *ast.StructType) []string {
	var marks []string
	if body == nil {
		return marks
	}
	for _, field := range body.Fields.List {
		if field.Tag == nil {
			continue
		}
		tag := reflect.StructTag(strings.Trim(field.Tag.Value, "`")).Get("json")
		name, options, _ := strings.Cut(tag, ",")
		if name == "" || name == "-" || strings.Contains(options, "inline") {
			continue
		}
		if _, pointer := field.Type.(*ast.StarExpr); pointer {
			marks = append(marks, name+"*")
		} else if !strings.Contains(options, "omitempty") {
			marks = append(marks, name+"!")
		}
	}
	return marks
}

func must(err error) {
	if err != nil {
		panic(err)
	}
}
