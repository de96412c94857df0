import { isConflict } from "../../api/meta/errors.ts";
import type { KnativeService } from "../../api/serving/service.ts";
import { delay } from "../../std/abort.ts";
import { mustGet } from "./get.ts";
import type { Context } from "./kn.ts";
import { SERVICE } from "./refs.ts";

/** Tries of a write that meets a newer version, and the first pause between them. */
const TRIES = 5;
const FIRST_PAUSE_MS = 20;
const PAUSE_GROWTH = 1.5;

export interface Updated {
  readonly old: KnativeService;
  readonly updated: KnativeService;
}

/** GET, change, PUT; again when somebody else was faster. `known` saves the first GET. */
export async function updateService(
  context: Context,
  name: string,
  change: (old: KnativeService) => Promise<KnativeService>,
  known?: KnativeService,
): Promise<Updated> {
  let pauseMs = FIRST_PAUSE_MS;
  let old = known ?? (await mustGet(context, SERVICE, name));
  for (let left = TRIES - 1; ; left -= 1) {
    try {
      return { old, updated: await context.client.update(SERVICE, await change(old)) };
    } catch (error) {
      if (!isConflict(error) || left === 0) throw error;
      await delay(context.clock, pauseMs, context.signal);
      pauseMs *= PAUSE_GROWTH;
      old = await mustGet(context, SERVICE, name);
    }
  }
}
