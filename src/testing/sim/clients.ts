import type { Timer } from "../../std/clock.ts";
import type { Random } from "../../std/random.ts";
import { HeaderList } from "../../traffic/proxy/header-list.ts";
import { between, type SimContext } from "./context.ts";
import type { SimGateway } from "./gateway.ts";
import { ANSWERED_BY, REQUEST_ID, type ProgramEvents } from "./network.ts";
import { SimRequest } from "./request.ts";

/** What a service's clients do at the moment. */
export type Pattern =
  | { readonly kind: "silence" }
  /** Requests per second. */
  | { readonly kind: "steady"; readonly rate: number }
  | { readonly kind: "bursts"; readonly size: number; readonly everyMs: number };

export interface Target {
  readonly host: string;
  /** Whether a failure is the platform's: false once the user has asked for the service to go. */
  expected: boolean;
}

/** Answers by revision name. */
export type Tally = Map<string, number>;

/** Everybody who sends requests. Every answer is judged. */
export class Clients {
  answered = 0;
  readonly #context: SimContext;
  readonly #gateway: () => SimGateway;
  readonly #random: Random;
  readonly #open = new Map<string, SimRequest>();
  readonly #generators = new Map<string, Timer>();
  #sent = 0;

  constructor(context: SimContext, gateway: () => SimGateway) {
    this.#context = context;
    this.#gateway = gateway;
    this.#random = context.stream("clients");
  }

  get open(): number {
    return this.#open.size;
  }

  get sent(): number {
    return this.#sent;
  }

  /** Sends one request; `tally` counts who answered. */
  send(target: Target, tally?: Tally): void {
    this.#sent += 1;
    const id = String(this.#sent);
    const sentAt = this.#context.clock.now();
    const onEnd = (request: SimRequest) => {
      this.#open.delete(id);
      this.#judge(target, request, sentAt);
      const revision = request.responseHeaders.get(ANSWERED_BY) ?? "";
      tally?.set(revision, (tally.get(revision) ?? 0) + 1);
    };
    const request = new SimRequest({ id, host: target.host, headers: HeaderList.of({ [REQUEST_ID]: id }), onEnd });
    this.#open.set(id, request);
    this.#gateway().send("external", request);
  }

  /** Replaces what the target's clients do. */
  follow(target: Target, pattern: Pattern): void {
    this.#generators.get(target.host)?.[Symbol.dispose]();
    this.#generators.delete(target.host);
    if (pattern.kind === "steady") this.#again(target, () => 500 / pattern.rate + (this.#random() * 1000) / pattern.rate, 1);
    if (pattern.kind === "bursts") this.#again(target, () => pattern.everyMs, pattern.size);
  }

  silence(): void {
    for (const timer of this.#generators.values()) timer[Symbol.dispose]();
    this.#generators.clear();
  }

  /** What programs of one pod tell about the requests that they had. */
  programEvents(podName: string): ProgramEvents {
    return {
      overloaded: (inFlight) => this.#context.violated(`pod ${podName} has ${inFlight} requests at work, more than its revision allows`),
      broke: (requestId, crashed) => {
        const request = this.#open.get(requestId);
        if (request !== undefined && crashed) request.programCrashed = true;
        if (!crashed) this.#context.note(`pod ${podName} was stopped under request ${requestId}`);
      },
    };
  }

  #again(target: Target, pauseMs: () => number, count: number): void {
    const timer = this.#context.clock.setTimer(pauseMs(), () => {
      this.#again(target, pauseMs, count);
      for (let i = 0; i < count; i++) this.send(target);
    });
    this.#generators.set(target.host, timer);
  }

  #judge(target: Target, request: SimRequest, sentAt: number): void {
    this.answered += 1;
    if (request.status === 200 || request.programCrashed || !target.expected) return;
    const waited = this.#context.clock.now() - sentAt;
    const error = request.responseHeaders.get("kinetic-error") ?? "";
    this.#context.violated(`request ${request.id} to ${request.host} got ${request.status} after ${waited} ms: ${request.body} (${error})`);
  }
}

export function randomPattern(random: Random): Pattern {
  const chance = random();
  if (chance < 0.35) return { kind: "silence" };
  if (chance < 0.75) return { kind: "steady", rate: between(random, 1, 12) };
  return { kind: "bursts", size: between(random, 2, 25), everyMs: between(random, 1_500, 9_000) };
}
