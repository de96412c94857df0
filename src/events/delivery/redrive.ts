/** Sends a parked event again. It stays parked until that is known to have succeeded: a crash costs a duplicate, never the event. */
import type { CloudEvent } from "../../api/cloudevents/event.ts";
import { delay } from "../../std/abort.ts";
import type { Clock } from "../../std/clock.ts";
import type { AppendResult, Failure, Journal, ParkedId, ParkedItem, StreamId, WriteResult } from "../journal/contract.ts";
import { decide, type TryFailure } from "./decide.ts";
import { hopsLeft, withHops, withoutHops } from "./loop-guard.ts";
import { subscriberMessage, withoutBody } from "./message.ts";
import { cloudEventOf } from "./pending.ts";
import type { Sender } from "./sender.ts";
import type { Subscription } from "./subscription.ts";

export interface RedriveWorld {
  readonly clock: Clock;
  readonly journal: Pick<Journal, "getParked" | "notePark" | "resolveParked" | "append">;
  readonly sender: Sender;
}

export type RedriveOutcome =
  | { readonly kind: "done"; readonly item: ParkedItem; readonly detail: string }
  /** It stays parked. */
  | { readonly kind: "failed"; readonly detail: string }
  | { readonly kind: "missing" };

/** To the subscriber, with as many tries as its policy gives a new event. Rejects with the signal's reason when it is aborted. */
export async function redrive(world: RedriveWorld, subscription: Subscription, id: ParkedId, signal: AbortSignal): Promise<RedriveOutcome> {
  const read = await world.journal.getParked(id);
  if (read.kind === "missing") return { kind: "missing" };
  if (read.kind === "quarantined") return { kind: "failed", detail: `its payload cannot be read: ${read.gap.message}` };
  const event = cloudEventOf(read.event);
  const sent = await sendUntilDecided(world, subscription, event, signal);
  if (sent.kind === "give-up") return noteFailure(world, subscription, read.item, sent.failure);
  if (sent.reply !== undefined && subscription.reply !== undefined) {
    const refused = await appendReply(world, subscription.reply.stream, { event, reply: sent.reply });
    if (refused !== undefined) return noteFailure(world, subscription, read.item, { status: sent.status, message: refused });
  }
  return resolve(world, read.item, { outcome: "redriven", detail: `answered ${sent.status}` });
}

/** To a broker, under an id that is new and the same each time: who gets it twice after a crash can tell. */
export async function republish(
  world: RedriveWorld,
  { id, stream, attribute }: { readonly id: ParkedId; readonly stream: StreamId; readonly attribute: string },
): Promise<RedriveOutcome> {
  const read = await world.journal.getParked(id);
  if (read.kind === "missing") return { kind: "missing" };
  if (read.kind === "quarantined") return { kind: "failed", detail: `its payload cannot be read: ${read.gap.message}` };
  const { attributes, data } = withoutHops(cloudEventOf(read.event));
  const newId = `${attributes["id"]}.${id}`;
  const renamed = { ...attributes, id: newId, [attribute]: String(id) };
  const refused = refusalOf(
    await world.journal.append(stream, [data === undefined ? { attributes: renamed } : { attributes: renamed, data }]),
  );
  if (refused !== undefined) return { kind: "failed", detail: refused };
  return resolve(world, read.item, { outcome: "republished", detail: `as ${newId}` });
}

async function sendUntilDecided({ clock, sender }: RedriveWorld, subscription: Subscription, event: CloudEvent, signal: AbortSignal) {
  const { subscriber: url, policy, reply } = subscription;
  const message = subscriberMessage(event, subscription);
  for (let tries = 1; ; tries++) {
    const answer = await sender.send({ url, message, timeoutMs: policy.timeoutMs }, signal);
    const decision = decide(reply === undefined ? withoutBody(answer) : answer, tries, policy, clock.now());
    if (decision.kind !== "retry") return decision;
    await delay(clock, decision.delayMs, signal);
  }
}

async function appendReply(
  { journal }: RedriveWorld,
  stream: StreamId,
  { event, reply }: { readonly event: CloudEvent; readonly reply: CloudEvent },
): Promise<string | undefined> {
  const hops = hopsLeft(event) - 1;
  if (hops <= 0) return "its reply went through brokers too often";
  return refusalOf(await journal.append(stream, [withHops(reply, hops)]));
}

/** The reason stays what it was: a key that waits for this item goes on waiting. */
async function noteFailure(
  { journal }: RedriveWorld,
  { subscriber }: Subscription,
  { id, reason }: ParkedItem,
  { status, message }: TryFailure,
): Promise<RedriveOutcome> {
  const failure: Failure = { reason, status, message, destination: subscriber };
  await journal.notePark(id, failure);
  return { kind: "failed", detail: message };
}

async function resolve(
  { journal }: RedriveWorld,
  item: ParkedItem,
  { outcome, detail }: { readonly outcome: "redriven" | "republished"; readonly detail: string },
): Promise<RedriveOutcome> {
  const written: WriteResult = await journal.resolveParked([item.id], outcome);
  if (written.kind !== "ok") return { kind: "failed", detail: `${detail}, but this could not be written: ${written.message}` };
  if (item.editOf !== undefined) await journal.resolveParked([item.editOf], "superseded");
  return { kind: "done", item, detail };
}

function refusalOf(result: AppendResult): string | undefined {
  if (result.kind === "ok") return undefined;
  return result.kind === "too-large" ? `it is over ${result.limitBytes} bytes` : result.message;
}
