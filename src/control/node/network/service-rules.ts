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
  return readyAddresses(slices).filter(isReachable);
}

/** Where pods reach a port of the machine's loopback; undefined for ports that are not for them. */
export type MachinePorts = (port: number) => ServicePortRule["targets"][number] | undefined;

/** The rules of a Service with an address of its own. */
export function servicePortRules(
  service: Service,
  slices: readonly EndpointSlice[],
  machine: MachinePorts = () => undefined,
): readonly ServicePortRule[] {
  const { clusterIP: address = "None", ports = [] } = service.spec ?? {};
  if (!isReachable(address)) return [];
  return ports.flatMap(({ name = "", port, protocol = "TCP" }) => {
    const targets = slices.flatMap((slice) => targetsIn(slice, name, machine));
    const spoken = protocol === "TCP" ? "tcp" : protocol === "UDP" ? "udp" : undefined;
    return spoken === undefined || targets.length === 0 ? [] : [{ address, port, protocol: spoken, targets }];
  });
}

function targetsIn(slice: EndpointSlice, name: string, machine: MachinePorts): ServicePortRule["targets"] {
  const port = slice.ports?.find((one) => (one.name ?? "") === name)?.port;
  if (port === undefined) return [];
  const addresses = readyAddresses([slice]);
  const ours = addresses.some((address) => address.startsWith("127.")) ? machine(port) : undefined;
  return [...addresses.filter(isReachable).map((ip) => ({ ip, port })), ...(ours === undefined ? [] : [ours])];
}

function readyAddresses(slices: readonly EndpointSlice[]): readonly string[] {
  const ready = slices.flatMap(({ endpoints }) => (endpoints ?? []).filter(({ conditions }) => conditions?.ready !== false));
  return [...new Set(ready.flatMap(({ addresses }) => addresses))];
}

function isReachable(address: string): boolean {
  return /^\d+\.\d+\.\d+\.\d+$/.test(address) && !address.startsWith("127.");
}

/**
 * A table that replaces the one before in one step. Connections of pods to a Service's address go to one of its endpoints by
 * chance; when that is on the bridge, its answers have to come back through us, the more so when it is the asking pod itself. (The
 * interface that such a connection came from is not named: where bridges are filtered it is not known any more.)
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
    ` oifname "${bridge}" ct status dnat masquerade`,
    " }",
    "}",
    "",
  ].join("\n");
}
