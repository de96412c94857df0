import { executeTemplate, type ExecuteOptions, type Execution } from "./execute.ts";
import { parseTemplate } from "./parser.ts";
import type { GoValue } from "./values.ts";

export { plain, quoted } from "./format.ts";
export { GoError } from "./values.ts";

/** A template of Go's text/template over JSON values. Throws GoError when the text is no template. */
export function compileGoTemplate(source: string, name = "output"): (data: GoValue, options?: ExecuteOptions) => Execution {
  const template = parseTemplate(name, source);
  return (data, options) => executeTemplate(template, data, options);
}
