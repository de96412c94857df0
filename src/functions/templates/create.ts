/** A new function from a template: all of it, or nothing. */
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readlinkSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
} from "node:fs";
import { basename, dirname, join, posix, resolve } from "node:path";
import { Document } from "yaml";
import { functionNameErrors } from "../project/check/names.ts";
import { ensureStateFolder } from "../project/local-state.ts";
import { FUNCTION_FILE } from "../project/project.ts";
import { SPEC_VERSION } from "../project/version.ts";
import { writeWhole } from "../project/write-whole.ts";
import { MANIFEST_FILE, type TemplateDefaults } from "./manifest.ts";
import type { Template } from "./repository.ts";
import { TemplateError } from "./template-error.ts";

const SCHEMA = "https://raw.githubusercontent.com/knative/func/refs/heads/main/schema/func_yaml-schema.json";
const HEADER = ` $schema: ${SCHEMA}\n yaml-language-server: $schema=${SCHEMA}`;

/** A package registry would drop files of this name, so that the built-in templates have another. */
const RENAMED: Readonly<Record<string, string>> = { _gitignore: ".gitignore" };
const NOT_COPIED = new Set([MANIFEST_FILE, ".git"]);

export interface NewFunction {
  /** Made if it is not there; otherwise it may hold hidden files only. */
  readonly root: string;
  readonly template: Template;
  /** RFC 3339. */
  readonly created: string;
}

/** Creates the function and returns its name, which is that of its folder. @throws TemplateError */
export function createFunction({ root: given, template, created }: NewFunction): string {
  const root = resolve(given);
  const name = checkedName(root);
  checkFolder(root);
  const above = nearestFolder(root);
  const partial = mkdtempSync(join(above, ".func-create-"));
  try {
    const files = join(partial, name);
    copyTemplate(template.folder, files);
    writeWhole(join(files, FUNCTION_FILE), functionFile({ name, template, created }));
    moveInto(files, root);
  } finally {
    rmSync(partial, { recursive: true, force: true });
  }
  ensureStateFolder(root);
  return name;
}

function checkedName(root: string): string {
  const name = basename(root);
  const [wrong] = functionNameErrors(name);
  if (wrong === undefined) return name;
  throw new TemplateError(`'${name}' is no name for a function: ${wrong}`, "the function is called as its folder; choose another folder");
}

function checkFolder(root: string): void {
  const found = statSync(root, { throwIfNoEntry: false });
  if (found === undefined) return;
  if (!found.isDirectory()) throw new TemplateError(`${root} is a file; a function is a folder`);
  const names = readdirSync(root);
  if (names.includes(FUNCTION_FILE)) throw new TemplateError(`there is already a function in ${root}`, "choose another folder");
  const visible = names.filter((name) => !name.startsWith("."));
  if (visible.length === 0) return;
  const shown = visible.length > 5 ? [...visible.slice(0, 5), "..."] : visible;
  throw new TemplateError(`the folder ${root} is not empty: ${shown.join(", ")}`, "choose another folder");
}

/** Where to prepare the files: on the same file system, so that they can be moved. */
function nearestFolder(root: string): string {
  let folder = existsSync(root) ? root : dirname(root);
  while (!existsSync(folder)) folder = dirname(folder);
  return folder;
}

function copyTemplate(from: string, to: string, below = ""): void {
  mkdirSync(to, { recursive: true });
  for (const entry of readdirSync(from, { withFileTypes: true })) {
    if (below === "" && NOT_COPIED.has(entry.name)) continue;
    const source = join(from, entry.name);
    const target = join(to, RENAMED[entry.name] ?? entry.name);
    const path = posix.join(below, entry.name);
    if (entry.isDirectory()) copyTemplate(source, target, path);
    else if (entry.isSymbolicLink()) symlinkSync(checkedLink(path, readlinkSync(source)), target);
    else if (entry.isFile()) copyFile(source, target);
    else throw new TemplateError(`the template has ${path}, which is neither a file nor a folder nor a link`);
  }
}

function copyFile(source: string, target: string): void {
  copyFileSync(source, target);
  chmodSync(target, (statSync(source).mode & 0o111) === 0 ? 0o644 : 0o755);
}

function checkedLink(path: string, link: string): string {
  const end = posix.normalize(posix.join(posix.dirname(path), link));
  if (!posix.isAbsolute(link) && end !== ".." && !end.startsWith("../")) return link;
  throw new TemplateError(`the template has the link ${path}, which points out of it, to ${link}`);
}

/** `func.yaml` comes last, so that the folder is a function only when it is complete. What is there stays. */
function moveInto(files: string, root: string): void {
  if (!existsSync(root)) {
    mkdirSync(dirname(root), { recursive: true });
    renameSync(files, root);
    return;
  }
  const names = readdirSync(files).filter((name) => name !== FUNCTION_FILE && !existsSync(join(root, name)));
  const moved: string[] = [];
  try {
    for (const name of [...names, FUNCTION_FILE]) {
      renameSync(join(files, name), join(root, name));
      moved.push(name);
    }
  } catch (error) {
    for (const name of moved) rmSync(join(root, name), { recursive: true, force: true });
    throw error;
  }
}

function functionFile({ name, template, created }: { name: string; template: Template; created: string }): string {
  const { runtime, defaults } = template;
  const document = new Document({ specVersion: SPEC_VERSION, name, runtime, created, ...sections(defaults) });
  document.commentBefore = HEADER;
  return document.toString({ lineWidth: 0 }).replace("\n\n", "\n");
}

function sections({ invoke, builderImages, buildpacks, buildEnvs, runEnvs, healthEndpoints }: TemplateDefaults): object {
  const build = { builderImages, buildpacks, buildEnvs };
  return defined({
    invoke: invoke === "http" ? undefined : invoke,
    build: defined(build),
    run: defined({ envs: runEnvs }),
    deploy: defined({ healthEndpoints }),
  });
}

function defined(fields: Readonly<Record<string, unknown>>): object {
  const isEmpty = (value: unknown) =>
    value === undefined || (typeof value === "object" && value !== null && Object.keys(value).length === 0);
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => !isEmpty(value)));
}
