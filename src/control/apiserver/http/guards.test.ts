import assert from "node:assert/strict";
import { test } from "node:test";
import { rebindingProblem } from "./guards.ts";

const served = ["kinetic.example", "192.168.1.5"];

test("names of this server pass, with any port", () => {
  for (const host of [
    "localhost:6443",
    "127.0.0.1:1",
    "[::1]:6443",
    "kubernetes.default.svc",
    "kubernetes",
    "kinetic.example:6443",
    "192.168.1.5",
  ]) {
    assert.equal(rebindingProblem({ host, origin: undefined }, served), undefined, host);
  }
});

test("other names and pages of other sites are refused", () => {
  for (const host of ["evil.example", "localhost.evil.example", "127.0.0.1.evil.example", "", undefined, "10.0.0.1"]) {
    assert.match(rebindingProblem({ host, origin: undefined }, served) ?? "", /Host header/, String(host));
  }
  assert.match(rebindingProblem({ host: "localhost", origin: "https://evil.example" }, served) ?? "", /evil\.example/);
  assert.match(rebindingProblem({ host: "localhost", origin: "null" }, served) ?? "", /opaque/);
  assert.equal(rebindingProblem({ host: "localhost", origin: "https://localhost:6443" }, served), undefined);
});
