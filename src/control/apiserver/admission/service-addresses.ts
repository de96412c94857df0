import type { Service, ServiceSpec } from "../../../api/k8s/types.generated.ts";
import { apiError, invalid } from "../../../api/meta/errors.ts";
import type { FieldCause } from "../../../api/meta/kind.ts";
import { formatKey, keyOf, type KubeObject } from "../../../api/meta/object.ts";
import { deepEqual } from "../../../std/json.ts";
import type { Random } from "../../../std/random.ts";
import type { CacheEvent, KindCache } from "../watch-cache/kind-cache.ts";
import { AddressPool } from "./address-pool.ts";
import type { AdmissionPlugin, Write } from "./admission.ts";
import { invalidCause } from "../../../api/meta/validation/causes.ts";

/** 10.96.0.0/16, Kubernetes' usual range; .0.0 and .255.255 are no addresses. */
const BASE = ipNumber("10.96.0.0");
const NODE_PORTS = { first: 30_000, last: 32_767 };

/**
 * Gives Services their cluster IPs and node ports. What is held is what the cached Services have, and what writes on
 * their way have taken; nothing of it is stored elsewhere.
 */
export class ServiceAddresses implements AdmissionPlugin, Disposable {
  readonly #ips: AddressPool;
  readonly #ports: AddressPool;
  readonly #cache: KindCache;
  readonly #subscription: Disposable;

  constructor(services: KindCache, random: Random) {
    this.#ips = new AddressPool(BASE + 1, BASE + 65_534, random);
    this.#ports = new AddressPool(NODE_PORTS.first, NODE_PORTS.last, random);
    this.#cache = services;
    for (const service of services.list("")) this.#hold(service);
    this.#subscription = services.subscribe((event) => this.#follow(event));
  }

  admit(draft: KubeObject, write: Write, old: KubeObject | undefined): Disposable | undefined {
    const { kind, subresource } = write;
    if (kind.group !== "" || kind.kind !== "Service" || subresource !== "") return undefined;
    const service = draft as Service;
    const spec = (service.spec ??= {});
    const before = (old as Service | undefined)?.spec;
    using taken = new DisposableStack();
    taken.defer(() => this.#settle(draft));
    if (spec.type === "ExternalName") dropAddresses(spec);
    else this.#allocate(service, spec, before, write);
    return taken.move();
  }

  [Symbol.dispose](): void {
    this.#subscription[Symbol.dispose]();
  }

  #allocate(service: Service, spec: ServiceSpec, before: ServiceSpec | undefined, write: Write): void {
    keepAddresses(spec, before);
    const owner = formatKey(keyOf(service as KubeObject));
    const causes = [...this.#clusterIp(spec, before, owner), ...this.#nodePorts(spec, before, owner)];
    if (causes.length > 0) throw invalid(write.kind, service.metadata?.name ?? "", causes);
    spec.clusterIPs = [spec.clusterIP ?? ""];
    families(spec);
  }

  #clusterIp(spec: ServiceSpec, before: ServiceSpec | undefined, owner: string): FieldCause[] {
    if (spec.clusterIP === "None") return before?.clusterIP && before.clusterIP !== "None" ? [immutableIp(spec)] : [];
    if (before?.clusterIP && before.clusterIP !== spec.clusterIP) return [immutableIp(spec)];
    if (!spec.clusterIP) {
      const any = this.#ips.takeAny(owner);
      if (any === undefined) throw apiError("InternalError", "failed to allocate a serviceIP: range is full");
      spec.clusterIP = ipText(any);
      return [];
    }
    const taking = this.#ips.take(ipNumber(spec.clusterIP), owner);
    if (taking.kind === "ok") return [];
    const why = taking.kind === "taken" ? "provided IP is already allocated" : "the provided network does not match the current range";
    return [invalidCause("spec.clusterIPs", [spec.clusterIP], `failed to allocate IP ${spec.clusterIP}: ${why}`)];
  }

