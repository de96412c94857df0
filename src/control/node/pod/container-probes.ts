import type { Container, Probe } from "../../../api/k8s/types.generated.ts";
import type { Clock } from "../../../std/clock.ts";
import type { RunningContainer } from "../drivers/contract.ts";
import type { ProbeOutcome, ProbeTarget } from "../probes/outcome.ts";
import { runProber } from "../probes/prober.ts";
import { scheduleOf, type Tracker } from "../probes/schedule.ts";

export interface ProbeEvents {
  /** The startup probe succeeded, or there is none. */
  started(): void;
  ready(isReady: boolean, message?: string): void;
  /** Startup or liveness has failed for good: the container must be restarted. */
  unhealthy(which: "startup" | "liveness"): void;
  /** One try failed. */
  failed(which: "Startup" | "Readiness" | "Liveness", message: string): void;
}

export interface ContainerProbesOptions {
  readonly container: Container;
  readonly running: RunningContainer;
  readonly ip: string;
  readonly ports: ReadonlyMap<number, number>;
  readonly clock: Clock;
  readonly events: ProbeEvents;
}

/** The node's port for a containerPort by number or name. Numbers that the container does not declare mean themselves. */
export function resolvePort(container: Container, ports: ReadonlyMap<number, number>, reference: string | number): number | undefined {
  const named = container.ports?.find(({ name }) => name === String(reference))?.containerPort;
  const number = named ?? Number(reference);
  if (!Number.isInteger(number)) return undefined;
  if (number === 0) return ports.get(container.ports?.[0]?.containerPort ?? 0); // Knative: the one port there is
  return ports.get(number) ?? number;
}

export function probeTarget({ container, running, ip, ports }: Omit<ContainerProbesOptions, "clock" | "events">): ProbeTarget {
  return {
    ip,
    port: (reference) => resolvePort(container, ports, reference),
    exec: (argv, signal) => running.exec(argv, signal),
  };
}

/** Runs a container's probes until the signal aborts: startup first, then readiness and liveness side by side. */
export async function runContainerProbes(options: ContainerProbesOptions, signal: AbortSignal): Promise<void> {
  const { startupProbe, readinessProbe, livenessProbe } = options.container;
  if (startupProbe !== undefined && !(await startup(startupProbe, options, signal))) return;
  if (signal.aborted) return;
  options.events.started();
  if (readinessProbe === undefined) options.events.ready(true);
  await Promise.all([
    readinessProbe === undefined ? undefined : readiness(readinessProbe, options, signal),
    livenessProbe === undefined ? undefined : liveness(livenessProbe, options, signal),
  ]);
}

async function startup(probe: Probe, options: ContainerProbesOptions, signal: AbortSignal): Promise<boolean> {
  const stop = new AbortController();
  let passed = false;
  await watch(probe, options, AbortSignal.any([signal, stop.signal]), (outcome, { passing }) => {
    if (outcome.kind === "failure") options.events.failed("Startup", outcome.message);
    passed = passing === true;
    if (passing === false) options.events.unhealthy("startup");
    if (passing !== undefined) stop.abort();
  });
  return passed;
}

async function readiness(probe: Probe, options: ContainerProbesOptions, signal: AbortSignal): Promise<void> {
  let successes = 0;
  let isExplaining = false;
  const explain = async (failure: string, isPassing: boolean) => {
    const before = successes;
    const message = await explainFailure(failure, options);
    isExplaining = false;
    if (signal.aborted || successes !== before) return; // overtaken
    options.events.failed("Readiness", message);
    if (!isPassing) options.events.ready(false, message);
  };
  await watch(probe, options, signal, (outcome, { passing, tries }) => {
    if (outcome.kind === "success") {
      successes += 1;
      if (passing === true) options.events.ready(true);
    } else if (!isExplaining && (passing !== undefined || tries % EXPLAIN_EVERY === 0)) {
      isExplaining = true;
      void explain(outcome.message, passing === true);
    }
  });
}

/** Tries of a probe that never passed between two words to people: about a second of the hasty schedule. */
const EXPLAIN_EVERY = 80;

async function liveness(probe: Probe, options: ContainerProbesOptions, signal: AbortSignal): Promise<void> {
  const patient = {
    ...probe,
    periodSeconds: probe.periodSeconds || 10,
    initialDelaySeconds: probe.initialDelaySeconds || (probe.periodSeconds ?? 10),
  };
  const stop = new AbortController();
  await watch(patient, options, AbortSignal.any([signal, stop.signal]), (outcome, { passing }) => {
    if (outcome.kind === "failure") options.events.failed("Liveness", outcome.message);
    if (passing !== false) return;
    stop.abort();
    options.events.unhealthy("liveness");
  });
}

type Listener = (outcome: ProbeOutcome, tracker: Tracker) => void;

function watch(probe: Probe, options: ContainerProbesOptions, signal: AbortSignal, onOutcome: Listener): Promise<void> {
  return runProber({ action: probe, schedule: scheduleOf(probe), target: probeTarget(options), clock: options.clock, onOutcome }, signal);
}

/** Says instead of `connection refused` what the program does. */
async function explainFailure(failure: string, { running, ports }: ContainerProbesOptions): Promise<string> {
  if (!failure.includes("connection refused")) return failure;
  return explainPorts(failure, await running.listeningPorts(), [...ports.values()]);
}

/** `ListensOnOtherPort: 8080, expected 41013` with what to do, or that it listens nowhere. */
export function explainPorts(failure: string, listening: readonly number[] | undefined, expected: readonly number[]): string {
  if (listening === undefined || expected.length === 0) return failure;
  if (listening.length === 0) return `${failure} (the program listens on no port; it is expected on ${expected.join(", ")}, see PORT)`;
  if (expected.some((port) => listening.includes(port))) return failure;
  return `ListensOnOtherPort: ${listening.join(", ")}, expected ${expected.join(", ")}; let the program listen on the port in $PORT`;
}
