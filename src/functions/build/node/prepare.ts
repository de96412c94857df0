/** From a project to its bundle and the packages that have to be beside it. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import type { Platform } from "../../../images/oci/manifest.ts";
import type { BuildContext, Outcome } from "../contract.ts";
import { findProgram, runTool } from "../toolchain/run-tool.ts";
import { bundle, type Bundle, type Bundling } from "./bundle.ts";
import { installPackages, isThisMachine, lockOf, makeStage } from "./install.ts";
import { closureOf, type InstalledPackage } from "./packages.ts";
import { readProject, type NodeProject } from "./project.ts";

export interface Prepared {
  readonly bundle: Bundle;
  /** Packages beside the bundle. */
  readonly dependencies: readonly InstalledPackage[];
  /** Folder whose node_modules has them. */
  readonly root: string;
}

export async function prepare(context: BuildContext, language: "node" | "typescript", platform: Platform): Promise<Outcome<Prepared>> {
  const project = await readProject(context.root, language);
  if (project.kind !== "ok") return project;
  const own = await ownBuild(context, project.value);
  if (own.kind !== "ok") return own;
  const first = await bundle({ ...project.value, isStage: false });
  if (first.kind === "ok") {
    context.output(first.bundle.warnings);
    return withDependencies(context, project.value, platform, first.bundle);
  }
  if (first.kind === "failed") return first;
  return withInstalled(context, project.value, platform, first);
}

/** A script of the project's own makes the module that is then bundled. */
async function ownBuild(context: BuildContext, project: NodeProject): Promise<Outcome<undefined>> {
  if (!project.hasOwnBuild) return { kind: "ok", value: undefined };
  const npm = findProgram(["npm"], context.env);
  if (npm === undefined)
    return { kind: "refused", message: "npm is not on the PATH, and package.json has a script build", hint: "install Node.js with npm" };
  const { devDependencies = {}, dependencies = {} } = project.packageJson;
  const needsPackages = Object.keys({ ...devDependencies, ...dependencies }).length > 0;
  const install = lockOf(context.root) === undefined ? "install" : "ci";
  const steps = [
    ...(needsPackages && !existsSync(join(context.root, "node_modules")) ? [[install, "--no-audit", "--no-fund"]] : []),
    ["run", "build"],
  ];
  const { signal, output } = context;
  const env = { ...context.env, ...buildEnv(context) };
  for (const step of steps) {
    const { code, stdout, stderr } = await runTool([npm, ...step], { cwd: context.root, env, signal, output });
    if (code !== 0 && step[0] === "run") return { kind: "failed", output: stdout + stderr, diagnostics: [] };
    if (code !== 0) return { kind: "refused", message: `npm ${step[0]} failed with exit code ${code}`, hint: "what it printed is above" };
  }
  if (existsSync(join(context.root, project.entry))) return { kind: "ok", value: undefined };
  const hint = "package.json's main names the module that exports the function";
  return { kind: "refused", message: `npm run build has not made ${project.entry}`, hint };
}

function buildEnv({ config }: BuildContext): Record<string, string> {
  return Object.fromEntries(
    (config.build?.buildEnvs ?? []).flatMap(({ name, value }) => (name === undefined ? [] : [[name, value ?? ""]])),
  );
}

/** With machine code or requires that are only known at run time: what the lock file says, for the platform. */
async function withDependencies(context: BuildContext, project: NodeProject, platform: Platform, made: Bundle): Promise<Outcome<Prepared>> {
  if (made.externals.length === 0) return prepared(made, [], context.root);
  const isHere = existsSync(join(context.root, "node_modules")) && isThisMachine(platform);
  if (lockOf(context.root) === undefined && isHere) {
    context.output(`there is no package-lock.json: ${made.externals.join(", ")} as installed in node_modules\n`);
    return collected(made, context.root);
  }
  const installed = await installPackages(context, project.packageJson, platform);
  return installed.kind === "ok" ? collected(made, installed.value) : installed;
}

/** Packages are missing in the function's folder: it is bundled with those that the lock file names. */
async function withInstalled(
  context: BuildContext,
  project: NodeProject,
  platform: Platform,
  failure: Extract<Bundling, { kind: "missing" }>,
): Promise<Outcome<Prepared>> {
  const { dependencies = {}, optionalDependencies = {} } = project.packageJson;
  const unknown = failure.packages.filter((name) => dependencies[name] === undefined && optionalDependencies[name] === undefined);
  if (unknown.length > 0) return { kind: "failed", output: failure.output, diagnostics: failure.diagnostics };
  const installed = await installPackages(context, project.packageJson, platform);
  if (installed.kind !== "ok") return installed;
  await using stage = await makeStage(context.root, installed.value, context.cache);
  const second = await bundle({ ...project, root: stage.folder, isStage: true });
  if (second.kind !== "ok") return { kind: "failed", output: second.output, diagnostics: second.diagnostics };
  context.output(second.bundle.warnings);
  return collected(second.bundle, installed.value);
}

function collected(made: Bundle, root: string): Outcome<Prepared> {
  const { packages, missing } = closureOf(root, made.externals);
  if (missing.length === 0) return prepared(made, packages, root);
  return { kind: "refused", message: `packages are not installed: ${missing.join(", ")}`, hint: "run npm install" };
}

function prepared(made: Bundle, dependencies: readonly InstalledPackage[], root: string): Outcome<Prepared> {
  return { kind: "ok", value: { bundle: made, dependencies, root } };
}
