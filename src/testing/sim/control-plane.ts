import { allDefinitions, allKinds } from "../../api/kinds.ts";
import { configMapKind } from "../../api/core/config-map.ts";
import { namespaceKind } from "../../api/core/namespace.ts";
import { shippedConfigMaps } from "../../api/config/shipped.ts";
import { SERVING_NAMESPACE } from "../../api/names/kinetic.ts";
import type { ImageProvider } from "../../api/ports/images.ts";
import type { StatReport } from "../../api/ports/stats.ts";
import { createClient } from "../../client/client.ts";
import { createInformers } from "../../client/informers.ts";
import type { Client, Informers } from "../../client/types.ts";
import { createApiServer, type ApiServer } from "../../control/apiserver/api-server.ts";
import { createMemoryStore } from "../../control/apiserver/store/memory.ts";
import type { Store } from "../../control/apiserver/store/contract.ts";
import type { ControllerDeps } from "../../control/controller/deps.ts";
import { createRecorder } from "../../control/controller/recorder.ts";
import { runControllers } from "../../control/controller/run-controllers.ts";
import type { Controller } from "../../control/controller/types.ts";
import { coreControllers } from "../../control/reconcilers/core/controllers.ts";
import { configurationController } from "../../control/reconcilers/serving/configuration/controller.ts";
import { gcController } from "../../control/reconcilers/serving/gc/controller.ts";
import { ingressController, type GatewayProber } from "../../control/reconcilers/serving/ingress/controller.ts";
import { labelerController } from "../../control/reconcilers/serving/labeler/controller.ts";
import { metricController } from "../../control/reconcilers/serving/metric/controller.ts";
import { Autoscaler } from "../../control/reconcilers/serving/podautoscaler/autoscaler.ts";
import { podAutoscalerController } from "../../control/reconcilers/serving/podautoscaler/controller.ts";
import { revisionController } from "../../control/reconcilers/serving/revision/controller.ts";
import { routeController } from "../../control/reconcilers/serving/route/controller.ts";
import { serverlessServiceController } from "../../control/reconcilers/serving/serverlessservice/controller.ts";
import { serviceController } from "../../control/reconcilers/serving/service/controller.ts";
import type { SimContext } from "./context.ts";
import { Faults } from "./faults.ts";
import type { Ledger } from "./ledger.ts";

/** Where planted defects go in. */
export interface Sabotage {
  readonly autoscaler?: (context: SimContext) => Autoscaler;
  readonly controllers?: (controllers: Controller[], deps: ControllerDeps) => Controller[];
}

const VERSION = {
  major: "1",
  minor: "34",
  gitVersion: "v1.34.4",
  gitCommit: "",
  gitTreeState: "clean",
  buildDate: "2025-01-01T00:00:00Z",
  goVersion: "none",
  compiler: "none",
  platform: "linux/amd64",
};

export const USER_NAMESPACE = "default";
const images: ImageProvider = {
  ensure: () => Promise.reject(new Error("the simulated node pulls nothing")),
  resolveDigest: () => Promise.resolve({ kind: "ok", digest: `sha256:${"a".repeat(64)}` }),
};

/** The real API server over a memory store, and the real controllers; each can be restarted. */
export class ControlPlane {
  readonly faults: Faults;
  autoscaler: Autoscaler;
  /** Of people: their calls reach the server as long as it is there. */
  readonly userClient: Client;
  readonly #context: SimContext;
  readonly #sabotage: Sabotage;
  readonly #store: Store;
  readonly #prober: () => GatewayProber;
  #server: ApiServer;
  #controllers: AsyncDisposableStack | undefined;

  constructor(context: SimContext, ledger: Ledger, parts: { readonly prober: () => GatewayProber; readonly sabotage: Sabotage }) {
    this.#context = context;
    this.#sabotage = parts.sabotage;
    this.#prober = parts.prober;
    this.faults = new Faults(context);
    this.#store = ledger.watching(createMemoryStore());
    this.#server = this.#makeServer();
    this.userClient = this.#plainClient("kubernetes-admin");
    this.autoscaler = this.#makeAutoscaler();
  }

  report(report: StatReport): void {
    this.autoscaler.report(report);
  }

  /** A client of one component, with the faults of this world. */
  client(user: string): Client {
    return this.faults.client(this.#plainClient(user));
  }

  informers(user: string): Informers {
    return createInformers({ ...this.#world, client: this.client(user) });
  }

  async bootstrap(): Promise<void> {
    await this.#server.ready;
    for (const name of ["default", "kube-system", "kube-node-lease", SERVING_NAMESPACE]) {
      await this.userClient.create(namespaceKind, { metadata: { name } });
    }
    for (const map of shippedConfigMaps({ domain: "example.com" })) await this.userClient.create(configMapKind, map);
  }

  startControllers(): void {
    const stack = new AsyncDisposableStack();
    const client = this.client("system:kube-controller-manager");
    const informers = stack.use(createInformers({ ...this.#world, client }));
    const recorder: ControllerDeps["recorder"] = (component) => stack.use(createRecorder({ ...this.#world, client, component }));
    const deps: ControllerDeps = { ...this.#world, client, informers, recorder };
    const { controllers = (same: Controller[]) => same } = this.#sabotage;
    const all = controllers([...coreControllers(deps, { kinds: allKinds, caBundle: "ca" }), ...this.#serving(deps)], deps);
    stack.use(runControllers(all, { ...this.#world, ready: informers.synced() }));
    this.autoscaler.start();
    this.#controllers = stack;
  }

  /** As when their process ends: what they kept in memory is lost. */
  async stopControllers(): Promise<void> {
    this.autoscaler[Symbol.dispose]();
    const stopping = this.#controllers?.disposeAsync();
    this.#controllers = undefined;
    await this.#context.clock.advance(0);
    void stopping;
    this.autoscaler = this.#makeAutoscaler();
  }

  async restartServer(): Promise<void> {
    this.faults.setDown(true);
    await this.#server[Symbol.asyncDispose]();
    this.#server = this.#makeServer();
    await this.#server.ready;
  }

  async dispose(): Promise<void> {
    await this.stopControllers();
    await this.#server[Symbol.asyncDispose]();
    await this.#store[Symbol.asyncDispose]();
  }

  get #world() {
    const { clock, random, logger } = this.#context;
    return { clock, random, logger };
  }

  #makeAutoscaler(): Autoscaler {
    return this.#sabotage.autoscaler?.(this.#context) ?? new Autoscaler(this.#context.clock);
  }

  #makeServer(): ApiServer {
    return createApiServer({ store: this.#store, kinds: allKinds, definitions: allDefinitions(), ...this.#world, version: VERSION });
  }

  #plainClient(user: string): Client {
    const inner = (request: Request) => this.#server.transport({ user, groups: ["system:masters"], durability: "derived" })(request);
    return createClient({ transport: this.faults.transport(inner), userAgent: user.replace(/^system:/, "") });
  }

  #serving(deps: ControllerDeps): Controller[] {
    const prober: GatewayProber = { probe: (...question) => this.#prober().probe(...question) };
    return [
      serviceController(deps),
      configurationController(deps),
      revisionController(deps, { images }),
      routeController(deps, { externalPort: 80 }),
      labelerController(deps),
      gcController(deps),
      podAutoscalerController(deps, this.autoscaler),
      metricController(deps),
      serverlessServiceController(deps, { ip: "127.0.0.1", port: 8081 }),
      ingressController(deps, prober),
    ];
  }
}
