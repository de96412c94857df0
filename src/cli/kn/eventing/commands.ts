/** The commands that most kinds have in the same form: create, update, delete, describe, list. */
import type { Command, Option } from "commander";
import { apiVersionOf, type KindRef } from "../../../api/meta/kind.ts";
import type { KubeObject } from "../../../api/meta/object.ts";
import { UserError } from "../../shared/io.ts";
import { printerOf } from "../../shared/print-object.ts";
import { loadConfig, type KnConfig } from "../config/config.ts";
import { deleteObject } from "../delete-wait.ts";
import type { DescribeFlags, View } from "../describe.ts";
import { addNamespaceFlag, addWaitFlags, type WaitFlags } from "../flags.ts";
import { mustGet } from "../get.ts";
import { leaf } from "../group.ts";
import { inContext, type Context, type GlobalFlags, type Kn } from "../kn.ts";
import { addListFlags, addPrintFlags, byNamespaceAndName, listSelection, printList, type Column, type ListFlags } from "../list.ts";
import { updateObject } from "../update-object.ts";

/** Says whose name is missing. */
interface Named {
  readonly description: string;
  /** Thrown when there is not exactly one name. */
  readonly nameMissing: string;
}

export interface Making extends Context {
  readonly config: KnConfig;
}

interface Writing<F> extends Named {
  readonly usage: string;
  readonly options: readonly Option[];
  /** Flags that must be given, without dashes. */
  readonly required?: readonly string[];
  /** What can be said about the flags before the server is asked. Throws UserError. */
  check?(name: string, flags: F, command: Command): void;
  readonly done: (name: string, namespace: string) => string;
}

export interface Creation<T extends KubeObject, F> extends Writing<F> {
  readonly kind: KindRef<T>;
  /** Everything but type, name and namespace. */
  make(context: Making, flags: F, name: string): Promise<Omit<T, keyof KubeObject> & { readonly metadata?: T["metadata"] }>;
  /** A failure in other words. */
  failed?(name: string, namespace: string, why: string): string;
}

export function createCommandOf<T extends KubeObject, F extends object>(kn: Kn, creation: Creation<T, F>): Command {
  return writeCommandOf(kn, "create", creation, async (context, name, flags) => {
    const { kind, failed } = creation;
    const { namespace } = context;
    try {
      const { metadata, ...body } = await creation.make(context, flags, name);
      const object = { apiVersion: apiVersionOf(kind), kind: kind.kind, metadata: { ...metadata, name, namespace }, ...body };
      await context.client.create(kind, object as unknown as T);
    } catch (error) {
      if (failed === undefined || !(error instanceof Error)) throw error;
      throw new UserError(failed(name, namespace, error.message));
    }
  });
}

export interface Updating<T extends KubeObject, F> extends Writing<F> {
  readonly kind: KindRef<T>;
  /** `trigger`, in the text that refuses to change what goes. */
  readonly noun: string;
  change(context: Making, old: T, flags: F): Promise<T>;
}

export function updateCommandOf<T extends KubeObject, F extends object>(kn: Kn, updating: Updating<T, F>): Command {
  return writeCommandOf(kn, "update", updating, async (context, name, flags) => {
    const change = async (old: T): Promise<T> => {
      if (old.metadata.deletionTimestamp === undefined) return updating.change(context, old, flags);
      throw new UserError(`can't update ${updating.noun} '${name}' because it has been marked for deletion`);
    };
    await updateObject(context, updating.kind, { name, change });
  });
}

