import { isRecord } from "../../std/json.ts";
import type { ObjectReference } from "../k8s/types.generated.ts";

export type ParsedDependency =
  | { readonly kind: "ok"; readonly reference: ObjectReference }
  | { readonly kind: "invalid"; readonly message: string };

/** The object that the annotation `knative.dev/dependency` names: JSON of an ObjectReference. */
export function parseDependency(text: string): ParsedDependency {
  try {
    const value: unknown = JSON.parse(text);
    if (!isRecord(value)) return { kind: "invalid", message: "json: cannot unmarshal into Go value of type v1.ObjectReference" };
    return { kind: "ok", reference: value as ObjectReference };
  } catch (error) {
    return { kind: "invalid", message: (error as Error).message };
  }
}
