/** The function's instances on this machine: one file each in `.func/runs`, named by their port. */
import { mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";

export interface Instance {
  readonly port: number;
  readonly host: string;
  /** Of the command that keeps it. */
  readonly pid: number;
}

/** Known as long as the result is not disposed. */
export async function announceInstance(root: string, instance: Instance): Promise<AsyncDisposable> {
  const folder = join(root, ".func", "runs");
  const file = join(folder, String(instance.port));
  await mkdir(folder, { recursive: true });
  await writeFile(file, `${JSON.stringify(instance)}\n`);
  return { [Symbol.asyncDispose]: () => rm(file, { force: true }) };
}

/** Those whose command lives; what a killed one left is removed. The newest is last. */
export async function instances(root: string): Promise<Instance[]> {
  const folder = join(root, ".func", "runs");
  const names = await readdir(folder).catch(() => []);
  const found: Instance[] = [];
  for (const name of names.filter((one) => /^\d+$/.test(one))) {
    const instance = await readInstance(join(folder, name));
    if (instance !== undefined && isAlive(instance.pid)) found.push(instance);
    else await rm(join(folder, name), { force: true });
  }
  return found;
}

async function readInstance(file: string): Promise<Instance | undefined> {
  try {
    return JSON.parse(await readFile(file, "utf8")) as Instance;
  } catch {
    return undefined;
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}
