import type { Random } from "../../std/random.ts";

/** Makes ids for requests that bring none: unlike each other, and unlike those of other gateways and starts. */
export function requestIds(random: Random): () => string {
  const prefix = Math.floor(random() * 2 ** 48).toString(36);
  let count = 0;
  return () => {
    count++;
    return `${prefix}-${count.toString(36)}`;
  };
}
