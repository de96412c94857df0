import { Type, type Static } from "typebox";
import { fieldError, invalidValue, missingField, viaField, type FieldErrors } from "./field-error.ts";
import { optional } from "./typebox.ts";

/** `duckv1.KReference`: another object. The namespace defaults to the one of the object that refers. */
export const kReferenceSchema = Type.Object({
  address: optional(Type.String()),
  apiVersion: optional(Type.String()),
  group: optional(Type.String()),
  kind: optional(Type.String()),
  name: optional(Type.String()),
  namespace: optional(Type.String()),
});
export type KReference = Static<typeof kReferenceSchema>;

/** `duckv1.Destination`: where events go. A relative `uri` is resolved against the address of `ref`. */
export const destinationSchema = Type.Object({
  CACerts: optional(Type.String()),
  audience: optional(Type.String()),
  ref: optional(kReferenceSchema),
  uri: optional(Type.String()),
});
export type Destination = Static<typeof destinationSchema>;

export interface DestinationRules {
  /** Of the object that refers: its references may not lead elsewhere. Undefined: they may. */
  readonly namespace?: string | undefined;
  /** Whether `ref.group` may stand for `ref.apiVersion`. */
  readonly groupAllowed?: boolean;
}

const ABSOLUTE = /^[a-zA-Z][a-zA-Z0-9+.-]*:/;

/** A reference without a namespace means the one of `namespace`. Changes `destination`. */
export function defaultDestination(destination: Destination | undefined, namespace: string | undefined): void {
  if (destination?.ref !== undefined && !destination.ref.namespace && namespace) destination.ref.namespace = namespace;
}

/** Faults of a destination that must be there, relative to it. */
export function validateDestination(destination: Destination | undefined, rules: DestinationRules = {}): FieldErrors {
  const { ref, uri, CACerts } = destination ?? {};
  if (ref === undefined && !uri) return fieldError("expected at least one, got none", ["ref", "uri"]);
  if (ref !== undefined && uri && ABSOLUTE.test(uri)) {
    return fieldError("Absolute URI is not allowed when Ref or [apiVersion, kind, name] is present", [
      "[apiVersion, kind, name]",
      "ref",
      "uri",
    ]);
  }
  if (ref === undefined) return isAbsoluteUrl(uri ?? "") ? certificateFaults(CACerts) : invalidValue(RELATIVE, "uri");
  return [...viaField("ref", validateReference(ref, rules)), ...certificateFaults(CACerts)];
}

const RELATIVE = "Relative URI is not allowed when Ref and [apiVersion, kind, name] is absent";

export function validateReference(ref: KReference, { namespace, groupAllowed = false }: DestinationRules = {}): FieldErrors {
  const withoutVersion = !ref.apiVersion && !(groupAllowed && ref.group);
  return [
    ...(ref.name ? [] : missingField("name")),
    ...(withoutVersion ? missingField("apiVersion") : []),
    ...(ref.kind ? [] : missingField("kind")),
    ...(ref.namespace && namespace && ref.namespace !== namespace ? mismatch(namespace, ref.namespace) : []),
  ];
}

function mismatch(parent: string, own: string): FieldErrors {
  const details = `parent namespace: ${JSON.stringify(parent)} does not match ref: ${JSON.stringify(own)}`;
  return fieldError("mismatched namespaces", "namespace", details);
}

function certificateFaults(pem: string | undefined): FieldErrors {
  if (!pem || /-----BEGIN CERTIFICATE-----[\s\S]+-----END CERTIFICATE-----/.test(pem)) return [];
  return invalidValue("CA Cert provided is invalid", "caCert");
}

/** A URL with a scheme and a host. */
export function isAbsoluteUrl(text: string): boolean {
  return ABSOLUTE.test(text) && URL.canParse(text) && new URL(text).host !== "";
}
