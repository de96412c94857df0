import { watch } from "chokidar";
import { relative } from "node:path";
import type { Clock, Timer } from "../../std/clock.ts";
import type { Ignored } from "../project/ignore.ts";

export interface WatchOptions {
  readonly root: string;
  readonly clock: Clock;
  readonly ignored: Ignored;
  /** Paths relative to the root, with slashes; those of one moment come together. */
  readonly onChange: (paths: readonly string[]) => void;
}

/** An editor that saves several files, or one in several steps, is waited for. */
const QUIET_MS = 15;

/** Tells what is saved in a function's folder. Resolves when it watches. */
export async function watchFunction({ root, clock, ignored, onChange }: WatchOptions): Promise<AsyncDisposable> {
  const isOut = (path: string, isFolder: boolean) => path !== "" && (/(^|\/)node_modules(\/|$)/.test(path) || ignored(path, isFolder));
  const local = (path: string) => relative(root, path).replaceAll("\\", "/");
  const watcher = watch(root, {
    ignoreInitial: true,
    ignored: (path, stats) => isOut(local(path), stats?.isDirectory() ?? false),
  });
  let changed = new Set<string>();
  let timer: Timer | undefined;
  const tell = () => {
    const paths = [...changed];
    changed = new Set();
    onChange(paths);
  };
  watcher.on("all", (_event, path) => {
    changed.add(local(path));
    timer?.[Symbol.dispose]();
    timer = clock.setTimer(QUIET_MS, tell);
  });
  await new Promise<void>((resolve) => watcher.once("ready", () => resolve()));
  return {
    async [Symbol.asyncDispose]() {
      timer?.[Symbol.dispose]();
      await watcher.close();
    },
  };
}
