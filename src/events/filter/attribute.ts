import { mediaType, type AttributeValue, type CloudEvent } from "../../api/cloudevents/event.ts";

/** Attributes that an event may leave out: unset they compare as an empty text. */
const OPTIONAL: ReadonlySet<string> = new Set(["subject", "time", "dataschema", "datacontenttype", "schemaurl", "datamediatype"]);

/** The value with its type; undefined: the event does not have it. `schemaurl` and `datamediatype` are other names. */
export function typedValue({ attributes }: CloudEvent, name: string): AttributeValue | undefined {
  const value = Object.hasOwn(attributes, name) ? attributes[name] : undefined;
  if (value !== undefined) return value;
  if (name === "schemaurl") return attributes["dataschema"];
  if (name === "dataschema") return attributes["schemaurl"];
  const type = attributes["datacontenttype"];
  return name === "datamediatype" && type !== undefined ? mediaType(type) : undefined;
}

/** The value as text, for exact, prefix and suffix. */
export function textOf(event: CloudEvent, name: string): string | undefined {
  const value = typedValue(event, name);
  if (value !== undefined) return comparable(name, String(value));
  return OPTIONAL.has(name) ? "" : undefined;
}

/** Times compare as RFC 3339: the same moment, written in another zone or with more zeros, is the same text. */
export function comparable(name: string, text: string): string {
  if (name !== "time") return text;
  const [, fraction = ""] = /\.(\d+)/.exec(text) ?? [];
  const seconds = Date.parse(text.replace(/\.\d+/, ""));
  if (Number.isNaN(seconds) || !/T/i.test(text)) return text;
  const digits = fraction.replace(/0+$/, "");
  return new Date(seconds).toISOString().replace(".000Z", digits === "" ? "Z" : `.${digits}Z`);
}
