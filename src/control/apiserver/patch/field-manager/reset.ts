import { EMPTY, setOf, union, type FieldsV1 } from "./fields-v1.ts";
import { SYSTEM_FIELDS } from "./managers.ts";

const STATUS = setOf([["f:status"]]);
const SPEC = setOf([["f:spec"]]);

/** Fields that a write cannot set, because the object and its status are written apart. */
export function resetFields(subresource: string, hasStatus: boolean): FieldsV1 {
  if (subresource === "status") return SPEC;
  return subresource === "" && hasStatus ? STATUS : EMPTY;
}

const UNOWNED = new Map([EMPTY, STATUS, SPEC].map((reset) => [reset, union(SYSTEM_FIELDS, reset)]));

/** What no update can own: fields that this write cannot set, and those that the system sets. */
export function unownedFields(reset: FieldsV1): FieldsV1 {
  return UNOWNED.get(reset) ?? union(SYSTEM_FIELDS, reset);
}

/** The manager of a client that names none: its User-Agent up to the first slash. */
export function defaultManagerName(userAgent: string | undefined): string {
  const name = (userAgent ?? "").split("/", 1)[0]?.slice(0, 128) ?? "";
  return name === "" ? "unknown" : name;
}
