/** A function and what it imports as one file, by esbuild. */
import { readFile } from "node:fs/promises";
import { builtinModules } from "node:module";
import { join, relative } from "node:path";
import { build, formatMessages, type BuildFailure, type BuildOptions, type Message, type Metafile, type OutputFile } from "esbuild";
import type { Diagnostic } from "../contract.ts";
import { isNative, packageOfFile, type InstalledPackage } from "./packages.ts";
import { ASKED_BY_PLUGIN, supplied } from "./supplied.ts";

export interface BundleInput {
  /** Folder of package.json, or a stage of it; everything is named relative to it. */
  readonly root: string;
  readonly entry: string;
  readonly format: "cjs" | "esm";
  readonly outFolder: string;
  /** Names are kept as they are in the stage, not where its links lead. */
  readonly isStage: boolean;
}

export interface Bundle {
  /** Relative to the function's folder, e.g. `build/index.cjs`. */
  readonly path: string;
  readonly code: Uint8Array;
  readonly map: Uint8Array;
  /** Files that are inside, relative to the function's folder. */
  readonly inputs: readonly string[];
  /** Packages that are inside. */
  readonly packages: readonly InstalledPackage[];
  /** Names of packages that have to be beside it. */
  readonly externals: readonly string[];
  readonly warnings: string;
}

export type Bundling =
  | { readonly kind: "ok"; readonly bundle: Bundle }
  | { readonly kind: "failed"; readonly output: string; readonly diagnostics: readonly Diagnostic[] }
  /** Packages that are not installed. */
  | {
      readonly kind: "missing";
      readonly packages: readonly string[];
      readonly output: string;
      readonly diagnostics: readonly Diagnostic[];
    };

const TARGET = "node26";
const BUILTINS = new Set(builtinModules);
/** Messages of esbuild that say: what is loaded is only known when it runs. */
const DYNAMIC: readonly string[] = ["unsupported-require-call", "unsupported-dynamic-import", "indirect-require"];
/** Modules that look for files beside themselves. */
const OWN_PLACE = /\b__dirname\b|\b__filename\b|\bimport\.meta\.(?:url|dirname|filename)\b/;
const TOP_LEVEL_AWAIT = /Top-level await is currently not supported with the "cjs" output format/;

/** Bundles; packages that cannot be inside (machine code, requires that are only known at run time) stay outside. */
export async function bundle(input: BundleInput): Promise<Bundling> {
  const externals = new Set<string>();
  for (;;) {
    const before = externals.size;
    const result = await attempt(input, externals);
    if (result.kind === "failed" && input.format === "cjs" && TOP_LEVEL_AWAIT.test(result.output))
      return bundle({ ...input, format: "esm" });
    if (result.kind !== "built") return result;
    const { metafile, warnings } = result;
    for (const { name } of await outsiders(input.root, metafile, warnings)) externals.add(name);
    if (externals.size === before) return { kind: "ok", bundle: await bundleOf(input, result, externals) };
  }
}

interface Built {
  readonly kind: "built";
  readonly files: readonly OutputFile[];
  readonly metafile: Metafile;
  readonly warnings: readonly Message[];
}

async function attempt(input: BundleInput, externals: Set<string>): Promise<Built | Exclude<Bundling, { kind: "ok" }>> {
  try {
    const result = await build(optionsOf(input, externals));
    return {
      kind: "built",
      files: result.outputFiles ?? [],
      metafile: result.metafile ?? { inputs: {}, outputs: {} },
      warnings: result.warnings,
    };
  } catch (error) {
    const { errors } = error as BuildFailure;
    if (!Array.isArray(errors)) throw error;
    return failure(errors);
  }
}

function optionsOf({ root, entry, format, outFolder, isStage }: BundleInput, externals: Set<string>): BuildOptions {
  return {
    absWorkingDir: root,
    entryPoints: [entry],
    outfile: join(root, outFolder, format === "cjs" ? "index.cjs" : "index.mjs"),
    bundle: true,
    write: false,
    metafile: true,
    platform: "node",
    target: TARGET,
    format,
    sourcemap: "linked",
    sourcesContent: false,
    preserveSymlinks: isStage,
    charset: "utf8",
    logLevel: "silent",
    logOverride: Object.fromEntries(DYNAMIC.map((id) => [id, "warning" as const])),
    ...(format === "cjs" ? CJS_EXTRAS : ESM_EXTRAS),
    plugins: [supplied(), outside(externals)],
  };
}

