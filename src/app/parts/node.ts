import { availableParallelism, totalmem, freemem } from "node:os";
import type { DrainGate } from "../../api/ports/drain.ts";
import type { ImageProvider } from "../../api/ports/images.ts";
import { NODE_NAME } from "../../api/names/kinetic.ts";
import { createInformers } from "../../client/informers.ts";
import type { ApiServer } from "../../control/apiserver/api-server.ts";
import { createRecorder } from "../../control/controller/recorder.ts";
import { createNodeAgent, type NodeAgent } from "../../control/node/agent.ts";
import { ClusterServices } from "../../control/node/network/cluster-services.ts";
import { runNodeStatus, type NodeStatusOptions } from "../../control/node/node-status.ts";
import type { ParkingLimits } from "../../control/node/parking/parking-lot.ts";
import type { DataDirectory, Settings } from "../data-directory.ts";
import type { Pki } from "../pki.ts";
import type { World } from "../world.ts";
import { insideClient, KUBERNETES_VERSION } from "./api.ts";
import { makeDrivers } from "./drivers.ts";
import { apiServerEnv } from "../api-server-env.ts";
import { API_SERVICE } from "../bootstrap/services.ts";
import { nodeTokens } from "../token-issuer.ts";

export interface NodeOptions {
  readonly apiServer: ApiServer;
  readonly images: ImageProvider;
  readonly directory: DataDirectory;
  readonly settings: Settings;
  readonly pki: Pki;
  readonly drainGate: DrainGate;
  /** Turns the process driver and parking off. */
  readonly conformant: boolean;
}

/** Parked instances may hold this share of the memory that was free at the start. */
const PARKING_MEMORY_SHARE = 0.25;
const PARKING: Omit<ParkingLimits, "maxBytes"> = { maxCount: 100, ttlMs: 600_000 };
/** Each core may boot one instance at a time. */
const cores = () => availableParallelism();

/** A process costs less than a container: more than the 110 of a cluster's node fit. */
const MAX_PODS = 2000;

/** What helps where only containers may run and none can. */
const INSTEAD = "; or start the platform without --profile conformant, for static programs and images built by Kinetic";

/** Starts the node agent. */
export async function startNode(world: World, options: NodeOptions): Promise<NodeAgent> {
  const stack = new AsyncDisposableStack();
  const stop = new AbortController();
  const client = insideClient(options.apiServer, `system:node:${NODE_NAME}`, "derived");
  const informers = stack.use(createInformers({ ...world, client }));
  const events = stack.use(createRecorder({ ...world, client, component: "kubelet" }));
  const services = new ClusterServices(informers);
  const { ports } = options.settings;
  const { drivers, noContainers } = await makeDrivers(world, { ...options, services });
  const node = { name: NODE_NAME, ip: "127.0.0.1", cpuMilli: cores() * 1000, memoryBytes: totalmem() };
  const agent = stack.use(
    await createNodeAgent({
      ...world,
      client,
      informers,
      images: options.images,
      drainGate: options.drainGate,
      events,
      tokens: nodeTokens(world, { key: options.pki.tokenKey, client, node: NODE_NAME, signal: stop.signal }),
      drivers,
      ...(noContainers === undefined ? {} : { noContainers }),
      folder: options.directory.pods,
      node,
      sandboxEnv: [{ name: "http_proxy", value: `http://127.0.0.1:${ports.internal}` }, ...apiServerEnv("127.0.0.1", ports.api)],
      networkEnv: apiServerEnv(API_SERVICE.address, API_SERVICE.port),
      ...(options.conformant ? {} : { parking: { ...PARKING, maxBytes: Math.round(freemem() * PARKING_MEMORY_SHARE) } }),
      bootLimit: cores(),
    }),
  );
  const withoutDrivers = `${noContainers ?? "this node has no driver for containers"}${options.conformant ? INSTEAD : ""}`;
  stack.use(announceNode(world, { client, node, drivers: drivers.map(({ name }) => name), withoutDrivers }));
  stack.defer(() => stop.abort());
  return {
    stats: () => agent.stats(),
    podLogs: (key, query) => agent.podLogs(key, query),
    podSession: (kind, pod, query) => agent.podSession(kind, pod, query),
    stop: (graceMs) => agent.stop(graceMs),
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  };
}

function announceNode(world: World, options: Pick<NodeStatusOptions, "client" | "node" | "drivers" | "withoutDrivers">): AsyncDisposable {
  const stop = new AbortController();
  const done = runNodeStatus({ ...world, ...options, version: KUBERNETES_VERSION, maxPods: MAX_PODS }, stop.signal);
  return {
    [Symbol.asyncDispose]: () => {
      stop.abort();
      return done;
    },
  };
}
