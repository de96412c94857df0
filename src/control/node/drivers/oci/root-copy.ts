import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { makeTmp } from "./bundle.ts";
import { resolveInRoot } from "./in-root.ts";
import type { RootFiles } from "./runtime-spec.ts";

const run = promisify(execFile);

/** The image's files once more, for file systems over which nothing can be laid. Shares blocks where the disk can. */
export async function copyRoot(rootfs: string, folder: string): Promise<RootFiles> {
  await run("cp", ["-a", "--reflink=auto", rootfs, folder]);
  if (resolveInRoot(folder, "/tmp") === undefined) makeTmp(folder);
  return { kind: "copy", folder };
}
