import assert from "node:assert/strict";
import { createSocket } from "node:dgram";
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { connect, createServer, type AddressInfo } from "node:net";
import { get } from "node:http";
import { text } from "node:stream/consumers";
import { test } from "node:test";
import type { EndpointSlice, Service } from "../../../api/k8s/types.generated.ts";
import { systemClock } from "../../../std/clock.ts";
import { silentLogger } from "../../../std/logger.ts";
import { World } from "../../../testing/world.ts";
import { makeOci, noServices, skipGo, type OciUnderTest } from "../drivers/oci/fixtures/oci-world.ts";
import { eventually } from "../fixtures/fixtures.ts";
import { CODE, makeAnswer, parseQuery } from "./dns/message.ts";
import { DnsServer, rule } from "./dns/server.ts";
import { createUpstream, frame, Frames, nameserversIn } from "./dns/upstream.ts";
import { nftTable } from "./firewall.ts";
import { ClusterServices } from "./cluster-services.ts";
import { ServiceProxy } from "./service-proxy.ts";
import { servicePortRules, serviceTable, type ServicePortRule } from "./service-rules.ts";
import { addressIn, formatSubnet, freeSubnet, overlaps, parseSubnet, type Subnet } from "./subnet.ts";

test("subnets are parsed, formatted and compared", () => {
  const subnet = (value: string) => parseSubnet(value) as Subnet;
  assert.equal(formatSubnet(subnet("10.1.0.0/16")), "10.1.0.0/16");
  assert.equal(addressIn(subnet("10.1.0.0/16"), 258), "10.1.1.2");
  assert.deepEqual(parseSubnet("192.168.1.7"), { base: 3232235783, bits: 32 });
  for (const bad of ["default", "10.0.0/8", "10.0.0.256", "fe80::/64"]) assert.equal(parseSubnet(bad), undefined, bad);
  assert.ok(overlaps(subnet("10.0.0.0/8"), subnet("10.200.0.0/20")));
  assert.ok(!overlaps(subnet("10.112.0.0/20"), subnet("10.112.16.0/20")));
});

test("a network is chosen that no route touches", () => {
  const routes = (...texts: string[]) => texts.flatMap((value) => parseSubnet(value) ?? []);
  const chosen = (...texts: string[]) => {
    const subnet = freeSubnet(routes(...texts));
    return subnet === undefined ? undefined : formatSubnet(subnet);
  };
  assert.equal(chosen(), "10.112.0.0/20");
  assert.notEqual(formatSubnet(freeSubnet([], 1) ?? assert.fail()), chosen());
  assert.equal(chosen("10.112.8.0/24"), "10.112.16.0/20");
  assert.equal(chosen("10.0.0.0/8", "0.0.0.0/0"), "172.28.0.0/20");
  assert.equal(chosen("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"), undefined);
});

test("address translation leaves traffic between pods alone", () => {
  const table = nftTable({ name: "knx", bridge: "knx", subnet: "10.112.0.0/20" });
  assert.match(
    table,
    /^table ip knx \{\n chain [^]* type nat hook postrouting [^]* ip saddr 10\.112\.0\.0\/20 oifname != "knx" masquerade\n \}\n\}\n$/,
  );
});

function question(name: string, type = 1): Buffer {
  const labels = name.split(".").flatMap((label) => [Buffer.from([label.length]), Buffer.from(label)]);
  return Buffer.concat([Buffer.from("abcd01000001000000000000", "hex"), ...labels, Buffer.from([0, 0, type, 0, 1])]);
}

