import assert from "node:assert/strict";
import { test } from "node:test";
import { builtinKinds } from "../../../api/builtin.ts";
import { collectedKinds, ownableKinds } from "./collected-kinds.ts";

test("kinds that are only answered, or cannot be listed, are not collected; Events are deleted but own nothing", () => {
  const collected = collectedKinds(builtinKinds).map(({ group, kind }) => `${kind}.${group}`);
  assert.ok(collected.includes("Pod.") && collected.includes("Event."));
  assert.deepEqual(
    collected.filter((name) => name.includes("Review") || name === "Event.events.k8s.io"),
    [],
  );
  assert.equal(
    ownableKinds(builtinKinds).some(({ kind }) => kind === "Event"),
    false,
  );
});
