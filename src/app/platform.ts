import { observeKinds } from "../api/observe/kinds.ts";
import { Worker } from "node:worker_threads";
import { createInformers } from "../client/informers.ts";
import { loadKubeconfig } from "../client/kubeconfig/load.ts";
import { makeKubeconfig, formatKubeconfig } from "../client/kubeconfig/write.ts";
import type { Pod } from "../api/k8s/types.generated.ts";
import type { KubeObject } from "../api/meta/object.ts";
import type { Client, Transport } from "../client/types.ts";
import type { ApiServer } from "../control/apiserver/api-server.ts";
import type { SessionHandler } from "../control/apiserver/routes/connect.ts";
import type { SubresourceHandler } from "../control/apiserver/routes/handlers.ts";
import type { NodeAgent } from "../control/node/agent.ts";
import type { Store } from "../control/apiserver/store/contract.ts";
import { Autoscaler } from "../control/reconcilers/serving/podautoscaler/autoscaler.ts";
import { systemClock } from "../std/clock.ts";
import { moduleUrl } from "../std/module-url.ts";
import { createLogger, type LoggerOptions } from "../telemetry/logger.ts";
import { startGatewayThread, type GatewayThreadHandle } from "../traffic/gateway/thread/start.ts";
import { bootstrap } from "./bootstrap/bootstrap.ts";
import { newInstanceId, openDataDirectory, type DataDirectory, type Ports, type Settings } from "./data-directory.ts";
import { createGatewayProber } from "./gateway-prober.ts";
import { insideClient, makeApiServer, openStore, serveApi } from "./parts/api.ts";
import { Events } from "./parts/events.ts";
import { startCompaction } from "./parts/compaction.ts";
import { startControllers } from "./parts/controllers.ts";
import { reclaimImagesRegularly } from "./parts/image-reclaim.ts";
import { buildSampleImages, openImages, startRegistry, type Images } from "./parts/images.ts";
import { startMemorySaver, thisProcess } from "./parts/memory-saver.ts";
import { startNode } from "./parts/node.ts";
import { authorityProblem, loadPki, type Pki } from "./pki.ts";
import { choosePorts, type PortName } from "./ports.ts";
import { tokenRequestHandler } from "./token-requests.ts";
import { tokenUserOf } from "./token-users.ts";
import type { World } from "./world.ts";

export type Profile = "default" | "conformant";

export interface PlatformOptions {
  readonly dataDirectory: string;
  /** What the user asked for; 0 is any free port. */
  readonly ports: Partial<Ports>;
  readonly domain?: string;
  readonly profile: Profile;
  readonly logLevel: LoggerOptions["level"];
}

/** What a running platform tells about itself. */
export interface Running {
  readonly kubeconfig: string;
  readonly apiServer: string;
  readonly gateway: string;
  /** HTTPS for the same hosts; `authority` is the file of the certificate that makes it trusted. */
  readonly gatewayTls: string;
  readonly authority: string;
  readonly internal: string;
  readonly registry: string;
  readonly domain: string;
  readonly pid: number;
}

/** A platform that is usable. Disposing it drains and leaves nothing behind. */
export interface Platform extends AsyncDisposable {
  readonly running: Running;
  readonly movedPorts: readonly { readonly name: PortName; readonly from: number; readonly to: number }[];
  /** Resolves when the gateway has ended without being asked to: nothing is served any more. */
  readonly failed: Promise<Error>;
  /** Administrator, in this process. */
  readonly client: Client;
  /** Builds the sample into the image store; resolves with its reference. */
  buildSample(): Promise<string>;
}

export type StartResult = { readonly kind: "ok"; readonly platform: Platform } | { readonly kind: "refused"; readonly message: string };

/** Starts everything. `onPhase` hears of each phase as it ends. A refusal has started nothing. */
export async function startPlatform(options: PlatformOptions, onPhase: (name: string) => void): Promise<StartResult> {
  const opened = await openDataDirectory(options.dataDirectory);
  if (opened.kind === "refused") return opened;
  const { directory } = opened;
  const damage = await authorityProblem(directory);
  if (damage !== undefined) return { kind: "refused", message: damage };
  const loggerOptions: LoggerOptions = { level: options.logLevel, file: directory.log };
  const world: World = { clock: systemClock, random: Math.random, logger: createLogger(loggerOptions) };
  await using stack = new AsyncDisposableStack();
  const store = await openStore(world, directory.store);
  if (store.kind === "refused") return { kind: "refused", message: await refusal(directory, store) };
  stack.use(store.store);
  stack.use(startCompaction(world, store.store));
  stack.use(startMemorySaver(world.clock, thisProcess()));
  const chosen = await choose(directory, options);
  if (chosen.kind === "taken") return { kind: "refused", message: chosen.message };
  onPhase("store");
  const start = new Start({ options, directory, world, store: store.store, loggerOptions, ...chosen });
  const platform = await start.run(stack, onPhase);
  const everything = stack.move();
  return {
    kind: "ok",
    platform: { ...platform, movedPorts: chosen.moved, [Symbol.asyncDispose]: () => everything.disposeAsync() },
  };
}