test("resolver: Services are answered, what is no Service is denied, other names are asked elsewhere", () => {
  const service = (name: string, namespace: string) => (`${name}.${namespace}` === "hello.default" ? ["10.0.0.1"] : undefined);
  const ruling = (name: string, type?: number) => {
    const query = parseQuery(question(name, type));
    assert.ok(query !== undefined);
    const ruled = rule(query, service);
    if (ruled.kind === "forward") return "forward";
    const [code, answers] = [ruled.answer.readUInt16BE(2) & 15, ruled.answer.readUInt16BE(6)];
    return [code, answers === 0 ? "" : [...ruled.answer.subarray(-4)].join(".")];
  };
  assert.deepEqual(ruling("hello.default.svc.cluster.local"), [CODE.ok, "10.0.0.1"]);
  assert.deepEqual(ruling("HELLO.Default.svc.cluster.LOCAL"), [CODE.ok, "10.0.0.1"]);
  assert.deepEqual(ruling("hello.default.svc.cluster.local", 28), [CODE.ok, ""]);
  for (const name of ["other.default.svc.cluster.local", "example.com.default.svc.cluster.local", "x.cluster.local", "cluster.local"])
    assert.deepEqual(ruling(name), [CODE.noSuchName, ""], name);
  assert.equal(ruling("example.com"), "forward");
  assert.equal(ruling("notcluster.local"), "forward");
});

test("resolver: what is no question is not answered", () => {
  assert.equal(parseQuery(Buffer.from("abcd")), undefined);
  assert.equal(parseQuery(makeAnswer(parseQuery(question("a.b")) ?? assert.fail(), 0)), undefined);
  assert.equal(parseQuery(question("a.b").subarray(0, 15)), undefined);
});

test("resolver: asks the next server when one is silent, over UDP and TCP, and fails when all are", async () => {
  const upstream = createSocket("udp4").bind(0, "127.0.0.1");
  await once(upstream, "listening");
  upstream.on("message", (message, peer) => {
    const query = parseQuery(message);
    if (query !== undefined) upstream.send(makeAnswer(query, CODE.ok, ["192.0.2.7"]), peer.port, peer.address);
  });
  const asker = createUpstream(["127.0.0.1"], systemClock, upstream.address().port);
  await using server = await DnsServer.listen({ host: "127.0.0.1", port: 0, service: () => undefined, upstream: asker });
  const client = createSocket("udp4");
  client.send(question("example.com"), server.port, "127.0.0.1");
  const [answer] = (await once(client, "message")) as [Buffer];
  assert.deepEqual([...answer.subarray(-4)], [192, 0, 2, 7]);
  upstream.close();
  const socket = connect(server.port, "127.0.0.1");
  socket.write(frame(question("example.com")));
  const failure = await new Promise<Buffer>((resolve) => {
    const frames = new Frames(resolve);
    socket.on("data", (chunk: Buffer) => frames.push(chunk));
  });
  assert.equal(failure.readUInt16BE(2) & 15, CODE.serverFailure);
  socket.destroy();
  client.close();
});

test("resolver: the machine's servers are read from its file", () => {
  assert.deepEqual(nameserversIn("# nameserver 1.1.1.1\nnameserver 10.0.0.1\n nameserver fd00::1\nsearch a\n"), ["10.0.0.1", "fd00::1"]);
});

const slice = (more: Partial<EndpointSlice>): EndpointSlice => ({
  apiVersion: "discovery.k8s.io/v1",
  kind: "EndpointSlice",
  metadata: { name: "s", namespace: "ns", labels: { "kubernetes.io/service-name": "web" } },
  addressType: "IPv4",
  endpoints: [{ addresses: ["10.0.0.2"], conditions: { ready: true } }],
  ports: [{ name: "http", port: 8080 }],
  ...more,
});
const service = (spec: Partial<NonNullable<Service["spec"]>>): Service => ({
  apiVersion: "v1",
  kind: "Service",
  metadata: { name: "web", namespace: "ns" },
  spec: { clusterIP: "10.96.0.9", ports: [{ name: "http", port: 80 }], ...spec },
});

