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

export function isTyped(event: CloudEvent, name: string): boolean {
  return typedValue(event, name) !== undefined;
}

/** The value as text, for exact, prefix and suffix. */
export function textOf(event: CloudEvent, name: string): string | undefined {
  const value = typedValue(event, name);
  if (value !== undefined) return String(value);
  return OPTIONAL.has(name) ? "" : undefined;
}
