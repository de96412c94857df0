import { endpointSliceKind } from "../../../api/discovery/endpoint-slice.ts";
import type { EndpointSlice } from "../../../api/k8s/types.generated.ts";
import { isAlreadyExists } from "../../../api/meta/errors.ts";
import { keyOf, type ObjectKey } from "../../../api/meta/object.ts";
import type { Client, Informer } from "../../../client/types.ts";
import { updateIfChanged } from "../../controller/apply.ts";
import { MANAGED_BY_LABEL, SERVICE_NAME_LABEL } from "./slices.ts";

const BY_SERVICE = "service-and-manager";

const idOf = (namespace: string | undefined, service: string | undefined, manager: string | undefined) =>
  `${namespace}/${service} ${manager}`;

/** All slices that one manager has for a Service. */
export class SliceSet {
  readonly #client: Client;
  readonly #slices: Informer<EndpointSlice>;
  readonly #manager: string;

  constructor(client: Client, slices: Informer<EndpointSlice>, manager: string) {
    this.#client = client;
    this.#slices = slices;
    this.#manager = manager;
    slices.addIndex(BY_SERVICE, ({ metadata: { namespace, labels } }) => {
      return [idOf(namespace, labels?.[SERVICE_NAME_LABEL], labels?.[MANAGED_BY_LABEL])];
    });
  }

  of({ namespace, name }: ObjectKey): readonly EndpointSlice[] {
    return this.#slices.byIndex(BY_SERVICE, idOf(namespace, name, this.#manager));
  }

  /** Creates, updates and deletes until the Service has exactly these. Names say which slice is which. */
  async bring(service: ObjectKey, desired: readonly EndpointSlice[]): Promise<void> {
    const existing = new Map(this.of(service).map((slice) => [slice.metadata.name, slice]));
    const names = new Set(desired.map(({ metadata }) => metadata.name));
    const surplus = [...existing.values()].filter(({ metadata }) => !names.has(metadata.name));
    await Promise.all([
      ...desired.map((slice) => this.#put(existing.get(slice.metadata.name), slice)),
      ...surplus.map((slice) => this.#client.delete(endpointSliceKind, keyOf(slice))),
    ]);
  }

  async #put(existing: EndpointSlice | undefined, desired: EndpointSlice): Promise<void> {
    if (existing !== undefined) {
      const { labels, annotations, ownerReferences } = desired.metadata;
      const wanted = { ...existing, ...desired, metadata: { ...existing.metadata, labels, annotations, ownerReferences } };
      await updateIfChanged(this.#client, endpointSliceKind, existing, wanted);
      return;
    }
    try {
      await this.#client.create(endpointSliceKind, desired);
    } catch (error) {
      if (!isAlreadyExists(error)) throw error; // the cache is behind; the slice itself will wake us
    }
  }
}