/** Who holds a locked directory is known from what he announced. */
async function refusal(directory: DataDirectory, store: { readonly message: string; readonly locked: boolean }): Promise<string> {
  const running = store.locked ? await directory.announced() : undefined;
  if (running === undefined) return store.message;
  return `a platform runs on ${directory.path} already (process ${running.pid}); stop it with: kinetic down --data-dir ${directory.path}`;
}

type Chosen =
  | { readonly kind: "ok"; readonly settings: Settings; readonly moved: Platform["movedPorts"] }
  | { readonly kind: "taken"; readonly message: string };

/** Ports and domain: asked for, else of the earlier start, else chosen now; kept from here on. */
async function choose(directory: DataDirectory, options: PlatformOptions): Promise<Chosen> {
  const saved = await directory.settings();
  const chosen = await choosePorts({ requested: options.ports, saved: saved?.ports });
  if (chosen.kind === "taken") return chosen;
  const settings: Settings = {
    instanceId: saved?.instanceId ?? newInstanceId(),
    ports: chosen.ports,
    registryPorts: [...new Set([...(saved?.registryPorts ?? []), chosen.ports.registry])],
    domain: options.domain ?? saved?.domain ?? "localhost",
  };
  await directory.saveSettings(settings);
  return { kind: "ok", settings, moved: chosen.moved };
}

interface StartInput {
  readonly options: PlatformOptions;
  readonly directory: DataDirectory;
  readonly world: World;
  readonly store: Store;
  readonly settings: Settings;
  readonly loggerOptions: LoggerOptions;
}

/** One start, phase by phase. What is started is put on the stack, so it ends in the opposite order. */
class Start {
  readonly #input: StartInput;

  constructor(input: StartInput) {
    this.#input = input;
  }

