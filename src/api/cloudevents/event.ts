/** CloudEvents 1.0 and 0.3: the event as the platform holds it. */

/** String (also URI, time and binary, in their text form), 32-bit Integer, Boolean. */
export type AttributeValue = string | number | boolean;

export interface CloudEvent {
  /** Every context attribute by its lower-case name; `specversion`, `id`, `source` and `type` are there. */
  readonly attributes: Readonly<Record<string, AttributeValue>>;
  /** undefined: the event has no data, which is something else than no bytes. */
  readonly data?: Uint8Array;
}

/** Bounds of one event's attributes, beside the bound of its whole size that the receiver has. */
export const MAX_ATTRIBUTES = 128;
export const MAX_ATTRIBUTES_BYTES = 65_536;

const REQUIRED = ["id", "source", "type"] as const;
const VERSIONS: ReadonlySet<unknown> = new Set(["1.0", "0.3"]);
const TIME = /^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])T([01]\d|2[0-3]):[0-5]\d:([0-5]\d|60)(\.\d+)?(Z|[+-]([01]\d|2[0-3]):[0-5]\d)$/i;

/** Why this is no valid event, in one line; undefined when it is. */
export function invalidEvent({ attributes }: Pick<CloudEvent, "attributes">): string | undefined {
  if (!VERSIONS.has(attributes["specversion"])) return versionProblem(attributes["specversion"]);
  for (const name of REQUIRED) {
    if (attributes[name] === undefined || attributes[name] === "") return `the required attribute ${name} is missing or empty`;
    if (typeof attributes[name] !== "string") return `the attribute ${name} must be a string`;
  }
  const entries = Object.entries(attributes);
  if (entries.length > MAX_ATTRIBUTES) return `more than ${MAX_ATTRIBUTES} attributes`;
  let bytes = 0;
  for (const [name, value] of entries) {
    const problem = invalidAttribute(name, value);
    if (problem !== undefined) return problem;
    bytes += name.length + (typeof value === "string" ? value.length : 8);
  }
  return bytes > MAX_ATTRIBUTES_BYTES ? `the attributes are larger than ${MAX_ATTRIBUTES_BYTES} bytes` : undefined;
}

function versionProblem(version: unknown): string {
  if (version === undefined) return "the required attribute specversion is missing";
  return `specversion ${JSON.stringify(version)} is not supported: 1.0 and 0.3 are`;
}

function invalidAttribute(name: string, value: AttributeValue): string | undefined {
  if (!/^[a-z0-9]{1,64}$/.test(name)) return `attribute name ${JSON.stringify(name)} must be 1 to 64 characters of a-z and 0-9`;
  if (name === "data") return "data is no name of an attribute";
  if (typeof value === "number" && (value | 0) !== value) return `the attribute ${name} must be an integer of 32 bits`;
  if (typeof value !== "string") return undefined;
  if (hasControlCharacter(value) || !value.isWellFormed()) return `the attribute ${name} has characters that CloudEvents does not allow`;
  if (name === "time" && !TIME.test(value)) return `time ${JSON.stringify(value)} is no RFC 3339 time`;
  if (name === "datacontenttype" && !/^[\x20-\x7e]*$/.test(value)) return `datacontenttype ${JSON.stringify(value)} is no media type`;
  return isUri(name) && /\s/.test(value) ? `the attribute ${name} is no URI` : undefined;
}

function isUri(name: string): boolean {
  return name === "source" || name === "dataschema" || name === "schemaurl";
}

function hasControlCharacter(value: string): boolean {
  for (let index = 0; index < value.length; index++) {
    const code = value.charCodeAt(index);
    if (code <= 0x1f || (code >= 0x7f && code <= 0x9f)) return true;
  }
  return false;
}

/** Is the data JSON? Without a content type it is, as the JSON format says. */
export function hasJsonData({ attributes }: Pick<CloudEvent, "attributes">): boolean {
  const type = mediaType(attributes["datacontenttype"] ?? "application/json");
  return type === "application/json" || type === "text/json" || type.endsWith("+json");
}

/** A content type without its parameters, in lower case. */
export function mediaType(contentType: AttributeValue): string {
  return (String(contentType).split(";", 1)[0] ?? "").trim().toLowerCase();
}
