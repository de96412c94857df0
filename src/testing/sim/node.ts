import { podKind } from "../../api/core/pod.ts";
import type { Pod } from "../../api/k8s/types.generated.ts";
import { keyOf } from "../../api/meta/object.ts";
import { NODE_NAME, PORTS_ANNOTATION, START_TIER_ANNOTATION } from "../../api/names/kinetic.ts";
import { REVISION_LABEL } from "../../api/names/labels.ts";
import type { DrainGate } from "../../api/ports/drain.ts";
import type { Client, Informers } from "../../client/types.ts";
import { runNodeStatus } from "../../control/node/node-status.ts";
import { crashesAfter, decide } from "../../control/node/pod/decide.ts";
import { newRecord, type ContainerRecord, type Terminated } from "../../control/node/pod/runtime-state.ts";
import { makeStatus } from "../../control/node/pod/status.ts";
import { StatusWriter } from "../../control/node/pod/status-writer.ts";
import { abortable, delay } from "../../std/abort.ts";
import type { Timer } from "../../std/clock.ts";
import type { Random } from "../../std/random.ts";
import { between, type SimContext } from "./context.ts";
import { Program, type Network, type ProgramEvents } from "./network.ts";

export interface SimNodeOptions {
  readonly context: SimContext;
  readonly client: Client;
  readonly informers: Informers;
  readonly network: Network;
  readonly drainGate: DrainGate;
  readonly programEvents: (podName: string) => ProgramEvents;
}

const ADDRESS = "127.0.0.1";
const FIRST_PORT = 20_000;
const DELETE_AGAIN_MS = 250;
const FACTS = { name: NODE_NAME, ip: ADDRESS, cpuMilli: 2_000_000, memoryBytes: 1e12 };

/**
 * The node: pods become programs of the simulated network. What a pod's status says and when a container starts again
 * is decided by the real agent's code; processes, files and probes are simulated.
 */
export class SimNode {
  readonly options: SimNodeOptions;
  readonly random: Random;
  /** Share of starts that take seconds, 0 to 1. */
  slowStarts = 0;
  readonly #pods = new Map<string, SimPod>();
  readonly #stop = new AbortController();
  #ports = FIRST_PORT;

  constructor(options: SimNodeOptions) {
    this.options = options;
    this.random = options.context.stream("node");
  }

