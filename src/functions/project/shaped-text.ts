import { parseText } from "./document.ts";
import { readShape, type Finding, type Shape } from "./shape.ts";

/** The value of a small YAML file of ours, or everything that is wrong with it. An empty file has an empty value. */
export function readShaped(text: string, shape: Shape): { readonly value: object; readonly problems: readonly Finding[] } {
  const { document, counter, problems } = parseText(text);
  if (problems.length > 0) return { value: {}, problems };
  const reading = readShape(document, counter, shape);
  return { value: (reading.value ?? {}) as object, problems: reading.problems };
}

/** The message for a file with problems, all at once. */
export function problemsText(file: string, problems: readonly Finding[]): string {
  const lines = problems.map(({ text, line }) => (line === undefined ? text : `line ${line}: ${text}`));
  return [`'${file}' contains errors:`, ...lines.map((line) => `\t${line}`)].join("\n");
}
