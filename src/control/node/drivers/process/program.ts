import { closeSync, openSync, readSync, statSync } from "node:fs";
import { isAbsolute, join, posix } from "node:path";
import { IMAGE_ARGV_LABEL, IMAGE_RUNTIME_LABEL } from "../../../../api/names/kinetic.ts";
import type { ContainerSpec } from "../contract.ts";
import { inspectElf } from "./elf.ts";

/** Language runtimes of the host that may stand in for an image's, e.g. `node26` -> path of this Node. */
export type Runtimes = Readonly<Record<string, string>>;

export type Resolved =
  | { readonly kind: "ok"; readonly argv: readonly string[]; readonly cwd: string; readonly own: boolean }
  | { readonly kind: "no"; readonly reason: string; readonly message: string };

const ARCHITECTURE = process.arch === "x64" ? "amd64" : process.arch;
/** What a process can run, and how such an image is made. */
const RUNS = `static binaries for linux/${ARCHITECTURE} (in Go: CGO_ENABLED=0) and images built by Kinetic`;

export function unsupported(why: string): Extract<Resolved, { kind: "no" }> {
  const message = `this image needs a container; this node runs programs as processes: ${RUNS} (${why})`;
  return { kind: "no", reason: "DriverUnsupported", message };
}

/** Whether the image was built by Kinetic for execution as a process. */
export function isKineticImage(labels: Readonly<Record<string, string>>): boolean {
  return labels[IMAGE_ARGV_LABEL] !== undefined;
}

/**
 * The program of a container as a process of the host. `tree` is where the image's files are for this sandbox.
 * `own` tells that the image was built by Kinetic.
 */
export function resolveProgram(spec: ContainerSpec, tree: string, runtimes: Runtimes): Resolved {
  const { labels, workingDir } = spec.image;
  const cwd = join(tree, posix.normalize(`/${spec.workingDir || workingDir}`));
  const argv = intendedArgv(spec);
  const [program = "", ...args] = argv;
  const runtime = labels[IMAGE_RUNTIME_LABEL];
  if (runtime !== undefined && isRuntimeName(program, runtime)) {
    const path = runtimes[runtime];
    if (path === undefined) return unsupported(`it wants ${runtime}, and this platform runs ${Object.keys(runtimes).join(", ") || "none"}`);
    return { kind: "ok", own: true, cwd, argv: [path, ...args.map((arg) => intoTree(tree, arg))] };
  }
  return staticProgram({ argv, cwd, tree, own: isKineticImage(labels), path: pathOf(spec) });
}

function intendedArgv({ image, command, args }: ContainerSpec): readonly string[] {
  const label = image.labels[IMAGE_ARGV_LABEL];
  if (command !== undefined && command.length > 0) return [...command, ...(args ?? [])];
  if (label !== undefined) return [...parseArgv(label), ...(args ?? [])];
  return [...image.entrypoint, ...(args !== undefined && args.length > 0 ? args : image.cmd)];
}

function parseArgv(label: string): string[] {
  try {
    const argv: unknown = JSON.parse(label);
    return Array.isArray(argv) ? argv.filter((item): item is string => typeof item === "string") : [];
  } catch {
    return [];
  }
}

/** `python3` and `python` are `python3.11`, `node` is `node26`. */
function isRuntimeName(program: string, runtime: string): boolean {
  const name = posix.basename(program);
  return name !== "" && runtime.startsWith(name) && /^[\d.]*$/.test(runtime.slice(name.length));
}

/** A file of the image becomes its path on the host; anything else stays as it is. */
function intoTree(tree: string, arg: string): string {
  if (arg.startsWith("-") || arg === "" || arg.split("/").includes("..")) return arg;
  const path = join(tree, arg);
  return isFile(path) ? path : arg;
}

interface StaticProgram {
  readonly argv: readonly string[];
  readonly cwd: string;
  readonly tree: string;
  readonly own: boolean;
  /** PATH in the container. */
  readonly path: string;
}

function staticProgram({ argv, cwd, tree, own, path }: StaticProgram): Resolved {
  const [program, ...args] = argv;
  if (program === undefined) return { kind: "no", reason: "CreateContainerError", message: "no command specified" };
  const file = findProgram(tree, program, path);
  if (file === undefined) {
    const why = program.includes("/") ? `stat ${program}: no such file or directory` : "executable file not found in $PATH";
    const message = `exec: "${program}": ${why}`;
    return { kind: "no", reason: "RunContainerError", message };
  }
  if (process.platform !== "linux") return unsupported("only Linux runs Linux binaries");
  const inspected = inspectElf(readHead(file), process.arch);
  return inspected.kind === "static" ? { kind: "ok", own, cwd, argv: [file, ...args] } : unsupported(`${program}: ${inspected.why}`);
}

function findProgram(tree: string, program: string, path: string): string | undefined {
  if (program.split("/").includes("..")) return undefined;
  const folders = program.includes("/") ? [""] : path.split(":").filter(isAbsolute);
  for (const folder of folders) {
    const file = join(tree, folder, program);
    if (isFile(file)) return file;
  }
  return undefined;
}

function pathOf({ env }: ContainerSpec): string {
  return env.findLast(({ name }) => name === "PATH")?.value ?? "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
}

/** Synchronous, as all that a start waits for: these calls take microseconds, turns through the thread pool do not. */
function isFile(path: string): boolean {
  try {
    return statSync(path, { throwIfNoEntry: false })?.isFile() === true;
  } catch {
    return false; // no path at all: a script as argument can be longer than any, or have a file's name in the middle
  }
}

const HEAD_BYTES = 4096;

function readHead(path: string): Buffer {
  const file = openSync(path, "r");
  try {
    const buffer = Buffer.alloc(HEAD_BYTES);
    return buffer.subarray(0, readSync(file, buffer, 0, HEAD_BYTES, 0));
  } finally {
    closeSync(file);
  }
}
