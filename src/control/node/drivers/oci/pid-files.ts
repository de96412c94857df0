import { mkdirSync, readFileSync, rmSync, watch, type FSWatcher } from "node:fs";
import { join } from "node:path";

/** Files in which runc writes the process of a container once it has started. */
export class PidFiles implements Disposable {
  readonly #folder: string;
  readonly #waiting = new Map<string, (pid: number) => void>();
  readonly #watcher: FSWatcher;

  constructor(folder: string) {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    this.#folder = folder;
    this.#watcher = watch(folder, { persistent: false }, () => this.#look());
    this.#watcher.on("error", () => {});
  }

  path(id: string): string {
    return join(this.#folder, `${id}.pid`);
  }

  /** Resolves when the file is there. `forget` ends the wait. */
  appears(id: string): Promise<number> {
    const { promise, resolve } = Promise.withResolvers<number>();
    this.#waiting.set(id, resolve);
    return promise;
  }

  read(id: string): number | undefined {
    try {
      const pid = Number(readFileSync(this.path(id), "utf8"));
      return pid > 0 ? pid : undefined;
    } catch {
      return undefined;
    }
  }

  /** Nobody needs the number any more. */
  remove(id: string): void {
    this.#waiting.delete(id);
    rmSync(this.path(id), { force: true });
  }

  [Symbol.dispose](): void {
    this.#watcher.close();
  }

  #look(): void {
    for (const [id, resolve] of this.#waiting) {
      const pid = this.read(id);
      if (pid === undefined) continue;
      this.#waiting.delete(id);
      resolve(pid);
    }
  }
}
