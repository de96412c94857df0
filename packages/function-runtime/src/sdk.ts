import { createRequire } from "node:module";
import type * as cloudevents from "cloudevents";

export type Sdk = typeof cloudevents;

/** Where the builder leaves the SDK that the function brings itself: then events are of its classes. */
const OWN_SDK = Symbol.for("dev.kinetic.cloudevents");

/** Loaded when the first event needs it: that takes several times as long as everything else here. The builder bundles it. */
export function sdk(): Sdk {
  const own = (globalThis as { [OWN_SDK]?: Sdk })[OWN_SDK];
  return own ?? (createRequire(import.meta.url)("cloudevents") as Sdk);
}
