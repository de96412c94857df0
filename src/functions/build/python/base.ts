/** What is below a Python function: this machine's Python with the libraries that it loads, or an image that is pulled. */
import { createHash } from "node:crypto";
import { mkdir, mkdtemp, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import type { Platform } from "../../../images/oci/manifest.ts";
import { imagePlatform } from "../../../images/oci/platform.ts";
import type { BaseImage, BuildContext, ProgramFile } from "../contract.ts";
import { runScript, type Interpreter } from "./interpreter.ts";

export interface PythonBase {
  readonly image: BaseImage;
  /** `3.11`: of the Python inside, as far as its name tells. */
  readonly release: string;
  readonly libc: "glibc" | "musl";
  /** How the image finds it. */
  readonly command: string;
}

/** @param chosen the base image that the user wants */
export function chooseBase(chosen: string | undefined, host: Interpreter, platform: Platform): PythonBase {
  const { os, architecture } = imagePlatform(process.arch);
  const isThisMachine = process.platform === "linux" && os === platform.os && architecture === platform.architecture;
  if (chosen === undefined && isThisMachine)
    return { image: { kind: "scratch" }, release: host.release, libc: "glibc", command: `/usr/local/bin/python${host.release}` };
  const reference = chosen ?? `python:${host.release}-slim`;
  const libc = /alpine|musl/.test(reference) ? "musl" : "glibc";
  return { image: { kind: "image", reference }, release: releaseIn(reference) ?? host.release, libc, command: "python3" };
}

/** `python:3.12-slim` -> `3.12` */
export function releaseIn(reference: string | undefined): string | undefined {
  return /(?:^|\/)python:(3\.\d+)/.exec(reference ?? "")?.[1];
}

interface Packed {
  readonly version: string;
  readonly files: readonly { readonly path: string; readonly file?: string; readonly link?: string; readonly mode?: number }[];
}

export interface PackedBase {
  /** Of the files: another one whenever the interpreter changes. */
  readonly key: string;
  readonly version: string;
  readonly files: readonly ProgramFile[];
}

/** Changes when packing does. */
const FORMAT = "1";

/** The interpreter, its library and what it loads, for an image that has nothing else. Kept in the cache. */
export async function packBase(context: BuildContext, interpreter: Interpreter): Promise<PackedBase> {
  const { mtimeMs, ino, size } = await stat(interpreter.path);
  const key = [FORMAT, interpreter.path, interpreter.release, mtimeMs, ino, size, context.env["PYENV_VERSION"] ?? ""].join(" ");
  const folder = join(context.cache, "python", `base-${createHash("sha256").update(key).digest("hex").slice(0, 40)}`);
  const list = join(folder, "files.json");
  const known = await readList(list);
  if (known !== undefined) return fromList(folder, known);
  await mkdir(join(context.cache, "python"), { recursive: true });
  const fresh = await mkdtemp(join(context.cache, "python", "new-"));
  try {
    const packed = await runScript<Packed>(context, interpreter, { script: "pack_base.py", args: [join(fresh, "compiled")] });
    await writeFile(join(fresh, "files.json"), JSON.stringify(relativeTo(fresh, packed)));
    await rename(fresh, folder).catch(async (error: NodeJS.ErrnoException) => {
      if (error.code !== "ENOTEMPTY" && error.code !== "EEXIST") throw error; // another build was faster, or it is out of date
      await writeFile(list, JSON.stringify(relativeTo(fresh, packed)));
    });
  } finally {
    await rm(fresh, { recursive: true, force: true });
  }
  return fromList(folder, (await readList(list)) ?? { version: interpreter.release, files: [] });
}

function relativeTo(folder: string, { version, files }: Packed): Packed {
  const prefix = `${folder}/`;
  return {
    version,
    files: files.map((one) => (one.file?.startsWith(prefix) === true ? { ...one, file: one.file.slice(prefix.length) } : one)),
  };
}

/** undefined: none, or Python has changed below it. */
async function readList(path: string): Promise<Packed | undefined> {
  const text = await readFile(path, "utf8").catch(() => undefined);
  if (text === undefined) return undefined;
  const packed = JSON.parse(text) as Packed;
  const program = packed.files.find(({ path: inside }) => inside.startsWith("usr/local/bin/python3."))?.file ?? "";
  const [own, list] = await Promise.all([stat(program).catch(() => undefined), stat(path)]);
  return own !== undefined && own.ctimeMs <= list.mtimeMs ? packed : undefined;
}

function fromList(folder: string, { version, files }: Packed): PackedBase {
  return {
    key: basename(folder),
    version,
    files: files.map(({ path, file = "", link, mode }) => ({
      path,
      ...(mode === undefined ? {} : { mode }),
      content: link === undefined ? { file: file.startsWith("/") ? file : join(folder, file) } : { link },
    })),
  };
}
