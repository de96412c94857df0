import { existsSync } from "node:fs";
import { mkdir, symlink, writeFile } from "node:fs/promises";
import { dirname, join, posix } from "node:path";
import type { Platform } from "../../../images/oci/manifest.ts";
import { imagePlatform } from "../../../images/oci/platform.ts";
import { certificatesLayer } from "../certificates.ts";
import type { BuildContext, LanguagePack, LocalProgram, Outcome, Program, ProgramFile, ProgramLayer } from "../contract.ts";
import { FUNCTION_FOLDER, sourceFiles } from "../toolchain/source-files.ts";
import { NODE_PATH, nodeBase, nodeVersion, type NodeBase } from "./base.ts";
import { packageFiles } from "./dependencies.ts";
import { prepare, type Prepared } from "./prepare.ts";
import { describe } from "./packages.ts";
import { runtimeBundle } from "./runtime-bundle.ts";

const RUNTIME = "opt/kinetic/function-runtime.cjs";
const FLAGS = ["--enable-source-maps"];
const ENV = { FUNC_LOG_LEVEL: "info", NODE_ENV: "production" };

export const nodePack: LanguagePack = packFor("node");
export const typescriptPack: LanguagePack = packFor("typescript");

function packFor(runtime: "node" | "typescript"): LanguagePack {
  return {
    runtime,
    program: (context, platform) => programOf(context, runtime, platform),
    local: (context, folder) => localOf(context, runtime, folder),
  };
}

async function programOf(context: BuildContext, language: "node" | "typescript", platform: Platform): Promise<Outcome<Program>> {
  const prepared = await prepare(context, language, platform);
  if (prepared.kind !== "ok") return prepared;
  const parts = prepared.value;
  const source = await sourceFiles(context);
  if (source.kind !== "ok") return source;
  const baseImage = context.config.build?.baseImage;
  const base = baseImage === undefined ? await nodeBase(context, platform) : ({ kind: "ok", value: undefined } as const);
  if (base.kind !== "ok") return base;
  const bundle = join(FUNCTION_FOLDER, parts.bundle.path);
  const runtime = await runtimeBundle(context.cache);
  const layers = await layersOf(parts, source.value, base.value, runtime.path);
  const node = baseImage === undefined ? NODE_PATH : "node";
  return {
    kind: "ok",
    value: {
      base: baseImage === undefined ? { kind: "scratch" } : { kind: "image", reference: baseImage },
      layers,
      command: [node, ...FLAGS, `/${RUNTIME}`, `/${bundle}`],
      env: ENV,
      ...(baseImage === undefined ? { process: { argv: ["node", ...FLAGS, RUNTIME, bundle], runtime: hostRuntime() } } : {}),
      packages: [...(base.value?.packages ?? []), ...runtime.packages, ...describe([...parts.bundle.packages, ...parts.dependencies])],
    },
  };
}

/** As the process driver calls the host's Node that may stand in for the image's. */
function hostRuntime(): string {
  return `node${nodeVersion().split(".")[0] ?? ""}`;
}

async function layersOf(
  parts: Prepared,
  source: readonly ProgramFile[],
  base: NodeBase | undefined,
  runtime: string,
): Promise<readonly ProgramLayer[]> {
  const { bundle, dependencies, root } = parts;
  const path = posix.join(FUNCTION_FOLDER, bundle.path);
  const inside = new Set(bundle.inputs.map((input) => posix.join(FUNCTION_FOLDER, input)));
  const rest = source.filter((file) => !inside.has(file.path) && file.path !== path && file.path !== `${path}.map`);
  return [
    ...(base === undefined ? [] : [base.layer, certificatesLayer()]),
    {
      name: "runtime",
      createdBy: "kinetic function runtime",
      files: [{ path: RUNTIME, content: { file: runtime } }],
    },
    { name: "dependencies", createdBy: "packages beside the bundle", files: await packageFiles(root, dependencies) },
    { name: "code", createdBy: "the function", files: [...rest, { path, content: { bytes: bundle.code } }] },
    { name: "source-maps", createdBy: "source maps", files: [{ path: `${path}.map`, content: { bytes: bundle.map } }] },
  ];
}

async function localOf(context: BuildContext, language: "node" | "typescript", folder: string): Promise<Outcome<LocalProgram>> {
  const { os, architecture } = imagePlatform(process.arch);
  const prepared = await prepare(context, language, { os: process.platform === "linux" ? os : process.platform, architecture });
  if (prepared.kind !== "ok") return prepared;
  const { bundle, root } = prepared.value;
  const path = join(folder, bundle.path);
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, bundle.code);
  await writeFile(`${path}.map`, bundle.map);
  const modules = join(root, "node_modules");
  if (bundle.externals.length > 0 && existsSync(modules)) await symlink(modules, join(folder, "node_modules"));
  const { path: runtime } = await runtimeBundle(context.cache);
  const argv = [process.execPath, ...FLAGS, runtime, path];
  return { kind: "ok", value: { argv, cwd: context.root, env: { FUNC_LOG_LEVEL: ENV.FUNC_LOG_LEVEL } } };
}
