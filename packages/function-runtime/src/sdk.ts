import type * as cloudevents from "cloudevents";
import { loadSdk } from "./load-sdk.ts";

export type Sdk = typeof cloudevents;

/** Where the builder leaves the SDK that the function brings itself: then events are of its classes. */
const OWN_SDK = Symbol.for("dev.kinetic.cloudevents");
const OFFERED_SDK = Symbol.for("dev.kinetic.sdk");

/** A function that uses the SDK without bringing it gets this one, by `globalThis[Symbol.for("dev.kinetic.sdk")]()`. */
export function offerSdk(): void {
  (globalThis as { [OFFERED_SDK]?: () => Sdk })[OFFERED_SDK] = sdk;
}

/** Loaded when the first event needs it: that takes several times as long as everything else here. */
export function sdk(): Sdk {
  const own = (globalThis as { [OWN_SDK]?: Sdk })[OWN_SDK];
  return own ?? loadSdk();
}
