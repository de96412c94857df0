import type { Status } from "../k8s/types.generated.ts";
import { groupResource, type FieldCause, type KindRef } from "./kind.ts";

type Resource = Pick<KindRef, "group" | "plural" | "kind">;

/** The one error table of the API boundary: reason -> HTTP status. */
export const STATUS_CODES = {
  BadRequest: 400,
  Unauthorized: 401,
  Forbidden: 403,
  NotFound: 404,
  MethodNotAllowed: 405,
  NotAcceptable: 406,
  AlreadyExists: 409,
  Conflict: 409,
  Expired: 410,
  Gone: 410,
  RequestEntityTooLarge: 413,
  UnsupportedMediaType: 415,
  Invalid: 422,
  TooManyRequests: 429,
  InternalError: 500,
  ServiceUnavailable: 503,
  Timeout: 504,
} as const;

export type StatusReason = keyof typeof STATUS_CODES;

/** An answer of the API that is not success, as a Kubernetes `Status`. Server and client share it. */
export class ApiError extends Error {
  readonly status: Status;

  constructor(status: Status) {
    super(status.message ?? status.reason ?? "unknown error");
    this.name = "ApiError";
    this.status = status;
  }

  get code(): number {
    return this.status.code ?? 500;
  }

  get reason(): string {
    return this.status.reason ?? "";
  }
}

export function apiError(reason: StatusReason, message: string, details?: Status["details"]): ApiError {
  return new ApiError({
    kind: "Status",
    apiVersion: "v1",
    metadata: {},
    status: "Failure",
    message,
    reason,
    ...(details === undefined ? {} : { details }),
    code: STATUS_CODES[reason],
  });
}

function details(resource: Resource, name: string): Status["details"] {
  return { name, ...(resource.group === "" ? {} : { group: resource.group }), kind: resource.plural };
}

export function notFound(resource: Resource, name: string): ApiError {
  return apiError("NotFound", `${groupResource(resource)} "${name}" not found`, details(resource, name));
}

export function alreadyExists(resource: Resource, name: string): ApiError {
  return apiError("AlreadyExists", `${groupResource(resource)} "${name}" already exists`, details(resource, name));
}

export function conflict(resource: Resource, name: string, why: string): ApiError {
  return apiError("Conflict", `Operation cannot be fulfilled on ${groupResource(resource)} "${name}": ${why}`, details(resource, name));
}

export const OBJECT_MODIFIED = "the object has been modified; please apply your changes to the latest version and try again";

export function forbidden(resource: Resource, name: string, why: string): ApiError {
  return apiError("Forbidden", `${groupResource(resource)} "${name}" is forbidden: ${why}`, details(resource, name));
}

/** 422 with one cause a field; a single cause is not bracketed (apimachinery's aggregate text). */
export function invalid(resource: Resource, name: string, causes: readonly FieldCause[]): ApiError {
  const texts = causes.map((cause) => `${cause.field}: ${cause.message}`);
  const text = texts.length === 1 ? (texts[0] ?? "") : `[${texts.join(", ")}]`;
  const subject = resource.group === "" ? resource.kind : `${resource.kind}.${resource.group}`;
  return apiError("Invalid", `${subject} "${name}" is invalid: ${text}`, {
    name,
    ...(resource.group === "" ? {} : { group: resource.group }),
    kind: resource.kind,
    causes: causes.map(({ reason, message, field }) => ({ reason, message, field })),
  });
}

export function badRequest(message: string): ApiError {
  return apiError("BadRequest", message);
}

export function isNotFound(error: unknown): boolean {
  return error instanceof ApiError && error.reason === "NotFound";
}

export function isConflict(error: unknown): boolean {
  return error instanceof ApiError && error.reason === "Conflict";
}

export function isAlreadyExists(error: unknown): boolean {
  return error instanceof ApiError && error.reason === "AlreadyExists";
}

export function isGone(error: unknown): boolean {
  return error instanceof ApiError && error.code === 410;
}
