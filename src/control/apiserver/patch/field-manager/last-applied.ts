import type { KubeObject } from "../../../../api/meta/object.ts";
import { canonicalJson, isRecord } from "../../../../std/json.ts";
import { compareObjects } from "./compare.ts";
import { difference, type FieldsV1 } from "./fields-v1.ts";
import { fieldsOf } from "./field-set.ts";
import type { TypeModel } from "./type-model.ts";

const ANNOTATION = "kubectl.kubernetes.io/last-applied-configuration";

/** Annotations of an object may not be longer than this in all; a longer last configuration is dropped. */
const MAX_ANNOTATION_BYTES = 256 * 1024;

function lastAppliedOf(object: KubeObject | undefined): string {
  return object?.metadata.annotations?.[ANNOTATION] ?? "";
}

export function hasLastApplied(object: KubeObject): boolean {
  return lastAppliedOf(object) !== "";
}

/** Fields of the last client-side configuration that the live object still has as they were; undefined without a usable one. */
export function allowedByLastApplied(model: TypeModel, live: KubeObject | undefined, apiVersion: string): FieldsV1 | undefined {
  const last = parse(lastAppliedOf(live));
  if (last === undefined || last["apiVersion"] !== apiVersion) return undefined;
  const { added, modified, removed } = compareObjects(model, last, live);
  return [modified, added, removed].reduce(difference, fieldsOf(model, last));
}

function parse(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = text === "" ? undefined : JSON.parse(text);
    return isRecord(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** The object with the annotation rewritten to what was applied now, so that a later client-side apply starts from it. */
export function withLastApplied(object: KubeObject, config: KubeObject): KubeObject {
  const text = `${canonicalJson(withoutAnnotation(config))}\n`;
  const annotations: Record<string, string> = { ...object.metadata.annotations, [ANNOTATION]: text };
  if (sizeOf(annotations) > MAX_ANNOTATION_BYTES) delete annotations[ANNOTATION];
  else if (text === lastAppliedOf(object)) return object;
  return { ...object, metadata: { ...object.metadata, annotations } };
}

function sizeOf(annotations: Readonly<Record<string, string>>): number {
  return Object.entries(annotations).reduce((sum, [key, value]) => sum + Buffer.byteLength(key) + Buffer.byteLength(value), 0);
}

function withoutAnnotation(config: KubeObject): KubeObject {
  if (config.metadata.annotations?.[ANNOTATION] === undefined) return config;
  const { [ANNOTATION]: _annotation, ...annotations } = config.metadata.annotations;
  const { annotations: _all, ...metadata } = config.metadata;
  return { ...config, metadata: Object.keys(annotations).length === 0 ? metadata : { ...metadata, annotations } };
}