  async run(
    stack: AsyncDisposableStack,
    onPhase: (name: string) => void,
  ): Promise<Omit<Platform, "movedPorts" | typeof Symbol.asyncDispose>> {
    const { world, directory, settings, store } = this.#input;
    // Its thread loads while the API server starts.
    const worker = new Worker(moduleUrl(import.meta.url, "./workers/gateway"), { workerData: this.#input.loggerOptions, name: "gateway" });
    stack.defer(async () => void (await worker.terminate()));
    const pki = await loadPki(directory, { now: world.clock.now(), random: world.random, domain: settings.domain });
    const agent = Promise.withResolvers<NodeAgent>();
    const client = (): Client => insideClient(apiServer, "system:kinetic", "derived");
    const tokens = tokenRequestHandler({ ...world, key: pki.tokenKey, client });
    const tokenUser = tokenUserOf({ clock: world.clock, pki, client });
    const subresources = { "pods/log": logHandler(agent.promise), "serviceaccounts/token": tokens };
    const observe = Promise.withResolvers<Transport>();
    const delegated = [{ kinds: observeKinds, transport: async (request: Request) => (await observe.promise)(request) }];
    const apiServer = stack.use(
      makeApiServer(world, store, { subresources, sessions: streamHandlers(agent.promise), tokenUser, delegated }),
    );
    await apiServer.ready;
    stack.use(await serveApi(world, apiServer, { pki, port: settings.ports.api, tokenUser }));
    await bootstrap(insideClient(apiServer, "system:kinetic", "durable"), {
      ...settings,
      domainAsked: this.#input.options.domain !== undefined,
    });
    onPhase("API server");
    const images = stack.use(openImages(world, directory, settings));
    stack.use(await startRegistry(world, images, settings.ports.registry));
    const autoscaler = stack.use(new Autoscaler(world.clock));
    const gateway = stack.use(await this.#startGateway(worker, { apiServer, autoscaler, pki }));
    onPhase("gateway");
    const conformant = this.#input.options.profile === "conformant";
    const { drainGate } = gateway;
    agent.resolve(
      stack.use(await startNode(world, { apiServer, images: images.provider, directory, settings, pki, drainGate, conformant })),
    );
    onPhase("node agent");
    observe.resolve((await this.#startControllers(stack, { apiServer, autoscaler, images, pki })).observe);
    onPhase("controllers");
    const running = await this.#announce(stack, pki);
    const failed = gateway.ended.then((error) => error ?? new Promise<never>(() => {}));
    return {
      running,
      failed,
      client: insideClient(apiServer, "kubernetes-admin", "durable"),
      buildSample: () => buildSampleImages(images.store),
    };
  }

  #startGateway(
    worker: Worker,
    { apiServer, autoscaler, pki }: { readonly apiServer: ApiServer; readonly autoscaler: Autoscaler; readonly pki: Pki },
  ): Promise<GatewayThreadHandle> {
    const { ports } = this.#input.settings;
    const loopback = (port: number) => [
      { host: "127.0.0.1", port },
      { host: "::1", port },
    ];
    return startGatewayThread(worker, {
      transport: apiServer.transport({ user: "system:gateway", groups: ["system:masters"], durability: "derived" }),
      statSink: (report) => autoscaler.report(report),
      config: {
        name: "gateway",
        external: loopback(ports.gateway),
        internal: loopback(ports.internal),
        tls: { addresses: loopback(ports.gatewayTls), certificate: pki.gateway, authority: pki.ca, publicPort: ports.gatewayTls },
      },
    });
  }

  async #startControllers(
    stack: AsyncDisposableStack,
    parts: { readonly apiServer: ApiServer; readonly autoscaler: Autoscaler; readonly images: Images; readonly pki: Pki },
  ): Promise<Events> {
    const { world, settings, directory } = this.#input;
    const client = insideClient(parts.apiServer, "system:kube-controller-manager", "derived");
    const informers = stack.use(createInformers({ ...world, client }));
    const prober = stack.use(createGatewayProber({ external: settings.ports.gateway, internal: settings.ports.internal }));
    const { autoscaler } = parts;
    const transport = parts.apiServer.transport({ user: "system:events", groups: ["system:masters"], durability: "derived" });
    const { loggerOptions } = this.#input;
    const events = new Events(world, { informers, transport, client, folder: directory.journal, domain: settings.domain, loggerOptions });
    stack.use(events);
    stack.use(
      startControllers(world, {
        events,
        client,
        informers,
        autoscaler,
        prober,
        images: parts.images.provider,
        ports: settings.ports,
        authority: parts.pki.ca,
      }),
    );
    await informers.synced();
    stack.use(reclaimImagesRegularly(world, { informers, provider: parts.images.provider, folder: directory.path }));
    autoscaler.start();
    return events;
  }

  /** Writes the kubeconfig and the file by which other commands find this process. */
  async #announce(stack: AsyncDisposableStack, pki: Pki): Promise<Running> {
    const { directory, settings, world } = this.#input;
    const { ports, domain } = settings;
    const apiServer = `https://127.0.0.1:${ports.api}`;
    const access = {
      name: "kinetic",
      server: apiServer,
      ca: pki.ca.certificate,
      clientCertificate: pki.admin.certificate,
      clientKey: pki.admin.key,
      token: pki.adminToken,
    };
    const earlier = loadKubeconfig({ paths: [directory.kubeconfig] });
    if (earlier.kind === "invalid") world.logger.warn("the kubeconfig was damaged and is written anew", { problem: earlier.message });
    await directory.write("kubeconfig", formatKubeconfig(makeKubeconfig(access)));
    const running: Running = {
      kubeconfig: directory.kubeconfig,
      apiServer,
      gateway: `http://127.0.0.1:${ports.gateway}`,
      gatewayTls: `https://127.0.0.1:${ports.gatewayTls}`,
      authority: directory.authority,
      internal: `http://127.0.0.1:${ports.internal}`,
      registry: `localhost:${ports.registry}`,
      domain,
      pid: process.pid,
    };
    await directory.writeVolatile("running.json", JSON.stringify(running));
    stack.defer(() => directory.remove("running.json"));
    return running;
  }
}

/** `kubectl logs`: the agent holds the logs of its pods. A call before it runs waits for it. */
function logHandler(agent: Promise<NodeAgent>): SubresourceHandler {
  return async (request, key) => (await agent).podLogs(key, new URL(request.url).searchParams);
}

/** `kubectl exec`, `attach` and `port-forward`: the agent has the programs. */
function streamHandlers(agent: Promise<NodeAgent>): Record<string, SessionHandler> {
  const kinds = ["exec", "attach", "portforward"] as const;
  const handler = (kind: (typeof kinds)[number]) => async (pod: KubeObject, query: URLSearchParams) =>
    (await agent).podSession(kind, pod as Pod, query);
  return Object.fromEntries(kinds.map((kind) => [`pods/${kind}`, handler(kind)]));
}
