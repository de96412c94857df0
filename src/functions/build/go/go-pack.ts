import { mkdir, mkdtemp, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import type { Platform } from "../../../images/oci/manifest.ts";
import { certificatesLayer } from "../certificates.ts";
import type { BuildContext, LanguagePack, LocalProgram, Outcome, Program, ProgramFile, ProgramLayer } from "../contract.ts";
import { findProgram, runTool, type Environment } from "../toolchain/run-tool.ts";
import { FUNCTION_FOLDER, sourceFiles } from "../toolchain/source-files.ts";
import { SYSTEM_FILES } from "../toolchain/system-files.ts";
import { goDiagnostics, mistakenExport } from "./diagnostics.ts";
import { MAIN_FOLDER, writeOverlay } from "./overlay.ts";
import { goPackages } from "./packages.ts";
import { readGoProject } from "./project.ts";

/** Go functions: one static program, cross-compiled by the Go of this machine. Equal source and equal Go give equal bytes. */
export const goPack: LanguagePack = { runtime: "go", program: goProgram, local: goLocal };

async function goProgram(context: BuildContext, platform: Platform): Promise<Outcome<Program>> {
  const source = await sourceFiles(context);
  if (source.kind !== "ok") return source;
  await mkdir(context.cache, { recursive: true });
  const folder = await mkdtemp(join(context.cache, "go-"));
  try {
    const file = join(folder, "f");
    const compiled = await compile(context, { platform, folder, file });
    if (compiled.kind !== "ok") return compiled;
    const { go, env } = compiled.value;
    const { stdout } = await runTool([go, "version", "-m", file], { cwd: folder, env, signal: context.signal });
    return { kind: "ok", value: { ...programOf(await readFile(file), source.value), packages: goPackages(stdout) } };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function programOf(bytes: Uint8Array, source: readonly ProgramFile[]): Omit<Program, "packages"> {
  const binary = { path: `${FUNCTION_FOLDER}/f`, mode: 0o755, content: { bytes } };
  const files = [...source.filter(({ path }) => path !== binary.path), binary];
  const below: ProgramLayer = { name: "base", createdBy: "accounts and a folder for temporary files", files: SYSTEM_FILES };
  return {
    base: { kind: "scratch" },
    layers: [below, certificatesLayer(), { name: "code", createdBy: "the function", files }],
    command: [`/${binary.path}`],
    env: {},
    process: { argv: [binary.path], runtime: "static" },
  };
}

async function goLocal(context: BuildContext, folder: string): Promise<Outcome<LocalProgram>> {
  await mkdir(folder, { recursive: true });
  const file = join(folder, "f");
  const compiled = await compile(context, { folder, file });
  if (compiled.kind !== "ok") return compiled;
  return { kind: "ok", value: { argv: [file], cwd: context.root, env: {} } };
}

interface Compilation {
  /** Absent: this machine. */
  readonly platform?: Platform;
  /** For what the compiler reads beside the function's files. */
  readonly folder: string;
  /** The program. */
  readonly file: string;
}

interface Compiled {
  readonly go: string;
  readonly env: Environment;
}

async function compile(context: BuildContext, { platform, folder, file }: Compilation): Promise<Outcome<Compiled>> {
  const go = findProgram(["go"], context.env);
  if (go === undefined)
    return { kind: "refused", message: "the go command is not on the PATH", hint: "install Go (https://go.dev/dl), then build again" };
  const target = { os: platform?.os ?? goSystem(), architecture: platform?.architecture ?? goMachine() };
  const read = await readGoProject(context.root, target, context.config.invoke === "cloudevent");
  if (read.kind === "refused") return read;
  const overlay = await writeOverlay(context.root, read.project, folder);
  const env = environment(context.env, platform);
  const flags = ["-trimpath", "-buildvcs=false", "-ldflags=-s -w -buildid=", `-overlay=${overlay}`];
  const { cwd, signal, output } = { cwd: context.root, signal: context.signal, output: context.output };
  const result = await runTool([go, "build", ...flags, "-o", file, `./${MAIN_FOLDER}`], { cwd, env, signal, output });
  if (result.code === 0) return { kind: "ok", value: { go, env } };
  const printed = result.stderr + result.stdout;
  const mistaken = mistakenExport(printed);
  if (mistaken !== undefined) return { kind: "refused", message: mistaken };
  return { kind: "failed", output: printed, diagnostics: goDiagnostics(printed) };
}

/** The lowest machine of each architecture, and nothing from outside of the folder. */
function environment(env: Environment, platform: Platform | undefined): Environment {
  const fixed = { ...env, CGO_ENABLED: "0", GOWORK: "off", GOAMD64: "v1", GOARM64: "v8.0" };
  if (platform === undefined) return { ...fixed, GOOS: undefined, GOARCH: undefined };
  const arm = platform.architecture === "arm" ? { GOARM: (platform.variant ?? "v7").replace("v", "") } : {};
  return { ...fixed, GOOS: platform.os, GOARCH: platform.architecture, ...arm };
}

const MACHINES: Readonly<Record<string, string>> = { x64: "amd64", ia32: "386" };

function goMachine(): string {
  return MACHINES[process.arch] ?? process.arch;
}

function goSystem(): string {
  return process.platform === "win32" ? "windows" : process.platform;
}
