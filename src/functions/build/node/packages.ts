import { existsSync, readFileSync } from "node:fs";
import { join, sep } from "node:path";
import type { Program } from "../contract.ts";
import type { PackageJson } from "./project.ts";

/** A package in a node_modules folder. */
export interface InstalledPackage {
  readonly name: string;
  readonly folder: string;
  readonly json: PackageJson;
}

/** Packages that load what was compiled for one kind of machine. */
const NATIVE_LOADERS = [
  "bindings",
  "node-gyp-build",
  "node-gyp-build-optional-packages",
  "node-pre-gyp",
  "@mapbox/node-pre-gyp",
  "prebuild-install",
  "node-addon-api",
  "nan",
  "node-gyp",
];
const PLATFORM = /(?:^|[-/])(?:linux|darwin|win32|windows|freebsd|android)[-_](?:x64|arm64|arm|ia32|x86_64|aarch64)/;

/** The package that a file belongs to; undefined for the function's own. */
export function packageOfFile(path: string): InstalledPackage | undefined {
  const marker = `${sep}node_modules${sep}`;
  const start = path.lastIndexOf(marker);
  if (start < 0) return undefined;
  const [first = "", second = ""] = path.slice(start + marker.length).split(sep);
  const name = first.startsWith("@") ? `${first}/${second}` : first;
  return readPackage(join(path.slice(0, start), "node_modules", name), name);
}

function readPackage(folder: string, name: string): InstalledPackage | undefined {
  try {
    return { name, folder, json: JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as PackageJson };
  } catch {
    return undefined;
  }
}

/** Whether a package brings machine code or picks a package that does. */
export function isNative({ folder, json }: InstalledPackage): boolean {
  if (json.gypfile === true || json.binary !== undefined) return true;
  const needed = [...Object.keys(json.dependencies ?? {}), ...Object.keys(json.optionalDependencies ?? {})];
  if (needed.some((name) => NATIVE_LOADERS.includes(name))) return true;
  return Object.keys(json.optionalDependencies ?? {}).some((name) => PLATFORM.test(name)) || existsSync(join(folder, "binding.gyp"));
}

/** A package as Node finds it from a folder, up to `root`. */
export function findPackage(from: string, name: string, root: string): InstalledPackage | undefined {
  for (let folder = from; folder.length >= root.length; folder = parentOf(folder)) {
    const found = readPackage(join(folder, "node_modules", name), name);
    if (found !== undefined) return found;
    if (folder === root) break;
  }
  return undefined;
}

function parentOf(folder: string): string {
  return folder.slice(0, Math.max(0, folder.lastIndexOf(sep)));
}

/** The named packages of a root folder, and all that they need. Optional ones that are not there are left out. */
export function closureOf(
  root: string,
  names: readonly string[],
): { readonly packages: readonly InstalledPackage[]; readonly missing: readonly string[] } {
  const packages = new Map<string, InstalledPackage>();
  const missing: string[] = [];
  const queue = names.map((name) => ({ from: root, name, isOptional: false }));
  for (let next = queue.pop(); next !== undefined; next = queue.pop()) {
    const found = findPackage(next.from, next.name, root);
    if (found === undefined) {
      if (!next.isOptional) missing.push(next.name);
      continue;
    }
    if (packages.has(found.folder)) continue;
    packages.set(found.folder, found);
    const { dependencies = {}, optionalDependencies = {}, peerDependencies = {} } = found.json;
    for (const name of Object.keys({ ...optionalDependencies, ...peerDependencies }))
      queue.push({ from: found.folder, name, isOptional: true });
    for (const name of Object.keys(dependencies)) {
      if (optionalDependencies[name] === undefined) queue.push({ from: found.folder, name, isOptional: false });
    }
  }
  return { packages: [...packages.values()].toSorted((a, b) => (a.folder < b.folder ? -1 : 1)), missing };
}

/** For the SBOM: those that have a version. */
export function describe(packages: readonly InstalledPackage[]): Program["packages"] {
  return packages.flatMap(({ name, json: { version } }) =>
    version === undefined ? [] : [{ name, version, purl: `pkg:npm/${name.replace(/^@/, "%40")}@${version}` }],
  );
}
