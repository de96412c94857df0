import { readFile } from "node:fs/promises";
import { abortable } from "../../../std/abort.ts";
import type { Clock } from "../../../std/clock.ts";
import type { Logger } from "../../../std/logger.ts";
import type { PodNetwork } from "../drivers/contract.ts";
import { DnsServer } from "./dns/server.ts";
import type { Services } from "./cluster-services.ts";
import { createUpstream, nameserversIn } from "./dns/upstream.ts";
import { addTranslation } from "./firewall.ts";
import { Forwarder } from "./forwarder.ts";
import { ServiceProxy } from "./service-proxy.ts";
import { addressIn, formatSubnet, freeSubnet, sizeOf, type Subnet } from "./subnet.ts";
import { openForwarding } from "./forwarding.ts";
import { sweepNetworks } from "./sweep.ts";
import { ipBatch, mtuOf, readRoutes } from "./system.ts";

export interface PodNetworksOptions {
  /** Of the bridge, and the beginning of every other name; at most 10 characters, the same at each start on one data directory. */
  readonly name: string;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Ports at the bridge's address that lead to ports of the machine's loopback. */
  readonly forwards: readonly { readonly port: number; readonly target: number }[];
  readonly services: Services;
}

/** Ready for the next pods: one takes milliseconds to make, and a start should not wait for that. */
const POOL_SIZE = 8;
const GATEWAY_INDEX = 1;
const FIRST_INDEX = 2;

interface Bridge {
  readonly subnet: Subnet;
  readonly address: string;
  readonly mtu: number;
  readonly parts: AsyncDisposableStack;
}

interface Place {
  /** Number of its address in the network, and part of its names. */
  readonly index: number;
  readonly namespace: string;
}

/**
 * Network namespaces for pods on a bridge of this platform.
 *
 * - I1 everything outside of this process carries our name: what a killed platform leaves is found by it.
 * - I2 nothing is made before the first pod asks.
 * - I3 a namespace serves one pod and is removed after it.
 */
export class PodNetworks implements AsyncDisposable {
  readonly #options: PodNetworksOptions;
  #bridge: Promise<Bridge> | undefined;
  readonly #pool: Place[] = [];
  readonly #waiting: PromiseWithResolvers<Place>[] = [];
  readonly #freed: number[] = [];
  #nextIndex = FIRST_INDEX;
  readonly #leaving: Place[] = [];
  #tidying: Promise<void> | undefined;
  #work: Promise<void> = Promise.resolve();
  #making = 0;
  #closed = false;

  constructor(options: PodNetworksOptions) {
    this.#options = options;
  }

  /** Makes bridge and pool ahead of the first pod. */
  warmUp(): void {
    this.#refill();
  }