  start(): void {
    const { informers, client, context } = this.options;
    informers.of<Pod>(podKind).subscribe(({ type, object }) => this.#podChanged(type, object));
    const about = { client, clock: context.clock, logger: context.logger, node: FACTS };
    void runNodeStatus({ ...about, version: "v1.34.4+sim", maxPods: 2000, drivers: ["process"] }, this.#stop.signal);
  }

  dispose(): void {
    this.#stop.abort();
  }

  get pods(): Iterable<SimPod> {
    return this.#pods.values();
  }

  nextPort(): number {
    return this.#ports++;
  }

  /** Ends one running program as its own fault. Answers the pod's name. */
  crashOne(): string | undefined {
    const running = [...this.#pods.values()].filter((pod) => pod.program !== undefined);
    const victim = running[Math.floor(this.random() * running.length)];
    victim?.crash();
    return victim?.name;
  }

  #podChanged(type: "added" | "updated" | "deleted", object: Pod): void {
    const uid = object.metadata.uid ?? "";
    const known = this.#pods.get(uid);
    if (type === "deleted") return known?.removed();
    if (known !== undefined) return known.update(object);
    if (object.spec?.nodeName !== NODE_NAME) return;
    const pod = new SimPod(this, object);
    this.#pods.set(uid, pod);
    pod.start(() => this.#pods.delete(uid));
  }
}

/** One pod with one container. */
export class SimPod {
  pod: Pod;
  /** What listens, from the moment in which it accepts connections. */
  program: Program | undefined;
  /** Since when the pod is ready, epoch milliseconds. */
  readySince: number | undefined;
  readonly #node: SimNode;
  readonly #port: number;
  readonly #writer: StatusWriter;
  readonly #startTime: number;
  readonly #gone = new AbortController();
  #record: ContainerRecord;
  #timer: Timer | undefined;
  #ending: Promise<void> | undefined;
  #onGone: () => void = () => {};

  constructor(node: SimNode, pod: Pod) {
    this.#node = node;
    this.pod = pod;
    this.#port = node.nextPort();
    const { client, context } = node.options;
    this.#writer = new StatusWriter(pod, { client, clock: context.clock, logger: context.logger });
    this.#startTime = context.clock.now();
    this.#record = newRecord(pod.spec?.containers[0]?.name ?? "", false);
  }

  get name(): string {
    return this.pod.metadata.name ?? "";
  }

  get revision(): string {
    return this.pod.metadata.labels?.[REVISION_LABEL] ?? "";
  }

  get ending(): boolean {
    return this.#ending !== undefined;
  }

  start(onGone: () => void): void {
    this.#onGone = onGone;
    this.update(this.pod);
    if (!this.ending) this.#decide();
  }

  update(pod: Pod): void {
    this.pod = pod;
    this.#writer.observe(pod);
    if (pod.metadata.deletionTimestamp !== undefined) this.#end();
  }

  /** The object is gone from the API. */
  removed(): void {
    this.#gone.abort();
    this.#end();
  }

  crash(): void {
    this.#exit(1, true);
    this.#decide();
  }

  get #now(): number {
    return this.#node.options.context.clock.now();
  }

  #decide(): void {
    if (this.ending) return;
    this.#timer?.[Symbol.dispose]();
    const { start, wakeAt } = decide(this.pod, new Map([[this.#record.name, this.#record]]), this.#now);
    if (start.length > 0) this.#create();
    else if (wakeAt !== undefined) this.#after(wakeAt - this.#now, () => this.#decide());
    this.#publish();
  }

  #create(): void {
    const { random, slowStarts } = this.#node;
    const { state, restartCount, ...rest } = this.#record;
    const again = state.kind === "terminated" ? { last: state, restartCount: restartCount + 1 } : { restartCount };
    this.#record = { ...rest, ...again, state: { kind: "creating" } };
    const slow = random() < slowStarts ? between(random, 2_000, 20_000) : 0;
    this.#after(between(random, 2, 40), () => this.#run(slow + between(random, 5, 150)));
  }

  #run(bootMs: number): void {
    const containerId = `sim://${this.#port}-${this.#record.restartCount}`;
    this.#record = { ...this.#record, state: { kind: "running", containerId, startedAt: this.#now }, started: true, imageId: "sim" };
    this.#publish();
    this.#after(bootMs, () => this.#listen());
  }

  #listen(): void {
    const { context, network, programEvents } = this.#node.options;
    const env = this.pod.spec?.containers[0]?.env ?? [];
    const number = (name: string) => Number(env.find((entry) => entry.name === name)?.value ?? 0);
    const meanMs = number("SIM_WORK_MS") || 50;
    this.program = new Program({
      clock: context.clock,
      revision: this.revision,
      containerConcurrency: number("SIM_CONCURRENCY"),
      workMs: () => between(this.#node.random, Math.ceil(meanMs / 2), meanMs * 2),
      events: programEvents(this.name),
    });
    network.listen(this.#port, this.program);
    this.#after(between(this.#node.random, 1, 25), () => this.#ready()); // a probe finds it
  }

  #ready(): void {
    this.#record = { ...this.#record, ready: true };
    this.readySince = this.#now;
    this.#publish();
  }

  #exit(exitCode: number, crashed: boolean): void {
    this.#timer?.[Symbol.dispose]();
    const { network } = this.#node.options;
    network.close(this.#port);
    const program = this.program;
    this.program = undefined;
    this.readySince = undefined;
    program?.end(crashed);
    const { state } = this.#record;
    if (state.kind !== "running") return;
    const { containerId, startedAt } = state;
    const reason = exitCode === 0 ? "Completed" : "Error";
    const ended: Terminated = { kind: "terminated", containerId, exitCode, reason, startedAt, finishedAt: this.#now };
    this.#record = { ...this.#record, state: ended, ready: false, started: false, crashes: crashesAfter(this.#record.crashes, ended) };
  }

  #publish(): void {
    const records = new Map([[this.#record.name, this.#record]]);
    const { pod } = this;
    const status = makeStatus({
      pod,
      records,
      startTime: this.#startTime,
      ip: ADDRESS,
      podIp: ADDRESS,
      sandboxReady: true,
      now: this.#now,
    });
    const port = pod.spec?.containers[0]?.ports?.[0]?.containerPort ?? 8080;
    const annotations = { [PORTS_ANNOTATION]: JSON.stringify({ [port]: this.#port }), [START_TIER_ANNOTATION]: "fresh" };
    this.#writer.want({ status, annotations }, true, this.#gone.signal);
  }

  #after(delayMs: number, then: () => void): void {
    this.#timer?.[Symbol.dispose]();
    this.#timer = this.#node.options.context.clock.setTimer(delayMs, then);
  }

  #end(): void {
    this.#ending ??= this.#terminate();
  }

  /** Drained, stopped, deleted: the order of the real agent. */
  async #terminate(): Promise<void> {
    const { context, drainGate } = this.#node.options;
    this.#timer?.[Symbol.dispose]();
    const seconds = this.pod.metadata.deletionGracePeriodSeconds ?? this.pod.spec?.terminationGracePeriodSeconds ?? 30;
    const graceOver = new AbortController();
    using _limit = context.clock.setTimer(seconds * 1000, () => graceOver.abort());
    await abortable(drainGate.drained(this.pod.metadata.uid ?? "", graceOver.signal), graceOver.signal).catch(() => {});
    this.#exit(0, false);
    await this.#delete();
    this.#onGone();
  }

  async #delete(): Promise<void> {
    const { client, context } = this.#node.options;
    const { signal } = this.#gone;
    while (!signal.aborted) {
      try {
        const preconditions = { uid: this.pod.metadata.uid ?? "" };
        return await client.delete(podKind, keyOf(this.pod), { gracePeriodSeconds: 0, preconditions });
      } catch {
        if (!signal.aborted) await delay(context.clock, DELETE_AGAIN_MS, signal).catch(() => {});
      }
    }
  }
}
