/** A folder of templates: root / language / template. */
import { readdirSync, statSync } from "node:fs";
import { join, resolve } from "node:path";
import { overlay, readManifest, type TemplateDefaults } from "./manifest.ts";
import { TemplateError } from "./template-error.ts";

/** The repository whose templates need no prefix. */
export const DEFAULT_REPOSITORY = "default";

/** Folders of a language that hold no template. */
const NO_TEMPLATES = new Set(["scaffolding", "node_modules"]);

export interface Template {
  readonly repository: string;
  readonly runtime: string;
  readonly name: string;
  readonly folder: string;
  readonly defaults: TemplateDefaults;
}

export interface Language {
  readonly name: string;
  readonly templates: readonly Template[];
}

export interface Repository {
  readonly name: string;
  readonly folder: string;
  /** Sorted by name, as are their templates. */
  readonly languages: readonly Language[];
}

/** The name is that of the manifest unless one is given. @throws TemplateError */
export function readRepository(folder: string, names: { readonly name?: string; readonly fallback: string }): Repository {
  const { name: own, version: _version, templates, ...defaults } = readManifest(folder);
  const name = names.name ?? own ?? names.fallback;
  const root = resolve(folder, templates ?? ".");
  if (!isFolder(root)) throw new TemplateError(`the templates of repository '${name}' should be in ${root}, which is no folder`);
  if (root !== resolve(folder) && !root.startsWith(`${resolve(folder)}/`)) {
    throw new TemplateError(`the templates of repository '${name}' should be inside of it, not in ${templates}`);
  }
  const languages = foldersIn(root).map((runtime) => readLanguage({ name, root, defaults }, runtime));
  return { name, folder, languages: languages.filter((language) => language.templates.length > 0) };
}

interface Above {
  readonly name: string;
  readonly root: string;
  readonly defaults: TemplateDefaults;
}

function readLanguage({ name: repository, root, defaults }: Above, runtime: string): Language {
  const folder = join(root, runtime);
  const own = overlay(defaults, readManifest(folder));
  const templates = foldersIn(folder)
    .filter((name) => !NO_TEMPLATES.has(name))
    .map((name) => ({
      repository,
      runtime,
      name,
      folder: join(folder, name),
      defaults: overlay(own, readManifest(join(folder, name))),
    }));
  return { name: runtime, templates };
}

function foldersIn(folder: string): string[] {
  const entries = readdirSync(folder, { withFileTypes: true });
  return entries
    .filter((entry) => entry.isDirectory() && !entry.name.startsWith("."))
    .map((entry) => entry.name)
    .toSorted();
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
}

/** `http`, or `REPOSITORY/http` outside of the default repository. */
export function fullName({ repository, name }: Pick<Template, "repository" | "name">): string {
  return repository === DEFAULT_REPOSITORY ? name : `${repository}/${name}`;
}
