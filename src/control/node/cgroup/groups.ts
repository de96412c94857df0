import { existsSync } from "node:fs";
import { readFile, readdir, rmdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { delay } from "../../../std/abort.ts";
import type { Clock } from "../../../std/clock.ts";
import type { Cgroups } from "./contract.ts";
import { layoutOf, rootOf, type Layout } from "./layout.ts";

const POLL_MS = 5;
/** Processes that do not stand still or go by then never will: they hang in the kernel. */
const LIMIT_MS = 5000;

/** The machine's control groups, or undefined where it has none that we know. */
export async function openCgroups(clock: Clock): Promise<Cgroups | undefined> {
  const layout = layoutOf(await readFile("/proc/mounts", "utf8").catch(() => ""));
  if (layout === undefined) return undefined;
  return layout.version === 2 ? new GroupsV2(layout.root, clock) : new GroupsV1(layout, clock);
}

/** What both layouts do alike: the same folder in each of `roots`. */
abstract class Groups {
  readonly #roots: readonly string[];
  readonly #clock: Clock;

  constructor(roots: readonly string[], clock: Clock) {
    this.#roots = roots;
    this.#clock = clock;
  }

  abstract thaw(path: string): Promise<void>;

  async pids(path: string): Promise<readonly number[]> {
    const lists = await Promise.all(this.#roots.map((root) => pidsBelow(join(root, path))));
    return [...new Set(lists.flat())];
  }

  async children(path: string): Promise<readonly string[]> {
    const lists = await Promise.all(this.#roots.map((root) => foldersOf(join(root, path))));
    return [...new Set(lists.flat())];
  }

  async destroy(path: string): Promise<void> {
    await this.until(async () => {
      for (const pid of await this.pids(path)) kill(pid);
      await this.#thawTree(path); // the frozen of version 1 die only awake
      const removed = await Promise.all(this.#roots.map((root) => removeTree(join(root, path))));
      return removed.every(Boolean);
    });
  }

  async #thawTree(path: string): Promise<void> {
    await this.thaw(path).catch(() => {});
    for (const name of await this.children(path)) await this.#thawTree(join(path, name));
  }

  /** Whether `condition` came to hold within LIMIT_MS. */
  protected async until(condition: () => Promise<boolean>): Promise<boolean> {
    const end = this.#clock.monotonicMs() + LIMIT_MS;
    for (let waitMs = 1; !(await condition()); waitMs = Math.min(POLL_MS, waitMs * 2)) {
      if (this.#clock.monotonicMs() > end) return false;
      await delay(this.#clock, waitMs, new AbortController().signal);
    }
    return true;
  }
}

const ASKED_BEFORE_THAW = 10;

export class GroupsV1 extends Groups implements Cgroups {
  readonly version = 1;
  readonly limitsSwap: boolean;
  readonly #freezer: string;
  readonly #memory: string;

  constructor(layout: Extract<Layout, { version: 1 }>, clock: Clock) {
    super(
      layout.hierarchies.map(({ root }) => root),
      clock,
    );
    this.#freezer = rootOf(layout, "freezer") ?? "/nowhere";
    this.#memory = rootOf(layout, "memory") ?? "/nowhere";
    this.limitsSwap = existsSync(join(this.#memory, "memory.memsw.limit_in_bytes"));
  }

  async freeze(path: string): Promise<void> {
    const file = join(this.#freezer, path, "freezer.state");
    await writeFile(file, "FROZEN");
    let asked = 0;
    const isFrozen = async () => {
      if ((await text(file)).trim() === "FROZEN") return true;
      // A task that is caught between two states keeps the group FREEZING: let go now and then and asked again, it freezes.
      if (++asked % ASKED_BEFORE_THAW === 0) await writeFile(file, "THAWED");
      await writeFile(file, "FROZEN");
      return false;
    };
    if (!(await this.until(isFrozen))) throw new Error(`${path} does not freeze`);
  }

  async thaw(path: string): Promise<void> {
    await writeFile(join(this.#freezer, path, "freezer.state"), "THAWED", { flag: "r+" });
  }

  async memoryBytes(path: string): Promise<number> {
    const folder = join(this.#memory, path);
    const [usage, stat] = await Promise.all([text(join(folder, "memory.usage_in_bytes")), text(join(folder, "memory.stat"))]);
    return Math.max(0, Number(usage) - field(stat, "total_inactive_file"));
  }

  async outOfMemoryKills(path: string): Promise<number> {
    return field(await text(join(this.#memory, path, "memory.oom_control")), "oom_kill");
  }
}

export class GroupsV2 extends Groups implements Cgroups {
  readonly version = 2;
  readonly limitsSwap = true;
  readonly #root: string;

  constructor(root: string, clock: Clock) {
    super([root], clock);
    this.#root = root;
  }

  async freeze(path: string): Promise<void> {
    const folder = join(this.#root, path);
    await writeFile(join(folder, "cgroup.freeze"), "1");
    const isFrozen = async () => field(await text(join(folder, "cgroup.events")), "frozen") === 1;
    if (!(await this.until(isFrozen))) throw new Error(`${path} does not freeze`);
  }

  async thaw(path: string): Promise<void> {
    await writeFile(join(this.#root, path, "cgroup.freeze"), "0", { flag: "r+" });
  }

  async memoryBytes(path: string): Promise<number> {
    const folder = join(this.#root, path);
    const [current, stat] = await Promise.all([text(join(folder, "memory.current")), text(join(folder, "memory.stat"))]);
    return Math.max(0, Number(current) - field(stat, "inactive_file"));
  }

  async outOfMemoryKills(path: string): Promise<number> {
    return field(await text(join(this.#root, path, "memory.events")), "oom_kill");
  }
}

/** The number behind a name in a file of `name number` lines; 0 when it is not there. */
export function field(lines: string, name: string): number {
  const value = new RegExp(`^${name} (\\d+)$`, "m").exec(lines)?.[1];
  return value === undefined ? 0 : Number(value);
}

function text(path: string): Promise<string> {
  return readFile(path, "utf8").catch(() => "");
}

async function foldersOf(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  return entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
}

async function pidsBelow(folder: string): Promise<number[]> {
  const own = (await text(join(folder, "cgroup.procs"))).split("\n").filter((line) => line !== "");
  const below = await Promise.all((await foldersOf(folder)).map((name) => pidsBelow(join(folder, name))));
  return [...own.map(Number), ...below.flat()];
}

/** True when the folder is gone. */
async function removeTree(folder: string): Promise<boolean> {
  for (const name of await foldersOf(folder)) await removeTree(join(folder, name));
  return rmdir(folder).then(
    () => true,
    (error: { code?: string }) => error.code === "ENOENT",
  );
}

function kill(pid: number): void {
  if (pid <= 0) return; // 0: of another pid namespace
  try {
    process.kill(pid, "SIGKILL");
  } catch {
    // it is gone already
  }
}
