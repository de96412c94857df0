import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { Command } from "commander";
import { deadLetterKind, type DeadLetter } from "../../../api/observe/dead-letter.ts";
import type { EventJson } from "../../../api/observe/group.ts";
import { UserError, type Io } from "../../shared/io.ts";
import { addTarget, type OpenObserved, type TargetFlags } from "../events/observed.ts";

interface Flags extends TargetFlags {
  readonly data?: string;
  readonly set: readonly string[];
  readonly file?: string;
  readonly json?: boolean;
}

export function editCommand(io: Io, open: OpenObserved): Command {
  return addTarget(new Command("edit").description("make a changed copy of a dead letter; the original stays"))
    .argument("<name>", "as dlq list prints it")
    .option("-d, --data <text>", "new data; JSON where it is JSON")
    .option("--set <name=value>", "new value of an attribute, may be repeated", (value, all: readonly string[]) => [...all, value], [])
    .option("--file <path>", "file with the whole event in the JSON format")
    .option("--json", "print the copy as one JSON object")
    .action(async (name: string, flags: Flags) => {
      await using observed = await open(io, flags);
      const letter = await observed.ask<DeadLetter>(deadLetterKind, { name });
      const event = await changed(io, letter.spec.event, flags);
      if (JSON.stringify(event) === JSON.stringify(letter.spec.event)) throw new UserError("nothing was changed");
      const copy = await observed.ask<DeadLetter>(deadLetterKind, { method: "PUT", name, body: { ...letter, spec: { event } } });
      const copied = copy.metadata.name ?? "";
      if (flags.json === true) io.stdout.write(`${JSON.stringify(copy)}\n`);
      else io.stdout.write(`${copied} is the changed copy of ${name}; send it with: kinetic dlq redrive ${copied}\n`);
    });
}

/** By flags, else in the user's editor. @throws UserError */
async function changed(io: Io, event: EventJson, { data, set, file }: Flags): Promise<EventJson> {
  if (file !== undefined) return parsed(await readFile(resolve(io.cwd, file), "utf8").catch((error: Error) => error), file);
  if (data === undefined && set.length === 0) return inEditor(io, event);
  const attributes = Object.fromEntries(set.map(pairOf));
  if (data === undefined) return { ...event, ...attributes };
  const { data: _data, data_base64: _base64, ...rest } = event;
  return { ...rest, ...attributes, data: valueOf(data) };
}

function pairOf(text: string): [string, string] {
  const at = text.indexOf("=");
  if (at < 1) throw new UserError(`--set takes name=value, not ${JSON.stringify(text)}`);
  return [text.slice(0, at), text.slice(at + 1)];
}

function valueOf(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}

function parsed(text: string | Error, path: string): EventJson {
  if (text instanceof Error) throw new UserError(`${path} cannot be read: ${text.message}`);
  try {
    return JSON.parse(text) as EventJson;
  } catch (error) {
    throw new UserError(`${path} is no JSON: ${(error as Error).message}`);
  }
}

async function inEditor(io: Io, event: EventJson): Promise<EventJson> {
  const folder = await mkdtemp(join(tmpdir(), "kinetic-edit-"));
  const path = join(folder, "event.json");
  try {
    await writeFile(path, `${JSON.stringify(event, null, 2)}\n`, { mode: 0o600 });
    const editor = io.env["VISUAL"] ?? io.env["EDITOR"] ?? "vi";
    const child = spawn("sh", ["-c", `${editor} "$1"`, "sh", path], { stdio: "inherit" });
    const [code] = (await once(child, "exit")) as [number | null];
    if (code !== 0) throw new UserError(`the editor ${editor} failed; nothing was changed`);
    return parsed(await readFile(path, "utf8"), "the edited event");
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
