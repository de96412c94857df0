/** `.func/`: what belongs to this machine and not to the project. */
import { appendFileSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { parseText, renderLike } from "./document.ts";
import { Editor } from "./editor.ts";
import { readIfThere } from "./read-if-there.ts";
import type { Shape } from "./shape.ts";
import { readShaped } from "./shaped-text.ts";
import { writeWhole } from "./write-whole.ts";

/** Values that we chose and the user did not; func.yaml stays free of them, so that other programs can use the project. */
export interface LocalState {
  /** Whether the last deployment was built on the cluster. */
  readonly remote?: boolean;
  readonly builder?: string;
  readonly registry?: string;
  readonly image?: string;
}

const FOLDER = ".func";
const FILE = "local.yaml";
const SHAPE: Shape = {
  kind: "fields",
  fields: { remote: { kind: "flag" }, builder: { kind: "text" }, registry: { kind: "text" }, image: { kind: "text" } },
};

/** Empty when there is none. What cannot be read counts as not there: it is ours, and written again. */
export function readLocal(root: string): LocalState {
  return readShaped(readIfThere(join(root, FOLDER, FILE)) ?? "", SHAPE).value as LocalState;
}

/** Changes the values that are given; undefined removes one. @throws the system's error */
export function writeLocal(root: string, changes: { readonly [Key in keyof LocalState]: LocalState[Key] | undefined }): void {
  const path = join(ensureStateFolder(root), FILE);
  const existing = readIfThere(path) ?? "";
  const text = parseText(existing).problems.length > 0 ? "" : existing;
  const { document } = parseText(text);
  const editor = new Editor(document);
  for (const [key, value] of Object.entries(changes)) {
    if (value === undefined) editor.remove([key]);
    else editor.set([key], value);
  }
  writeWhole(path, renderLike(document, text));
}

/** The folder of this machine's state, made if need be and kept out of git. @throws the system's error */
export function ensureStateFolder(root: string): string {
  const folder = join(root, FOLDER);
  mkdirSync(folder, { recursive: true });
  ignoreInGit(root);
  return folder;
}

/** A line that is commented out says that the user wants the folder in git. */
function ignoreInGit(root: string): void {
  const path = join(root, ".gitignore");
  const text = readIfThere(path) ?? "";
  if (/^[ \t]*#?[ \t]*\/?\.func\/?[ \t]*\r?$/m.test(text)) return;
  appendFileSync(path, `${text === "" || text.endsWith("\n") ? "" : "\n"}/${FOLDER}\n`);
}
