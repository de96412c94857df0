import { closeSync, openSync, readSync, statSync } from "node:fs";
import { isAbsolute, posix } from "node:path";
import { inspectElf } from "../process/elf.ts";
import type { ContainerSpec } from "../contract.ts";
import { resolveInRoot } from "./in-root.ts";

export const DEFAULT_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

export type ProgramCheck =
  | { readonly kind: "ok" }
  | { readonly kind: "missing"; readonly message: string }
  | { readonly kind: "no"; readonly message: string };

/** Kubernetes: `command` replaces entrypoint and cmd, `args` alone replaces cmd. */
export function argvOf({ image, command, args }: ContainerSpec): readonly string[] {
  if (command !== undefined && command.length > 0) return [...command, ...(args ?? [])];
  return [...image.entrypoint, ...(args !== undefined && args.length > 0 ? args : image.cmd)];
}

export function pathOf({ env }: Pick<ContainerSpec, "env">): string {
  return env.findLast(({ name }) => name === "PATH")?.value ?? DEFAULT_PATH;
}

export interface ProgramPlace {
  readonly rootfs: string;
  readonly program: string;
  /** PATH in the container. */
  readonly path: string;
  readonly cwd: string;
}

/** Looks for a program in an image, and whether this machine can run it. */
export function checkProgram({ rootfs, program, path, cwd }: ProgramPlace, machine: string): ProgramCheck {
  const file = find({ rootfs, program, path, cwd });
  if (file === undefined) {
    const why = program.includes("/") ? `stat ${program}: no such file or directory` : "executable file not found in $PATH";
    return { kind: "missing", message: `exec: "${program}": ${why}` };
  }
  const inspected = inspectElf(head(file), machine);
  if (inspected.kind === "other" && inspected.why === "it is for another CPU")
    return {
      kind: "no",
      message: `exec: "${program}": exec format error: the program is for another CPU than this machine's (${machine})`,
    };
  return { kind: "ok" };
}

function find({ rootfs, program, path, cwd }: ProgramPlace): string | undefined {
  const candidates = program.includes("/")
    ? [posix.resolve(cwd, program)]
    : path
        .split(":")
        .filter(isAbsolute)
        .map((folder) => posix.join(folder, program));
  for (const candidate of candidates) {
    const real = resolveInRoot(rootfs, candidate);
    if (real !== undefined && statSync(real).isFile() && (statSync(real).mode & 0o111) !== 0) return real;
  }
  return undefined;
}

const HEAD_BYTES = 4096;

function head(path: string): Buffer {
  const file = openSync(path, "r");
  try {
    const buffer = Buffer.alloc(HEAD_BYTES);
    return buffer.subarray(0, readSync(file, buffer, 0, HEAD_BYTES, 0));
  } finally {
    closeSync(file);
  }
}
