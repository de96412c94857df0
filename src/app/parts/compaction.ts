import type { Store } from "../../control/apiserver/store/contract.ts";
import type { Timer } from "../../std/clock.ts";
import type { World } from "../world.ts";

const MINUTE_MS = 60_000;
/** Clients may resume a watch from this far back, as with Kubernetes' default of five minutes. */
const KEPT_MINUTES = 5;
/** This much history is worth its space on disk however old it is: who comes back late need not list again. */
const KEPT_REVISIONS = 5000;

/** Forgets history that is older than five minutes, once a minute, but for the latest revisions. Dispose to stop. */
export function startCompaction(world: World, store: Store, keptRevisions: number = KEPT_REVISIONS): Disposable {
  /** The revision at each of the last minutes, oldest first. */
  const revisions: number[] = [store.revision()];
  let timer: Timer;
  const tick = () => {
    timer = world.clock.setTimer(MINUTE_MS, tick);
    timer.unref();
    revisions.push(store.revision());
    if (revisions.length <= KEPT_MINUTES) return;
    const oldest = Math.min(revisions.shift() ?? 0, store.revision() - keptRevisions);
    if (oldest <= 0) return;
    store.compact(oldest).catch((error: unknown) => world.logger.warn("compaction failed", { error, revision: oldest }));
  };
  timer = world.clock.setTimer(MINUTE_MS, tick);
  timer.unref();
  return { [Symbol.dispose]: () => timer[Symbol.dispose]() };
}
