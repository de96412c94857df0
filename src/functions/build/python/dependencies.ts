/** The packages of a function: resolved once, locked by hash, downloaded as wheels, unpacked the same way everywhere. */
import { createHash } from "node:crypto";
import { cp, mkdir, mkdtemp, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { Platform } from "../../../images/oci/manifest.ts";
import { platformName } from "../../../images/oci/platform.ts";
import type { BuildContext, Outcome } from "../contract.ts";
import { runTool } from "../toolchain/run-tool.ts";
import { runScript, type Interpreter } from "./interpreter.ts";
import type { Requirements } from "./project.ts";
import { platformTags } from "./tags.ts";
import { scaffolding } from "../toolchain/scaffolding.ts";

export const PACKAGES_FOLDER = "opt/kinetic/packages";

export interface InstallOptions {
  readonly interpreter: Interpreter;
  readonly requirements: Requirements;
  /** Absent: this machine, whatever system it has. */
  readonly platform?: Platform;
  readonly release: string;
  readonly libc: "glibc" | "musl";
}

export interface Installed {
  /** The unpacked packages; shared by builds: not to be written to. Absent: there are none. */
  readonly folder?: string;
  readonly packages: readonly { readonly name: string; readonly version: string }[];
}

/** Changes when unpacking does. */
const FORMAT = "1";

export async function installPackages(context: BuildContext, options: InstallOptions): Promise<Outcome<Installed>> {
  const { requirements } = options;
  const isFree = requirements.wanted.length === 0 && requirements.requirementsHash === undefined;
  if (requirements.lock === undefined ? isFree : requirements.lock.trim() === "") return { kind: "ok", value: { packages: [] } };
  const cache = join(context.cache, "python");
  await mkdir(cache, { recursive: true });
  const scratch = await mkdtemp(join(cache, "new-"));
  try {
    const wheels = join(scratch, "wheels");
    const lock = await lockOf(context, options, wheels);
    if (lock.kind !== "ok") return lock;
    const site = join(cache, `site-${hash(FORMAT, lock.value, placeOf(options))}`);
    const known = await readPackages(site);
    if (known !== undefined) return { kind: "ok", value: known };
    if (!(await exists(wheels))) {
      const downloaded = await downloadLocked(context, options, { lock: lock.value, wheels });
      if (downloaded.kind !== "ok") return downloaded;
    }
    return { kind: "ok", value: await unpack(context, options.interpreter, { wheels, scratch, site }) };
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

function hash(...parts: readonly string[]): string {
  return createHash("sha256").update(JSON.stringify(parts)).digest("hex").slice(0, 40);
}

/** What decides which wheel of a package fits. */
function placeOf({ platform, release, libc }: InstallOptions): string {
  const place = platform === undefined ? `${process.platform}-${process.arch}` : platformName(platform).replaceAll("/", "-");
  return `${place}${libc === "musl" ? "-musl" : ""}-python${release}`;
}

/** The lock that the project has, or the one of the last resolution; else resolves, which leaves the wheels in `wheels`. */
async function lockOf(context: BuildContext, options: InstallOptions, wheels: string): Promise<Outcome<string>> {
  const { wanted, requirementsHash = "", lock } = options.requirements;
  if (lock !== undefined) return { kind: "ok", value: lock };
  const path = join(context.root, ".func", "python", `${placeOf(options)}.lock`);
  const header = `# of ${hash(...wanted, requirementsHash)}\n`;
  const known = await readFile(path, "utf8").catch(() => "");
  if (known.startsWith(header)) return { kind: "ok", value: known.slice(header.length) };
  const inputs = [...wanted, ...(requirementsHash === "" ? [] : ["-r", join(context.root, "requirements.txt")])];
  const resolved = await pip(context, options, ["download", "--dest", wheels, ...inputs]);
  if (resolved.kind !== "ok") return resolved;
  const { interpreter } = options;
  const script = [interpreter.path, "-I", "-B", join(scaffolding("python-build"), "lock_wheels.py"), wheels];
  const { code, stdout, stderr } = await runTool(script, { cwd: context.root, env: context.env, signal: context.signal });
  if (code !== 0) return { kind: "refused", message: stderr.trim() };
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, header + stdout);
  return { kind: "ok", value: stdout };
}

interface Locked {
  readonly lock: string;
  readonly wheels: string;
}

async function downloadLocked(context: BuildContext, options: InstallOptions, { lock, wheels }: Locked): Promise<Outcome<unknown>> {
  const file = join(dirname(wheels), "lock.txt");
  await writeFile(file, lock);
  return pip(context, options, ["download", "--no-deps", "--require-hashes", "--dest", wheels, "-r", file]);
}

async function pip(context: BuildContext, options: InstallOptions, args: readonly string[]): Promise<Outcome<unknown>> {
  const { interpreter, platform, release, libc } = options;
  const tags = platform === undefined ? [] : platformTags(platform, libc).flatMap((tag) => ["--platform", tag]);
  const target = platform === undefined ? [] : [...tags, "--python-version", release, "--implementation", "cp"];
  const [command = "", ...rest] = args;
  const quiet = ["--disable-pip-version-check", "--no-input", "--no-color", "--progress-bar=off", "--only-binary=:all:"];
  const argv = [interpreter.path, "-m", "pip", command, ...quiet, ...target, ...rest];
  const { cwd, signal, output } = { cwd: context.root, signal: context.signal, output: context.output };
  const { code, stderr, stdout } = await runTool(argv, { cwd, env: context.env, signal, output });
  if (code === 0) return { kind: "ok", value: undefined };
  return pipFailure(options, stderr) ?? { kind: "failed", output: stderr === "" ? stdout : stderr, diagnostics: [] };
}

/** What pip's own text leaves people with a question about. */
function pipFailure({ interpreter, platform, release }: InstallOptions, stderr: string): Outcome<never> | undefined {
  if (/No module named '?pip/.test(stderr)) {
    const hint = `install it (Debian and Ubuntu: apt-get install python3-pip; elsewhere: ${interpreter.path} -m ensurepip)`;
    return { kind: "refused", message: `the function has dependencies, and ${interpreter.path} has no pip`, hint };
  }
  if (/Retrying \(Retry|NewConnectionError|ConnectTimeoutError/.test(stderr)) {
    return {
      kind: "refused",
      message: "the package index cannot be reached",
      hint: "check the network, or name another one in PIP_INDEX_URL",
    };
  }
  const missing = /No matching distribution found for (.+)/.exec(stderr)?.[1];
  if (missing === undefined) return undefined;
  const place = platform === undefined ? "this machine" : platformName(platform);
  const hint = "check its name and version; releases that have no wheels are not built here";
  return { kind: "refused", message: `there is no wheel of ${missing.trim()} for Python ${release} on ${place}`, hint };
}

interface Unpacking {
  readonly wheels: string;
  readonly scratch: string;
  readonly site: string;
}

async function unpack(context: BuildContext, interpreter: Interpreter, { wheels, scratch, site }: Unpacking): Promise<Installed> {
  const fresh = join(scratch, "site");
  const files = join(fresh, "files");
  await mkdir(files, { recursive: true });
  const call = { script: "unpack.py", args: [wheels, files, `/${PACKAGES_FOLDER}`] };
  const { packages } = await runScript<Pick<Installed, "packages">>(context, interpreter, call);
  await writeFile(join(fresh, "packages.json"), JSON.stringify(packages));
  await rename(fresh, site).catch(async (error: NodeJS.ErrnoException) => {
    if (error.code === "EXDEV") return cp(fresh, site, { recursive: true });
    if (error.code !== "ENOTEMPTY" && error.code !== "EEXIST") throw error; // another build was faster
  });
  return { folder: join(site, "files"), packages };
}

async function readPackages(site: string): Promise<Installed | undefined> {
  const text = await readFile(join(site, "packages.json"), "utf8").catch(() => undefined);
  if (text === undefined) return undefined;
  return { folder: join(site, "files"), packages: JSON.parse(text) as Installed["packages"] };
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}
