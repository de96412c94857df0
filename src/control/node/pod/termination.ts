import type { Container, LifecycleHandler, Pod } from "../../../api/k8s/types.generated.ts";
import { abortable, delay } from "../../../std/abort.ts";
import type { Timer } from "../../../std/clock.ts";
import type { RunningContainer } from "../drivers/contract.ts";
import { runAction } from "../probes/handler.ts";
import type { AgentWorld, Tell } from "../world.ts";
import { probeTarget } from "./container-probes.ts";
import type { Sandbox } from "./sandbox.ts";

/** The part of a pod worker that its end needs. */
export interface Dying {
  readonly uid: string;
  readonly world: AgentWorld;
  readonly pod: Pod;
  readonly sandbox: Sandbox;
  readonly tell: Tell;
  deleteObject(): Promise<void>;
}

export interface TerminationSteps {
  stopProbes(): void;
  publish(): void;
  settled(): Promise<void>;
  /** The first start has found its sandbox: nothing appears behind our back. */
  begun(): Promise<void>;
  /** Whether the sandbox lives on in the parking lot. */
  park(): Promise<boolean>;
}

const DEFAULT_GRACE_SECONDS = 30;
/** A kill that this does not end is a bug of the kernel or ours; waiting longer helps nobody. */
const AFTER_KILL_MS = 5000;

/**
 * The end of a pod: drained, then parked or stopped, then deleted.
 *
 * - I1 no signal before the gateways have nothing in flight to the pod, or the grace period is over.
 * - I2 the grace period counts from the deletion; it can shorten, never lengthen. At its end everything is killed.
 * - I3 the object goes last, after its final status.
 */
export class Termination {
  readonly #dying: Dying;
  readonly #steps: TerminationSteps;
  readonly #graceOver = new AbortController();
  readonly #drainOver = new AbortController();
  #killAt = Infinity;
  #timer: Timer | undefined;
  isObjectGone = false;
  isShutDown = false;
  #isStopping = false;

  constructor(dying: Dying, steps: TerminationSteps) {
    this.#dying = dying;
    this.#steps = steps;
  }

  /** Resolves when nothing of the pod runs here. Never rejects. */
  async run(): Promise<void> {
    const { world } = this.#dying;
    try {
      await this.#steps.begun();
      await this.#drain();
      this.#steps.stopProbes();
      if (!this.isObjectGone && !this.isShutDown && (await this.#steps.park())) return await this.#dying.deleteObject();
      await this.#stop();
      await this.#report();
    } catch (error) {
      world.options.logger.error("pod was not ended as it should", { pod: this.#dying.pod.metadata.name, error });
    } finally {
      this.#timer?.[Symbol.dispose]();
    }
    await this.#dying.sandbox[Symbol.asyncDispose]();
  }

  podChanged({ metadata, spec }: Pod): void {
    if (this.isObjectGone) return;
    const grace = metadata.deletionGracePeriodSeconds ?? spec?.terminationGracePeriodSeconds ?? DEFAULT_GRACE_SECONDS;
    this.#shorten(grace * 1000);
  }

  objectGone(): void {
    this.isObjectGone = true;
    this.#shorten((this.#dying.pod.spec?.terminationGracePeriodSeconds ?? DEFAULT_GRACE_SECONDS) * 1000);
  }

  shutDown(graceMs: number): void {
    this.isShutDown = true;
    this.#shorten(graceMs);
    const { clock } = this.#dying.world.options;
    clock.setTimer(graceMs / 2, () => this.#drainOver.abort(new DOMException("the platform stops", "AbortError"))).unref();
  }

  /** A start that was under way has come through too late. */
  containerStarted(running: RunningContainer): void {
    if (this.#isStopping) running.signal("SIGKILL");
  }

  /** I2 */
  #shorten(graceMs: number): void {
    const { clock } = this.#dying.world.options;
    const killAt = clock.monotonicMs() + graceMs;
    if (killAt >= this.#killAt) return;
    this.#killAt = killAt;
    this.#timer?.[Symbol.dispose]();
    if (graceMs <= 0) return this.#kill();
    this.#timer = clock.setTimer(graceMs, () => this.#kill());
  }

  #kill(): void {
    this.#graceOver.abort(new DOMException("the grace period is over", "TimeoutError"));
    if (this.#isStopping) for (const container of this.#dying.sandbox.running.values()) container.signal("SIGKILL");
  }

  /** I1 */
  async #drain(): Promise<void> {
    const { world, uid } = this.#dying;
    const signal = AbortSignal.any([this.#graceOver.signal, this.#drainOver.signal]); // a stopping platform leaves time for SIGTERM
    if (signal.aborted) return;
    await abortable(world.options.drainGate.drained(uid, signal), signal).catch(() => {});
  }

  async #stop(): Promise<void> {
    const { pod, sandbox } = this.#dying;
    this.#isStopping = true;
    const sidecars = new Set((pod.spec?.initContainers ?? []).map(({ name }) => name));
    const isSidecar = ([name]: readonly [string, RunningContainer]) => sidecars.has(name);
    const running = [...sandbox.running];
    await Promise.all(running.filter((entry) => !isSidecar(entry)).map(([name, container]) => this.#stopOne(name, container)));
    await Promise.all(running.filter(isSidecar).map(([name, container]) => this.#stopOne(name, container)));
  }

  async #stopOne(name: string, running: RunningContainer): Promise<void> {
    const { pod, tell, world } = this.#dying;
    const { signal } = this.#graceOver;
    tell("Normal", "Killing", `Stopping container ${name}`);
    const container = [...(pod.spec?.initContainers ?? []), ...(pod.spec?.containers ?? [])].find((candidate) => candidate.name === name);
    const hook = container?.lifecycle?.preStop;
    if (container !== undefined && hook !== undefined && !signal.aborted) await this.#preStop(container, running, hook);
    running.signal(signal.aborted ? "SIGKILL" : "SIGTERM");
    await abortable(running.exited, signal).catch(() => {
      running.signal("SIGKILL");
      if (!this.isShutDown) tell("Warning", "ExceededGracePeriod", `Container ${name} did not end within its grace period and was killed`);
    });
    const stop = new AbortController();
    await Promise.race([running.exited, delay(world.options.clock, AFTER_KILL_MS, stop.signal).catch(() => {})]);
    stop.abort();
  }

  async #preStop(container: Container, running: RunningContainer, hook: LifecycleHandler): Promise<void> {
    const { world, sandbox, tell } = this.#dying;
    const { signal } = this.#graceOver;
    if (hook.sleep !== undefined) return delay(world.options.clock, (hook.sleep.seconds ?? 0) * 1000, signal).catch(() => {});
    const target = probeTarget({ container, running, ip: sandbox.network?.ip ?? world.options.node.ip, ports: sandbox.ports });
    const outcome = await runAction(hook, target, signal);
    if (outcome.kind === "failure") tell("Warning", "FailedPreStopHook", `PreStopHook failed: ${outcome.message}`);
  }

  /** I3 */
  async #report(): Promise<void> {
    if (this.isObjectGone || this.isShutDown) return;
    await Promise.resolve(); // exits reach their records first
    this.#steps.publish();
    await this.#steps.settled();
    await this.#dying.deleteObject();
  }
}