  /** Rejects when the machine refuses, or no address is left. */
  async take(_pod: string, signal: AbortSignal): Promise<PodNetwork> {
    const { subnet, address } = await abortable(this.#opened(), signal);
    const place = this.#pool.shift() ?? (await this.#wait(signal));
    this.#refill();
    let released: Promise<void> | undefined;
    return {
      ip: addressIn(subnet, place.index),
      namespace: `/run/netns/${place.namespace}`,
      nameserver: address,
      [Symbol.asyncDispose]: () => (released ??= this.#release(place)),
    };
  }

  /** Removes what an earlier platform of our name left. */
  sweep(): Promise<void> {
    return sweepNetworks(this.#options.name);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closed = true;
    for (const waiting of this.#waiting.splice(0)) waiting.reject(new Error("the platform stops"));
    const bridge = await this.#bridge?.catch(() => undefined);
    if (bridge === undefined) return;
    await Promise.all([this.#work, this.#tidying]);
    await bridge.parts.disposeAsync();
    await this.sweep();
  }

  /** I2 */
  #opened(): Promise<Bridge> {
    if (this.#closed) return Promise.reject(new Error("the platform stops"));
    if (this.#bridge === undefined) {
      this.#bridge = this.#open().catch(async (error: unknown) => {
        await this.sweep(); // the next pod tries again
        this.#bridge = undefined;
        throw error;
      });
      this.#bridge.catch(() => {}); // who asked sees it
      this.#refill();
    }
    return this.#bridge;
  }

  async #open(): Promise<Bridge> {
    const { name, logger, forwards, services, clock } = this.#options;
    const { subnets, egress } = await readRoutes();
    const subnet = freeSubnet(subnets, Number.parseInt(name.slice(2), 16) || 0);
    if (subnet === undefined) throw new Error("no private network is free on this machine: routes cover all that pods could use");
    const [address, mtu] = [addressIn(subnet, GATEWAY_INDEX), await mtuOf(egress)];
    await using parts = new AsyncDisposableStack();
    await ipBatch([
      `link add ${name} address ${hardwareAddress(name)} mtu ${mtu} type bridge`, // a fixed address: neighbours remember it
      `addr add ${address}/${subnet.bits} dev ${name}`,
      `link set ${name} up`,
    ]);
    const problem = await addTranslation({ name, bridge: name, subnet: formatSubnet(subnet) });
    if (problem !== undefined) logger.warn("egress", { problem });
    await openForwarding([name, ...(egress === undefined ? [] : [egress])]);
    const upstream = createUpstream(nameserversIn(await readFile("/etc/resolv.conf", "utf8").catch(() => "")), clock);
    const service = (one: string, namespace: string) => {
      const addresses = services.addresses(one, namespace);
      return addresses === "machine" ? [address] : addresses;
    };
    parts.use(await DnsServer.listen({ host: address, port: 53, service, upstream }));
    for (const forward of forwards) parts.use(await Forwarder.listen({ host: address, ...forward }));
    const machine = (port: number) => {
      const forward = forwards.find(({ target }) => target === port);
      return forward === undefined ? undefined : { ip: address, port: forward.port };
    };
    parts.use(new ServiceProxy({ services, clock, logger, name: `${name}s`, bridge: name, machine }));
    return { subnet, address, mtu, parts: parts.move() };
  }

  async #wait(signal: AbortSignal): Promise<Place> {
    const waiting = Promise.withResolvers<Place>();
    this.#waiting.push(waiting);
    this.#refill();
    try {
      return await abortable(waiting.promise, signal);
    } catch (error) {
      const at = this.#waiting.indexOf(waiting);
      if (at >= 0) this.#waiting.splice(at, 1);
      else void waiting.promise.then((place) => this.#give(place)).catch(() => {}); // it came in the same moment
      throw error;
    }
  }

  /** One batch at a time, until the pool is full and nobody waits. */
  #refill(): void {
    if (this.#making > 0 || this.#closed) return;
    const missing = POOL_SIZE + this.#waiting.length - this.#pool.length;
    if (missing <= 0) return;
    this.#making = missing;
    this.#work = this.#work
      .then(() => this.#make(missing))
      .then(
        () => {
          this.#making = 0;
          this.#refill();
        },
        (error: unknown) => {
          this.#making = 0;
          for (const waiting of this.#waiting.splice(0)) waiting.reject(error);
        },
      );
  }

  async #make(count: number): Promise<void> {
    const { name } = this.#options;
    const { subnet, address, mtu } = await this.#opened();
    for (let made = 0; made < count && !this.#closed; made += BATCH) {
      const places = Array.from({ length: Math.min(BATCH, count - made) }, () => this.#place(subnet));
      await ipBatch(places.flatMap(({ index, namespace }) => outerCommands({ index, namespace, name, mtu })));
      const inner = (index: number) => innerCommands(`${addressIn(subnet, index)}/${subnet.bits}`, address);
      await Promise.all(places.map(({ namespace, index }) => ipBatch(inner(index), { namespace })));
      for (const place of places) this.#give(place);
    }
  }

  #place(subnet: Subnet): Place {
    const last = sizeOf(subnet) - 2; // the highest is for broadcast
    const index = this.#nextIndex <= last ? this.#nextIndex++ : this.#freed.shift(); // an address rests as long as it can
    if (index === undefined) throw new Error("no address is left for another pod");
    return { index, namespace: `${this.#options.name}-${index}` };
  }

  #give(place: Place): void {
    const waiting = this.#waiting.shift();
    if (waiting === undefined) this.#pool.push(place);
    else waiting.resolve(place);
  }

  /** I3 */
  #release(place: Place): Promise<void> {
    this.#leaving.push(place);
    this.#tidying ??= this.#tidy().finally(() => (this.#tidying = undefined));
    return this.#tidying;
  }

  /** Beside the making of others, which somebody may wait for. */
  async #tidy(): Promise<void> {
    while (this.#leaving.length > 0) {
      const places = this.#leaving.splice(0, LEAVING_BATCH);
      const commands = places.map(({ namespace }) => `netns del ${namespace}`);
      const isGone = await ipBatch(commands, { force: true }).then(
        () => true,
        () => false, // their addresses are lost until the next start
      );
      if (isGone) this.#freed.push(...places.map(({ index }) => index));
    }
  }
}

/** Namespaces made with one call of `ip`: a pod that waits gets the first of them. */
const BATCH = 4;
const LEAVING_BATCH = 16;

function outerCommands({ index, namespace, name, mtu }: Place & { readonly name: string; readonly mtu: number }): readonly string[] {
  const outside = `${name}v${index}`;
  return [
    `netns add ${namespace}`,
    `link add ${outside} mtu ${mtu} type veth peer name eth0 mtu ${mtu} netns ${namespace}`,
    `link set ${outside} master ${name} up`,
    `link set ${outside} type bridge_slave hairpin on`, // a pod reaches itself by its Service's address
  ];
}

function innerCommands(address: string, gateway: string): readonly string[] {
  return [`addr add ${address} dev eth0`, "link set lo up", "link set eth0 up", `route add default via ${gateway}`];
}

/** Locally administered, and the same for the same name. */
function hardwareAddress(name: string): string {
  const bytes = Array.from({ length: 5 }, (_, index) => (name.charCodeAt(name.length - 1 - index) || 0) & 0xff);
  return ["02", ...bytes.map((byte) => byte.toString(16).padStart(2, "0"))].join(":");
}
