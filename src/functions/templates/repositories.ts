/** Repositories of templates: the built-in one, and those that the user has added. */
import { cpSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { clone, originOf, parseAddress, type GitOptions } from "./git.ts";
import { DEFAULT_REPOSITORY, readRepository, type Repository } from "./repository.ts";
import { TemplateError } from "./template-error.ts";

const BUILT_IN = fileURLToPath(new URL("../../../templates/functions", import.meta.url));
const NAME = /^[A-Za-z0-9][-A-Za-z0-9_.]*$/;

/** @throws TemplateError */
export function builtInRepository(): Repository {
  return readRepository(BUILT_IN, { name: DEFAULT_REPOSITORY, fallback: DEFAULT_REPOSITORY });
}

/** A repository that is there for as long as it is in use. */
export interface OpenRepository extends Disposable {
  readonly repository: Repository;
}

/** Opens a repository at an address: a git one, or a folder as `file:///path`. @throws TemplateError */
export async function openRepository(uri: string, options: GitOptions & { readonly name?: string }): Promise<OpenRepository> {
  const names = { ...(options.name === undefined ? {} : { name: options.name }), fallback: nameOf(uri) };
  const folder = plainFolder(uri);
  if (folder !== undefined) return { repository: readRepository(folder, names), [Symbol.dispose]: () => {} };
  const parent = mkdtempSync(join(tmpdir(), "func-repository-"));
  const remove = () => rmSync(parent, { recursive: true, force: true });
  try {
    await clone(parseAddress(uri), join(parent, "clone"), options);
    return { repository: readRepository(join(parent, "clone"), names), [Symbol.dispose]: remove };
  } catch (error) {
    remove();
    throw error;
  }
}

/** The folder of `file:///path`, with what is in it now, if it is not a bare repository and no branch is asked for. */
function plainFolder(uri: string): string | undefined {
  if (!uri.startsWith("file://") || parseAddress(uri).branch !== undefined) return undefined;
  const path = decodeURIComponent(parseAddress(uri).url.slice("file://".length));
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory() !== true) throw new TemplateError(`there is no folder ${path}`);
  const isBare = statSync(join(path, "HEAD"), { throwIfNoEntry: false }) !== undefined;
  return isBare ? undefined : path;
}

function nameOf(uri: string): string {
  return basename(parseAddress(uri).url.replace(/\/+$/, "").replaceAll(":", "/")).replace(/\.git$/, "");
}

/** Those in a folder of this user, one folder each. */
export class InstalledRepositories {
  readonly #path: string;

  constructor(path: string) {
    this.#path = path;
  }

  /** @throws TemplateError for one that is broken */
  list(): Repository[] {
    return this.names().map((name) => readRepository(join(this.#path, name), { name, fallback: name }));
  }

  names(): string[] {
    if (statSync(this.#path, { throwIfNoEntry: false }) === undefined) return [];
    const entries = readdirSync(this.#path, { withFileTypes: true });
    return entries
      .filter((entry) => entry.isDirectory() && !entry.name.startsWith("."))
      .map((entry) => entry.name)
      .toSorted();
  }

  /** Where it was added from, if that is known. */
  origin(name: string, options: GitOptions): Promise<string | undefined> {
    return originOf(join(this.#path, name), options);
  }

  /** Without a name it is called as its manifest or its address says. Returns the name. @throws TemplateError */
  async add(name: string | undefined, uri: string, options: GitOptions): Promise<string> {
    if (name !== undefined) this.#checkFree(name);
    using open = await openRepository(uri, { ...options, ...(name === undefined ? {} : { name }) });
    const { repository } = open;
    this.#checkFree(repository.name);
    if (repository.languages.length === 0) {
      throw new TemplateError(
        `the repository ${uri} has no templates`,
        "a repository has folders for languages, and in them folders for templates",
      );
    }
    mkdirSync(this.#path, { recursive: true });
    const partial = mkdtempSync(join(this.#path, ".partial-"));
    try {
      cpSync(repository.folder, join(partial, "files"), { recursive: true, verbatimSymlinks: true });
      renameSync(join(partial, "files"), join(this.#path, repository.name));
    } finally {
      rmSync(partial, { recursive: true, force: true });
    }
    return repository.name;
  }

  /** @throws TemplateError */
  rename(from: string, to: string): void {
    this.#checkThere(from);
    this.#checkFree(to);
    renameSync(join(this.#path, from), join(this.#path, to));
  }

  /** @throws TemplateError */
  remove(name: string): void {
    this.#checkThere(name);
    rmSync(join(this.#path, name), { recursive: true });
  }

  #checkThere(name: string): void {
    if (name === DEFAULT_REPOSITORY) throw new TemplateError("the default repository is built in: it cannot be renamed or removed");
    if (this.names().includes(name)) return;
    const names = this.names();
    throw new TemplateError(`repository '${name}' not found`, names.length === 0 ? "none is installed" : `installed: ${names.join(", ")}`);
  }

  #checkFree(name: string): void {
    if (!NAME.test(name)) throw new TemplateError(`${JSON.stringify(name)} is no name for a repository: letters, digits, '-', '_' and '.'`);
    if (name === DEFAULT_REPOSITORY || this.names().includes(name)) throw new TemplateError(`repository '${name}' already exists`);
  }
}
