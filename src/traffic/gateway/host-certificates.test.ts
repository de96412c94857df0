import assert from "node:assert/strict";
import { test } from "node:test";
import { createAuthority, type KeyPair } from "../../security/certificates.ts";
import { silentLogger } from "../../std/logger.ts";
import { seededRandom } from "../../std/random.ts";
import { ManualClock } from "../../testing/clock.ts";
import { HostCertificates } from "./host-certificates.ts";

const DAY_MS = 86_400_000;

async function setUp({
  authority,
  brought,
}: { readonly authority?: KeyPair; readonly brought?: (host: string) => KeyPair | undefined } = {}) {
  const clock = new ManualClock();
  const random = seededRandom(5);
  const routed = new Set(["app.example.com"]);
  const signer = authority ?? (await createAuthority("ca", { now: clock.now(), random }));
  const isRouted = (host: string) => routed.has(host) || host.endsWith(".many");
  const options = { authority: signer, isRouted, clock, random, logger: silentLogger, ...(brought === undefined ? {} : { brought }) };
  return { clock, certificates: new HostCertificates(options) };
}

test("a certificate is made once, whatever the case of the name, and renewed a month before it ends", async () => {
  const { clock, certificates } = await setUp();
  const first = await certificates.contextOf("app.example.com");
  assert.notEqual(first, undefined);
  await clock.advance(59 * DAY_MS);
  assert.equal(await certificates.contextOf("APP.example.com"), first);
  await clock.advance(2 * DAY_MS);
  assert.notEqual(await certificates.contextOf("app.example.com"), first);
});

test("nothing is signed for a host that is not routed", async () => {
  const { certificates } = await setUp();
  assert.equal(await certificates.contextOf("other.example.com"), undefined);
});

test("an authority that cannot sign leaves the listener's own certificate, and is asked again", async () => {
  const { certificates } = await setUp({ authority: { certificate: "no certificate", key: "no key" } });
  const first = certificates.contextOf("app.example.com");
  assert.equal(await first, undefined);
  assert.notEqual(certificates.contextOf("app.example.com"), first);
});

test("a thousand hosts are remembered, no more", async () => {
  const { certificates } = await setUp();
  const first = certificates.contextOf("0.many");
  const others = Array.from({ length: 999 }, (_, n) => certificates.contextOf(`${n + 1}.many`));
  assert.equal(certificates.contextOf("0.many"), first);
  others.push(certificates.contextOf("1000.many"));
  assert.notEqual(certificates.contextOf("0.many"), first);
  await Promise.all([first, ...others]);
});

test("what the owner has brought goes before ours, as long as it is there and can be used", async () => {
  const world = { now: 0, random: seededRandom(5) };
  const good = await createAuthority("theirs", world);
  let pair: KeyPair | undefined = good;
  const { certificates } = await setUp({ brought: () => pair });
  const theirs = await certificates.contextOf("app.example.com");
  assert.notEqual(theirs, undefined);
  assert.equal(await certificates.contextOf("app.example.com"), theirs, "it is read once");
  pair = { certificate: good.certificate, key: "no key" };
  const ours = await certificates.contextOf("app.example.com");
  assert.notEqual(ours, theirs);
  pair = undefined;
  assert.equal(await certificates.contextOf("app.example.com"), ours);
  pair = good;
  assert.equal(await certificates.contextOf("app.example.com"), theirs);
});
