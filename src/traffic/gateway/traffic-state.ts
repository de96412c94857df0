/** The gateway's view of the world: resources in, route table and dispatchers out. It is driven by informers or by hand. */
import type { EndpointSlice, Secret, Service } from "../../api/k8s/types.generated.ts";
import type { KubeObject } from "../../api/meta/object.ts";
import { formatKey, keyOf } from "../../api/meta/object.ts";
import { SERVICE_TYPE_LABEL } from "../../api/names/labels.ts";
import { tlsPairOf, type TlsPair } from "../../api/networking-internal/ingress-tls.ts";
import type { Ingress } from "../../api/networking-internal/ingress.ts";
import type { Revision } from "../../api/serving/revision.ts";
import type { Dispatcher } from "../dispatch/dispatcher.ts";
import type { Dispatchers } from "../dispatch/dispatchers.ts";
import { privateServiceOf, projectRevision, projectService, revisionOfPrivate, SERVICE_NAME_LABEL } from "../routes/backend.ts";
import { projectIngress } from "../routes/project-ingress.ts";
import { RouteTable } from "../routes/route-table.ts";
import type { HostRoute, Listener, SplitRoute } from "../routes/routes.ts";
import type { RouteSource } from "./router.ts";

/** A change of one object: its new state, or that it is gone. */
export interface ObjectChange<T extends KubeObject> {
  readonly object: T;
  readonly deleted: boolean;
}

export class TrafficState implements RouteSource {
  readonly #dispatchers: Dispatchers;
  readonly #table = new RouteTable();
  readonly #revisions = new Map<string, Revision>();
  readonly #services = new Map<string, Service>();
  /** Certificates that users have brought, by their Secret. */
  readonly #certificates = new Map<string, TlsPair>();
  /** Slices by the Service that they belong to, then by name. */
  readonly #slices = new Map<string, Map<string, EndpointSlice>>();
  /** Ports of plain Services that splits have asked for. */
  readonly #servicePorts = new Map<string, Set<number | string>>();

  constructor(dispatchers: Dispatchers) {
    this.#dispatchers = dispatchers;
  }

  onIngress({ object, deleted }: ObjectChange<Ingress>): void {
    this.#table.apply(formatKey(keyOf(object)), deleted ? [] : projectIngress(object));
  }

  onRevision({ object, deleted }: ObjectChange<Revision>): void {
    const key = formatKey(keyOf(object));
    if (deleted) {
      this.#revisions.delete(key);
      this.#dispatchers.remove(key);
      return;
    }
    this.#revisions.set(key, object);
    this.#refreshRevision(key);
  }

  onService({ object, deleted }: ObjectChange<Service>): void {
    const key = formatKey(keyOf(object));
    if (deleted) this.#services.delete(key);
    else this.#services.set(key, object);
    this.#refreshService(key);
  }

  onSecret({ object, deleted }: ObjectChange<Secret>): void {
    const key = formatKey(keyOf(object));
    const pair = deleted ? undefined : tlsPairOf(object);
    if (pair === undefined) this.#certificates.delete(key);
    else this.#certificates.set(key, pair);
  }

  onSlice({ object, deleted }: ObjectChange<EndpointSlice>): void {
    const service = object.metadata.labels?.[SERVICE_NAME_LABEL];
    if (service === undefined) return;
    const { namespace, name } = keyOf(object);
    const key = `${namespace}/${service}`;
    const slices = this.#slices.get(key) ?? new Map<string, EndpointSlice>();
    if (deleted) slices.delete(name);
    else slices.set(name, object);
    if (slices.size === 0) this.#slices.delete(key);
    else this.#slices.set(key, slices);
    const revision = revisionOfPrivate(service);
    if (revision !== undefined) this.#refreshRevision(`${namespace}/${revision}`);
    this.#refreshService(key);
  }

  find(listener: Listener, host: string): HostRoute | undefined {
    return this.#table.find(listener, host);
  }

  /** What a user wants to be shown for the host. Undefined: nothing, or a Secret that is not there. */
  certificateFor(host: string): TlsPair | undefined {
    const { tlsSecret } = this.find("external", host) ?? {};
    return tlsSecret === undefined ? undefined : this.#certificates.get(tlsSecret);
  }

  backend(split: SplitRoute): Dispatcher {
    return this.#dispatchers.get(split.backend) ?? this.#newBackend(split);
  }

  /** Neither a Revision nor a Service with pods of its own: a placeholder that stands for a host. */
  isAlias(split: SplitRoute): boolean {
    const service = this.#services.get(split.backend);
    if (this.#revisions.has(split.backend) || isOfRevision(service)) return false;
    return Object.keys(service?.spec?.selector ?? {}).length === 0;
  }

  #newBackend(split: SplitRoute): Dispatcher {
    const { backend, port } = split;
    const service = this.#services.get(backend);
    // A Revision's public Service may be seen before its Revision; its endpoints are this gateway itself.
    if (service === undefined || isOfRevision(service)) return this.#dispatchers.ensure(backend);
    const ports = this.#servicePorts.get(backend) ?? new Set();
    this.#servicePorts.set(backend, ports);
    if (!ports.has(port)) {
      ports.add(port);
      this.#refreshService(backend);
    }
    return this.#dispatchers.ensure(`${backend}:${port}`);
  }

  #refreshRevision(key: string): void {
    const revision = this.#revisions.get(key);
    if (revision !== undefined) this.#dispatchers.apply(key, projectRevision(revision, this.#slicesOf(privateServiceOf(key))));
  }

  #refreshService(key: string): void {
    const service = this.#services.get(key);
    for (const port of this.#servicePorts.get(key) ?? []) {
      if (service === undefined) this.#dispatchers.remove(`${key}:${port}`);
      else this.#dispatchers.apply(`${key}:${port}`, projectService(service, port, this.#slicesOf(key)));
    }
    if (service === undefined) this.#servicePorts.delete(key);
  }

  #slicesOf(serviceKey: string): readonly EndpointSlice[] {
    return [...(this.#slices.get(serviceKey)?.values() ?? [])];
  }
}

function isOfRevision(service: Service | undefined): boolean {
  return service?.metadata.labels?.[SERVICE_TYPE_LABEL] !== undefined;
}