function writeCommandOf<F extends object>(
  kn: Kn,
  verb: string,
  writing: Writing<F>,
  write: (context: Making, name: string, flags: F) => Promise<void>,
): Command {
  const command = addNamespaceFlag(leaf(verb, writing.usage, writing.description));
  for (const option of writing.options) command.addOption(option);
  return command.action(async (words: string[], flags: F, self: Command) => {
    const missing = (writing.required ?? []).filter((name) => self.getOptionValueSource(camelCase(name)) === undefined);
    if (missing.length > 0) throw new UserError(`required flag(s) ${missing.map((name) => JSON.stringify(name)).join(", ")} not set`);
    const name = oneName(words, writing.nameMissing);
    writing.check?.(name, flags, self);
    const config = await loadConfig(kn.io, self.optsWithGlobals<GlobalFlags>());
    await inContext(kn, self, async (context) => {
      await write({ ...context, config }, name, flags);
      context.io.stdout.write(writing.done(name, context.namespace));
    });
  });
}

function camelCase(name: string): string {
  return name.replace(/-(\w)/g, (_text, letter: string) => letter.toUpperCase());
}

export function oneName(words: readonly string[], missing: string): string {
  const [name] = words;
  if (name === undefined || words.length > 1) throw new UserError(missing);
  return name;
}

export interface Deletion<T extends KubeObject> extends Named {
  readonly kind: KindRef<T>;
  readonly done: (name: string, namespace: string) => string;
  /** The command as `--wait` names it; without it there is nothing to wait for. */
  readonly waits?: string;
}

export function deleteCommandOf<T extends KubeObject>(kn: Kn, deletion: Deletion<T>): Command {
  const { kind, waits, description, nameMissing, done } = deletion;
  const command = addNamespaceFlag(leaf("delete", "NAME", description));
  if (waits !== undefined) addWaitFlags(command, `'${waits}' operation to be completed`);
  return command.action((words: string[], flags: WaitFlags, self: Command) => {
    const name = oneName(words, nameMissing);
    return inContext(kn, self, async (context) => {
      await deleteObject(context, { kind, name, flags, ...(waits === undefined ? {} : { propagationPolicy: "Background" as const }) });
      context.io.stdout.write(done(name, context.namespace));
    });
  });
}

export interface Description<T extends KubeObject> extends Named {
  readonly kind: KindRef<T>;
  write(object: T, view: View): string;
  /** For `-o url`. */
  url?(object: T): string;
  /** Whether `-v` says more. */
  readonly verbose?: boolean;
}

export function describeCommandOf<T extends KubeObject>(kn: Kn, about: Description<T>): Command {
  const command = addPrintFlags(addNamespaceFlag(leaf("describe", "NAME", about.description)), about.url === undefined ? "" : ", url");
  if (about.verbose !== false) command.option("-v, --verbose", "More output.");
  return command.action((words: string[], flags: DescribeFlags, self: Command) => {
    const name = oneName(words, about.nameMissing);
    const asUrl = flags.output === "url" ? about.url : undefined;
    const print = asUrl === undefined ? printerOf(flags) : undefined;
    return inContext(kn, self, async (context) => {
      const object = await mustGet(context, about.kind, name);
      if (print !== undefined) return print(object, context.io);
      const view = { verbose: flags.verbose === true, now: context.clock.now() };
      context.io.stdout.write(asUrl === undefined ? about.write(object, view) : `${asUrl(object)}\n`);
    });
  });
}

export interface ListingOf<T extends KubeObject> {
  readonly kind: KindRef<T>;
  readonly description: string;
  /** As the error about a second word names the command. */
  readonly path: string;
  readonly columns: (now: number) => readonly Column<T>[];
  readonly empty: string;
  readonly alias?: boolean;
}

export function listCommandOf<T extends KubeObject>(kn: Kn, listing: ListingOf<T>): Command {
  const command = addListFlags(leaf("list", "[NAME]", listing.description));
  if (listing.alias !== false) command.alias("ls");
  return command.action((words: string[], flags: ListFlags, self: Command) => {
    printerOf(flags);
    const selection = listSelection(listing.path, words);
    return inContext(kn, self, async (context) => {
      const { kind, columns, empty } = listing;
      const { items } = await context.client.list(kind, { namespace: context.namespace, ...selection });
      await printList(context, flags, { kind, objects: items.toSorted(byNamespaceAndName), columns: columns(context.clock.now()), empty });
    });
  });
}
