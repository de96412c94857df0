import { join, posix } from "node:path";
import type { BuildContext, Diagnostic, Outcome, ProgramFile } from "../contract.ts";
import { FUNCTION_FOLDER } from "../toolchain/source-files.ts";
import { machineName } from "./tags.ts";
import { runScript, type Interpreter } from "./interpreter.ts";

/** What the function depends on. */
export interface Requirements {
  /** As pyproject.toml has them. */
  readonly wanted: readonly string[];
  /** There is a requirements.txt which is no lock; the hash of its text. */
  readonly requirementsHash?: string;
  /** Every package with its hashes, in the form of requirements.txt. */
  readonly lock?: string;
}

export interface PythonProject {
  /** Whole version of the interpreter that looked. */
  readonly version: string;
  readonly requirements: Requirements;
}

interface Inspection extends Requirements {
  readonly version: string;
  readonly errors: readonly (Diagnostic & { readonly output: string })[];
  readonly layout: { readonly kind: "function" | "parliament" | "none"; readonly names?: readonly string[]; readonly open?: boolean };
  readonly refused?: string;
  readonly hint?: string;
}

export interface InspectOptions {
  readonly interpreter: Interpreter;
  /** Release that the function will run with. */
  readonly release: string;
  /** OCI architecture. */
  readonly architecture: string;
  readonly source: readonly ProgramFile[];
  /** Modules of ours that are compiled as well. */
  readonly runtime: readonly ProgramFile[];
  /** Folder for compiled modules, by their paths in the image; absent: they are only looked at. */
  readonly into?: string;
}

const FORM = `a function is a package with function/__init__.py that has new(), which returns an object with
  async def handle(self, scope, receive, send)
or the function handle itself`;

/** Checks what can be checked before anything is installed: layout, syntax, what it depends on. */
export async function inspectProject(context: BuildContext, options: InspectOptions): Promise<Outcome<PythonProject>> {
  const files = options.source.map(({ path }) => posix.relative(FUNCTION_FOLDER, path));
  const input = JSON.stringify({
    ...{ root: context.root, files, machine: machineName(options.architecture), python: options.release },
    ...{ compile: [...modules(options.source, context.root), ...modules(options.runtime)], into: options.into },
  });
  const found = await runScript<Inspection>(context, options.interpreter, { script: "inspect_function.py", input });
  if (found.errors.length > 0) return syntaxErrors(found);
  const mistake = layoutMistake(found);
  if (mistake !== undefined) return mistake;
  if (found.refused !== undefined) return refused(found.refused, found.hint);
  return { kind: "ok", value: { version: found.version, requirements: found } };
}

function modules(files: readonly ProgramFile[], root?: string): readonly object[] {
  return files.flatMap(({ path, content }) => {
    if (!path.endsWith(".py") || !("file" in content)) return [];
    return [{ source: content.file, path: root === undefined ? path : posix.relative(FUNCTION_FOLDER, path), image: `/${path}` }];
  });
}

function refused(message: string, hint?: string): Extract<Outcome<never>, { kind: "refused" }> {
  return { kind: "refused", message, ...(hint === undefined ? {} : { hint }) };
}

function syntaxErrors({ errors }: Inspection): Outcome<never> {
  const diagnostics = errors.map(({ file, line, column, text }) => ({
    ...(file === undefined ? {} : { file }),
    ...(typeof line === "number" ? { line } : {}),
    ...(typeof column === "number" ? { column } : {}),
    text,
  }));
  return { kind: "failed", output: errors.map(({ output }) => output).join(""), diagnostics };
}

function layoutMistake({ layout }: Inspection): Outcome<never> | undefined {
  if (layout.kind === "parliament") {
    const hint = "move the code into function/func.py as new() or handle(scope, receive, send), or build with pack or s2i";
    return refused("this function has the older layout (func.py with main(context), run by parliament), which is not built here", hint);
  }
  if (layout.kind === "none") return refused("there is no package `function` in the function's folder", FORM);
  if (layout.open === true || layout.names?.includes("new") === true || layout.names?.includes("handle") === true) return undefined;
  return refused("the package `function` has neither new nor handle", FORM);
}

/** Where the compiled form of a module of an image is. */
export function compiledFiles(files: readonly ProgramFile[], into: string, version: string): readonly ProgramFile[] {
  const tag = `cpython-${version.split(".").slice(0, 2).join("")}`;
  return files.flatMap(({ path }) => {
    if (!path.endsWith(".py")) return [];
    const { dir, name } = posix.parse(path);
    const compiled = posix.join(dir, "__pycache__", `${name}.${tag}.pyc`);
    return [{ path: compiled, content: { file: join(into, compiled) } }];
  });
}