/** What modules of the other format expect to be there. */
const CJS_EXTRAS: BuildOptions = {
  define: { "import.meta.url": "__kineticUrl", "import.meta.dirname": "__dirname", "import.meta.filename": "__filename" },
  banner: { js: 'const __kineticUrl = require("node:url").pathToFileURL(__filename).href;' },
};
const ESM_EXTRAS: BuildOptions = {
  banner: {
    js: [
      'import { createRequire as __kineticRequire } from "node:module";',
      "const require = __kineticRequire(import.meta.url), __dirname = import.meta.dirname, __filename = import.meta.filename;",
    ].join("\n"),
  },
};

type Plugin = NonNullable<BuildOptions["plugins"]>[number];

/** Keeps packages outside: those that are known to have to be, and those with machine code. */
function outside(externals: Set<string>): Plugin {
  return {
    name: "outside",
    setup({ onResolve, onLoad, resolve }) {
      onResolve({ filter: /^[^./]/ }, async ({ path, pluginData, ...more }) => {
        if (pluginData === ASKED_BY_PLUGIN || path.startsWith("node:") || BUILTINS.has(path)) return undefined;
        const name = packageName(path);
        if (externals.has(name)) return { path, external: true };
        const { kind, resolveDir, importer, namespace } = more;
        const found = await resolve(path, { kind, resolveDir, importer, namespace, pluginData: ASKED_BY_PLUGIN });
        const installed = found.errors.length > 0 ? undefined : packageOfFile(found.path);
        if (installed === undefined || !isNative(installed) || installed.name !== name) return undefined;
        externals.add(name);
        return { path, external: true };
      });
      onLoad({ filter: /\.node$/ }, ({ path }) => {
        const owner = packageOfFile(path);
        if (owner !== undefined) externals.add(owner.name);
        return { contents: "", loader: "empty" };
      });
    },
  };
}

function packageName(specifier: string): string {
  return specifier.split("/", specifier.startsWith("@") ? 2 : 1).join("/");
}

/** Packages that turned out to load what is only known at run time. */
async function outsiders(root: string, { inputs }: Metafile, warnings: readonly Message[]): Promise<InstalledPackage[]> {
  const dynamic = warnings.filter(({ id }) => DYNAMIC.includes(id)).map(({ location }) => location?.file ?? "");
  const files = Object.keys(inputs).filter((path) => path.includes("node_modules/"));
  const placed = await Promise.all(
    files.map(async (path) => (OWN_PLACE.test(await readFile(join(root, path), "utf8").catch(() => "")) ? [path] : [])),
  );
  return [...dynamic, ...placed.flat()].flatMap((path) => packageOfFile(join(root, path)) ?? []);
}

async function bundleOf(input: BundleInput, { files, metafile, warnings }: Built, externals: ReadonlySet<string>): Promise<Bundle> {
  const map = files.find(({ path }) => path.endsWith(".map"));
  const code = files.find(({ path }) => !path.endsWith(".map"));
  if (map === undefined || code === undefined) throw new Error("esbuild has written no bundle");
  const inputs = Object.keys(metafile.inputs);
  const packages = new Map(inputs.flatMap((path) => packageOfFile(join(input.root, path)) ?? []).map((one) => [one.folder, one]));
  const own = warnings.filter(({ id, location }) => !DYNAMIC.includes(id) && location?.file.includes("node_modules/") !== true);
  return {
    path: relative(input.root, code.path).split("\\").join("/"),
    code: code.contents,
    map: map.contents,
    inputs: inputs.filter((path) => !path.includes("node_modules/")),
    packages: [...packages.values()],
    externals: [...externals].toSorted(),
    warnings: (await formatMessages([...own], { kind: "warning", color: false })).join(""),
  };
}

const UNRESOLVED = /^Could not resolve "([^"]+)"/;

async function failure(errors: readonly Message[]): Promise<Exclude<Bundling, { kind: "ok" }>> {
  const output = (await formatMessages([...errors], { kind: "error", color: false })).join("");
  const diagnostics = errors.map(({ text, location }) => ({
    text,
    ...(location === null ? {} : { file: location.file, line: location.line, column: location.column + 1 }),
  }));
  const missing = errors
    .map(({ text }) => UNRESOLVED.exec(text)?.[1])
    .map((path) => (path === undefined || /^[./]/.test(path) ? undefined : packageName(path)));
  if (missing.every((name) => name !== undefined))
    return { kind: "missing", packages: [...new Set(missing)].toSorted(), output, diagnostics };
  return { kind: "failed", output, diagnostics };
}
