import { apiError, badRequest } from "../../../api/meta/errors.ts";
import { invalid } from "../../../api/meta/errors.ts";
import type { FieldCause } from "../../../api/meta/kind.ts";
import type { ApiRequest } from "../../../api/meta/payload.ts";
import { plainError } from "./respond.ts";

export interface ListQuery {
  readonly labelSelector: string;
  readonly fieldSelector: string;
  readonly limit: number;
  readonly continue: string;
  readonly resourceVersion: string;
  readonly resourceVersionMatch: string;
  /** In seconds; 0 is unset. */
  readonly timeoutSeconds: number;
  readonly allowWatchBookmarks: boolean;
  readonly sendInitialEvents: boolean | undefined;
}

export function listQuery(query: URLSearchParams): ListQuery {
  const initial = query.get("sendInitialEvents");
  return {
    labelSelector: query.get("labelSelector") ?? "",
    fieldSelector: query.get("fieldSelector") ?? "",
    limit: integer(query.get("limit")),
    continue: query.get("continue") ?? "",
    resourceVersion: query.get("resourceVersion") ?? "",
    resourceVersionMatch: query.get("resourceVersionMatch") ?? "",
    timeoutSeconds: integer(query.get("timeoutSeconds")),
    allowWatchBookmarks: flag(query.get("allowWatchBookmarks")),
    sendInitialEvents: initial === null ? undefined : flag(initial),
  };
}

/** Refuses combinations of list options that mean nothing, with Kubernetes' texts. */
export function checkListQuery(options: ListQuery, isWatch: boolean): void {
  const cause = isWatch ? watchProblem(options) : listProblem(options);
  if (cause !== undefined) throw invalidOptions("ListOptions", cause);
}

function listProblem({ sendInitialEvents, resourceVersion, resourceVersionMatch: match, ...options }: ListQuery): FieldCause | undefined {
  if (sendInitialEvents !== undefined) return forbidden("sendInitialEvents", "sendInitialEvents is forbidden for list");
  if (match === "") return undefined;
  if (options.continue !== "") return forbidden("resourceVersionMatch", "resourceVersionMatch is forbidden when continue is provided");
  if (resourceVersion === "")
    return forbidden("resourceVersionMatch", "resourceVersionMatch is forbidden unless resourceVersion is provided");
  if (match !== "Exact" && match !== "NotOlderThan") return unsupportedMatch(match, ['"Exact"', '"NotOlderThan"', '""']);
  if (match === "Exact" && resourceVersion === "0") {
    return forbidden("resourceVersionMatch", 'resourceVersionMatch "exact" is forbidden for resourceVersion "0"');
  }
  return undefined;
}

function watchProblem({ sendInitialEvents, resourceVersionMatch: match }: ListQuery): FieldCause | undefined {
  if (sendInitialEvents === undefined) {
    if (match === "") return undefined;
    return forbidden("resourceVersionMatch", "resourceVersionMatch is forbidden for watch unless sendInitialEvents is provided");
  }
  if (match === "") return forbidden("resourceVersionMatch", "sendInitialEvents requires setting resourceVersionMatch to NotOlderThan");
  return match === "NotOlderThan" ? undefined : unsupportedMatch(match, ['"NotOlderThan"']);
}

export type FieldValidation = "Ignore" | "Warn" | "Strict";

export interface WriteQuery {
  readonly dryRun: boolean;
  /** "" when the request does not say. */
  readonly fieldManager: string;
  readonly fieldValidation: FieldValidation;
  readonly force: boolean;
}

/** `optionsKind` is the name in the texts, e.g. `CreateOptions`. */
export function writeQuery(query: URLSearchParams, optionsKind: "CreateOptions" | "UpdateOptions" | "PatchOptions"): WriteQuery {
  const fieldValidation = query.get("fieldValidation") ?? "";
  if (!["", "Ignore", "Warn", "Strict"].includes(fieldValidation)) {
    throw invalidOptions(
      optionsKind,
      unsupported("fieldValidation", JSON.stringify(fieldValidation), ['""', '"Ignore"', '"Strict"', '"Warn"']),
    );
  }
  return {
    dryRun: dryRun(query.getAll("dryRun"), optionsKind),
    fieldManager: fieldManager(query.get("fieldManager") ?? "", optionsKind),
    fieldValidation: (fieldValidation === "" ? "Warn" : fieldValidation) as FieldValidation,
    force: flag(query.get("force")),
  };
}

export function dryRun(values: readonly string[], optionsKind: string): boolean {
  const asked = values.filter((value) => value !== "");
  if (asked.some((value) => value !== "All")) throw invalidOptions(optionsKind, unsupported("dryRun", JSON.stringify(asked), ['"All"']));
  return asked.length > 0;
}

function fieldManager(text: string, optionsKind: string): string {
  if (text.length > 128) {
    throw invalidOptions(optionsKind, {
      reason: "FieldValueTooLong",
      message: "Too long: may not be more than 128 bytes",
      field: "fieldManager",
    });
  }
  return text;
}

/** The manager that a write counts for: what the query says, else the client's program name. */
export function managerName(query: WriteQuery, request: ApiRequest): string {
  if (query.fieldManager !== "") return query.fieldManager;
  const agent = (request.headers["user-agent"] ?? "").split("/")[0] ?? "";
  return agent === "" ? "unknown" : agent.slice(0, 128);
}

export function invalidOptions(optionsKind: string, cause: FieldCause): Error {
  const group = { group: "meta.k8s.io", plural: optionsKind, kind: optionsKind };
  const error = invalid(group, "", [cause]);
  const { name: _name, ...details } = error.status.details ?? {};
  return apiError("Invalid", error.message, details);
}

export function unsupported(field: string, value: string, supported: readonly string[]): FieldCause {
  return { reason: "FieldValueNotSupported", message: `Unsupported value: ${value}: supported values: ${supported.join(", ")}`, field };
}

function unsupportedMatch(match: string, supported: readonly string[]): FieldCause {
  return unsupported("resourceVersionMatch", JSON.stringify(match), supported);
}

function forbidden(field: string, why: string): FieldCause {
  return { reason: "FieldValueForbidden", message: `Forbidden: ${why}`, field };
}

/** Go's reading of an integer parameter. */
export function integer(text: string | null): number {
  if (text === null || text === "") return 0;
  if (!/^[+-]?\d+$/.test(text)) throw badRequest(`strconv.ParseInt: parsing ${JSON.stringify(text)}: invalid syntax`);
  return Number(text);
}

/** Go's reading of a boolean parameter: anything but these is true. */
export function flag(text: string | null): boolean {
  return text !== null && !["", "0", "false", "False"].includes(text) ? true : false;
}

/** A resourceVersion that must be a number; "" is 0. */
export function revisionOf(text: string, refuse: (why: string) => Error = plainError): number {
  if (text === "") return 0;
  if (!/^\d+$/.test(text)) throw refuse(`strconv.ParseUint: parsing ${JSON.stringify(text)}: invalid syntax`);
  return Number(text);
}