test("rules of Services: ready endpoints with an address of their own, by the name of the port", () => {
  const target = { ip: "10.0.0.2", port: 8080 };
  const rule = { address: "10.96.0.9", port: 80, protocol: "tcp", targets: [target] };
  assert.deepEqual(servicePortRules(service({}), [slice({})]), [rule]);
  assert.deepEqual(servicePortRules(service({ clusterIP: "None" }), [slice({})]), []);
  assert.deepEqual(servicePortRules(service({ ports: [{ name: "other", port: 80 }] }), [slice({})]), []);
  assert.deepEqual(servicePortRules(service({}), [slice({ endpoints: [{ addresses: ["127.0.0.1"] }] })]), []);
  assert.deepEqual(servicePortRules(service({}), [slice({ endpoints: [{ addresses: ["10.0.0.2"], conditions: { ready: false } }] })]), []);
  const loopback = slice({ endpoints: [{ addresses: ["127.0.0.1"] }] });
  const machine = (port: number) => (port === 8080 ? { ip: "10.112.0.1", port: 443 } : undefined);
  assert.deepEqual(servicePortRules(service({}), [loopback], machine), [{ ...rule, targets: [{ ip: "10.112.0.1", port: 443 }] }]);
  assert.deepEqual(
    servicePortRules(service({}), [loopback], () => undefined),
    [],
  );
  const table = serviceTable("knxs", [{ ...rule, protocol: "tcp", targets: [target, { ip: "10.0.0.3", port: 81 }] }], "knx");
  assert.match(
    table,
    / ip daddr 10\.96\.0\.9 tcp dport 80 dnat to numgen random mod 2 map \{ 0 : 10\.0\.0\.2 \. 8080, 1 : 10\.0\.0\.3 \. 81 \}\n/,
  );
});

test("names of Services: their address, their endpoints when they have none, the machine when nothing of theirs can be reached", () => {
  const named = (spec: Partial<NonNullable<Service["spec"]>>, ...slices: EndpointSlice[]) =>
    new ClusterServices(new World({ objects: [service(spec), ...slices] }).informers).addresses("web", "ns");
  assert.deepEqual(named({}, slice({})), ["10.96.0.9"]);
  assert.deepEqual(named({ clusterIP: "None" }, slice({})), ["10.0.0.2"]);
  assert.equal(named({}, slice({ endpoints: [{ addresses: ["127.0.0.1"] }] })), "machine");
  assert.equal(named({ type: "ExternalName" }), "machine");
  assert.equal(new ClusterServices(new World({ objects: [] }).informers).addresses("web", "ns"), undefined);
});

test("pod network: a pod reaches itself by its Service's address", { skip: skipGo }, async () => {
  const rules: ServicePortRule[] = [];
  await using under = await makeOci({ network: { services: { ...noServices, rules: () => rules } } });
  await using network = await under.driver.network("a", never);
  const server = await under.run(await under.program({ args: ["serve"], env: [{ name: "PORT", value: "8080" }], network, hostname: "me" }));
  rules.push({ address: "10.96.0.9", port: 80, protocol: "tcp", targets: [{ ip: network.ip, port: 8080 }] });
  await using _proxy = new ServiceProxy({
    services: { ...noServices, rules: () => rules },
    clock: systemClock,
    logger: silentLogger,
    name: `${under.name}s`,
    bridge: under.name,
  });
  await eventually("it listens", async () => (await server.listeningPorts())?.includes(8080));
  await eventually("it answers itself", async () => /^200 me /m.test(await output(under, ["dial", "http://10.96.0.9/"], network)));
});

