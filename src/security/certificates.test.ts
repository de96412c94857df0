import assert from "node:assert/strict";
import { X509Certificate } from "node:crypto";
import { test } from "node:test";
import { connect, createServer } from "node:tls";
import type { AddressInfo } from "node:net";
import { once } from "node:events";
import { seededRandom } from "../std/random.ts";
import { createAuthority, isUsable, issueCertificate } from "./certificates.ts";

const options = () => ({ now: Date.now(), random: seededRandom(7) });

test("a server certificate is accepted by a TLS client that trusts the authority, for the names it carries", async () => {
  const ca = await createAuthority("kinetic", options());
  const server = await issueCertificate(ca, { commonName: "api", hosts: ["localhost", "127.0.0.1", "::1"], usage: "server" }, options());
  const listener = createServer({
    cert: server.certificate,
    key: server.key,
    ca: ca.certificate,
    requestCert: true,
    rejectUnauthorized: false,
  });
  listener.listen(0, "127.0.0.1");
  await once(listener, "listening");
  const { port } = listener.address() as AddressInfo;
  const client = await issueCertificate(
    ca,
    { commonName: "kubernetes-admin", organizations: ["system:masters", "kinetic"], usage: "client" },
    options(),
  );
  const accepted = once(listener, "secureConnection");
  const socket = connect({
    host: "127.0.0.1",
    port,
    servername: "localhost",
    ca: ca.certificate,
    cert: client.certificate,
    key: client.key,
  });
  await once(socket, "secureConnect");
  const [peer] = (await accepted) as [{ authorized: boolean; getPeerCertificate(): { subject: { CN: string; O: string[] } } }];
  assert.equal(peer.authorized, true);
  assert.equal(peer.getPeerCertificate().subject.CN, "kubernetes-admin");
  assert.deepEqual(peer.getPeerCertificate().subject.O, ["system:masters", "kinetic"]);
  socket.destroy();
  listener.close();
});

test("certificates of another authority are not trusted, and a client certificate cannot serve", async () => {
  const [ours, theirs] = [await createAuthority("ours", options()), await createAuthority("theirs", options())];
  const leaf = await issueCertificate(theirs, { commonName: "x", hosts: ["localhost"], usage: "server" }, options());
  const parsed = new X509Certificate(leaf.certificate);
  assert.equal(parsed.verify(new X509Certificate(theirs.certificate).publicKey), true);
  assert.equal(parsed.verify(new X509Certificate(ours.certificate).publicKey), false);
  assert.equal(new X509Certificate(ours.certificate).ca, true);
  assert.equal(parsed.ca, false);
});

test("a certificate is renewed in time and when a host is missing", async () => {
  const ca = await createAuthority("kinetic", options());
  const leaf = await issueCertificate(
    ca,
    { commonName: "api", hosts: ["localhost", "127.0.0.1"], usage: "server" },
    { ...options(), days: 40 },
  );
  assert.equal(isUsable(leaf.certificate, ["localhost", "127.0.0.1"], Date.now()), true);
  assert.equal(isUsable(leaf.certificate, ["localhost", "192.0.2.1"], Date.now()), false);
  assert.equal(isUsable(leaf.certificate, ["localhost"], Date.now() + 11 * 86_400_000), false);
});
