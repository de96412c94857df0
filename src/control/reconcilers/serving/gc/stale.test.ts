import assert from "node:assert/strict";
import test from "node:test";
import { parseGcConfig } from "../../../../api/config/gc.ts";
import type { Revision } from "../../../../api/serving/revision.ts";
import { rfc3339 } from "../../../../std/clock.ts";
import { decideCleanup } from "./stale.ts";

const HOUR = 3_600_000;
const NOW = Date.parse("2026-01-10T00:00:00Z");

/** A revision that is in reserve since `hoursAgo`. */
function idle(name: string, hoursAgo: number, special: { labels?: object; annotations?: object } = {}): Revision {
  const at = rfc3339(NOW - hoursAgo * HOUR);
  return {
    metadata: {
      name,
      creationTimestamp: at,
      labels: { "serving.knative.dev/routingState": "reserve", ...special.labels },
      annotations: { "serving.knative.dev/routingStateModified": at, ...special.annotations },
    },
    spec: { containers: [] },
  };
}

const names = (revisions: readonly Revision[]) => revisions.map(({ metadata }) => metadata.name);

test("what is older than both times goes, oldest first, until the minimum is left", () => {
  const config = parseGcConfig({ "min-non-active-revisions": "1" });
  const revisions = [idle("b", 80), idle("a", 100), idle("c", 60), idle("young", 1)];
  assert.deepEqual(names(decideCleanup(revisions, undefined, config, NOW).remove), ["a", "b", "c"]);
  assert.deepEqual(names(decideCleanup(revisions.slice(0, 2), undefined, config, NOW).remove), ["a"]);
});

test("what is beyond the maximum goes however young it is", () => {
  const config = parseGcConfig({ "min-non-active-revisions": "0", "max-non-active-revisions": "1" });
  assert.deepEqual(names(decideCleanup([idle("b", 1), idle("a", 2)], undefined, config, NOW).remove), ["a"]);
});

test("the latest ready one, routed ones and protected ones stay", () => {
  const config = parseGcConfig({ "min-non-active-revisions": "0", "max-non-active-revisions": "0" });
  const revisions = [
    idle("latest", 100),
    idle("routed", 100, { labels: { "serving.knative.dev/routingState": "active" } }),
    idle("kept", 100, { annotations: { "serving.knative.dev/no-gc": "true" } }),
  ];
  assert.deepEqual(decideCleanup(revisions, "latest", config, NOW).remove, []);
});

test("it says when the next one may be old enough", () => {
  const config = parseGcConfig({ "min-non-active-revisions": "0" });
  assert.equal(decideCleanup([idle("a", 10)], undefined, config, NOW).lookAgainAt, NOW + 38 * HOUR);
  const disabled = parseGcConfig({ "retain-since-create-time": "disabled", "retain-since-last-active-time": "disabled" });
  assert.equal(decideCleanup([idle("a", 1000)], undefined, disabled, NOW).lookAgainAt, undefined);
});
