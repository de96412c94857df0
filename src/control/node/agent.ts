import { chmod, mkdir, readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { replicaSetKind } from "../../api/apps/replica-set.ts";
import { configMapKind } from "../../api/core/config-map.ts";
import { podKind } from "../../api/core/pod.ts";
import { secretKind } from "../../api/core/secret.ts";
import type { ConfigMap, Pod, ReplicaSet, Secret } from "../../api/k8s/types.generated.ts";
import type { Change } from "../../client/types.ts";
import type { ObjectKey } from "../../api/meta/object.ts";
import type { PodSession } from "../../api/ports/pod-streams.ts";
import { podLogs } from "./logs/pod-logs.ts";
import { PodWorker } from "./pod/pod-worker.ts";
import { openSession, type StreamKind } from "./streaming/session.ts";
import type { NodeAgentOptions, NodeAgentStats } from "./types.ts";
import { makeWorld, type AgentWorld } from "./world.ts";
import { removeFolder } from "./remove-folder.ts";

/** What the platform holds of its running node agent. Disposing ends every sandbox within the grace of `stop`. */
export interface NodeAgent extends AsyncDisposable {
  stats(): NodeAgentStats;
  /**
   * Answers `GET .../pods/NAME/log` with its query, streaming.
   * @throws ApiError
   */
  podLogs(key: ObjectKey, query: URLSearchParams): Response;
  /**
   * Opens what `GET .../pods/NAME/exec`, `attach` or `portforward` ask for with their query.
   * @throws ApiError
   */
  podSession(kind: StreamKind, pod: Pod, query: URLSearchParams): PodSession;
  /** Ends every sandbox: SIGTERM, then SIGKILL after `graceMs`. Pods stay in the API and start again with the next agent. */
  stop(graceMs: number): Promise<void>;
}

const STOP_GRACE_MS = 6000;

/** Turns the Pods of one node into sandboxes and reports on them, as a kubelet does. */
export async function createNodeAgent(options: NodeAgentOptions): Promise<NodeAgent> {
  await Promise.all(options.drivers.map((driver) => driver.sweepOrphans()));
  await rm(join(options.folder, "sandboxes"), { recursive: true, force: true });
  // Passed through by the users of sandboxes, looked into by nobody: names below are uids, which cannot be guessed.
  await mkdir(join(options.folder, "sandboxes"), { recursive: true });
  await Promise.all([options.folder, join(options.folder, "sandboxes")].map((folder) => chmod(folder, 0o711)));
  const agent = new RunningAgent(options);
  agent.start();
  return agent;
}

class RunningAgent implements NodeAgent {
  readonly #options: NodeAgentOptions;
  readonly #world: AgentWorld;
  /** By uid of the Pod. */
  readonly #workers = new Map<string, PodWorker>();
  readonly #subscriptions = new DisposableStack();

  constructor(options: NodeAgentOptions) {
    this.#options = options;
    this.#world = makeWorld(options);
  }

  start(): void {
    const { informers } = this.#options;
    const replicaSets = informers.of<ReplicaSet>(replicaSetKind);
    const configMaps = informers.of<ConfigMap>(configMapKind);
    const secrets = informers.of<Secret>(secretKind);
    const pods = informers.of<Pod>(podKind);
    const onData = ({ object }: Change<ConfigMap | Secret>) => this.#dependencyChanged(object.metadata.namespace ?? "");
    // Pods come last: their references should be known by then.
    const begin = () => {
      if (this.#subscriptions.disposed) return;
      this.#subscriptions.use(replicaSets.subscribe((change) => this.#ownerChanged(change)));
      this.#subscriptions.use(configMaps.subscribe(onData));
      this.#subscriptions.use(secrets.subscribe(onData));
      this.#subscriptions.use(pods.subscribe((change) => this.#podChanged(change)));
      void this.#sweepLogs();
    };
    Promise.all([configMaps.synced, secrets.synced, pods.synced]).then(begin, () => {}); // not synced: the platform stopped before
  }

  stats(): NodeAgentStats {
    const { lot, starts, slots } = this.#world;
    return {
      pods: this.#workers.size,
      parked: lot?.count ?? 0,
      parkedBytes: lot?.bytes ?? 0,
      starts: { ...starts },
      waitingBoots: slots.waiting,
    };
  }

  podLogs({ namespace, name }: ObjectKey, query: URLSearchParams): Response {
    const worker = [...this.#workers.values()].find(({ pod: { metadata } }) => metadata.namespace === namespace && metadata.name === name);
    return podLogs(name, worker, query, this.#options.clock);
  }

  podSession(kind: StreamKind, pod: Pod, query: URLSearchParams): PodSession {
    const { clock, node } = this.#options;
    return openSession(kind, { pod, query, clock, streamed: this.#workers.get(pod.metadata.uid ?? ""), nodeIp: node.ip });
  }

  async stop(graceMs: number): Promise<void> {
    if (!this.#subscriptions.disposed) this.#subscriptions.dispose();
    await Promise.all([...Array.from(this.#workers.values(), (worker) => worker.shutDown(graceMs)), this.#world.lot?.close(graceMs)]);
    await Promise.all(this.#options.drivers.map((driver) => driver[Symbol.asyncDispose]()));
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.stop(STOP_GRACE_MS);
  }

  #podChanged({ type, object }: Change<Pod>): void {
    const uid = object.metadata.uid ?? "";
    const worker = this.#workers.get(uid);
    if (type === "deleted") return worker?.removed();
    if (worker !== undefined) return worker.update(object);
    if (object.spec?.nodeName !== this.#options.node.name) return;
    const added = new PodWorker(this.#world, object);
    this.#workers.set(uid, added);
    void added.done.then(() => this.#workers.delete(uid));
    added.start();
  }

  /** Logs of pods that went while no agent ran. */
  async #sweepLogs(): Promise<void> {
    const folder = join(this.#options.folder, "logs");
    const names = await readdir(folder).catch(() => []);
    const gone = names.filter((uid) => !this.#workers.has(uid));
    await Promise.all(gone.map((uid) => removeFolder(join(folder, uid))));
  }

  #dependencyChanged(namespace: string): void {
    for (const worker of this.#workers.values()) {
      if (worker.pod.metadata.namespace === namespace) worker.dependenciesChanged();
    }
  }

  #ownerChanged({ type, object }: Change<ReplicaSet>): void {
    if (type === "deleted") this.#world.lot?.ownerGone(object.metadata.uid ?? "");
  }
}