  #nodePorts(spec: ServiceSpec, before: ServiceSpec | undefined, owner: string): FieldCause[] {
    if (!wantsNodePorts(spec)) {
      if (before !== undefined && wantsNodePorts(before)) for (const port of spec.ports ?? []) delete port.nodePort;
      return [];
    }
    const causes: FieldCause[] = [];
    for (const [i, port] of (spec.ports ?? []).entries()) {
      if (!port.nodePort) {
        const known = before?.ports?.find((other) => other.port === port.port && other.protocol === port.protocol)?.nodePort;
        port.nodePort = known ?? this.#ports.takeAny(owner);
        continue;
      }
      const taking = this.#ports.take(port.nodePort, owner);
      if (taking.kind !== "ok") causes.push(portCause(`spec.ports[${i}].nodePort`, port.nodePort, taking.kind));
    }
    return causes;
  }

  #follow(event: CacheEvent): void {
    if (event.previous !== undefined) this.#drop(event.previous);
    if (event.type !== "DELETED") this.#hold(event.object);
  }

  /** After a write, successful or not: what the cache says is what is held. */
  #settle(draft: KubeObject): void {
    this.#drop(draft);
    const stored = this.#cache.get(formatKey(keyOf(draft)));
    if (stored !== undefined) this.#hold(stored);
  }

  #hold(service: KubeObject): void {
    const owner = formatKey(keyOf(service));
    const { spec } = service as Service;
    if (spec?.clusterIP && spec.clusterIP !== "None") this.#ips.take(ipNumber(spec.clusterIP), owner);
    for (const { nodePort } of spec?.ports ?? []) if (nodePort) this.#ports.take(nodePort, owner);
  }

  #drop(service: KubeObject): void {
    const owner = formatKey(keyOf(service));
    const { spec } = service as Service;
    if (spec?.clusterIP && spec.clusterIP !== "None") this.#ips.release(ipNumber(spec.clusterIP), owner);
    for (const { nodePort } of spec?.ports ?? []) if (nodePort) this.#ports.release(nodePort, owner);
  }
}

function dropAddresses(spec: ServiceSpec): void {
  for (const field of ["clusterIP", "clusterIPs", "ipFamilies", "ipFamilyPolicy"] as const) delete spec[field];
}

/** An update that does not say its address keeps it. */
function keepAddresses(spec: ServiceSpec, before: ServiceSpec | undefined): void {
  if (spec.clusterIP === undefined && spec.clusterIPs?.[0] !== undefined) spec.clusterIP = spec.clusterIPs[0];
  if (!spec.clusterIP && before?.clusterIP) spec.clusterIP = before.clusterIP;
}

function immutableIp(spec: ServiceSpec): FieldCause {
  return invalidCause("spec.clusterIPs[0]", [spec.clusterIP ?? ""], "may not change once set");
}

function portCause(field: string, port: number, problem: "outside" | "taken"): FieldCause {
  if (problem === "taken") return invalidCause(field, port, "provided port is already allocated");
  return invalidCause(
    field,
    port,
    `provided port is not in the valid range. The range of valid ports is ${NODE_PORTS.first}-${NODE_PORTS.last}`,
  );
}

function wantsNodePorts({ type, allocateLoadBalancerNodePorts }: ServiceSpec): boolean {
  return type === "NodePort" || (type === "LoadBalancer" && allocateLoadBalancerNodePorts !== false);
}

function families(spec: ServiceSpec): void {
  const open = spec.clusterIP === "None" && (spec.selector === undefined || deepEqual(spec.selector, {}));
  spec.ipFamilies ??= open ? ["IPv4", "IPv6"] : ["IPv4"];
  spec.ipFamilyPolicy ??= open ? "RequireDualStack" : "SingleStack";
}

function ipNumber(address: string): number {
  const parts = address.split(".").map(Number);
  return parts.length === 4 ? parts.reduce((sum, part) => sum * 256 + part, 0) : Number.NaN;
}

function ipText(value: number): string {
  return [24, 16, 8, 0].map((shift) => Math.floor(value / 2 ** shift) % 256).join(".");
}
