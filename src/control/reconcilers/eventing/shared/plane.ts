import { keyOf, type KubeObject } from "../../../../api/meta/object.ts";
import type { EventPlaneView } from "../../../../api/ports/events.ts";
import type { Informer } from "../../../../client/types.ts";
import type { Source } from "../../../controller/types.ts";

/** Wakes every object of a kind when the event plane has news. */
export function planeSource<T extends KubeObject>(plane: Pick<EventPlaneView, "subscribe">, objects: Informer<T>): Source {
  return {
    start: (enqueue) =>
      plane.subscribe(() => {
        for (const object of objects.list()) enqueue(keyOf(object));
      }),
  };
}
