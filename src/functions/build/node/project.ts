import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join, posix } from "node:path";
import type { Outcome } from "../contract.ts";

/** The parts of package.json that a build reads. */
export interface PackageJson {
  readonly name?: string;
  readonly version?: string;
  readonly type?: string;
  readonly main?: string;
  readonly scripts?: Readonly<Record<string, string>>;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
  readonly gypfile?: boolean;
  readonly binary?: unknown;
}

export interface NodeProject {
  readonly root: string;
  readonly packageJson: PackageJson;
  /** The module that exports the function, relative to the root. */
  readonly entry: string;
  /** Module format of the bundle. */
  readonly format: "cjs" | "esm";
  /** Folder of the bundle, relative to the root: where the function's `__dirname` is. "" for the root. */
  readonly outFolder: string;
  /** The project's own `npm run build` makes `entry`. */
  readonly hasOwnBuild: boolean;
}

type Language = "node" | "typescript";

const ENTRIES: Readonly<Record<Language, readonly string[]>> = {
  node: ["index.js", "index.mjs", "index.cjs"],
  typescript: ["src/index.ts", "src/index.mts", "src/index.cts", "src/index.tsx", "index.ts"],
};

/** Reads package.json and finds the function in the folder. */
export async function readProject(root: string, language: Language): Promise<Outcome<NodeProject>> {
  const text = await readFile(join(root, "package.json"), "utf8").catch(() => undefined);
  if (text === undefined) return refused(`there is no package.json in ${root}`, "func create makes one; or run npm init");
  let packageJson: PackageJson;
  try {
    packageJson = JSON.parse(text.replace(/^\uFEFF/, "")) as PackageJson;
  } catch (error) {
    return refused(`package.json is not JSON: ${error instanceof Error ? error.message : String(error)}`);
  }
  const main = mainOf(packageJson);
  const hasOwnBuild = isOwnBuild(packageJson.scripts?.["build"]);
  const outFolder = posix.dirname(main ?? (language === "typescript" ? "build/index.js" : "index.js")).replace(/^\.$/, "");
  if (hasOwnBuild) {
    const entry = main ?? "index.js";
    return { kind: "ok", value: { root, packageJson, entry, format: formatOf(entry, packageJson), outFolder, hasOwnBuild } };
  }
  const candidates = [...(language === "node" && main !== undefined ? [main] : []), ...ENTRIES[language]];
  const entry = candidates.find((path) => existsSync(join(root, path)));
  if (entry === undefined) {
    const hint =
      language === "node" ? "package.json's main may name another file" : "a script build of your own may make package.json's main";
    return refused(`the function's module is missing: ${candidates.slice(0, 3).join(" or ")}`, hint);
  }
  return { kind: "ok", value: { root, packageJson, entry, format: formatOf(entry, packageJson), outFolder, hasOwnBuild } };
}

function mainOf({ main }: PackageJson): string | undefined {
  if (typeof main !== "string" || main === "") return undefined;
  const path = posix.normalize(main).replace(/^\//, "");
  return path.startsWith("../") ? undefined : path;
}

/** As Node decides it. */
function formatOf(entry: string, { type }: PackageJson): "cjs" | "esm" {
  if (/\.m[jt]s$/.test(entry)) return "esm";
  return type === "module" && !/\.c[jt]s$/.test(entry) ? "esm" : "cjs";
}

/** What esbuild does anyway: the compiler of TypeScript, and emptying the folder before. */
const PLAIN = /^(?:npx (?:-[^ ]+ (?:typescript )?)*)?(?:tsc|rimraf|shx rm|rm)(?: [^&|;<>$`]*)?$/;

/** Whether the script `build` is more than a compilation with `tsc`: then it is run, and what it makes is bundled. */
export function isOwnBuild(script: string | undefined): boolean {
  if (script === undefined || script.trim() === "") return false;
  return !script.split("&&").every((command) => PLAIN.test(command.trim().replace(/ +/g, " ")));
}

function refused(message: string, hint?: string): { readonly kind: "refused"; readonly message: string; readonly hint?: string } {
  return { kind: "refused", message, ...(hint === undefined ? {} : { hint }) };
}
