import { closeSync, openSync, readdirSync, readSync, realpathSync, statSync } from "node:fs";
import { delimiter, dirname, isAbsolute, join } from "node:path";

export interface PythonSearch {
  /** PATH of the platform. */
  readonly path: string;
  /** Of its user: version managers keep interpreters there. Absent: not looked at. */
  readonly home?: string;
  /** Containers run as other users than the platform: they have to reach the interpreter and its library. */
  readonly byOthers: boolean;
}

const USUAL = ["/usr/local/bin", "/usr/bin", "/opt/homebrew/bin"];
const MANAGED = [".pyenv/versions", ".local/share/uv/python"];
const MINORS = Array.from({ length: 20 }, (_, index) => index + 9);

/**
 * The host's interpreters by the name of their runtime, e.g. `python3.11`. Looks at names only: starting each would take longer than
 * a Pod.
 */
export function hostPythons(search: PythonSearch): Readonly<Record<string, string>> {
  const folders = [...new Set([...search.path.split(delimiter).filter(isAbsolute), ...USUAL, ...managed(search.home)])];
  const found: Record<string, string> = {};
  for (const minor of MINORS) {
    const name = `python3.${minor}`;
    const path = folders.map((folder) => interpreterAt(join(folder, name), search.byOthers)).find((one) => one !== undefined);
    if (path !== undefined) found[name] = path;
  }
  return found;
}

function managed(home: string | undefined): readonly string[] {
  if (home === undefined) return [];
  return MANAGED.flatMap((folder) => {
    try {
      return readdirSync(join(home, folder))
        .toSorted()
        .toReversed()
        .map((version) => join(home, folder, version, "bin"));
    } catch {
      return [];
    }
  });
}

/** The program behind links. A script is none: version managers put one on the PATH that asks which Python was meant. */
function interpreterAt(path: string, byOthers: boolean): string | undefined {
  try {
    if (statSync(path, { throwIfNoEntry: false })?.isFile() !== true || isScript(path)) return undefined;
    const real = realpathSync(path);
    return byOthers && !isOpen(real) ? undefined : real;
  } catch {
    return undefined; // closed to us, too
  }
}

function isScript(path: string): boolean {
  const file = openSync(path, "r");
  try {
    const head = Buffer.alloc(2);
    return readSync(file, head, 0, 2, 0) < 2 || head.toString("latin1") === "#!";
  } finally {
    closeSync(file);
  }
}

/** Others may run it, and search every folder on the way. */
function isOpen(path: string): boolean {
  if ((statSync(path).mode & 0o005) !== 0o005) return false;
  for (let folder = dirname(path); ; folder = dirname(folder)) {
    if ((statSync(folder).mode & 0o001) === 0) return false;
    if (folder === dirname(folder)) return true;
  }
}