test("pod network: a Service's address leads to its endpoints", { skip: skipGo }, async () => {
  const rules: ServicePortRule[] = [];
  await using under = await makeOci({ network: { services: { ...noServices, rules: () => rules } } });
  await using one = await under.driver.network("a", never);
  await using two = await under.driver.network("b", never);
  await using asking = await under.driver.network("c", never);
  const env = [{ name: "PORT", value: "8080" }];
  for (const network of [one, two]) await under.run(await under.program({ args: ["serve"], env, network, hostname: `at-${network.ip}` }));
  const targets = [one, two].map(({ ip }) => ({ ip, port: 8080 }));
  rules.push({ address: "10.96.0.9", port: 80, protocol: "tcp", targets });
  await using _proxy = new ServiceProxy({
    services: { ...noServices, rules: () => rules },
    clock: systemClock,
    logger: silentLogger,
    name: `${under.name}s`,
    bridge: under.name,
  });
  const seen = new Set<string>();
  await eventually("both answer", async () => {
    const answered = /at-\S+/.exec(await output(under, ["dial", "http://10.96.0.9/"], asking))?.[0];
    if (answered !== undefined) seen.add(answered);
    return seen.size === 2;
  });
  assert.deepEqual([...seen].toSorted(), [one, two].map(({ ip }) => `at-${ip}`).toSorted());
});

const never = new AbortController().signal;

async function output(
  under: OciUnderTest,
  args: readonly string[],
  network: Awaited<ReturnType<OciUnderTest["driver"]["network"]>>,
): Promise<string> {
  const spec = await under.program({ args, network });
  await (
    await under.run(spec)
  ).exited;
  return (await readFile(spec.logPath, "utf8")).replaceAll(/^\S+ std\w+ [FP] /gm, "");
}

test(
  "pod network: pods are reached from the machine, reach each other, themselves and the machine's forwarded ports",
  { skip: skipGo },
  async () => {
    const inside = createServer((socket) => socket.end("HTTP/1.1 200 OK\r\ncontent-length: 8\r\n\r\nplatform"));
    inside.listen(0, "127.0.0.1");
    await once(inside, "listening");
    const forwards = [{ port: 80, target: (inside.address() as AddressInfo).port }];
    await using under = await makeOci({
      network: { forwards, services: { ...noServices, addresses: (name) => (name === "hello" ? "machine" : undefined) } },
    });
    await using first = await under.driver.network("a", never);
    await using second = await under.driver.network("b", never);
    assert.notEqual(first.ip, second.ip);
    const env = [{ name: "PORT", value: "8080" }];
    const server = await under.run(await under.program({ args: ["serve"], env, network: first, hostname: "server" }));
    await eventually("it listens", async () => (await server.listeningPorts())?.includes(8080));
    const answer = await new Promise<string>((resolve, reject) => {
      get({ host: first.ip, port: 8080, agent: false }, (response) => void text(response).then(resolve)).on("error", reject);
    });
    assert.equal(answer, `server ${first.ip}:8080 /`);
    assert.match(await output(under, ["dial", `http://${first.ip}:8080/x`], second), /^200 server \S+ \/x$/m);
    assert.match(await output(under, ["dial", "http://localhost:8080/y"], first), /^200 server \S+ \/y$/m);
    assert.match(await output(under, ["dial", "http://hello.default.svc.cluster.local/"], second), /^200 platform$/m);
    const names = await output(under, ["resolve", "hello", "hello.default", "nothing.default.svc.cluster.local"], second);
    assert.match(
      names,
      new RegExp(`^hello \\[${first.nameserver}\\] <nil>\nhello.default \\[${first.nameserver}\\] <nil>\nnothing.* no such host\n$`),
    );
    server.signal("SIGTERM");
    assert.equal((await server.exited).exitCode, 0);
    inside.close();
  },
);

test("pod network: many pods get addresses of their own, and a stop refuses the next", { skip: skipGo }, async () => {
  const under = await makeOci({ network: {} });
  const networks = await Promise.all(Array.from({ length: 20 }, (_, index) => under.driver.network(String(index), never)));
  assert.equal(new Set(networks.map(({ ip }) => ip)).size, 20);
  await assert.rejects(under.driver.network("late", AbortSignal.abort(new Error("too late"))), /too late/);
  for (const network of networks) await network[Symbol.asyncDispose]();
  await under[Symbol.asyncDispose]();
  await assert.rejects(under.driver.network("later", never), /the platform stops/);
});
