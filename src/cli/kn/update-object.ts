import { isConflict } from "../../api/meta/errors.ts";
import type { KindRef } from "../../api/meta/kind.ts";
import type { KubeObject } from "../../api/meta/object.ts";
import { delay } from "../../std/abort.ts";
import { mustGet } from "./get.ts";
import type { Context } from "./kn.ts";

/** Tries of a write that meets a newer version, and the first pause between them. */
const TRIES = 5;
const FIRST_PAUSE_MS = 20;
const PAUSE_GROWTH = 1.5;

export interface Updated<T extends KubeObject> {
  readonly old: T;
  readonly updated: T;
}

export interface Change<T extends KubeObject> {
  readonly name: string;
  /** Saves the first GET. */
  readonly known?: T | undefined;
  change(old: T): Promise<T>;
}

/** GET, change, PUT; again when somebody else was faster. */
export async function updateObject<T extends KubeObject>(
  context: Context,
  kind: KindRef<T>,
  { name, known, change }: Change<T>,
): Promise<Updated<T>> {
  let pauseMs = FIRST_PAUSE_MS;
  let old = known ?? (await mustGet(context, kind, name));
  for (let left = TRIES - 1; ; left -= 1) {
    try {
      return { old, updated: await context.client.update(kind, await change(old)) };
    } catch (error) {
      if (!isConflict(error) || left === 0) throw error;
      await delay(context.clock, pauseMs, context.signal);
      pauseMs *= PAUSE_GROWTH;
      old = await mustGet(context, kind, name);
    }
  }
}
