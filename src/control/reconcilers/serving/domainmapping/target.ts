import { allKinds } from "../../../../api/kinds.ts";
import { serviceKind } from "../../../../api/core/service.ts";
import type { Service } from "../../../../api/k8s/types.generated.ts";
import { apiVersionOf, groupResource, type Kind, type KindRef } from "../../../../api/meta/kind.ts";
import type { KubeObject } from "../../../../api/meta/object.ts";
import { ADDRESSABLE_LABEL } from "../../../../api/names/crd-labels.ts";
import { CLUSTER_DOMAIN, clusterHost } from "../../../../api/names/serving.ts";
import type { DomainMapping, DomainMappingRef } from "../../../../api/serving/domainmapping.ts";

/** Where a mapping leads. */
export interface Target {
  /** As it is known inside. */
  readonly host: string;
  /** The Service behind that host, in the namespace of the mapping. */
  readonly service: string;
}

export type Resolution = { readonly kind: "ok"; readonly target: Target } | { readonly kind: "failed"; readonly why: string };

type Addressable = KubeObject & { readonly status?: { readonly address?: { readonly url?: string } } };

/** The kind that a reference means, if objects of that kind have an address. */
export function kindOf(ref: DomainMappingRef): KindRef | undefined {
  return allKinds.find((kind) => kind.kind === ref.kind && apiVersionOf(kind) === ref.apiVersion && isAddressable(kind));
}

function isAddressable(kind: Kind): boolean {
  const [label = ""] = Object.keys(ADDRESSABLE_LABEL);
  return isPlainService(kind) || kind.crd?.labels[label] !== undefined;
}

function isPlainService({ group, kind }: KindRef): boolean {
  return group === serviceKind.group && kind === serviceKind.kind;
}

/** `object`: what the reference names, if it is there. */
export function resolveTarget(mapping: DomainMapping, kind: KindRef | undefined, object: KubeObject | undefined): Resolution {
  const { ref } = mapping.spec;
  if (kind === undefined) return failed(`${ref.apiVersion ?? ""} ${ref.kind} is not a kind of objects that have an address`);
  if (object === undefined) {
    const { namespace = "" } = mapping.metadata;
    return failed(`failed to get object ${namespace}/${ref.name}: ${groupResource(kind)} ${JSON.stringify(ref.name)} not found`);
  }
  return isPlainService(kind) ? ofService(object as Service) : ofAddress(mapping, (object as Addressable).status?.address);
}

const PORT = 80;

function ofService({ metadata: { name = "", namespace = "" }, spec }: Service): Resolution {
  const hasPort = spec?.ports?.some(({ port }) => port === PORT) ?? false;
  if (!hasPort) return failed(`Service ${JSON.stringify(name)} has no port ${PORT}`);
  return { kind: "ok", target: { host: clusterHost(name, namespace), service: name } };
}

function ofAddress(mapping: DomainMapping, address: { readonly url?: string } | undefined): Resolution {
  if (address === undefined) return failed(`address not set for ${referenceText(mapping)}`);
  if (!address.url) return failed(`URL missing in address of ${referenceText(mapping)}`);
  const url = URL.canParse(address.url) ? new URL(address.url) : undefined;
  if (url === undefined || url.host === "") return failed(`hostname missing in address of ${referenceText(mapping)}`);
  const shown = `resolved URI ${JSON.stringify(address.url)}`;
  if (url.pathname !== "" && url.pathname !== "/") return failed(`${shown} contains a path`);
  const [service = "", namespace, ...rest] = url.host.split(".");
  const suffix = `svc.${CLUSTER_DOMAIN}`;
  if (rest.join(".") !== suffix) return failed(`${shown} must be of the form {name}.{namespace}.${suffix}`);
  if (namespace !== mapping.metadata.namespace) return failed(`${shown} must be in same namespace as DomainMapping`);
  return { kind: "ok", target: { host: url.host, service } };
}

/** The reference in the words of Go's ObjectReference, which upstream's messages carry. */
function referenceText({ metadata, spec: { ref } }: DomainMapping): string {
  const { kind, name, apiVersion = "" } = ref;
  const namespace = metadata.namespace ?? "";
  return `&ObjectReference{Kind:${kind},Namespace:${namespace},Name:${name},UID:,APIVersion:${apiVersion},ResourceVersion:,FieldPath:,}`;
}

function failed(why: string): Resolution {
  return { kind: "failed", why };
}
