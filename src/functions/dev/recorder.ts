import { mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Clock } from "../../std/clock.ts";

/** A request as it came in, to be sent again by `func invoke --replay ID`. */
export interface RecordedRequest {
  readonly id: string;
  /** RFC 3339. */
  readonly at: string;
  readonly method: string;
  readonly path: string;
  readonly headers: readonly (readonly [string, string])[];
  /** Base64; absent when it was larger than what is kept. */
  readonly body?: string;
}

export const MAX_RECORDED_BODY = 1_048_576;
const KEPT = 100;

/** The last requests of a dev loop, one file each, in the project's `.func/requests`. */
export class RequestRecorder {
  readonly #folder: string;
  readonly #clock: Clock;
  #next: Promise<number>;

  constructor(root: string, clock: Clock) {
    this.#folder = join(root, ".func", "requests");
    this.#clock = clock;
    this.#next = recordedIds(this.#folder).then((ids) => (ids.at(-1) ?? 0) + 1);
    this.#next.catch(() => {});
  }

  /** The id that a request gets, at once; `save` may follow when its body is known. */
  async reserve(): Promise<string> {
    const id = await this.#next;
    this.#next = Promise.resolve(id + 1);
    return String(id);
  }

  async save(request: Omit<RecordedRequest, "at">): Promise<void> {
    await mkdir(this.#folder, { recursive: true });
    const recorded: RecordedRequest = { ...request, at: new Date(this.#clock.now()).toISOString() };
    await writeFile(join(this.#folder, `${request.id}.json`), `${JSON.stringify(recorded, null, 2)}\n`, { mode: 0o600 });
    await rm(join(this.#folder, `${Number(request.id) - KEPT}.json`), { force: true });
  }
}

/** undefined: there is none of this id. */
export async function readRecorded(root: string, id: string): Promise<RecordedRequest | undefined> {
  if (!/^\d+$/.test(id)) return undefined;
  const text = await readFile(join(root, ".func", "requests", `${id}.json`), "utf8").catch(() => undefined);
  return text === undefined ? undefined : (JSON.parse(text) as RecordedRequest);
}

async function recordedIds(folder: string): Promise<number[]> {
  const names = await readdir(folder).catch(() => []);
  return names
    .map((name) => Number.parseInt(name, 10))
    .filter(Number.isInteger)
    .toSorted((a, b) => a - b);
}
