import { base64Size } from "../../std/base64.ts";
import { deepEqual } from "../../std/json.ts";
import { refuseConfigMap } from "../config/refusal.ts";
import type { ConfigMap } from "../k8s/types.generated.ts";
import { ageColumn, column, defineKind, nameColumn } from "../meta/define-kind.ts";
import type { FieldCause } from "../meta/kind.ts";
import { oldOf, strategyOf } from "../meta/strategy.ts";
import { forbiddenCause, invalidCause, invalidCauses, tooLongCause } from "../meta/validation/causes.ts";
import { utf8Length } from "../meta/validation/labels.ts";
import { configKeyErrors } from "../meta/validation/names.ts";

/** All values of a ConfigMap or Secret together, in bytes. */
export const MAX_DATA_BYTES = 1024 * 1024;

export const configMapKind = defineKind<ConfigMap>({
  group: "",
  version: "v1",
  kind: "ConfigMap",
  plural: "configmaps",
  namespaced: true,
  definition: "io.k8s.api.core.v1.ConfigMap",
  shortNames: ["cm"],
  columns: [nameColumn(), column<ConfigMap>("Data", "string", countData), ageColumn()],
  strategy: strategyOf<ConfigMap>({
    refuse: (object) => refuseConfigMap(object),
    causes(object, context) {
      const old = oldOf<ConfigMap>(context);
      return [...keyCauses(object), ...sizeCauses(object), ...(old?.immutable ? immutableCauses(object, old, ["data", "binaryData"]) : [])];
    },
  }),
});

function countData({ data, binaryData }: ConfigMap): number {
  return Object.keys(data ?? {}).length + Object.keys(binaryData ?? {}).length;
}

function keyCauses({ data = {}, binaryData = {} }: ConfigMap): FieldCause[] {
  return [
    ...Object.keys(data).flatMap((key) => [
      ...invalidCauses(`data[${key}]`, key, configKeyErrors(key)),
      ...(Object.hasOwn(binaryData, key) ? [invalidCause(`data[${key}]`, key, "duplicate of key present in binaryData")] : []),
    ]),
    ...Object.keys(binaryData).flatMap((key) => invalidCauses(`binaryData[${key}]`, key, configKeyErrors(key))),
  ];
}

function sizeCauses({ data, binaryData }: ConfigMap): FieldCause[] {
  const texts = Object.values(data ?? {}).reduce((sum, value) => sum + utf8Length(value), 0);
  const size = Object.values(binaryData ?? {}).reduce((sum, value) => sum + base64Size(value), texts);
  return size > MAX_DATA_BYTES ? [tooLongCause("[]", MAX_DATA_BYTES)] : [];
}

interface Sealable {
  readonly immutable?: boolean | undefined;
}

/** What may not change once `immutable` is set, the mark itself included. */
export function immutableCauses<T extends Sealable>(object: T, old: T, fields: readonly (keyof T & string)[]): FieldCause[] {
  const why = "field is immutable when `immutable` is set";
  const changed = fields.filter((field) => !deepEqual(object[field] ?? {}, old[field] ?? {}));
  return [...(object.immutable ? [] : ["immutable"]), ...changed].map((field) => forbiddenCause(field, why));
}
