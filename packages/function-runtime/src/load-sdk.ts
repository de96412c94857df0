import { createRequire } from "node:module";
import type * as cloudevents from "cloudevents";

/** In the bundle that the builder makes, a module of its own stands here that has the SDK inside. */
export function loadSdk(): typeof cloudevents {
  return createRequire(import.meta.url)("cloudevents") as typeof cloudevents;
}
