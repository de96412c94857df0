/** A folder with func.yaml in it. */
import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import type { FunctionConfig } from "./config.ts";
import { parseText, renderLike } from "./document.ts";
import { Editor } from "./editor.ts";
import { migrate } from "./migrations.ts";
import { readConfig } from "./read-config.ts";
import { problemsText } from "./shaped-text.ts";
import { writeWhole } from "./write-whole.ts";

export const FUNCTION_FILE = "func.yaml";
const FILE_LIMIT_BYTES = 1024 * 1024;

export interface Project {
  /** Folder of func.yaml, absolute. */
  readonly root: string;
  readonly config: FunctionConfig;
  /** One line each, for people: fields that are unknown, a version that is newer. */
  readonly notices: readonly string[];
  /** Written by a later program: it is read and never written. */
  readonly newer: boolean;
}

export type Loaded =
  | { readonly kind: "ok"; readonly project: Project }
  /** No func.yaml in the folder. */
  | { readonly kind: "absent"; readonly root: string }
  /** Not a folder, not readable, or full of mistakes: what to tell, maybe in several lines. */
  | { readonly kind: "invalid"; readonly message: string };

export function loadProject(root: string): Loaded {
  const source = readSource(root);
  if (source.kind !== "ok") return source;
  const read = readConfig(source.text, source);
  if (read.kind === "invalid") return { kind: "invalid", message: problemsText(FUNCTION_FILE, read.problems) };
  const { config, notices, newer } = read;
  return { kind: "ok", project: { root, config, notices, newer } };
}

export type Updated =
  | { readonly kind: "saved" | "unchanged"; readonly project: Project }
  /** The file is of a newer version. */
  | { readonly kind: "newer"; readonly message: string }
  /** The change would make the file wrong, or cannot be written: nothing was. */
  | { readonly kind: "invalid"; readonly message: string };

/** Changes func.yaml, as it is now; an older one is written in the present form. */
export function updateProject(project: Project, edit: (editor: Editor) => void): Updated {
  const source = readSource(project.root);
  if (source.kind === "absent") return { kind: "invalid", message: `there is no ${FUNCTION_FILE} in ${project.root} any more` };
  if (source.kind === "invalid") return source;
  const before = readConfig(source.text, source);
  if (before.kind === "invalid") return { kind: "invalid", message: problemsText(FUNCTION_FILE, before.problems) };
  if (before.newer) return { kind: "newer", message: before.notices.join("\n") };
  const { document } = parseText(source.text);
  migrate(document, source);
  const original = String(document);
  edit(new Editor(document));
  if (String(document) === original) return { kind: "unchanged", project: { ...project, config: before.config } };
  return save(project, renderLike(document, source.text), source.modified);
}

function save(project: Project, text: string, modified: string): Updated {
  const after = readConfig(text, { modified });
  if (after.kind === "invalid") return { kind: "invalid", message: after.problems.map((problem) => problem.text).join("\n") };
  try {
    writeWhole(join(project.root, FUNCTION_FILE), text);
  } catch (error) {
    return { kind: "invalid", message: `could not write ${FUNCTION_FILE}: ${(error as Error).message}` };
  }
  return { kind: "saved", project: { ...project, config: after.config, notices: after.notices } };
}

type Source =
  | { readonly kind: "ok"; readonly text: string; readonly modified: string }
  | { readonly kind: "absent"; readonly root: string }
  | { readonly kind: "invalid"; readonly message: string };

function readSource(root: string): Source {
  const path = join(root, FUNCTION_FILE);
  try {
    const folder = statSync(root, { throwIfNoEntry: false });
    if (folder === undefined) return { kind: "invalid", message: `the folder ${root} does not exist` };
    if (!folder.isDirectory()) return { kind: "invalid", message: `${root} is a file; a function is a folder` };
    const file = statSync(path, { throwIfNoEntry: false });
    if (file === undefined) return { kind: "absent", root };
    if (!file.isFile()) return { kind: "invalid", message: `${path} is not a file` };
    if (file.size > FILE_LIMIT_BYTES) return { kind: "invalid", message: `${path} is larger than 1 MB` };
    return { kind: "ok", text: readFileSync(path, "utf8"), modified: file.mtime.toISOString().replace(/\.\d+Z$/, "Z") };
  } catch (error) {
    return { kind: "invalid", message: `could not read ${path}: ${(error as Error).message}` };
  }
}
