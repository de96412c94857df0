import type { KnativeService } from "../../api/serving/service.ts";
import type { Dispatchers } from "../../traffic/dispatch/dispatchers.ts";
import type { DrainGate } from "../../api/ports/drain.ts";
import { Clients, randomPattern } from "./clients.ts";
import { between, SimContext } from "./context.ts";
import { ControlPlane, USER_NAMESPACE, type Sabotage } from "./control-plane.ts";
import { SimGateway } from "./gateway.ts";
import { Idle } from "./idle.ts";
import { Ledger } from "./ledger.ts";
import { Network } from "./network.ts";
import { SimNode } from "./node.ts";
import { Users } from "./users.ts";

/** A planted defect, to see that the invariants find it. */
export interface Defect extends Sabotage {
  readonly wrapDispatchers?: (dispatchers: Dispatchers) => Dispatchers;
  readonly drainGate?: DrainGate;
}

/** How fine the checks between two steps are, milliseconds. */
const SLICE_MS = 250;

/** The whole platform in one process: everything real but time, chance, processes, disks and sockets. */
export class SimWorld {
  readonly context: SimContext;
  readonly ledger: Ledger;
  readonly plane: ControlPlane;
  readonly gateway: SimGateway;
  readonly node: SimNode;
  readonly clients: Clients;
  readonly users: Users;
  readonly #idle: Idle;

  constructor(seed: number, defect: Defect = {}) {
    const context = new SimContext(seed);
    const ledger = new Ledger(context);
    const network = new Network();
    this.context = context;
    this.ledger = ledger;
    this.plane = new ControlPlane(context, ledger, { prober: () => this.gateway, sabotage: defect });
    this.gateway = new SimGateway({
      context,
      network,
      informers: this.plane.informers("system:gateway"),
      statSink: (report) => this.plane.report(report),
      ...(defect.wrapDispatchers === undefined ? {} : { wrapDispatchers: defect.wrapDispatchers }),
    });
    this.clients = new Clients(context, () => this.gateway);
    const client = this.plane.client("system:node:kinetic");
    this.node = new SimNode({
      context,
      client,
      informers: this.plane.informers("system:node:kinetic"),
      network,
      drainGate: defect.drainGate ?? this.gateway.drainGate,
      programEvents: (pod) => this.clients.programEvents(pod),
    });
    this.users = new Users(context, this.plane.userClient, ledger);
    this.#idle = new Idle(context, { node: this.node, gateway: this.gateway, faults: this.plane.faults, ledger });
  }

  async start(): Promise<void> {
    await this.plane.bootstrap();
    const gateway = this.gateway.start();
    this.node.start();
    this.plane.startControllers();
    await this.advance(200);
    await gateway;
  }

  /** Lets time pass, looks at everything that must always hold. */
  async advance(ms: number): Promise<void> {
    for (let left = ms; left > 0; left -= SLICE_MS) {
      await this.context.clock.advance(Math.min(SLICE_MS, left));
      this.#idle.check();
      this.context.check();
    }
  }

  /** Opens services that became Ready to their clients. */
  welcome(): void {
    for (const owned of this.users.owned.values()) {
      if (owned.open || !isReady(this.service(owned.name))) continue;
      owned.open = true;
      this.clients.follow(owned.target, randomPattern(this.node.random));
    }
  }

  service(name: string): KnativeService | undefined {
    return this.ledger.get<KnativeService>("KnativeService", `${USER_NAMESPACE}/${name}`);
  }

  async restartControllers(): Promise<void> {
    this.context.note("controllers stop");
    await this.plane.stopControllers();
    await this.advance(between(this.node.random, 10, 1500));
    this.context.note("controllers start");
    this.plane.startControllers();
  }

  async restartServer(): Promise<void> {
    this.context.note("API server stops");
    await this.plane.restartServer();
    await this.advance(between(this.node.random, 10, 800));
    this.plane.faults.setDown(false);
    this.context.note("API server is back");
  }

  async dispose(): Promise<void> {
    this.clients.silence();
    this.node.dispose();
    this.gateway.dispose();
    await this.plane.dispose();
  }
}

export function isReady(service: KnativeService | undefined): boolean {
  const status = service?.status;
  if (status === undefined || status.observedGeneration !== service?.metadata.generation) return false;
  return (status.conditions ?? []).some(({ type, status: value }) => type === "Ready" && value === "True");
}
