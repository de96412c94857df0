import assert from "node:assert/strict";
import { test } from "node:test";
import { resumePoint } from "./api-server-resume.ts";

const kind = (name: string) => ({ group: "", version: "v1", kind: name, plural: `${name.toLowerCase()}s`, namespaced: true });
const event = (name: string, namespace: string, version: string) => ({
  attributes: {
    specversion: "1.0",
    id: `uid.${version}.add`,
    source: "/s",
    type: "t",
    time: "2026-01-01T00:00:00Z",
    kind: name,
    apiversion: "v1",
    namespace,
  },
});
const timeMs = Date.parse("2026-01-01T00:00:00Z");

test("api server source: each resource resumes where its own events end", () => {
  const recent = [event("Secret", "a", "7"), event("ConfigMap", "a", "9"), event("ConfigMap", "b", "12"), event("ConfigMap", "a", "10")];
  assert.deepEqual(resumePoint(recent, { kind: kind("Secret") }), { version: "7", timeMs });
  assert.deepEqual(resumePoint(recent, { kind: kind("ConfigMap") }), { version: "12", timeMs });
  assert.deepEqual(resumePoint(recent, { kind: kind("ConfigMap"), namespace: "a" }), { version: "10", timeMs });
});

test("api server source: a resource without events resumes where the others end; a source without any from now", () => {
  assert.deepEqual(resumePoint([event("ConfigMap", "a", "9")], { kind: kind("Secret") }), { version: "9", timeMs });
  assert.equal(resumePoint([], { kind: kind("Secret") }), undefined);
});
