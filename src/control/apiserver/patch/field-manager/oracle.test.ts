import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { describe, it } from "node:test";
import { builtinDefinitions } from "../../../../api/k8s/definitions.ts";
import type { ManagedFieldsEntry } from "../../../../api/k8s/types.generated.ts";
import type { KubeObject } from "../../../../api/meta/object.ts";
import { serverSideApply } from "./apply.ts";
import { conflictMessage } from "./conflict.ts";
import { resetFields } from "./reset.ts";
import { typeModel } from "./type-model.ts";
import { updateManagers } from "./update.ts";

interface Step {
  readonly op: "update" | "apply";
  readonly manager: string;
  readonly updated?: KubeObject;
  readonly config?: KubeObject;
  readonly force?: boolean;
  readonly conflicts?: readonly string[];
  readonly message?: string;
  readonly error?: string;
  /** The stored object after the step, its managedFields included. */
  readonly result?: KubeObject;
  readonly managers?: readonly string[];
}

interface Story {
  readonly kind: string;
  readonly steps: readonly Step[];
}

/** Answers of k8s.io/apimachinery v0.34.4 with structured-merge-diff v6 for random updates and applies by three managers. */
const stories = JSON.parse(readFileSync(new URL("./oracle.fixture.json", import.meta.url), "utf8")) as readonly Story[];

/** Sorted: the order depends on when the recording was made. */
function lines(entries: readonly ManagedFieldsEntry[] | undefined): string[] {
  const texts = (entries ?? []).map(
    (e) => `${e.manager} ${e.operation} ${e.apiVersion} ${e.subresource ?? ""} timed=${e.time !== undefined} ${JSON.stringify(e.fieldsV1)}`,
  );
  return texts.toSorted();
}

/** Without what Go's structs add on their own: nulls, zeros, and empty maps and lists where something was. */
function essence(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(essence);
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).flatMap(([key, child]) => {
    const inner = key === "managedFields" ? undefined : essence(child);
    const empty = !inner || (typeof inner === "object" && Object.keys(inner).length === 0);
    return empty ? [] : [[key, inner] as const];
  });
  return Object.fromEntries(entries);
}

function run(story: Story, visit: (step: Step, actual: unknown, index: number) => void): void {
  const group = story.kind === "Deployment" ? "apps" : "core";
  const model = typeModel(builtinDefinitions, `io.k8s.api.${group}.v1.${story.kind}`);
  const reset = resetFields("", story.kind !== "ConfigMap");
  const apiVersion = group === "core" ? "v1" : "apps/v1";
  let live: KubeObject | undefined;
  for (const [index, step] of story.steps.entries()) {
    const writer = { name: step.manager, apiVersion, subresource: "", time: "2026-11-23T20:00:00Z" };
    if (step.updated !== undefined) {
      visit(step, { managers: lines(updateManagers({ model, live, updated: step.updated, writer, reset })) }, index);
    } else if (step.config !== undefined) {
      visit(step, serverSideApply({ model, live, config: step.config, writer, force: step.force ?? false, reset }), index);
    }
    live = step.result ?? live;
  }
}

describe("field managers beside the real implementation", () => {
  it("updates give the same owners", () => {
    let seen = 0;
    for (const [n, story] of stories.entries()) {
      run(story, (step, actual, index) => {
        if (step.op !== "update") return;
        seen++;
        assert.deepEqual(actual, { managers: step.managers?.toSorted() }, `story ${n} step ${index}`);
      });
    }
    assert.ok(seen > 20);
  });

  it("applies give the same object, the same owners or the same conflicts", () => {
    let seen = 0;
    for (const [n, story] of stories.entries()) {
      run(story, (step, actual, index) => {
        if (step.op !== "apply") return;
        seen++;
        const result = actual as ReturnType<typeof serverSideApply>;
        const label = `story ${n} step ${index}`;
        if (step.conflicts !== undefined) {
          const conflicts = result.kind === "conflict" ? result.conflicts : [];
          const texts = conflicts.map(({ manager, field }) => `conflict with ${manager} ${field}`);
          assert.deepEqual(texts.toSorted(), step.conflicts.toSorted(), label);
          if (step.message !== undefined) assert.equal(conflictMessage(conflicts), step.message);
          return;
        }
        assert.equal(result.kind, "ok", label);
        if (result.kind !== "ok") return;
        const object = { ...result.object, metadata: { ...result.object.metadata, uid: "u" } };
        assert.deepEqual(essence(object), essence(step.result), label);
        assert.deepEqual(lines(result.managedFields), step.managers?.toSorted(), label);
      });
    }
    assert.ok(seen > 20);
  });
});
