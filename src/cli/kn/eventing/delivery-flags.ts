import type { Option } from "commander";
import type { DeliverySpec } from "../../../api/duck/delivery.ts";
import { integer, text } from "../flags.ts";
import type { Making } from "./commands.ts";
import { optionalSink, sinkOption } from "./sink.ts";

export interface DeliveryFlags {
  readonly dlSink?: string;
  readonly retry?: number;
  readonly timeout?: string;
  readonly backoffPolicy?: string;
  readonly backoffDelay?: string;
  readonly retryAfterMax?: string;
}

export function deliveryOptions(): Option[] {
  return [
    sinkOption("dl-sink"),
    integer("--retry <int32>", "Tries after the first before an event goes to the dead letter sink."),
    text("--timeout <string>", "Time that one try may take, as an ISO 8601 duration, e.g. PT30S."),
    text("--backoff-policy <string>", "How the wait between tries grows: linear or exponential."),
    text("--backoff-delay <string>", "Wait before a try, as an ISO 8601 duration, e.g. PT0.5S."),
    text("--retry-after-max <string>", "The longest Retry-After that is obeyed, as an ISO 8601 duration; PT0S: none."),
  ];
}

const NAMES: readonly (keyof DeliveryFlags)[] = ["dlSink", "retry", "timeout", "backoffPolicy", "backoffDelay", "retryAfterMax"];

export function hasDeliveryFlags(flags: DeliveryFlags): boolean {
  return NAMES.some((name) => flags[name] !== undefined);
}

/** The delivery with the flags applied; undefined: there is none. */
export async function withDelivery(
  context: Making,
  old: DeliverySpec | undefined,
  flags: DeliveryFlags,
): Promise<DeliverySpec | undefined> {
  if (!hasDeliveryFlags(flags)) return old;
  const { dlSink, ...values } = flags;
  const deadLetterSink = await optionalSink(context, dlSink);
  const given = Object.entries(values).filter(([name, value]) => value !== undefined && (NAMES as readonly string[]).includes(name));
  return { ...old, ...(deadLetterSink === undefined ? {} : { deadLetterSink }), ...Object.fromEntries(given) };
}
