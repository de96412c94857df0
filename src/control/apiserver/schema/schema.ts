import { builtinDefinitions } from "../../../api/k8s/definitions.ts";
import type { FieldCause, Kind } from "../../../api/meta/kind.ts";
import { schemaRef, type Definitions } from "../../../api/meta/schema.ts";
import { isRecord } from "../../../std/json.ts";
import { decodingError } from "./decode.ts";
import { applyDefaults } from "./defaults.ts";
import { compileNode, type SchemaNode } from "./node.ts";
import { prune } from "./prune.ts";
import { schemaCauses } from "./validate.ts";

/**
 * What a definition does to an object, in the order in which the API server asks:
 * decodingError, prune, (strategy.prepare), applyDefaults, (strategy.default), validate, (strategy.validate).
 */
export interface ObjectSchema {
  /** The first type error as Go words it, without its prefix; a 400. Custom resources: of their metadata only. */
  decodingError(object: unknown): string | undefined;
  /** The first type error that a webhook has which decodes custom resources into Go types; for kinds that have one. */
  webhookDecodingError(object: unknown): string | undefined;
  /** Removes unknown fields in place; the texts are for Warning headers or a strict decoding error. */
  prune(object: Record<string, unknown>): readonly string[];
  applyDefaults(draft: Record<string, unknown>): void;
  /** What is wrong by the schema; a 422. Built-in kinds: nothing, their strategy validates. */
  validate(object: unknown): readonly FieldCause[];
}

const OBJECT_META = schemaRef("io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta");
/** Known to every object, whatever its schema says. */
const ENVELOPE = new Set(["apiVersion", "kind", "metadata"]);

/** A kind of Kubernetes' own: decoded strictly into its type. */
export function builtinSchema(definition: string): ObjectSchema {
  const node = compileNode(builtinDefinitions, schemaRef(definition));
  return {
    decodingError: (object) => decodingError(node, object),
    prune: (object) => texts((unknown) => prune(node, object, "", unknown)),
    webhookDecodingError: () => undefined,
    applyDefaults: (draft) => applyDefaults(node, draft),
    validate: () => [],
  };
}

/** A custom resource that is built into this program: its strategy trusts the types, so they are checked first, as its webhook would. */
export function typedSchema(definitions: Definitions, definition: string): ObjectSchema {
  const node = compileNode(definitions, schemaRef(definition), true);
  return { ...schemaWith(node), webhookDecodingError: (object) => decodingError(node, object) };
}

/** A custom resource: pruned, then validated by its structural schema. */
export function customSchema(definitions: Definitions, definition: string): ObjectSchema {
  return schemaWith(compileNode(definitions, schemaRef(definition)));
}

function schemaWith(node: SchemaNode): ObjectSchema {
  const meta = compileNode(builtinDefinitions, OBJECT_META);
  return {
    decodingError: (object) => metaDecodingError(meta, object),
    webhookDecodingError: () => undefined,
    prune: (object) => pruneCustom(node, meta, object),
    applyDefaults: (draft) => applyDefaults(node, draft),
    validate: (object) => customCauses(node, object),
  };
}

/** Of the kind's own definitions if it brings some, else of the built-in ones. */
export function schemaOf(kind: Pick<Kind, "definition" | "definitions" | "crd">, definitions: Definitions): ObjectSchema {
  if (kind.crd !== undefined) return typedSchema(definitions, kind.definition);
  return kind.definitions === undefined && builtinDefinitions[kind.definition] !== undefined
    ? builtinSchema(kind.definition)
    : customSchema(definitions, kind.definition);
}

/** The message of the 400 that answers a body which cannot be decoded. */
export function cannotBeHandled(kind: Pick<Kind, "kind" | "version">, why: string): string {
  return `${kind.kind} in version ${JSON.stringify(kind.version)} cannot be handled as a ${kind.kind}: ${why}`;
}

function texts(run: (unknown: string[]) => void): readonly string[] {
  const unknown: string[] = [];
  run(unknown);
  return unknown.map((path) => `unknown field ${JSON.stringify(path)}`);
}

function metaDecodingError(meta: SchemaNode, object: unknown): string | undefined {
  if (!isRecord(object)) return "json: cannot unmarshal into Go value of type map[string]interface {}";
  return decodingError(meta, object["metadata"])?.replace("field ObjectMeta.", "field ObjectMeta.metadata.");
}

/** A real server says nothing of unknown fields in a custom resource's metadata, and names the others in order. */
function pruneCustom(node: SchemaNode, meta: SchemaNode, object: Record<string, unknown>): readonly string[] {
  prune(meta, object["metadata"], "metadata", []);
  return texts((unknown) => {
    for (const key of Object.keys(object)) if (!ENVELOPE.has(key)) pruneField(node, object, key, unknown);
    unknown.sort();
  });
}

function pruneField(node: SchemaNode, object: Record<string, unknown>, key: string, unknown: string[]): void {
  const child = node.fields.get(key);
  if (child !== undefined) prune(child, object[key], key, unknown);
  else if (!node.preserves) {
    delete object[key];
    unknown.push(key);
  }
}

function customCauses(node: SchemaNode, object: unknown): readonly FieldCause[] {
  if (!isRecord(object)) return [];
  const { apiVersion: _apiVersion, kind: _kind, metadata: _metadata, ...rest } = object;
  const causes: FieldCause[] = [];
  schemaCauses(node, rest, "", causes);
  return causes.filter((cause) => !ENVELOPE.has(cause.field));
}
