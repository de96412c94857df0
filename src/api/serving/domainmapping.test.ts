import assert from "node:assert/strict";
import { test } from "node:test";
import type { AdmissionContext } from "../meta/kind.ts";
import { domainMappingKind, type DomainMapping } from "./domainmapping.ts";

const DENIED = 'admission webhook "validation.webhook.serving.knative.dev" denied the request: validation failed: ';

function admit(metadata: object, ref: object = {}, special: Partial<AdmissionContext> = {}) {
  const draft = {
    metadata: { namespace: "ns", ...metadata },
    spec: { ref: { apiVersion: "serving.knative.dev/v1", kind: "Service", name: "hello", ...ref } },
  } as DomainMapping;
  const context: AdmissionContext = { operation: "CREATE", subresource: "", user: "jo", now: 0, configMap: () => undefined, ...special };
  domainMappingKind.strategy.default?.(draft, context);
  const refusal = domainMappingKind.strategy.validate?.(draft, context);
  return { draft, refusal: refusal?.kind === "denied" ? refusal.message.replace(DENIED, "") : refusal };
}

test("a DomainMapping refers to its own namespace and remembers who made it", () => {
  const { draft, refusal } = admit({ name: "hello.example.com" });
  assert.equal(refusal, undefined);
  assert.equal(draft.spec.ref.namespace, "ns");
  assert.deepEqual(draft.metadata.annotations, { "serving.knative.dev/creator": "jo", "serving.knative.dev/lastModifier": "jo" });
});

const LONG = "a".repeat(64);
const REFUSED: readonly (readonly [what: string, metadata: object, ref: object, refusal: string])[] = [
  [
    "one word",
    { name: "hello" },
    {},
    'invalid name "hello": name: Invalid value: "hello": should be a domain with at least two segments separated by dots: metadata.name',
  ],
  [
    "a label that is too long",
    { name: `${LONG}.example.com` },
    {},
    `invalid name "${LONG}.example.com": name: Invalid value: "${LONG}": must be no more than 63 characters: metadata.name`,
  ],
  [
    "a host of the inside",
    { name: "hello.ns.svc.cluster.local" },
    {},
    'invalid name "hello.ns.svc.cluster.local": must not be a subdomain of cluster local domain "cluster.local": metadata.name',
  ],
  [
    "a generated name",
    { name: "hello.example.com", generateName: "hello.example.c" },
    {},
    "must not set the field(s): metadata.generateName",
  ],
  ["a target without version", { name: "hello.example.com" }, { apiVersion: "" }, "missing field(s): spec.ref.apiVersion"],
  [
    "a target elsewhere",
    { name: "hello.example.com" },
    { namespace: "other" },
    'mismatched namespaces: spec.ref.namespace\nparent namespace: "ns" does not match ref: "other"',
  ],
];

for (const [what, metadata, ref, refusal] of REFUSED)
  test(`a DomainMapping is refused: ${what}`, () => assert.equal(admit(metadata, ref).refusal, refusal));

test("of a DomainMapping, creator and last modifier are the platform's to write", () => {
  const old = admit({ name: "hello.example.com" }).draft;
  const annotations = { ...old.metadata.annotations, "serving.knative.dev/creator": "eve" };
  const { refusal } = admit({ name: "hello.example.com", annotations }, {}, { operation: "UPDATE", old });
  assert.equal(refusal, "annotation value is immutable: metadata.annotations.serving.knative.dev/creator");
});
