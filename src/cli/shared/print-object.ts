import { canonicalJson, isRecord } from "../../std/json.ts";
import type { GoValue } from "./go-template/values.ts";
import type { Io } from "./io.ts";
import { UserError } from "./io.ts";

const FORMATS = "go-template,go-template-file,json,jsonpath,jsonpath-as-json,jsonpath-file,name,template,templatefile,yaml";

export interface PrintFlags {
  readonly output?: string;
  readonly template?: string;
  /** False makes a key that is missing an error. */
  readonly allowMissingTemplateKeys?: boolean;
  readonly showManagedFields?: boolean;
}

type Printer = (value: object, io: Io) => Promise<void>;

/** The printer of `-o FORMAT`; undefined without the flag. Throws UserError for a format that there is not. */
export function printerOf(flags: PrintFlags): Printer | undefined {
  if (flags.output === undefined || flags.output === "") return undefined;
  const [format = "", ...rest] = flags.output.split("=");
  const template = rest.length > 0 ? rest.join("=") : flags.template;
  const shown = (value: object) => (flags.showManagedFields === true ? value : withoutManagedFields(value));
  switch (format) {
    case "json":
      return async (value, io) => void io.stdout.write(jsonText(shown(value)));
    case "yaml":
      return async (value, io) => void io.stdout.write(await yamlText(shown(value)));
    case "name":
      return async (value, io) => void io.stdout.write(itemsOf(value).map(nameLine).join(""));
    case "jsonpath":
    case "jsonpath-as-json":
    case "jsonpath-file":
      return jsonPathPrinter(format, template, shown);
    case "go-template":
    case "go-template-file":
    case "template":
    case "templatefile":
      return goTemplatePrinter(format, template, { shown, strict: flags.allowMissingTemplateKeys === false });
    default:
      throw new UserError(
        `unable to match a printer suitable for the output format ${JSON.stringify(flags.output)}, allowed formats are: ${FORMATS}`,
      );
  }
}

function jsonPathPrinter(format: string, template: string | undefined, shown: (value: object) => object): Printer {
  if (template === undefined || template === "") throw new UserError(`template format specified but no template given`);
  return async (value, io) => {
    const { evaluateJsonPath, expandJsonPath } = await import("./jsonpath.ts");
    const text = format === "jsonpath-file" ? await readTemplate(template) : template;
    if (format === "jsonpath-as-json") io.stdout.write(`${JSON.stringify(evaluateJsonPath(text, shown(value)), null, 4)}\n`);
    else io.stdout.write(expandJsonPath(text, shown(value)));
  };
}

interface GoTemplateOptions {
  readonly shown: (value: object) => object;
  readonly strict: boolean;
}

function goTemplatePrinter(format: string, template: string | undefined, { shown, strict }: GoTemplateOptions): Printer {
  if (template === undefined || template === "") throw new UserError(`template format specified but no template given`);
  return async (value, io) => {
    const { compileGoTemplate, GoError, plain, quoted } = await import("./go-template/template.ts");
    const text = format.endsWith("file") ? await readTemplate(template) : template;
    let run: ReturnType<typeof compileGoTemplate>;
    try {
      run = compileGoTemplate(text);
    } catch (error) {
      if (!(error instanceof GoError)) throw error;
      throw new UserError(`error parsing template ${text}, ${error.message}`);
    }
    const raw = canonicalJson(shown(value));
    const data = JSON.parse(raw) as GoValue;
    const result = run(data, { strict });
    io.stdout.write(result.text);
    if (result.error === undefined) return;
    io.stdout.write(
      `Error executing template: ${result.error.message}. Printing more information for debugging the template:\n` +
        `\ttemplate was:\n\t\t${text}\n\traw data was:\n\t\t${raw}\n` +
        `\tobject given to template engine was:\n\t\t${plain(data)}\n\n`,
    );
    throw new UserError(`error executing template ${quoted(text)}: ${result.error.message}`);
  };
}

async function readTemplate(path: string): Promise<string> {
  const { readFile } = await import("node:fs/promises");
  return readFile(path, "utf8").catch(() => {
    throw new UserError(`error reading --template ${path}, open ${path}: no such file or directory`);
  });
}

/** An object as `-o json` prints it. */
export function jsonText(value: object): string {
  return `${JSON.stringify(value, null, 4)}\n`;
}

/** An object as `-o yaml` prints it. */
export async function yamlText(value: object): Promise<string> {
  const { stringify } = await import("yaml");
  // The 1.1 schema quotes what older readers would take for a time or a boolean.
  return stringify(value, { version: "1.1", indentSeq: false, sortMapEntries: true, lineWidth: 80, aliasDuplicateObjects: false });
}

function itemsOf(value: object): unknown[] {
  const items = (value as { items?: unknown }).items;
  return Array.isArray(items) ? items : [value];
}

/** `kind.group/name` in lower case. */
function nameLine(value: unknown): string {
  const { apiVersion = "", kind = "", metadata = {} } = value as { apiVersion?: string; kind?: string; metadata?: { name?: string } };
  const group = apiVersion.includes("/") ? `.${apiVersion.split("/")[0]}` : "";
  return `${kind.toLowerCase()}${group}/${metadata.name ?? ""}\n`;
}

function withoutManagedFields(value: object): object {
  const items = (value as { items?: unknown }).items;
  if (Array.isArray(items)) return { ...value, items: items.map((item: object) => withoutManagedFields(item)) };
  const metadata = (value as { metadata?: unknown }).metadata;
  if (!isRecord(metadata) || metadata["managedFields"] === undefined) return value;
  const { managedFields: _dropped, ...rest } = metadata;
  return { ...value, metadata: rest };
}
