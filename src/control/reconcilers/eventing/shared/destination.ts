import { isFeatureOn, parseEventingFeatures, EVENTING_FEATURES_CONFIG } from "../../../../api/config/eventing/features.ts";
import { KREFERENCE_MAPPING_CONFIG, mappedUrl, parseKReferenceMapping } from "../../../../api/config/eventing/kreference-mapping.ts";
import type { Destination, KReference } from "../../../../api/duck/destination.ts";
import type { Address } from "../../../../api/duck/status.ts";
import { groupResource, type Kind, type KindRef } from "../../../../api/meta/kind.ts";
import type { KubeObject, ObjectKey } from "../../../../api/meta/object.ts";
import { EVENTING_NAMESPACE } from "../../../../api/names/kinetic.ts";
import type { ControllerDeps } from "../../../controller/deps.ts";
import type { Reference } from "../../../controller/tracker.ts";
import { configReader } from "../../serving/shared/config-reader.ts";
import { KnownKinds } from "./kinds.ts";

/** Where events go. */
export interface ResolvedAddress {
  /** Absolute. */
  readonly url: string;
  readonly CACerts?: string;
  readonly audience?: string;
}

export type Resolution =
  | { readonly kind: "resolved"; readonly address: ResolvedAddress }
  | { readonly kind: "unresolved"; readonly message: string };

type Addressable = KubeObject & {
  readonly status?: { readonly address?: Address | undefined; readonly addresses?: readonly Address[] | undefined } | undefined;
};

/**
 * Finds the addresses of destinations. It reads what there is; what an answer depended on is in `references`, so that whoever
 * asked tracks it and asks again.
 */
export class DestinationResolver {
  readonly #deps: Pick<ControllerDeps, "informers">;
  readonly #kinds: KnownKinds;
  readonly #features: () => ReturnType<typeof parseEventingFeatures>;
  readonly #mapping: () => ReturnType<typeof parseKReferenceMapping>;

  constructor(deps: Pick<ControllerDeps, "informers">, kinds: readonly Kind[]) {
    const place = { namespace: EVENTING_NAMESPACE };
    this.#deps = deps;
    this.#kinds = new KnownKinds(kinds);
    this.#features = configReader(deps, EVENTING_FEATURES_CONFIG, parseEventingFeatures, place);
    this.#mapping = configReader(deps, KREFERENCE_MAPPING_CONFIG, parseKReferenceMapping, place);
  }

  get kinds(): KnownKinds {
    return this.#kinds;
  }

  /** An object by a reference that lies in `namespace` unless it says otherwise; undefined: there is none. */
  find(kind: KindRef, key: ObjectKey, references: Reference[]): KubeObject | undefined {
    references.push({ kind, key });
    return this.#deps.informers.of(kind).get(key);
  }

  resolve(destination: Destination, namespace: string, references: Reference[]): Resolution {
    const { ref, uri, CACerts, audience } = destination;
    const own = { ...(CACerts ? { CACerts } : {}), ...(audience ? { audience } : {}) };
    if (ref === undefined)
      return uri ? { kind: "resolved", address: { url: uri, ...own } } : unresolved("destination has neither ref nor uri");
    const found = this.#addressOf(ref, namespace, { references, secure: Boolean(CACerts) });
    if (found.kind === "unresolved") return found;
    const url = uri ? joined(found.address.url, uri) : found.address.url;
    return { kind: "resolved", address: { ...found.address, ...own, url } };
  }

  #addressOf(ref: KReference, parent: string, { references, secure }: { references: Reference[]; secure: boolean }): Resolution {
    const { name = "", namespace = parent } = ref;
    const kind = this.#kinds.find(ref);
    const mapped = this.#mapped(ref, { name, namespace });
    if (mapped !== undefined) return { kind: "resolved", address: { url: mapped } };
    if (kind === undefined) return unresolved(`there is no kind ${ref.kind ?? ""} of ${ref.apiVersion ?? ref.group ?? ""}`);
    const object = this.find(kind, { namespace, name }, references) as Addressable | undefined;
    if (object === undefined) {
      return unresolved(`failed to get object ${namespace}/${name}: ${groupResource(kind)} ${JSON.stringify(name)} not found`);
    }
    if (kind.group === "" && kind.kind === "Service") {
      return { kind: "resolved", address: { url: `${secure ? "https" : "http"}://${name}.${namespace}.svc.cluster.local` } };
    }
    return addressIn(object, ref, `${kind.kind} ${namespace}/${name}`);
  }

  #mapped(ref: KReference, { name, namespace }: ObjectKey): string | undefined {
    if (!isFeatureOn(this.#features(), "kreference-mapping")) return undefined;
    const { kind = "", apiVersion = "" } = ref;
    const [group, version] = apiVersion.includes("/") ? apiVersion.split("/") : ["", apiVersion];
    const template = this.#mapping()[`${kind}.${version ?? ""}.${group ?? ""}`];
    return template === undefined ? undefined : mappedUrl(template, { name, namespace, uid: "" });
  }
}

/** The address of that name, else the first. */
function addressIn({ status }: Addressable, { address: wanted }: KReference, what: string): Resolution {
  const all = status?.addresses?.length ? status.addresses : status?.address === undefined ? [] : [status.address];
  const found = wanted ? all.find(({ name }) => name === wanted) : all[0];
  if (!found?.url)
    return unresolved(wanted ? `address with name ${JSON.stringify(wanted)} not found for ${what}` : `address not set for ${what}`);
  const { url, CACerts, audience } = found;
  return { kind: "resolved", address: { url, ...(CACerts ? { CACerts } : {}), ...(audience ? { audience } : {}) } };
}

function joined(base: string, relative: string): string {
  const url = URL.canParse(relative, base) ? new URL(relative, base) : undefined;
  return url?.href ?? base;
}

function unresolved(message: string): Resolution {
  return { kind: "unresolved", message };
}
