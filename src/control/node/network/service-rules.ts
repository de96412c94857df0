import type { EndpointSlice, Service } from "../../../api/k8s/types.generated.ts";

/** One port of a Service's own address and where its connections go. */
export interface ServicePortRule {
  readonly address: string;
  readonly port: number;
  readonly protocol: "tcp" | "udp";
  readonly targets: readonly { readonly ip: string; readonly port: number }[];
}

/** Endpoints that pods can reach: addresses on the node's loopback are not among them. */
export function reachableIps(slices: readonly EndpointSlice[]): readonly string[] {
  const ready = slices.flatMap(({ endpoints }) => (endpoints ?? []).filter(({ conditions }) => conditions?.ready !== false));
  return [...new Set(ready.flatMap(({ addresses }) => addresses).filter(isReachable))];
}

/** The rules of a Service with an address of its own. */
export function servicePortRules(service: Service, slices: readonly EndpointSlice[]): readonly ServicePortRule[] {
  const { clusterIP: address = "None", ports = [] } = service.spec ?? {};
  if (!isReachable(address)) return [];
  return ports.flatMap(({ name = "", port, protocol = "TCP" }) => {
    const targets = slices.flatMap((slice) => targetsIn(slice, name));
    const spoken = protocol === "TCP" ? "tcp" : protocol === "UDP" ? "udp" : undefined;
    return spoken === undefined || targets.length === 0 ? [] : [{ address, port, protocol: spoken, targets }];
  });
}

function targetsIn(slice: EndpointSlice, name: string): ServicePortRule["targets"] {
  const port = slice.ports?.find((one) => (one.name ?? "") === name)?.port;
  return port === undefined ? [] : reachableIps([slice]).map((ip) => ({ ip, port }));
}

function isReachable(address: string): boolean {
  return /^\d+\.\d+\.\d+\.\d+$/.test(address) && !address.startsWith("127.");
}

/**
 * A table that replaces the one before in one step. Connections of pods to a Service's address go to one of its endpoints by
 * chance; when that is on the bridge, its answers have to come back through us. (A pod does not reach itself this way: the
 * kernel routes no packet from an address to the same address.)
 */
export function serviceTable(name: string, rules: readonly ServicePortRule[], bridge: string): string {
  const lines = rules.map(({ address, port, protocol, targets }) => {
    const pairs = targets.map(({ ip, port: to }, index) => `${index} : ${ip} . ${to}`).join(", ");
    const [only] = targets;
    const choice =
      targets.length === 1 && only !== undefined ? `${only.ip}:${only.port}` : `numgen random mod ${targets.length} map { ${pairs} }`;
    return ` ip daddr ${address} ${protocol} dport ${port} dnat to ${choice}`;
  });
  return [
    `table ip ${name} { }`,
    `delete table ip ${name}`,
    `table ip ${name} {`,
    " chain prerouting {",
    " type nat hook prerouting priority -100; policy accept;",
    ...lines,
    " }",
    " chain postrouting {",
    " type nat hook postrouting priority 100; policy accept;",
    ` iifname "${bridge}" oifname "${bridge}" ct status dnat masquerade`,
    " }",
    "}",
    "",
  ].join("\n");
}
