import { isIPv4, isIPv6 } from "../../std/ip.ts";
import type { Endpoint, EndpointSlice } from "../k8s/types.generated.ts";
import { portNumberCauses, PROTOCOLS } from "../core/pod-spec/ports.ts";
import { ageColumn, column, defineKind, nameColumn } from "../meta/define-kind.ts";
import { formatSome } from "../meta/format.ts";
import type { AdmissionContext, FieldCause } from "../meta/kind.ts";
import { oldOf, strategyOf } from "../meta/strategy.ts";
import { duplicateCause, invalidCause, invalidCauses, oneOf, requiredCause } from "../meta/validation/causes.ts";
import { dnsLabelErrors, dnsSubdomainErrors } from "../meta/validation/names.ts";

const MAX_ENDPOINTS = 1000;
const MAX_ADDRESSES = 100;
const IP_TEXT = "must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)";

export const endpointSliceKind = defineKind<EndpointSlice>({
  group: "discovery.k8s.io",
  version: "v1",
  kind: "EndpointSlice",
  plural: "endpointslices",
  namespaced: true,
  definition: "io.k8s.api.discovery.v1.EndpointSlice",
  generation: "spec",
  columns: [
    nameColumn(),
    column<EndpointSlice>("AddressType", "string", ({ addressType }) => addressType),
    column<EndpointSlice>("Ports", "string", ({ ports }) =>
      formatSome(
        (ports ?? []).map(({ port }) => String(port ?? "*")),
        3,
        "<unset>",
      ),
    ),
    column<EndpointSlice>("Endpoints", "string", ({ endpoints }) =>
      formatSome(
        (endpoints ?? []).flatMap(({ addresses }) => addresses),
        3,
        "<unset>",
      ),
    ),
    ageColumn(),
  ],
  strategy: strategyOf<EndpointSlice>({ default: defaultSlice, causes: sliceCauses }),
});

function defaultSlice(draft: EndpointSlice): void {
  for (const port of draft.ports ?? []) {
    port.name ??= "";
    port.protocol ||= "TCP";
  }
  for (const endpoint of draft.endpoints ?? []) endpoint.conditions ??= {};
}

function sliceCauses(slice: EndpointSlice, context: AdmissionContext): FieldCause[] {
  const { addressType, endpoints } = slice;
  const old = oldOf<EndpointSlice>(context);
  const type = addressType ? oneOf("addressType", addressType, ["FQDN", "IPv4", "IPv6"]) : [requiredCause("addressType")];
  const isChanged = old !== undefined && old.addressType !== addressType;
  return [
    ...type,
    ...tooMany(endpoints ?? [], MAX_ENDPOINTS, "endpoints"),
    ...(endpoints ?? []).flatMap((endpoint, i) => endpointCauses(endpoint, addressType, `endpoints[${i}]`)),
    ...portCauses(slice),
    ...(isChanged ? [invalidCause("addressType", addressType, "field is immutable")] : []),
  ];
}

function endpointCauses({ addresses = [], hostname }: Partial<Endpoint>, type: string, path: string): FieldCause[] {
  const none = addresses.length === 0 ? [requiredCause(`${path}.addresses`, "must contain at least 1 address")] : [];
  return [
    ...none,
    ...tooMany(addresses, MAX_ADDRESSES, `${path}.addresses`),
    ...addresses.flatMap((address, i) => addressCauses(address, type, `${path}.addresses[${i}]`)),
    ...(hostname ? invalidCauses(`${path}.hostname`, hostname, dnsLabelErrors(hostname)) : []),
  ];
}

/** Loopback addresses are good: without privileges Pods are there, told apart by port. */
function addressCauses(address: string, type: string, field: string): FieldCause[] {
  if (type === "FQDN") return invalidCauses(field, address, dnsSubdomainErrors(address));
  if (!isIPv4(address) && !isIPv6(address)) return [invalidCause(field, address, IP_TEXT)];
  if (type === "IPv4" && !isIPv4(address)) return [invalidCause(field, address, "must be a valid IPv4 address")];
  return type === "IPv6" && !isIPv6(address) ? [invalidCause(field, address, "must be a valid IPv6 address")] : [];
}

function portCauses({ ports = [] }: EndpointSlice): FieldCause[] {
  const names = new Set<string>();
  return ports.flatMap(({ name = "", port, protocol }, i) => {
    const isDuplicate = names.has(name);
    names.add(name);
    return [
      ...(isDuplicate ? [duplicateCause(`ports[${i}].name`, name)] : []),
      ...(name === "" ? [] : invalidCauses(`ports[${i}].name`, name, dnsLabelErrors(name))),
      ...(port === undefined ? [] : portNumberCauses(port, `ports[${i}].port`)),
      ...oneOf(`ports[${i}].protocol`, protocol, PROTOCOLS),
    ];
  });
}

function tooMany(list: readonly unknown[], limit: number, field: string): FieldCause[] {
  if (list.length <= limit) return [];
  return [{ reason: "FieldValueTooMany", message: `Too many: ${list.length}: must have at most ${limit} items`, field }];
}
