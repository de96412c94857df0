import { hasJsonData, type CloudEvent } from "../../api/cloudevents/event.ts";

const CONTEXT = ["specversion", "type", "source", "subject", "id", "time", "dataschema", "datacontenttype"];

/** An event for people: attributes, extensions, data; JSON data is indented. */
export function printEvent(event: CloudEvent): string {
  const { attributes } = event;
  const line = (name: string) => `  ${name}: ${attributes[name]}\n`;
  const context = CONTEXT.filter((name) => attributes[name] !== undefined);
  const extensions = Object.keys(attributes).filter((name) => !CONTEXT.includes(name));
  return [
    "Context Attributes,\n",
    ...context.map(line),
    ...(extensions.length === 0 ? [] : ["Extensions,\n", ...extensions.toSorted().map(line)]),
    ...(event.data === undefined || event.data.length === 0 ? [] : ["Data,\n", indented(dataText(event))]),
  ].join("");
}

function dataText(event: CloudEvent): string {
  const text = new TextDecoder().decode(event.data);
  if (!hasJsonData(event)) return text;
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}

function indented(text: string): string {
  return text
    .split("\n")
    .map((line) => `  ${line}\n`)
    .join("");
}
