import { serviceKind } from "../../../api/core/service.ts";
import { endpointSliceKind } from "../../../api/discovery/endpoint-slice.ts";
import type { EndpointSlice, Service } from "../../../api/k8s/types.generated.ts";
import type { Informer, Informers } from "../../../client/types.ts";
import { reachableIps, servicePortRules, type MachinePorts, type ServicePortRule } from "./service-rules.ts";

/** Services as pods see them. */
export interface Services {
  /** What a Service's name means: addresses, the machine's own (its gateway and API server), or nothing. */
  addresses(name: string, namespace: string): readonly string[] | "machine" | undefined;
  /** `machine`: where pods reach ports of its loopback. */
  rules(machine: MachinePorts): readonly ServicePortRule[];
  /** Hears that rules may have changed. */
  subscribe(listener: () => void): Disposable;
}

const INDEX = "service of slice";

/** Services and their endpoints from the informers' caches. */
export class ClusterServices implements Services {
  readonly #services: Informer<Service>;
  readonly #slices: Informer<EndpointSlice>;

  constructor(informers: Pick<Informers, "of">) {
    this.#services = informers.of<Service>(serviceKind);
    this.#slices = informers.of<EndpointSlice>(endpointSliceKind);
    this.#slices.addIndex(INDEX, ({ metadata }) => [`${metadata.namespace}/${metadata.labels?.["kubernetes.io/service-name"]}`]);
  }

  addresses(name: string, namespace: string): readonly string[] | "machine" | undefined {
    const service = this.#services.get({ namespace, name });
    if (service === undefined) return undefined;
    const { clusterIP } = service.spec ?? {};
    const endpoints = reachableIps(this.#slicesOf(service));
    if (clusterIP === "None") return endpoints;
    return endpoints.length === 0 || clusterIP === undefined || clusterIP === "" ? "machine" : [clusterIP];
  }

  rules(machine: MachinePorts): readonly ServicePortRule[] {
    return this.#services.list().flatMap((service) => servicePortRules(service, this.#slicesOf(service), machine));
  }

  subscribe(listener: () => void): Disposable {
    const stack = new DisposableStack();
    stack.use(this.#services.subscribe(listener));
    stack.use(this.#slices.subscribe(listener));
    return stack;
  }

  #slicesOf({ metadata }: Service): readonly EndpointSlice[] {
    return this.#slices.byIndex(INDEX, `${metadata.namespace}/${metadata.name}`);
  }
}
