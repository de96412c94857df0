import { base64OfText, base64Size } from "../../std/base64.ts";
import type { Secret } from "../k8s/types.generated.ts";
import { ageColumn, column, defineKind, nameColumn } from "../meta/define-kind.ts";
import type { FieldCause } from "../meta/kind.ts";
import { oldOf, strategyOf } from "../meta/strategy.ts";
import { invalidCause, invalidCauses, requiredCause, tooLongCause } from "../meta/validation/causes.ts";
import { configKeyErrors } from "../meta/validation/names.ts";
import { immutableCauses, MAX_DATA_BYTES } from "./config-map.ts";

const SERVICE_ACCOUNT_ANNOTATION = "kubernetes.io/service-account.name";

/** Keys that a Secret of some type must have. */
const REQUIRED_KEYS: Readonly<Record<string, readonly string[]>> = {
  "kubernetes.io/dockercfg": [".dockercfg"],
  "kubernetes.io/dockerconfigjson": [".dockerconfigjson"],
  "kubernetes.io/ssh-auth": ["ssh-privatekey"],
  "kubernetes.io/tls": ["tls.crt", "tls.key"],
};

export const secretKind = defineKind<Secret>({
  group: "",
  version: "v1",
  kind: "Secret",
  plural: "secrets",
  namespaced: true,
  definition: "io.k8s.api.core.v1.Secret",
  columns: [
    nameColumn(),
    column<Secret>("Type", "string", ({ type }) => type ?? ""),
    column<Secret>("Data", "string", ({ data }) => Object.keys(data ?? {}).length),
    ageColumn(),
  ],
  strategy: strategyOf<Secret>({
    prepare: mergeStringData,
    default(draft, context) {
      draft.type ||= oldOf<Secret>(context)?.type || "Opaque";
    },
    causes(object, context) {
      const old = oldOf<Secret>(context);
      return [...dataCauses(object), ...typeCauses(object), ...(old === undefined ? [] : changeCauses(object, old))];
    },
    selectableFields: ({ type }) => ({ type: type ?? "" }),
  }),
});

/** `stringData` is only ever written: it becomes `data`. */
function mergeStringData(draft: Secret): void {
  for (const [key, value] of Object.entries(draft.stringData ?? {})) draft.data = { ...draft.data, [key]: base64OfText(value) };
  delete draft.stringData;
}

function dataCauses({ data = {} }: Secret): FieldCause[] {
  const size = Object.values(data).reduce((sum, value) => sum + base64Size(value), 0);
  const keys = Object.keys(data).flatMap((key) => invalidCauses(`data[${key}]`, key, configKeyErrors(key)));
  return size > MAX_DATA_BYTES ? [...keys, tooLongCause("data", MAX_DATA_BYTES)] : keys;
}

function typeCauses({ type = "", data = {}, metadata }: Secret): FieldCause[] {
  if (type === "kubernetes.io/service-account-token") {
    return metadata.annotations?.[SERVICE_ACCOUNT_ANNOTATION] ? [] : [requiredCause(`metadata.annotations[${SERVICE_ACCOUNT_ANNOTATION}]`)];
  }
  if (type === "kubernetes.io/basic-auth" && data["username"] === undefined && data["password"] === undefined) {
    return [requiredCause("data[username]"), requiredCause("data[password]")];
  }
  return (REQUIRED_KEYS[type] ?? []).filter((key) => data[key] === undefined).map((key) => requiredCause(`data[${key}]`));
}

function changeCauses(object: Secret, old: Secret): FieldCause[] {
  const type = object.type === old.type ? [] : [invalidCause("type", object.type, "field is immutable")];
  return [...type, ...(old.immutable ? immutableCauses(object, old, ["data"]) : [])];
}
