import { podKind } from "../../../api/core/pod.ts";
import type { Pod } from "../../../api/k8s/types.generated.ts";
import { isConflict } from "../../../api/meta/errors.ts";
import { keyOf } from "../../../api/meta/object.ts";
import type { Client } from "../../../client/types.ts";
import { delay } from "../../../std/abort.ts";
import type { Clock } from "../../../std/clock.ts";
import type { Logger } from "../../../std/logger.ts";

const AGAIN_MS = 250;

export interface DeletePodOptions {
  readonly client: Client;
  readonly clock: Clock;
  readonly logger: Logger;
  /** No longer needed: the object is gone, or the platform stops and the next agent finds it. */
  isOver(): boolean;
}

/** The last word on a pod that has ended. Said until it is heard: nobody else says it, and without it the Pod is Terminating for good. */
export async function deletePod(pod: Pod, { client, clock, logger, isOver }: DeletePodOptions): Promise<void> {
  const { uid } = pod.metadata;
  const options = { gracePeriodSeconds: 0, ...(uid === undefined ? {} : { preconditions: { uid } }) };
  while (!isOver()) {
    try {
      return await client.delete(podKind, keyOf(pod), options);
    } catch (error) {
      if (isConflict(error)) return; // another pod has the name by now
      logger.warn("a pod that has ended could not be deleted, trying again", { pod: pod.metadata.name, error });
      await delay(clock, AGAIN_MS, new AbortController().signal);
    }
  }
}
