import type { Container, Pod, Probe } from "../../../api/k8s/types.generated.ts";
import type { RunningContainer } from "../drivers/contract.ts";
import type { AgentWorld, Tell } from "../world.ts";
import { runContainerProbes, type ProbeEvents } from "./container-probes.ts";
import type { Records } from "./decide.ts";
import { isInit, isSidecar } from "./decide.ts";
import { endContainer } from "./end-container.ts";
import { runPostStart } from "./post-start.ts";
import type { ContainerRecord } from "./runtime-state.ts";
import type { Sandbox } from "./sandbox.ts";

/** What looking after the running containers of a pod needs of its worker. */
export interface Attended {
  readonly world: AgentWorld;
  readonly pod: Pod;
  readonly sandbox: Sandbox;
  readonly records: Records;
  readonly tell: Tell;
  /** Aborts when nothing of the pod runs any more. */
  readonly signal: AbortSignal;
}

export interface AttendanceSteps {
  /** The record of a container is another one now. */
  set(record: ContainerRecord): void;
  /** What the records say may be written; urgent when somebody waits for it. */
  sync(isUrgent?: boolean): void;
  /** The container is ready: it needs its boot slot no longer. */
  booted(name: string): void;
}

/**
 * Hooks and probes of the running containers of one pod.
 *
 * - I1 a container is probed by at most one set of probes, from its postStart hook's success until `leave`.
 */
export class Attendance {
  readonly #attended: Attended;
  readonly #steps: AttendanceSteps;
  readonly #probes = new Map<string, AbortController>();

  constructor(attended: Attended, steps: AttendanceSteps) {
    this.#attended = attended;
    this.#steps = steps;
  }

  /** A container has started. Until its hook has succeeded it counts as starting, and nothing probes it. */
  begin(container: Container, running: RunningContainer): void {
    if (container.lifecycle?.postStart === undefined) this.probe(container, running);
    else void this.#postStart(container, running);
  }

  /** Does nothing for a container that is probed already. */
  probe(container: Container, running: RunningContainer): void {
    const { name } = container;
    if (this.#probes.has(name)) return; // I1
    const stop = new AbortController();
    this.#probes.set(name, stop);
    const { world, pod, sandbox, signal } = this.#attended;
    if (isInit(pod, name) && !isSidecar(container)) return this.#patch(name, { started: true });
    const { clock, node, logger } = world.options;
    const options = {
      container,
      running,
      ip: sandbox.network?.ip ?? node.ip,
      ports: sandbox.ports,
      clock,
      events: this.#events(container, running),
    };
    runContainerProbes(options, AbortSignal.any([stop.signal, signal])).catch((error: unknown) => {
      logger.error("probes failed", { pod: pod.metadata.name, container: name, error });
    });
  }

  /** The container has ended, or must not be probed any more. */
  leave(name: string): void {
    this.#probes.get(name)?.abort();
    this.#probes.delete(name);
  }

  leaveAll(): void {
    for (const stop of this.#probes.values()) stop.abort();
  }

  async #postStart(container: Container, running: RunningContainer): Promise<void> {
    const { world, sandbox, records, tell, signal } = this.#attended;
    const { clock, node } = world.options;
    const outcome = await runPostStart({ container, running, ip: sandbox.network?.ip ?? node.ip, ports: sandbox.ports, clock }, signal);
    const state = records.get(container.name)?.state;
    if (state?.kind !== "running" || sandbox.running.get(container.name) !== running) return; // it has ended
    if (outcome.kind === "failure") {
      tell("Warning", "FailedPostStartHook", `PostStartHook failed: ${outcome.message}`);
      tell("Normal", "Killing", `Container ${container.name} failed its postStart hook, will be restarted`);
      return this.#end(running);
    }
    const { isStarting: _over, ...started } = state;
    this.#patch(container.name, { state: started });
    this.probe(container, running);
    this.#steps.sync();
  }

  #events(container: Container, running: RunningContainer): ProbeEvents {
    const { name } = container;
    const { tell } = this.#attended;
    return {
      started: () => {
        this.#patch(name, { started: true });
        this.#steps.sync();
      },
      ready: (isReady, message) => this.#ready(name, isReady, message),
      failed: (which, message) => tell("Warning", "Unhealthy", `${which} probe failed: ${message}`),
      unhealthy: (which) => {
        tell("Normal", "Killing", `Container ${name} failed ${which} probe, will be restarted`);
        this.#end(running, which === "startup" ? container.startupProbe : container.livenessProbe);
      },
    };
  }

  #ready(name: string, ready: boolean, message: string | undefined): void {
    const record = this.#attended.records.get(name);
    if (record === undefined || (record.ready === ready && record.unreadyMessage === message)) return;
    if (ready) this.#steps.booted(name);
    const { unreadyMessage: _old, ...rest } = record;
    this.#steps.set({ ...rest, ready, ...(message === undefined ? {} : { unreadyMessage: message }) });
    this.#steps.sync(record.ready !== ready);
  }

  #patch(name: string, change: Partial<ContainerRecord>): void {
    const record = this.#attended.records.get(name);
    if (record !== undefined) this.#steps.set({ ...record, ...change });
  }

  #end(running: RunningContainer, probe?: Probe): void {
    const { pod, world } = this.#attended;
    endContainer(running, { pod, clock: world.options.clock, probe });
  }
}
