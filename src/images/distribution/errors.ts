import { json, type RegistryResponse } from "./message.ts";

/** Status and usual message of each error code: those of the distribution specification, and three of our own at the end. */
const ERRORS = {
  BLOB_UNKNOWN: [404, "blob unknown to registry"],
  BLOB_UPLOAD_INVALID: [400, "blob upload invalid"],
  BLOB_UPLOAD_UNKNOWN: [404, "blob upload unknown to registry"],
  DIGEST_INVALID: [400, "provided digest did not match uploaded content"],
  MANIFEST_BLOB_UNKNOWN: [404, "manifest references a manifest or blob unknown to registry"],
  MANIFEST_INVALID: [400, "manifest invalid"],
  MANIFEST_UNKNOWN: [404, "manifest unknown to registry"],
  NAME_INVALID: [400, "invalid repository name"],
  NAME_UNKNOWN: [404, "repository name not known to registry"],
  SIZE_INVALID: [400, "provided length did not match content length"],
  TOOMANYREQUESTS: [429, "too many requests"],
  UNSUPPORTED: [405, "the operation is unsupported"],
  DISK_FULL: [507, "no space left on the disk of the registry"],
  NOT_FOUND: [404, "the registry has no such address"],
  UNKNOWN: [500, "unknown error; see the log of the platform"],
} as const;

export type ErrorCode = keyof typeof ERRORS;

export interface FailureOptions {
  /** What exactly is wrong; the code's usual message by default. */
  readonly message?: string;
  readonly status?: number;
  readonly detail?: unknown;
  readonly headers?: RegistryResponse["headers"];
}

/** The answer that says what went wrong, in the form that clients print. */
export function failure(code: ErrorCode, options: FailureOptions = {}): RegistryResponse {
  const [status, usual] = ERRORS[code];
  const error = { code, message: options.message ?? usual, ...(options.detail === undefined ? {} : { detail: options.detail }) };
  return json({ errors: [error] }, options.headers, options.status ?? status);
}
