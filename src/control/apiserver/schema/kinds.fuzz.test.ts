import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { builtinKinds } from "../../../api/builtin.ts";
import { builtinDefinitions } from "../../../api/k8s/definitions.ts";
import type { AdmissionContext, Kind } from "../../../api/meta/kind.ts";
import type { KubeObject } from "../../../api/meta/object.ts";
import { schemaRef } from "../../../api/meta/schema.ts";
import { deepClone } from "../../../std/json.ts";
import { seededRandom, type Random } from "../../../std/random.ts";
import { compileNode, type SchemaNode } from "./node.ts";
import { builtinSchema } from "./schema.ts";

const TEXTS = ["", "a", "A_", "x.y/z", "..", "10.0.0.1", "Always", "True", "RollingUpdate", "Service", "25%"];
const MAX_DEPTH = 9;

/** A value of the node's type in which anything may be missing: what a client can make the server decode. */
function valueOf(node: SchemaNode, random: Random, depth = 0): unknown {
  const pick = <T>(choices: readonly T[]): T => choices[Math.floor(random() * choices.length)] as T;
  switch (node.type) {
    case "object":
      return objectOf(node, random, depth);
    case "map":
      return random() < 0.4 ? {} : { [pick(TEXTS)]: valueOf(node.element, random, depth + 1) };
    case "array":
      return Array.from({ length: depth > MAX_DEPTH ? 0 : Math.floor(random() * 3) }, () => valueOf(node.element, random, depth + 1));
    case "integer":
      return pick([0, 1, -1, 80, 70_000]);
    case "number":
      return 1.5;
    case "boolean":
      return random() < 0.5;
    case "quantity":
      return pick(["1", "100m", "-1", "1Gi", 3]);
    case "time":
      return pick(["2024-01-01T00:00:00Z", "2024-01-01T00:00:00.000001Z"]);
    case "bytes":
      return pick(["", "AA==", "dg=="]);
    case "intOrString":
      return pick([0, 80, "http", "25%", ""]);
    case "any":
      return pick<unknown>([{}, { type: "object" }, [], "x"]);
    default:
      return pick(TEXTS);
  }
}

function objectOf(node: SchemaNode, random: Random, depth: number): Record<string, unknown> {
  const object: Record<string, unknown> = {};
  const chance = depth < 3 ? 0.7 : 0.4;
  if (depth > MAX_DEPTH) return object;
  for (const [name, child] of node.fields) {
    if (random() < chance) object[name] = random() < 0.05 ? null : valueOf(child, random, depth + 1);
  }
  return object;
}

function admit(kind: Kind, sent: Record<string, unknown>, old?: KubeObject): KubeObject {
  const schema = builtinSchema(kind.definition);
  assert.equal(schema.decodingError(sent), undefined);
  const draft = sent as unknown as KubeObject;
  draft.metadata ??= {};
  assert.deepEqual(schema.prune(sent), []);
  const context: AdmissionContext = {
    operation: old === undefined ? "CREATE" : "UPDATE",
    subresource: "",
    user: "",
    now: 0,
    configMap: () => undefined,
    ...(old === undefined ? {} : { old }),
  };
  kind.strategy.prepare?.(draft, context);
  schema.applyDefaults(sent);
  kind.strategy.default?.(draft, context);
  const before = deepClone(draft);
  kind.strategy.validate?.(draft, context);
  kind.strategy.warnings?.(draft, context);
  assert.deepEqual(deepClone(draft), before, "validation changed the object");
  assert.equal(schema.decodingError(draft), undefined, "what defaulting made is not of the kind");
  return draft;
}

describe("any object that can be decoded is admitted or refused, never a crash", () => {
  for (const kind of builtinKinds) {
    it(`${kind.plural}.${kind.group}`, () => {
      const node = compileNode(builtinDefinitions, schemaRef(kind.definition));
      let old: KubeObject | undefined;
      for (let seed = 0; seed < 150; seed++) {
        const random = seededRandom(seed);
        const sent = valueOf(node, random) as Record<string, unknown>;
        try {
          admit(kind, deepClone(sent));
          if (old !== undefined) admit(kind, deepClone(sent), old);
          old = admit(kind, deepClone(sent));
          kind.strategy.selectableFields?.(old);
        } catch (error) {
          throw new Error(`seed ${seed}: ${JSON.stringify(sent).slice(0, 2000)}`, { cause: error });
        }
      }
    });
  }
});
