import { apiError } from "../../../api/meta/errors.ts";
import type { ApiRequest } from "../../../api/meta/payload.ts";
import { deepClone, isRecord } from "../../../std/json.ts";
import { goJsonError } from "./go-json-error.ts";
import { decodeProtobuf, PROTOBUF } from "./protobuf.ts";
import { parseYaml } from "./yaml.ts";

/** What Kubernetes takes, in bytes. Patches share it. */
export const BODY_LIMIT = 3 * 1024 * 1024;

const OBJECT_TYPES = ["application/json", "application/yaml", PROTOBUF] as const;

export interface ReadObjectOptions {
  /** The kind that the body has to be, for the texts of errors. */
  readonly kind: string;
  /** False where the kind has no protobuf form, such as custom resources. */
  readonly protobuf?: boolean;
}

/** An object and, for JSON and YAML, the text it came from: field validation looks for duplicates in it. */
export interface ReadObject {
  readonly object: Record<string, unknown>;
  readonly source: { readonly format: "json" | "yaml"; readonly text: string } | undefined;
}

/** The whole of a body. @throws ApiError 413 as soon as there is too much of it */
export async function readStream(stream: AsyncIterable<Uint8Array>, limit = BODY_LIMIT): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  let size = 0;
  for await (const part of stream) {
    size += part.length;
    if (size > limit) throw tooLarge(limit);
    parts.push(part);
  }
  return Buffer.concat(parts, size);
}

const NOTHING = new Uint8Array(0);

function bytesOf({ body }: ApiRequest): Uint8Array {
  return body.kind === "bytes" ? body.bytes : NOTHING;
}

/** A patch: text, or the value that a client of this thread sends. */
export function readPatch(request: ApiRequest): string | object {
  const carried = carriedValue(request);
  return typeof carried === "object" && carried !== null ? carried : decodeText(bytesOf(request));
}

/** The value that a client of this thread sends, as a copy that may be changed; undefined when there is a body to be read. */
function carriedValue({ body }: ApiRequest): unknown {
  return body.kind === "json" ? deepClone(body.value) : undefined;
}

/** The object in the body of a create, update or delete. @throws ApiError 400, 415 */
export function readObject(request: ApiRequest, options: ReadObjectOptions): ReadObject {
  const type = contentType(request, options.protobuf ?? true);
  const carried = carriedValue(request);
  if (isRecord(carried)) return { object: carried, source: undefined };
  return decodeObject(bytesOf(request), type, options.kind);
}

/** As `readObject`, but undefined for no body: a delete may have none. */
export function readOptionalObject(request: ApiRequest, options: ReadObjectOptions): ReadObject | undefined {
  const carried = carriedValue(request);
  if (isRecord(carried)) return { object: carried, source: undefined };
  const body = bytesOf(request);
  if (body.length === 0) return undefined;
  return decodeObject(body, contentType(request, options.protobuf ?? true), options.kind);
}

function tooLarge(limit: number): Error {
  return apiError("RequestEntityTooLarge", `Request entity too large: limit is ${limit}`);
}

type ObjectType = (typeof OBJECT_TYPES)[number];

/** No content type means JSON. @throws ApiError 415 */
function contentType(request: ApiRequest, protobuf: boolean): ObjectType {
  const header = request.headers["content-type"] ?? "";
  const essence = (header.split(";", 1)[0] ?? "").trim().toLowerCase();
  if (essence === "") return "application/json";
  const accepted = OBJECT_TYPES.filter((type) => protobuf || type !== PROTOBUF);
  const found = accepted.find((type) => type === essence);
  if (found !== undefined) return found;
  const message = `the body of the request was in an unknown format - accepted media types include: ${accepted.join(", ")}`;
  throw apiError("UnsupportedMediaType", message);
}

function decodeObject(body: Uint8Array, type: ObjectType, kind: string): ReadObject {
  if (type === PROTOBUF) return { object: fromProtobuf(body, kind), source: undefined };
  const text = decodeText(body);
  const format = type === "application/json" ? "json" : "yaml";
  const object = format === "json" ? fromJson(text, body, kind) : fromYaml(text, body, kind);
  return { object, source: { format, text } };
}

const utf8 = new TextDecoder("utf-8", { ignoreBOM: true });

function decodeText(body: Uint8Array): string {
  return utf8.decode(body);
}

function fromJson(text: string, body: Uint8Array, kind: string): Record<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw unrecognized(kind, `couldn't get version/kind; json parse error: ${goJsonError(text)}`, body);
  }
  return checkedRecord(value, kind, body);
}

function fromYaml(text: string, body: Uint8Array, kind: string): Record<string, unknown> {
  const outcome = parseYaml(text);
  if (outcome.kind === "malformed") throw unrecognized(kind, outcome.message, body);
  return checkedRecord(outcome.value, kind, body);
}

function checkedRecord(value: unknown, kind: string, body: Uint8Array): Record<string, unknown> {
  if (isRecord(value)) return value;
  const struct = String.raw`struct { APIVersion string "json:\"apiVersion,omitempty\""; Kind string "json:\"kind,omitempty\"" }`;
  const problem = `json: cannot unmarshal ${goTypeOf(value)} into Go value of type ${struct}`;
  throw unrecognized(kind, `couldn't get version/kind; json parse error: ${problem}`, body);
}

function goTypeOf(value: unknown): string {
  if (Array.isArray(value)) return "array";
  return typeof value === "boolean" ? "bool" : value === null ? "null" : typeof value;
}

function fromProtobuf(body: Uint8Array, kind: string): Record<string, unknown> {
  const decoded = decodeProtobuf(body);
  switch (decoded.kind) {
    case "ok":
      return decoded.object;
    case "malformed":
      throw unrecognized(kind, decoded.message, body);
    case "unknownKind":
      throw unrecognized(kind, `no kind ${JSON.stringify(decoded.objectKind)} is registered for version "${decoded.apiVersion}"`, body);
  }
}

function unrecognized(kind: string, problem: string, body: Uint8Array): Error {
  return apiError("BadRequest", `the object provided is unrecognized (must be of type ${kind}): ${problem} (${summary(body)})`);
}

const SUMMARY_BYTES = 30;

/** The beginning of the body as Kubernetes quotes it: JSON as it is, everything else in hexadecimal. */
function summary(body: Uint8Array): string {
  if (body.length === 0) return "<empty>";
  const head = Buffer.from(body.subarray(0, SUMMARY_BYTES));
  const text = body[0] === 0x7b ? head.toString("utf8") : head.toString("hex");
  return body.length > SUMMARY_BYTES ? `${text} ...` : text;
}
