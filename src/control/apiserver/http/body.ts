import { parse } from "yaml";
import { apiError, badRequest } from "../../../api/meta/errors.ts";
import { decodeProtobuf, PROTOBUF } from "../negotiation/protobuf.ts";
import { duplicateFields } from "../schema/duplicates.ts";
import { hostileShape } from "../schema/limits.ts";
import { jsonErrorText } from "../patch/json-error.ts";

/** What Kubernetes takes. */
export const MAX_BODY_BYTES = 3 * 1024 * 1024;

/** The whole body. @throws ApiError 413 as soon as it is too large. */
export async function readBody(request: Request, limit = MAX_BODY_BYTES): Promise<Uint8Array> {
  if (request.body === null) return new Uint8Array(0);
  if (Number(request.headers.get("content-length") ?? 0) > limit) throw tooLarge(limit);
  const parts: Uint8Array[] = [];
  let size = 0;
  for await (const part of request.body as AsyncIterable<Uint8Array>) {
    size += part.length;
    if (size > limit) throw tooLarge(limit);
    parts.push(part);
  }
  return parts.length === 1 ? (parts[0] as Uint8Array) : Buffer.concat(parts, size);
}

function tooLarge(limit: number): Error {
  return apiError("RequestEntityTooLarge", `Request entity too large: limit is ${limit}`);
}

export interface DecodedValue {
  readonly value: unknown;
  /** Texts about fields that the body has twice. */
  readonly duplicates: readonly string[];
}

const TYPES = ["application/json", "application/yaml", PROTOBUF];

/** A body of any type that we take as a JSON value. `expected` is the kind for the texts. @throws ApiError 400 or 415. */
export function decodeValue(body: Uint8Array, contentType: string, expected: string): DecodedValue {
  const decoded = decodeByType(body, contentType, expected);
  const hostile = hostileShape(decoded.value);
  if (hostile !== undefined) throw unrecognized(expected, hostile);
  const duplicates = decoded.json === undefined ? [] : duplicateFields(decoded.json, decoded.value);
  return { value: decoded.value, duplicates };
}

/** `json` is the text, when it was one. */
function decodeByType(body: Uint8Array, contentType: string, expected: string): { readonly value: unknown; readonly json?: string } {
  const type = (contentType.split(";", 1)[0] ?? "").trim().toLowerCase();
  if (type === PROTOBUF) return { value: fromProtobuf(body, expected) };
  const text = new TextDecoder().decode(body);
  if (type === "application/yaml") return { value: fromYaml(text, expected) };
  if (type !== "" && type !== "application/json") {
    throw apiError(
      "UnsupportedMediaType",
      `the body of the request was in an unknown format - accepted media types include: ${TYPES.join(", ")}`,
    );
  }
  return { value: fromJson(text, expected), json: text };
}

function fromProtobuf(body: Uint8Array, expected: string): unknown {
  const decoded = decodeProtobuf(body);
  if (decoded.kind === "ok") return decoded.object;
  if (decoded.kind === "unknownKind")
    throw badRequest(`no kind ${JSON.stringify(decoded.objectKind)} is registered for version ${JSON.stringify(decoded.apiVersion)}`);
  throw unrecognized(expected, decoded.message);
}

function fromYaml(text: string, expected: string): unknown {
  try {
    return parse(text);
  } catch (error) {
    throw unrecognized(expected, `yaml: ${error instanceof Error ? error.message.split("\n", 1)[0] : ""}`);
  }
}

function fromJson(text: string, expected: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    const shown = text === "" ? "<empty>" : text.length > 30 ? `${text.slice(0, 30)} ...` : text;
    throw unrecognized(expected, `couldn't get version/kind; json parse error: ${jsonErrorText(text, error)} (${shown})`);
  }
}

function unrecognized(expected: string, why: string): Error {
  return badRequest(`the object provided is unrecognized (must be of type ${expected}): ${why}`);
}

/** The body as a JSON value; undefined when there is none. @throws ApiError 400. */
export async function readValue(request: Request, expected: string): Promise<unknown> {
  const body = await readBody(request);
  return body.length === 0 ? undefined : decodeValue(body, request.headers.get("content-type") ?? "", expected).value;
}
