import type { Kind } from "../../../../api/meta/kind.ts";
import type { EventPlaneView } from "../../../../api/ports/events.ts";

/** What the controllers of Eventing know beside what all controllers do. */
export interface EventingOptions {
  /** Kinds that references may name. */
  readonly kinds: readonly Kind[];
  readonly events: EventPlaneView;
}
