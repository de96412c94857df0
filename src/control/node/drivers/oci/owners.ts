import { mkdir, readFile, readdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";

const FOLDER = "/run/kinetic-owners";
const NAME = /^kn[0-9a-f]{6}$/;

/**
 * Which process made what carries a name, for all platforms of this machine: one that was killed and whose data directory
 * never starts again would leave its bridge for ever.
 */
export async function claimName(name: string, folder = FOLDER): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  await writeFile(join(folder, name), await lifeOf(process.pid));
}

export async function releaseName(name: string, folder = FOLDER): Promise<void> {
  await rm(join(folder, name), { force: true });
}

/** Names whose owners run no more. */
export async function abandonedNames(folder = FOLDER): Promise<readonly string[]> {
  const names = (await readdir(folder).catch(() => [])).filter((name) => NAME.test(name));
  const states = await Promise.all(names.map(async (name) => ({ name, isAlive: await isAlive(join(folder, name)) })));
  return states.filter((state) => !state.isAlive).map(({ name }) => name);
}

async function isAlive(file: string): Promise<boolean> {
  const owner = await readFile(file, "utf8").catch(() => "");
  return owner !== "" && owner === (await lifeOf(Number.parseInt(owner, 10)));
}

/** A process number with its start: numbers are used again. "" when there is no such process. */
async function lifeOf(pid: number): Promise<string> {
  const stat = await readFile(`/proc/${pid}/stat`, "utf8").catch(() => "");
  const started = stat.slice(stat.lastIndexOf(")") + 2).split(" ")[START_TIME];
  return started === undefined ? "" : `${pid} ${started}`;
}

/** Among the fields behind the name. */
const START_TIME = 19;
