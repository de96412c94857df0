import assert from "node:assert/strict";
import { test } from "node:test";
import { goDiagnostics, mistakenExport } from "./diagnostics.ts";
import { goPackages } from "./packages.ts";

test("compile errors have their file, line and column", () => {
  const printed = `# function
./function.go:12:2: undefined: missing
./function.go:14:5: cannot use x (variable of type int) as string value in argument to f:
	have (int)
inner/deep.go:3:8: package nothing/here is not in std
go.mod:3: invalid go version 'x'
`;
  assert.deepEqual(goDiagnostics(printed), [
    { file: "function.go", line: 12, column: 2, text: "undefined: missing" },
    { file: "function.go", line: 14, column: 5, text: "cannot use x (variable of type int) as string value in argument to f:" },
    { file: "inner/deep.go", line: 3, column: 8, text: "package nothing/here is not in std" },
    { file: "go.mod", line: 3, text: "invalid go version 'x'" },
  ]);
});

test("an instance without Handle is told as that, not as an error in a file that nobody wrote", () => {
  const printed =
    "# function/kinetic_main\nkinetic_main/target.go:7:35: f.Handle undefined (type *function.F has no field or method Handle)\n";
  assert.equal(mistakenExport(printed), "New() returns *function.F, which has no method Handle");
  assert.deepEqual(goDiagnostics(printed), []);
  assert.equal(mistakenExport("./function.go:7:35: f.Handle undefined\n"), undefined);
});

test("the modules of a program are listed as they are built in", () => {
  const printed = [
    "/tmp/f: go1.26.8",
    "\tpath\tfunction/kinetic_main",
    "\tmod\tfunction\t(devel)\t",
    "\tdep\tgithub.com/a/b\tv1.2.3\th1:x=",
    "\tdep\tgithub.com/old/c\tv1.0.0",
    "\t=>\tgithub.com/new/c\tv1.1.0\th1:y=",
    "\tdep\texample.com/local\tv0.0.0",
    "\t=>\t./local\t(devel)\t",
    "\tbuild\t-trimpath=true",
  ].join("\n");
  const names = goPackages(printed).map(({ purl }) => purl);
  assert.deepEqual(names.slice(0, 3), ["pkg:golang/std@1.26.8", "pkg:golang/github.com/a/b@v1.2.3", "pkg:golang/github.com/new/c@v1.1.0"]);
});
