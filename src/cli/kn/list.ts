import { Option, type Command } from "commander";
import { apiVersionOf, type KindRef } from "../../api/meta/kind.ts";
import type { KubeObject } from "../../api/meta/object.ts";
import { printerOf, type PrintFlags } from "../shared/print-object.ts";
import { renderTable } from "../shared/table.ts";
import { UserError } from "../shared/io.ts";
import { canonicalJson } from "../../std/json.ts";
import { addAllNamespacesFlag, text } from "./flags.ts";
import type { Context } from "./kn.ts";

export interface ListFlags extends PrintFlags {
  readonly headers?: boolean;
}

export function addPrintFlags(command: Command, more = ""): Command {
  return command
    .addOption(
      text(
        "-o, --output <string>",
        "Output format. One of: (json, yaml, name, go-template, go-template-file, template, templatefile, " +
          `jsonpath, jsonpath-as-json, jsonpath-file${more}).`,
      ),
    )
    .addOption(text("--template <string>", "Template string or path to template file to use when -o=go-template, -o=go-template-file."))
    .option("--allow-missing-template-keys", "If false, a field or map key that is missing in a template is an error. (default true)")
    .addOption(new Option("--no-allow-missing-template-keys").hideHelp())
    .option("--show-managed-fields", "If true, keep the managedFields when printing objects in JSON or YAML format.");
}

export function addListFlags(command: Command): Command {
  return addPrintFlags(addAllNamespacesFlag(command)).option(
    "--no-headers",
    "When using the default output format, don't print headers (default: print headers).",
  );
}

/** The one name that a list may be narrowed to. */
export function listSelection(command: string, words: readonly string[]): { readonly fieldSelector?: string } {
  if (words.length > 1) throw new UserError(`'${command}' accepts maximum 1 argument`);
  return words[0] === undefined ? {} : { fieldSelector: `metadata.name=${words[0]}` };
}

export interface Column<T> {
  readonly title: string;
  readonly cell: (object: T) => string;
}

export interface Listing<T extends KubeObject> {
  readonly kind: KindRef<T>;
  readonly objects: readonly T[];
  readonly columns: readonly Column<T>[];
  /** Printed when there is nothing. */
  readonly empty: string;
}

/** Prints a list in the chosen form: a table, or everything as one List object. */
export async function printList<T extends KubeObject>(context: Context, flags: ListFlags, listing: Listing<T>): Promise<void> {
  const { kind, objects, empty } = listing;
  const print = printerOf(flags);
  if (print !== undefined) {
    const list = { apiVersion: apiVersionOf(kind), items: objects, kind: `${kind.kind}List` };
    return print(JSON.parse(canonicalJson(list)) as object, context.io);
  }
  if (objects.length === 0) return void context.io.stdout.write(`${empty}\n`);
  const columns = context.namespace === "" ? [namespaceColumn, ...listing.columns] : listing.columns;
  const rows = objects.map((object) => columns.map((column) => column.cell(object)));
  const titles = flags.headers === false ? [] : [columns.map((column) => column.title)];
  context.io.stdout.write(renderTable([...titles, ...rows]));
}

const namespaceColumn: Column<KubeObject> = { title: "NAMESPACE", cell: (object) => object.metadata.namespace ?? "" };

export function byNamespaceAndName(a: KubeObject, b: KubeObject): number {
  return compareText(a.metadata.namespace ?? "", b.metadata.namespace ?? "") || compareText(a.metadata.name ?? "", b.metadata.name ?? "");
}

export function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
