import { triggerKind } from "../../api/eventing/trigger.ts";
import { alreadyExists, apiError, badRequest, notFound } from "../../api/meta/errors.ts";
import { OBSERVE_API_VERSION } from "../../api/observe/group.ts";
import { DEFAULT_REPLAY_RATE, REPLAY_ATTRIBUTE, replayKind, type Replay } from "../../api/observe/replay.ts";
import { rfc3339 } from "../../std/clock.ts";
import { SubscriptionDelivery } from "../delivery/subscription-delivery.ts";
import type { Subscription } from "../delivery/subscription.ts";
import type { CursorKey, CursorState } from "../journal/contract.ts";
import { positionOf } from "./positions.ts";
import { ReplayPace } from "./replay-pace.ts";
import { readerOfReplay, replayOfReader, type ReplayIdentity } from "./replay-reader.ts";
import type { ObserveWorld, ReaderView } from "./world.ts";

/** A replay never has more tries under way than this: live events come first. */
const CONCURRENCY = 2;
const MAX_RATE = 10_000;
const MAX_REPLAYS = 100;
const NAME = /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/;

interface Known {
  readonly state: CursorState;
  readonly replay: ReplayIdentity;
}

interface Running {
  readonly delivery: SubscriptionDelivery;
  readonly pace: ReplayPace;
  /** The trigger's, that it was made of. */
  readonly origin: Subscription;
}

/**
 * Past events for one trigger again. A replay is a cursor of the journal with an end, and its name says the rest: what the process
 * was doing when it died goes on with the next `follow`.
 */
export class Replays implements AsyncDisposable {
  readonly #world: ObserveWorld;
  readonly #running = new Map<string, Running>();
  readonly #ending = new Set<Promise<unknown>>();
  #isClosed = false;

