import type { Option } from "commander";
import type { Subscription } from "../../../api/messaging/subscription.ts";
import type { Making } from "../eventing/commands.ts";
import { optionalSink, sinkOption } from "../eventing/sink.ts";

export interface SubscriptionFlags {
  readonly channel?: string;
  readonly sink?: string;
  readonly sinkReply?: string;
  readonly sinkDeadLetter?: string;
}

export function subscriptionOptions(): Option[] {
  return [sinkOption(), sinkOption("sink-reply"), sinkOption("sink-dead-letter")];
}

/** What the flags say about destinations, over what was there. */
export async function withSinks(context: Making, old: Subscription["spec"], flags: SubscriptionFlags): Promise<Subscription["spec"]> {
  const subscriber = await optionalSink(context, flags.sink);
  const reply = await optionalSink(context, flags.sinkReply);
  const deadLetterSink = await optionalSink(context, flags.sinkDeadLetter);
  return {
    ...old,
    ...(subscriber === undefined ? {} : { subscriber }),
    ...(reply === undefined ? {} : { reply }),
    ...(deadLetterSink === undefined ? {} : { delivery: { ...old.delivery, deadLetterSink } }),
  };
}
