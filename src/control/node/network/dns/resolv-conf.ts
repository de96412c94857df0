import type { DnsRequest } from "../../drivers/contract.ts";

/** What a resolv.conf says. */
export interface ResolvConf {
  readonly nameservers: readonly string[];
  readonly searches: readonly string[];
  /** e.g. `ndots:5`, `rotate`. */
  readonly options: readonly string[];
}

/** What C libraries read of one file. */
const MAX_NAMESERVERS = 3;
const MAX_SEARCHES = 32;
const NONE: ResolvConf = { nameservers: [], searches: [], options: [] };

export interface PodResolvers {
  readonly namespace: string;
  /** That of the cluster. */
  readonly nameserver: string;
  /** The machine's own. */
  readonly host: ResolvConf;
}

/** The last `search` of a file counts, and every `nameserver` and `options`. */
export function parseResolvConf(text: string): ResolvConf {
  const lines = text.split("\n").map((line) =>
    line
      .replace(/[#;].*/, "")
      .trim()
      .split(/\s+/),
  );
  const of = (keyword: string) => lines.filter(([first]) => first === keyword).map(([, ...values]) => values);
  return {
    nameservers: of("nameserver").flatMap(([address]) => address ?? []),
    searches: of("search").at(-1) ?? [],
    options: of("options").flat(),
  };
}

/** What a kubelet makes of a Pod's dnsPolicy and dnsConfig. */
export function podResolvConf(dns: DnsRequest, resolvers: PodResolvers): ResolvConf {
  const base = byPolicy(dns.policy, resolvers);
  const { nameservers = [], searches = [], options = [] } = dns;
  const replaced = new Set(options.map(optionName));
  return {
    nameservers: [...new Set([...base.nameservers, ...nameservers])].slice(0, MAX_NAMESERVERS),
    searches: [...new Set([...base.searches, ...searches])].slice(0, MAX_SEARCHES),
    options: [...base.options.filter((option) => !replaced.has(optionName(option))), ...options],
  };
}

export function formatResolvConf({ nameservers, searches, options }: ResolvConf): string {
  const lines = nameservers.map((address) => `nameserver ${address}\n`);
  if (searches.length > 0) lines.push(`search ${searches.join(" ")}\n`);
  if (options.length > 0) lines.push(`options ${options.join(" ")}\n`);
  return lines.join("");
}

function byPolicy(policy: DnsRequest["policy"], { namespace, nameserver, host }: PodResolvers): ResolvConf {
  if (policy === "None") return NONE;
  if (policy === "Default")
    return { ...host, nameservers: host.nameservers.map((address) => (isLoopback(address) ? nameserver : address)) };
  const cluster = [`${namespace}.svc.cluster.local`, "svc.cluster.local", "cluster.local"];
  return { nameservers: [nameserver], searches: [...cluster, ...host.searches], options: ["ndots:5"] };
}

/** A resolver on the machine's loopback is out of a pod's reach; ours asks it. */
function isLoopback(address: string): boolean {
  return address.startsWith("127.") || address === "::1";
}

function optionName(option: string): string {
  return option.split(":", 1)[0] ?? option;
}