  constructor(world: ObserveWorld) {
    this.#world = world;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isClosed = true;
    for (const reader of [...this.#running.keys()]) void this.#stop(reader);
    await Promise.all(this.#ending);
  }

  /** Triggers came, went or changed, or a replay was made: those that can run, run. */
  async follow(): Promise<void> {
    const known = await this.#withTriggers(await this.#known());
    if (this.#isClosed) return;
    const wanted = new Set(known.filter(({ state }) => !isCompleted(state)).map(({ state }) => state.cursor.reader));
    for (const reader of this.#running.keys()) if (!wanted.has(reader)) void this.#stop(reader);
    for (const { state, replay } of known) if (wanted.has(state.cursor.reader)) this.#run(state.cursor, replay);
  }

  /** A trigger that is gone never comes back under its uid: its replays would hold events for nobody. */
  async #withTriggers(known: readonly Known[]): Promise<readonly Known[]> {
    const [followed, orphans] = [[] as Known[], [] as Known[]];
    for (const one of known) (this.#originOf(one.state.cursor, one.replay) === undefined ? orphans : followed).push(one);
    for (const { state } of orphans) await this.#world.journal.removeCursor(state.cursor, "keep");
    return followed;
  }

  async list(namespace: string | undefined): Promise<Replay[]> {
    const known = await this.#known();
    return known.filter(({ replay }) => namespace === undefined || replay.namespace === namespace).map((one) => this.#objectOf(one));
  }

  /** @throws ApiError 404 */
  async get(namespace: string, name: string): Promise<Replay> {
    return this.#objectOf(await this.#find(namespace, name));
  }

  /** @throws ApiError 400, 404, 409, 503 */
  async create(namespace: string, body: unknown, dryRun: boolean): Promise<Replay> {
    const { metadata, spec } = (body ?? {}) as Partial<Replay>;
    if (typeof spec?.trigger !== "string" || spec.trigger === "")
      throw badRequest("spec.trigger names the trigger whose subscriber gets the events");
    const name = metadata?.name ?? `${spec.trigger}-${this.#world.clock.now().toString(36)}`;
    if (!NAME.test(name)) throw badRequest(`metadata.name ${JSON.stringify(name)} must be 1 to 63 characters of a-z, 0-9 and -`);
    const reader = this.#world.views().readers.find((one) => one.namespace === namespace && one.trigger === spec.trigger);
    if (reader === undefined) throw notFound(triggerKind, spec.trigger);
    const known = await this.#known();
    if (known.some(({ replay }) => replay.namespace === namespace && replay.name === name)) throw alreadyExists(replayKind, name);
    if (known.length >= MAX_REPLAYS) await this.#forgetOldest(known);
    const replay = await this.#identity({ namespace, name, reader }, spec);
    return dryRun ? this.#objectOf({ replay, state: freshState(reader.cursor.stream, replay) }) : this.#make(reader, replay);
  }

  /** What was not sent is not sent. Parked items stay. @throws ApiError 404, 503 */
  async cancel(namespace: string, name: string): Promise<void> {
    const { state } = await this.#find(namespace, name);
    await this.#stop(state.cursor.reader);
    const result = await this.#world.journal.removeCursor(state.cursor, "keep");
    if (result.kind !== "ok") throw apiError("ServiceUnavailable", result.message);
  }

  /** Of those that are complete. @throws ApiError 429 when there is none */
  async #forgetOldest(known: readonly Known[]): Promise<void> {
    const [oldest] = known.filter(({ state }) => isCompleted(state)).sort((a, b) => a.replay.createdAtMs - b.replay.createdAtMs);
    if (oldest === undefined) throw apiError("TooManyRequests", `${MAX_REPLAYS} replays are under way already; cancel some`);
    await this.#world.journal.removeCursor(oldest.state.cursor, "keep");
  }

  async #make(reader: ReaderView, replay: ReplayIdentity): Promise<Replay> {
    const { stream } = reader.cursor;
    const description = { ...reader.subscription?.description, namespace: replay.namespace, trigger: replay.trigger };
    const cursor = { stream, reader: readerOfReplay(replay) };
    const backlogLimit = Number.MAX_SAFE_INTEGER; // what waits here is meant to wait
    const result = await this.#world.journal.createCursor({ cursor, at: replay.from, until: replay.to, description, backlogLimit });
    if (result.kind !== "ok") throw apiError("ServiceUnavailable", result.message);
    await this.follow();
    return this.get(replay.namespace, replay.name);
  }

  async #identity(
    { namespace, name, reader }: { readonly namespace: string; readonly name: string; readonly reader: ReaderView },
    { trigger, from = "oldest", to = "head", rate = DEFAULT_REPLAY_RATE, replies = "discard" }: Replay["spec"],
  ): Promise<ReplayIdentity> {
    if (typeof rate !== "number" || !(rate > 0) || rate > MAX_RATE) throw badRequest(`spec.rate must be above 0 and at most ${MAX_RATE}`);
    if (replies !== "discard" && replies !== "keep") throw badRequest("spec.replies must be discard or keep");
    const { stream, reader: triggerUid } = reader.cursor;
    const [first, end] = [await this.#position(stream, from), await this.#position(stream, to)];
    if (end < first) throw badRequest("spec.to is before spec.from");
    return { name, namespace, trigger, triggerUid, from: first, to: end, rate, replies, createdAtMs: this.#world.clock.now() };
  }

  #position(stream: string, text: unknown): Promise<number> {
    return positionOf(this.#world.journal, stream, String(text));
  }

  #run(cursor: CursorKey, replay: ReplayIdentity): void {
    const origin = this.#originOf(cursor, replay)?.subscription;
    const running = this.#running.get(cursor.reader);
    if (running?.origin === origin) return;
    if (running !== undefined && origin !== undefined && running.origin.order === origin.order) {
      this.#running.set(cursor.reader, { ...running, origin });
      return running.delivery.update(subscriptionOf(cursor, replay, origin));
    }
    if (running !== undefined) void this.#stop(cursor.reader);
    if (origin === undefined) return;
    const pace = new ReplayPace(this.#world, origin.cursor, replay.rate);
    const delivery = new SubscriptionDelivery({ ...this.#world, journal: pace.journal }, subscriptionOf(cursor, replay, origin));
    this.#running.set(cursor.reader, { delivery, pace, origin });
  }

  /** First the delivery knows that it ends, then what waits for its turn is let go. */
  #stop(reader: string): Promise<void> {
    const running = this.#running.get(reader);
    if (running === undefined) return Promise.resolve();
    this.#running.delete(reader);
    const ended = running.delivery[Symbol.asyncDispose]();
    running.pace[Symbol.dispose]();
    const ending: Promise<void> = ended.finally(() => this.#ending.delete(ending));
    this.#ending.add(ending);
    return ending;
  }

  #originOf({ stream }: CursorKey, { triggerUid }: ReplayIdentity): ReaderView | undefined {
    return this.#world.views().readers.find(({ cursor }) => cursor.stream === stream && cursor.reader === triggerUid);
  }

  async #known(): Promise<Known[]> {
    const states = await this.#world.journal.cursors();
    return states.flatMap((state) => {
      const replay = replayOfReader(state.cursor.reader);
      return replay === undefined ? [] : [{ state, replay }];
    });
  }

  async #find(namespace: string, name: string) {
    const found = (await this.#known()).find(({ replay }) => replay.namespace === namespace && replay.name === name);
    if (found === undefined) throw notFound(replayKind, name);
    return found;
  }

  #objectOf({ state, replay }: Known): Replay {
    const { name, namespace, trigger, from, to, rate, replies, createdAtMs } = replay;
    const problem = this.#problemOf(state, replay);
    return {
      apiVersion: OBSERVE_API_VERSION,
      kind: replayKind.kind,
      metadata: { name, namespace, uid: `${replay.triggerUid}-${name}`, creationTimestamp: rfc3339(createdAtMs) },
      spec: { trigger, from: String(from), to: String(to), rate, replies },
      status: {
        phase: isCompleted(state) ? "Completed" : problem === undefined ? "Running" : "Waiting",
        ...(problem === undefined || isCompleted(state) ? {} : { message: problem }),
        fromOffset: from,
        toOffset: to,
        total: to - from,
        done: Math.max(0, to - from - state.backlog),
        parked: state.parked,
      },
    };
  }

  #problemOf({ cursor }: CursorState, replay: ReplayIdentity): string | undefined {
    const origin = this.#originOf(cursor, replay);
    if (origin === undefined) return `the trigger ${replay.trigger} is gone`;
    if (origin.subscription === undefined) return origin.problem ?? "the subscriber's address is not known yet";
    return this.#running.get(cursor.reader)?.pace.isYielding === true ? "it lets live events go first" : undefined;
  }
}

function subscriptionOf(cursor: CursorKey, { name, replies }: ReplayIdentity, origin: Subscription): Subscription {
  const { reply, ...rest } = origin;
  const kept = replies === "keep" && reply !== undefined ? { reply } : {};
  return {
    ...rest,
    ...kept,
    cursor,
    afterGivingUp: "continue",
    concurrency: CONCURRENCY,
    marks: { ...origin.marks, [REPLAY_ATTRIBUTE]: name },
  };
}

function isCompleted({ backlog }: CursorState): boolean {
  return backlog === 0;
}

/** As the journal would tell of a cursor that is not made. */
function freshState(stream: string, { from, to, name }: ReplayIdentity): CursorState {
  const cursor = { stream, reader: name };
  return { cursor, description: {}, floor: from, until: to, backlog: to - from, backlogLimit: 0, parked: 0 };
}
