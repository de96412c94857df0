import { randomUUID } from "node:crypto";
import { join } from "node:path";
import type { Container, Pod } from "../../../api/k8s/types.generated.ts";
import type { Timer } from "../../../std/clock.ts";
import { PORTS_ANNOTATION, START_TIER_ANNOTATION } from "../../../api/names/kinetic.ts";
import { isKineticImage } from "../drivers/process/program.ts";
import type { ContainerExit, RunningContainer } from "../drivers/contract.ts";
import { teller, type AgentWorld, type Tell } from "../world.ts";
import { Attendance } from "./attendance.ts";
import { adoptParked, park, type Adoption } from "./adoption.ts";
import { crashesAfter, decide, isInit, restartDue, restarts } from "./decide.ts";
import { endContainer } from "./end-container.ts";
import { endMessage } from "./end-message.ts";
import { portTaken } from "./port-taken.ts";
import { changesVolumes, PodVolumes } from "./pod-volumes.ts";
import { podIpOf } from "./placement.ts";
import { restoreRecords } from "./restore.ts";
import type { ContainerRecord, Terminated } from "./runtime-state.ts";
import { Sandbox, type VolumeProblem } from "./sandbox.ts";
import { launchContainer, prepareContainer, type Blocked, type Prepared } from "./start-container.ts";
import { makeStatus, podPhase, type PodFailure } from "./status.ts";
import { StatusWriter } from "./status-writer.ts";
import { deletePod } from "./delete-pod.ts";
import { Termination } from "./termination.ts";
import type { TokenSource } from "./volumes.ts";
import { removeFolder } from "../remove-folder.ts";

type Ready = Extract<Prepared, { kind: "ready" }>;

/**
 * One pod of this node: its records, its sandbox and the loop that brings both in line with the Pod.
 *
 * - I1 `decide` is asked after each change and at the time it named; nothing else starts containers.
 * - I2 a container is started at most once at a time (its record is `creating` meanwhile).
 * - I3 after `#stop` nothing of this worker runs: the sandbox is ended, parked or handed over.
 */
export class PodWorker {
  readonly uid: string;
  readonly records = new Map<string, ContainerRecord>();
  /** Resolves when the pod is gone and nothing of it runs. */
  readonly done: Promise<void>;
  sandbox: Sandbox;
  readonly world: AgentWorld;
  readonly tell: Tell;
  pod: Pod;
  readonly prepared = new Map<string, Ready>();
  readonly #startTime: number;
  readonly #writer: StatusWriter;
  readonly #stop = new AbortController();
  readonly #attendance: Attendance;
  /** Boots under way: released when ready, ended, or after BOOT_MS. */
  readonly #boots = new Map<string, Disposable>();
  readonly #done = Promise.withResolvers<void>();
  readonly #volumes: PodVolumes;
  #begun: Promise<void> = Promise.resolve();
  #tier: "parked" | "fresh" = "fresh";
  #sandboxReady = false;
  #timer: Disposable | undefined;
  #deadline: Timer | undefined;
  /** Why the pod is over though its programs are not. */
  #failure: PodFailure | undefined;
  #termination: Termination | undefined;

