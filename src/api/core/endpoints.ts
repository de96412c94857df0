import { isIPv4, isIPv6 } from "../../std/ip.ts";
import type { EndpointAddress, Endpoints, EndpointSubset } from "../k8s/types.generated.ts";
import { ageColumn, column, defineKind, nameColumn } from "../meta/define-kind.ts";
import { formatSome } from "../meta/format.ts";
import type { FieldCause } from "../meta/kind.ts";
import { strategyOf } from "../meta/strategy.ts";
import { invalidCause, oneOf, requiredCause } from "../meta/validation/causes.ts";
import { portNumberCauses, PROTOCOLS } from "./pod-spec/ports.ts";

export const endpointsKind = defineKind<Endpoints>({
  group: "",
  version: "v1",
  kind: "Endpoints",
  plural: "endpoints",
  namespaced: true,
  definition: "io.k8s.api.core.v1.Endpoints",
  shortNames: ["ep"],
  columns: [
    nameColumn(),
    column<Endpoints>("Endpoints", "string", ({ subsets }) => formatSome(targets(subsets ?? []), 3, "<none>")),
    ageColumn(),
  ],
  strategy: strategyOf<Endpoints>({
    default(draft) {
      for (const subset of draft.subsets ?? []) for (const port of subset.ports ?? []) port.protocol ||= "TCP";
    },
    causes: ({ subsets }) => (subsets ?? []).flatMap((subset, i) => subsetCauses(subset, `subsets[${i}]`)),
  }),
});

function targets(subsets: readonly EndpointSubset[]): string[] {
  return subsets.flatMap(({ addresses = [], ports = [] }) => {
    if (ports.length === 0) return addresses.map(({ ip }) => ip);
    return ports.flatMap(({ port }) => addresses.map(({ ip }) => (ip.includes(":") ? `[${ip}]:${port}` : `${ip}:${port}`)));
  });
}

function subsetCauses({ addresses = [], notReadyAddresses = [], ports = [] }: EndpointSubset, path: string): FieldCause[] {
  const isEmpty = addresses.length === 0 && notReadyAddresses.length === 0;
  return [
    ...(isEmpty ? [requiredCause(path, "must specify `addresses` or `notReadyAddresses`")] : []),
    ...addressCauses(addresses, `${path}.addresses`),
    ...addressCauses(notReadyAddresses, `${path}.notReadyAddresses`),
    ...ports.flatMap((port, i) => [
      ...(ports.length > 1 && !port.name ? [requiredCause(`${path}.ports[${i}].name`)] : []),
      ...portNumberCauses(port.port, `${path}.ports[${i}].port`),
      ...oneOf(`${path}.ports[${i}].protocol`, port.protocol, PROTOCOLS),
    ]),
  ];
}

/** Loopback addresses are good here: without privileges that is where Pods are. */
function addressCauses(addresses: readonly EndpointAddress[], path: string): FieldCause[] {
  return addresses.flatMap(({ ip = "" }: Partial<EndpointAddress>, i) =>
    isIPv4(ip) || isIPv6(ip) ? [] : [invalidCause(`${path}[${i}].ip`, ip, "must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)")],
  );
}
