import { mkdir, mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { basename, dirname, join, posix } from "node:path";
import type { Platform } from "../../../images/oci/manifest.ts";
import { imagePlatform } from "../../../images/oci/platform.ts";
import { certificatesLayer } from "../certificates.ts";
import type { BuildContext, LanguagePack, LocalProgram, Outcome, Program, ProgramFile, ProgramLayer } from "../contract.ts";
import { scaffolding } from "../toolchain/scaffolding.ts";
import { sourceFiles } from "../toolchain/source-files.ts";
import { SYSTEM_FILES } from "../toolchain/system-files.ts";
import { chooseBase, packBase, releaseIn, type PythonBase } from "./base.ts";
import { installPackages, PACKAGES_FOLDER, type Installed } from "./dependencies.ts";
import { findInterpreter, type Interpreter } from "./interpreter.ts";
import { compiledFiles, inspectProject } from "./project.ts";

/** Python functions: our own server around them, their packages as wheels, and a Python below. */
export const pythonPack: LanguagePack = { runtime: "python", program: pythonProgram, local: pythonLocal };

const RUNTIME_FOLDER = "opt/kinetic/python";
/** Without the site module: packages of the machine are none of the function's. */
const FLAGS = ["-s", "-S"];

async function pythonProgram(context: BuildContext, platform: Platform): Promise<Outcome<Program>> {
  const chosen = context.config.build?.baseImage;
  const found = await findInterpreter(context, releaseIn(chosen));
  if (found.kind !== "ok") return found;
  const source = await sourceFiles(context);
  if (source.kind !== "ok") return source;
  const base = chooseBase(chosen, found.value, platform);
  await mkdir(context.cache, { recursive: true });
  const folder = await mkdtemp(join(context.cache, "python-"));
  try {
    return await build({ context, platform, interpreter: found.value, base }, source.value, folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

interface Build {
  readonly context: BuildContext;
  readonly platform: Platform;
  readonly interpreter: Interpreter;
  readonly base: PythonBase;
}

async function build(
  { context, platform, interpreter, base }: Build,
  source: readonly ProgramFile[],
  folder: string,
): Promise<Outcome<Program>> {
  const { release, libc } = base;
  const runtime = await runtimeFiles();
  const { architecture } = platform;
  const project = await inspectProject(context, { interpreter, release, architecture, source, runtime, into: folder });
  if (project.kind !== "ok") return project;
  const { version, requirements } = project.value;
  const installed = await installPackages(context, { interpreter, requirements, platform, release, libc });
  if (installed.kind !== "ok") return installed;
  const compiled = async (files: readonly ProgramFile[]) => [...files, ...(await inMemory(compiledFiles(files, folder, version)))];
  const system = base.image.kind === "scratch" ? SYSTEM_FILES : [];
  const layers: ProgramLayer[] = [
    { name: "runtime", createdBy: "kinetic: a server for Python functions", files: [...system, ...(await compiled(runtime))] },
    { name: "dependencies", createdBy: "packages", ...(await packagesLayer(installed.value)) },
    { name: "code", createdBy: "the function", files: await compiled(source) },
  ];
  return { kind: "ok", value: await withBase({ context, base, interpreter, layers, installed: installed.value }) };
}

interface Parts {
  readonly context: BuildContext;
  readonly base: PythonBase;
  readonly interpreter: Interpreter;
  readonly layers: readonly ProgramLayer[];
  readonly installed: Installed;
}

async function withBase({ context, base, interpreter, layers, installed }: Parts): Promise<Program> {
  const packages = installed.packages.map(({ name, version }) => ({ name, version, purl: `pkg:pypi/${name}@${version}` }));
  const script = `${RUNTIME_FOLDER}/serve.py`;
  const flags = context.config.invoke === "cloudevent" ? ["--events"] : [];
  const common = {
    base: base.image,
    command: [base.command, ...FLAGS, `/${script}`, ...flags],
    env: { PYTHONDONTWRITEBYTECODE: "1" },
    // What is in an image that was asked for by name is there to be used.
    ...(context.config.build?.baseImage === undefined
      ? { process: { argv: ["python3", ...FLAGS, script, ...flags], runtime: `python${base.release}` } }
      : {}),
  };
  if (base.image.kind === "image") return { ...common, layers, packages };
  const { version, files, key } = await packBase(context, interpreter);
  const below: ProgramLayer = {
    name: "base",
    createdBy: `python ${version} and the libraries that it loads`,
    files,
    key,
  };
  const python = { name: "python", version, purl: `pkg:generic/python@${version}` };
  return { ...common, layers: [below, certificatesLayer(), ...layers], packages: [python, ...packages] };
}

async function pythonLocal(context: BuildContext, folder: string): Promise<Outcome<LocalProgram>> {
  const found = await findInterpreter(context, releaseIn(context.config.build?.baseImage));
  if (found.kind !== "ok") return found;
  const source = await sourceFiles(context);
  if (source.kind !== "ok") return source;
  const interpreter = found.value;
  const { release } = interpreter;
  const platform = imagePlatform(process.arch);
  const project = await inspectProject(context, {
    interpreter,
    release,
    architecture: platform.architecture,
    source: source.value,
    runtime: [],
  });
  if (project.kind !== "ok") return project;
  const { requirements } = project.value;
  const { os, architecture } = platform;
  const target = process.platform === "linux" ? { platform: { os, architecture } } : {};
  const installed = await installPackages(context, { interpreter, requirements, release, libc: "glibc", ...target });
  if (installed.kind !== "ok") return installed;
  const places = [`--function=${context.root}`, `--packages=${installed.value.folder ?? join(folder, "packages")}`];
  const flags = context.config.invoke === "cloudevent" ? ["--events"] : [];
  const argv = [interpreter.path, ...FLAGS, join(scaffolding("python"), "serve.py"), ...flags, ...places];
  // Its compiled modules beside our cache: none appear in the function's folder, where a watcher would take them for a change.
  return { kind: "ok", value: { argv, cwd: context.root, env: { PYTHONPYCACHEPREFIX: join(context.cache, "python", "compiled") } } };
}

/** Its folder is named after what is in it. */
async function packagesLayer({ folder }: Installed): Promise<Pick<ProgramLayer, "files" | "key">> {
  if (folder === undefined) return { files: [] };
  return { files: await treeFiles(folder, PACKAGES_FOLDER), key: basename(dirname(folder)) };
}

async function runtimeFiles(): Promise<readonly ProgramFile[]> {
  const files = await treeFiles(scaffolding("python"), RUNTIME_FOLDER);
  return files.filter(({ path }) => path.endsWith(".py"));
}

/** All files of a folder, sorted. */
async function treeFiles(folder: string | undefined, into: string): Promise<readonly ProgramFile[]> {
  if (folder === undefined) return [];
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  return files.toSorted().map((file) => ({ path: posix.join(into, file.slice(folder.length)), content: { file } }));
}

/** The folder that they are in goes before the image is written. */
function inMemory(files: readonly ProgramFile[]): Promise<readonly ProgramFile[]> {
  const read = async (file: ProgramFile) =>
    "file" in file.content ? { ...file, content: { bytes: await readFile(file.content.file) } } : file;
  return Promise.all(files.map(read));
}
