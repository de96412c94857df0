import assert from "node:assert/strict";
import { test } from "node:test";
import { isCompiled } from "./constraints.ts";

const linux = { os: "linux", architecture: "arm64" };

test("files of other platforms and tests are left out by their names", () => {
  for (const [name, expected] of [
    ["function.go", true],
    ["function_test.go", false],
    ["linux.go", true],
    ["windows.go", true],
    ["function_linux.go", true],
    ["function_windows.go", false],
    ["function_linux_arm64.go", true],
    ["function_linux_amd64.go", false],
    ["function_arm64.go", true],
    ["_function.go", false],
    ["notes.txt", false],
  ] as const)
    assert.equal(isCompiled(name, "package function\n", linux), expected, name);
});

test("files are left out by their go:build line", () => {
  for (const [line, expected] of [
    ["ignore", false],
    ["linux", true],
    ["!linux", false],
    ["linux && amd64", false],
    ["linux && (amd64 || arm64) && go1.20", true],
    ["windows || linux && !cgo", true],
    ["!(windows || darwin)", true],
    ["unix && !integration", true],
  ] as const)
    assert.equal(isCompiled("function.go", `// text\n\n//go:build ${line}\n\npackage function\n`, linux), expected, line);
  assert.equal(isCompiled("function.go", "package function\n//go:build ignore\n", linux), true);
});
