import assert from "node:assert/strict";
import { test } from "node:test";
import type { DnsRequest } from "../../drivers/contract.ts";
import { formatResolvConf, parseResolvConf, podResolvConf } from "./resolv-conf.ts";

const host = parseResolvConf(
  "# made by hand\nnameserver 192.0.2.1\nnameserver 127.0.0.53 ; local\nsearch old\nsearch home.example\noptions rotate timeout:1\n",
);

function lines(dns: DnsRequest): string[] {
  return formatResolvConf(podResolvConf(dns, { namespace: "shop", nameserver: "10.112.0.1", host }))
    .split("\n")
    .slice(0, -1);
}

test("the machine's file is read: comments, the last search, all servers and options", () => {
  const searches = ["home.example"];
  assert.deepEqual(host, { nameservers: ["192.0.2.1", "127.0.0.53"], searches, options: ["rotate", "timeout:1"] });
  assert.deepEqual(parseResolvConf(""), { nameservers: [], searches: [], options: [] });
});

test("ClusterFirst asks the cluster's resolver, first for names of the namespace, then as the machine does", () => {
  const searches = "search shop.svc.cluster.local svc.cluster.local cluster.local home.example";
  assert.deepEqual(lines({ policy: "ClusterFirst" }), ["nameserver 10.112.0.1", searches, "options ndots:5"]);
});

test("Default is the machine's, with ours for a resolver that only the machine reaches", () => {
  const servers = ["nameserver 192.0.2.1", "nameserver 10.112.0.1"];
  assert.deepEqual(lines({ policy: "Default" }), [...servers, "search home.example", "options rotate timeout:1"]);
});

test("None is what dnsConfig says and nothing else", () => {
  assert.deepEqual(lines({ policy: "None", nameservers: ["192.0.2.9"], searches: ["a.example"], options: ["ndots:2", "edns0"] }), [
    "nameserver 192.0.2.9",
    "search a.example",
    "options ndots:2 edns0",
  ]);
});

test("dnsConfig is added: without doubles, its options win, and no more than libraries read", () => {
  const more = { nameservers: ["192.0.2.1", "192.0.2.2", "192.0.2.3"], searches: ["svc.cluster.local", "x.example"], options: ["ndots:1"] };
  assert.deepEqual(lines({ policy: "ClusterFirst", ...more }), [
    "nameserver 10.112.0.1",
    "nameserver 192.0.2.1",
    "nameserver 192.0.2.2",
    "search shop.svc.cluster.local svc.cluster.local cluster.local home.example x.example",
    "options ndots:1",
  ]);
});