  constructor(world: AgentWorld, pod: Pod) {
    const { clock, folder } = world.options;
    this.world = world;
    this.pod = pod;
    this.uid = pod.metadata.uid ?? "";
    this.tell = teller(world, () => this.pod);
    this.done = this.#done.promise;
    this.#startTime = pod.status?.startTime === undefined ? clock.now() : Date.parse(pod.status.startTime);
    this.#writer = new StatusWriter(pod, world.options);
    const id = randomUUID();
    this.sandbox = new Sandbox({ id, folder: join(folder, "sandboxes", id), allocator: world.allocator });
    this.#volumes = new PodVolumes(this);
    this.#attendance = new Attendance(this, {
      set: (record) => this.#set(record),
      sync: (isUrgent) => this.#sync(isUrgent),
      booted: (name) => this.#boots.get(name)?.[Symbol.dispose](),
    });
    for (const record of restoreRecords(pod, clock.now())) this.records.set(record.name, record);
  }

  /** Begins to work. */
  start(): void {
    this.#begun = this.#begin().catch((error: unknown) => {
      if (!this.#stop.signal.aborted) this.world.options.logger.error("pod worker failed", { pod: this.pod.metadata.name, error });
    });
  }

  update(pod: Pod): void {
    const before = this.pod;
    this.pod = pod;
    this.#writer.observe(pod);
    if (pod.metadata.deletionTimestamp !== undefined) return void this.#terminate();
    this.#watchDeadline();
    if (changesVolumes(before, pod)) this.#refreshVolumes();
    else this.#sync();
  }

  /** The object is gone already, whoever removed it. */
  removed(): void {
    this.#terminate().objectGone();
  }

  /** The platform stops: end within `graceMs`, leave the object alone. */
  async shutDown(graceMs: number): Promise<void> {
    this.#terminate().shutDown(graceMs);
    await this.done;
  }

  /** A ConfigMap or Secret of the namespace changed. */
  dependenciesChanged(): void {
    if (this.#termination !== undefined) return;
    this.#retryNow("CreateContainerConfigError");
    this.#refreshVolumes();
  }

  /** What these containers wait for may be there now. */
  #retryNow(reason: string): void {
    for (const record of this.records.values()) {
      const { state } = record;
      if (state.kind === "waiting" && state.retryAt !== undefined && state.reason === reason)
        this.#set({ ...record, state: { ...state, retryAt: 0 } });
    }
  }

  logPath(container: string, restart: number): string {
    return join(this.world.options.folder, "logs", this.uid, container, `${restart}.log`);
  }

  get tokens(): TokenSource {
    return this.#volumes.tokens;
  }

  get signal(): AbortSignal {
    return this.#stop.signal;
  }

  async #begin(): Promise<void> {
    if (this.pod.metadata.deletionTimestamp !== undefined) return void this.#terminate();
    const phase = this.pod.status?.phase;
    if (phase === "Succeeded" || phase === "Failed") return;
    this.#watchDeadline();
    if (await adoptParked(this, (parked) => this.#adopt(parked))) return;
    if (this.#termination !== undefined) return;
    this.world.starts.fresh += 1;
    await this.#volumes.refresh();
    this.#sync();
  }

  #refreshVolumes(): void {
    const onFailure = (error: unknown) =>
      this.world.options.logger.error("volumes were not written", { pod: this.pod.metadata.name, error });
    void this.#volumes.refresh().then(() => this.#sync(), onFailure);
  }

  #adopt(parked: Adoption): void {
    this.sandbox = parked.sandbox;
    this.#tier = "parked";
    this.#sandboxReady = true;
    this.world.starts.parked += 1;
    for (const [name, record] of parked.records) {
      const container = this.#container(name);
      const running = this.sandbox.running.get(name);
      this.#set(record);
      if (container === undefined || running === undefined) continue;
      void running.exited.then((exit) => this.#exited(container, running, exit));
      if (!record.ready) this.#attendance.probe(container, running);
    }
    this.#volumes.watchTokens();
    this.#sync(true);
    this.world.options.clock.setTimer(ADOPTED_PROBE_MS, () => this.#probeAdopted()).unref();
  }

  /** What was adopted ready is probed a moment later: a request waits, and the program should serve that first. */
  #probeAdopted(): void {
    for (const [name, running] of this.sandbox.running) {
      const container = this.#container(name);
      if (container !== undefined && !this.isOver && this.#failure === undefined) this.#attendance.probe(container, running);
    }
  }

  get isOver(): boolean {
    return this.#termination !== undefined || this.#stop.signal.aborted;
  }

  volumesChecked(problems: readonly VolumeProblem[]): void {
    const [first] = problems;
    if (first === undefined) {
      if (!this.#sandboxReady) this.#retryNow("ContainerCreating");
      this.#sandboxReady = true;
      return;
    }
    for (const { reason, message } of problems) this.tell("Warning", reason === "ContainerCreating" ? "FailedMount" : reason, message);
    for (const record of this.records.values()) {
      if (record.state.kind !== "waiting") continue;
      const retryAt = first.reason === "VolumeUnsupported" ? Infinity : this.world.options.clock.now() + 1000;
      this.#set({ ...record, state: { kind: "waiting", reason: first.reason, message: first.message, retryAt } });
    }
  }

  #container(name: string): Container | undefined {
    return [...(this.pod.spec?.initContainers ?? []), ...(this.pod.spec?.containers ?? [])].find((container) => container.name === name);
  }

  #set(record: ContainerRecord): void {
    this.records.set(record.name, record);
  }

  #patch(name: string, change: Partial<ContainerRecord>): void {
    const record = this.records.get(name);
    if (record !== undefined) this.#set({ ...record, ...change });
  }

  /** I1 */
  #sync(isUrgent = false): void {
    if (this.#stop.signal.aborted) return;
    this.#timer?.[Symbol.dispose]();
    const { clock } = this.world.options;
    const now = clock.now();
    const { start, wakeAt } =
      this.#termination === undefined && this.#failure === undefined ? decide(this.pod, this.records, now) : { start: [] };
    for (const name of start) {
      const container = this.#container(name);
      const record = this.records.get(name);
      if (container !== undefined && record !== undefined) this.#start(container, record);
    }
    if (wakeAt !== undefined && Number.isFinite(wakeAt)) this.#timer = clock.setTimer(wakeAt - now, () => this.#sync());
    this.#publish(isUrgent);
  }

  #publish(isUrgent: boolean): void {
    const { options } = this.world;
    const status = makeStatus({
      pod: this.pod,
      records: this.records,
      startTime: this.#startTime,
      ip: options.node.ip,
      podIp: podIpOf(this.sandbox, options),
      sandboxReady: this.#sandboxReady,
      now: options.clock.now(),
      ...(this.#failure === undefined ? {} : { failure: this.#failure }),
    });
    const ports = Object.fromEntries(this.sandbox.ports);
    const annotations = {
      ...(this.sandbox.ports.size === 0 || this.sandbox.network !== undefined ? {} : { [PORTS_ANNOTATION]: JSON.stringify(ports) }),
      ...(this.#sandboxReady ? { [START_TIER_ANNOTATION]: this.#tier } : {}),
    };
    this.#writer.want({ status, annotations }, isUrgent, this.#stop.signal);
  }

  /** activeDeadlineSeconds may be set or shortened while the pod runs. */
  #watchDeadline(): void {
    this.#deadline?.[Symbol.dispose]();
    const seconds = this.pod.spec?.activeDeadlineSeconds;
    if (seconds === undefined || this.#failure !== undefined) return;
    const { clock } = this.world.options;
    this.#deadline = clock.setTimer(Math.max(0, this.#startTime + seconds * 1000 - clock.now()), () => this.#deadlineExceeded());
    this.#deadline.unref();
  }

  #deadlineExceeded(): void {
    const phase = podPhase(this.pod, this.records);
    if (this.isOver || phase === "Succeeded" || phase === "Failed") return;
    const message = "Pod was active on the node longer than the specified deadline";
    this.#failure = { reason: "DeadlineExceeded", message };
    this.tell("Warning", "DeadlineExceeded", message);
    for (const [name, running] of this.sandbox.running) {
      this.#attendance.leave(name);
      this.tell("Normal", "Killing", `Stopping container ${name}`);
      endContainer(running, { pod: this.pod, clock: this.world.options.clock });
    }
    this.#sync(true);
  }

  #start(container: Container, record: ContainerRecord): void {
    const attempts = record.state.kind === "waiting" ? (record.state.attempts ?? 0) : 0;
    const isRestart = record.state.kind === "terminated";
    if (record.state.kind === "terminated")
      this.#set({ ...record, last: record.state, restartCount: record.restartCount + 1, state: { kind: "creating" } });
    else this.#set({ ...record, state: { kind: "creating" } }); // I2
    void this.#launch(container, attempts, isRestart).catch((error: unknown) => {
      if (this.#stop.signal.aborted) return;
      this.world.options.logger.error("container was not started", { pod: this.pod.metadata.name, container: container.name, error });
      this.#blocked(container, attempts, { kind: "blocked", reason: "CreateContainerError", message: String(error), retryAfterMs: 10_000 });
    });
  }

  async #launch(container: Container, attempts: number, isRestart: boolean): Promise<void> {
    const { world, pod, tell, signal } = this;
    if (!this.#sandboxReady && !(await this.#volumes.refresh())) return this.#volumesMissing(container);
    const prepared = await prepareContainer(world, { pod, container, attempts, tell, sandbox: this.sandbox }, signal);
    if (prepared.kind === "blocked") return this.#blocked(container, attempts, prepared);
    const { driver } = prepared;
    if (this.#termination !== undefined || driver === undefined) return;
    this.prepared.set(container.name, prepared);
    this.#patch(container.name, { imageId: prepared.image.imageId });
    this.#publish(false); // its address is known: routes to it can be made meanwhile
    const slot = await world.slots.acquire(signal);
    try {
      const restart = this.records.get(container.name)?.restartCount ?? 0;
      const logPath = this.logPath(container.name, restart);
      if (isRestart) void removeFolder(this.logPath(container.name, restart - 2));
      const containerId = `${driver.name}://${randomUUID()}`;
      const input = { pod, container, sandbox: this.sandbox, prepared, driver, containerId, logPath, tell };
      const launched = await launchContainer(world, input, signal);
      if (launched.kind === "blocked") {
        slot[Symbol.dispose]();
        return this.#blocked(container, attempts, launched);
      }
      this.#boots.set(container.name, slot);
      world.options.clock.setTimer(BOOT_MS, () => slot[Symbol.dispose]()).unref();
      this.#started(container, launched.running, input.containerId);
    } catch (error) {
      slot[Symbol.dispose]();
      throw error;
    }
  }

  #volumesMissing({ name }: Container): void {
    const record = this.records.get(name);
    if (record?.state.kind === "creating") {
      const retryAt = this.world.options.clock.now() + 1000;
      this.#set({ ...record, state: { kind: "waiting", reason: "ContainerCreating", retryAt } });
    }
    this.#sync();
  }

  #blocked({ name, image }: Container, attempts: number, { reason, message, retryAfterMs }: Blocked): void {
    const retryAt = this.world.options.clock.now() + retryAfterMs;
    this.#patch(name, { state: { kind: "waiting", reason, message, retryAt, attempts: attempts + 1 } });
    this.#sync(true);
    if (reason !== "ErrImagePull") return;
    this.world.options.clock.setTimer(BACKOFF_SHOWN_MS, () => this.#backingOff(name, image ?? "", message)).unref();
  }

  /** The failure itself is shown for a moment, then that the next try waits. */
  #backingOff(name: string, image: string, message: string): void {
    const record = this.records.get(name);
    if (record?.state.kind !== "waiting" || record.state.reason !== "ErrImagePull" || this.#stop.signal.aborted) return;
    this.tell("Normal", "BackOff", `Back-off pulling image "${image}"`);
    this.tell("Warning", "Failed", "Error: ImagePullBackOff");
    const state = { ...record.state, reason: "ImagePullBackOff", message: `Back-off pulling image "${image}": ErrImagePull: ${message}` };
    this.#set({ ...record, state });
    this.#sync();
  }

  #started(container: Container, running: RunningContainer, containerId: string): void {
    this.sandbox.running.set(container.name, running);
    const isStarting = container.lifecycle?.postStart !== undefined;
    const state = { kind: "running", containerId, startedAt: running.startedAt, ...(isStarting ? { isStarting } : {}) } as const;
    this.#patch(container.name, { state, started: false, ready: false });
    if (this.#stop.signal.aborted) return running.signal("SIGKILL");
    // Its deadline may have come meanwhile.
    if (this.#failure !== undefined) endContainer(running, { pod: this.pod, clock: this.world.options.clock });
    void running.exited.then((exit) => this.#exited(container, running, exit));
    this.#attendance.begin(container, running);
    this.#termination?.containerStarted(running);
    this.#sync();
  }

  async #exited(container: Container, running: RunningContainer, exit: ContainerExit): Promise<void> {
    const { name } = container;
    if (this.sandbox.running.get(name) !== running) return;
    this.sandbox.running.delete(name);
    this.#attendance.leave(name);
    this.#boots.get(name)?.[Symbol.dispose]();
    const record = this.records.get(name);
    if (record?.state.kind !== "running") return;
    const { containerId, startedAt } = record.state;
    const message = await endMessage(exit, {
      messagePath: this.sandbox.terminationMessagePath(name),
      logPath: this.logPath(name, record.restartCount),
    });
    const state: Terminated = { kind: "terminated", containerId, startedAt, ...exit, ...(message === undefined ? {} : { message }) };
    const { unreadyMessage: _old, ...rest } = record;
    const isDone = exit.exitCode === 0 && isInit(this.pod, name);
    const crashes = crashesAfter(record.crashes, state);
    const problem = exit.exitCode === 0 ? undefined : this.#portProblem(container, message);
    this.#set({ ...rest, ...(problem === undefined ? {} : { unreadyMessage: problem }), state, crashes, ready: isDone, started: false });
    const next = this.records.get(name);
    if (
      next !== undefined &&
      restarts(this.pod, container, state) &&
      restartDue(next, state) > state.finishedAt &&
      this.#termination === undefined
    ) {
      const { name: podName, namespace } = this.pod.metadata;
      this.tell("Warning", "BackOff", `Back-off restarting failed container ${name} in pod ${podName}_${namespace}(${this.uid})`);
    }
    this.#sync(true);
  }

  /** Only processes share their ports with others. */
  #portProblem({ name, ports = [] }: Container, lastWords: string | undefined): string | undefined {
    const problem = this.sandbox.network === undefined ? portTaken(lastWords, ports.length > 0) : undefined;
    if (problem !== undefined) this.tell("Warning", "PortTaken", `Container ${name}: ${problem.replace("PortTaken: ", "")}`);
    return problem;
  }

  #terminate(): Termination {
    if (this.#termination === undefined) {
      this.#timer?.[Symbol.dispose]();
      this.#deadline?.[Symbol.dispose]();
      this.#volumes[Symbol.dispose]();
      this.#termination = new Termination(this, {
        stopProbes: () => this.#attendance.leaveAll(),
        publish: () => this.#publish(true),
        settled: () => this.#writer.settled(),
        begun: () => this.#begun,
        park: () => this.#park(),
      });
      void this.#termination.run().then(() => this.#gone());
    }
    this.#termination.podChanged(this.pod);
    return this.#termination;
  }

  /** Whether the sandbox went to the parking lot. */
  async #park(): Promise<boolean> {
    const isReady = podPhase(this.pod, this.records) === "Running" && [...this.records.values()].every(({ ready }) => ready);
    const ownImages = [...this.prepared.values()].every(({ image }) => isKineticImage(image.config.labels));
    return park(this, { isReady, ownImages });
  }

  #gone(): void {
    this.#stop.abort(new DOMException("the pod is gone", "AbortError"));
    this.#timer?.[Symbol.dispose]();
    if (this.#termination?.isShutDown !== true) this.#forgetLogs();
    this.#done.resolve();
  }

  /** Later: whoever follows the log still has to see its end. */
  #forgetLogs(): void {
    const folder = join(this.world.options.folder, "logs", this.uid);
    this.world.options.clock.setTimer(LOGS_KEPT_MS, () => void removeFolder(folder)).unref();
  }

  /** The last word to the API server. */
  deleteObject(): Promise<void> {
    const isOver = () => this.#termination?.isShutDown === true || this.#termination?.isObjectGone === true;
    return deletePod(this.pod, { ...this.world.options, isOver });
  }
}

/** A boot holds its slot this long, or until the container is ready in practice. */
const BOOT_MS = 300;
const BACKOFF_SHOWN_MS = 1000;
const ADOPTED_PROBE_MS = 200;
const LOGS_KEPT_MS = 3000;
