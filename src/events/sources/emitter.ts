import { delay } from "../../std/abort.ts";
import type { Clock } from "../../std/clock.ts";
import type { AttributeValue, CloudEvent } from "../../api/cloudevents/event.ts";
import type { Journal, StreamId } from "../journal/contract.ts";

/** What every source kind says about itself. */
export interface SourceIdentity {
  /** Its stream in the journal: from there the event is delivered to the sink as a Trigger's is. */
  readonly uid: StreamId;
  readonly namespace: string;
  readonly name: string;
  /** `ceOverrides.extensions`. */
  readonly extensions: Readonly<Record<string, string>>;
}

export interface Emitter {
  /** Resolves when the event is durable, however long that takes; rejects with the signal's reason. */
  emit(source: SourceIdentity, event: CloudEvent, signal: AbortSignal): Promise<void>;
}

/** Puts the events of sources into the journal, so that a sink which is down loses none. */
export function createEmitter(journal: Pick<Journal, "append">, clock: Clock): Emitter {
  return {
    async emit({ uid, extensions }, event, signal) {
      const overridden = { ...event, attributes: { ...event.attributes, ...extensions } };
      for (;;) {
        const result = await journal.append(uid, [overridden]);
        if (result.kind === "ok") return;
        if (result.kind === "too-large") throw new Error(`the event is over the limit of ${result.limitBytes} bytes`);
        await delay(clock, result.retryAfterMs, signal);
      }
    },
  };
}

/** Without what is undefined. */
export function attributesOf(entries: Readonly<Record<string, AttributeValue | undefined>>): CloudEvent["attributes"] {
  const attributes: Record<string, AttributeValue> = {};
  for (const [name, value] of Object.entries(entries)) if (value !== undefined) attributes[name] = value;
  return attributes;
}
