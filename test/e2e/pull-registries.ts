/** Registries that are not the platform's own, for tests of pulling: one of Debian's, and one that does what it is told. */
import { spawn } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { once } from "node:events";
import { createServer, type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestContext } from "node:test";
import { buildImage } from "../../src/images/build.ts";
import { ContentStore } from "../../src/images/content-store.ts";
import { nodeDisk } from "../../src/images/node-disk.ts";
import { MEDIA_TYPES } from "../../src/images/oci/manifest.ts";
import type { FakeRegistry } from "../../src/images/pull/fixtures/registry.ts";
import { ended, eventually } from "./harness.ts";

export const PASSWORD = "right";
/** bcrypt of PASSWORD. */
const HTPASSWD = "alice:$2a$04$U3OdhQ7SHpqdXUtvpQWweeMbe3jUeXHQGrTTkegG/bHzPgDWHNEpK\n";
export const BASIC = `Basic ${Buffer.from(`alice:${PASSWORD}`).toString("base64")}`;

export interface ProgramImage {
  readonly manifest: Buffer;
  readonly digest: string;
  readonly blobs: ReadonlyMap<string, Buffer>;
}

/** An image of a Node program, in memory. */
export async function programImage(source: string): Promise<ProgramImage> {
  const folder = await mkdtemp(join(tmpdir(), "kinetic-image-"));
  try {
    const store = new ContentStore({ disk: nodeDisk(), folder, ownPorts: [] });
    const digest = await buildImage(store, {
      reference: "kinetic.local/program",
      files: [{ path: "app/main.mjs", bytes: Buffer.from(source) }],
      argv: ["node", "app/main.mjs"],
      runtime: `node${process.versions.node.split(".")[0] ?? ""}`,
      architecture: process.arch === "x64" ? "amd64" : process.arch,
      port: 8080,
    });
    const manifest = await store.getManifest(digest);
    const parts = manifest === undefined ? [] : [manifest.config, ...manifest.layers];
    const blobs = await Promise.all(
      parts.map(async (part) => [part.digest, Buffer.from((await store.getBlob(part.digest)) ?? [])] as const),
    );
    return { digest, manifest: Buffer.from((await store.getBlob(digest)) ?? []), blobs: new Map(blobs) };
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** Puts an image into a registry of ours. */
export function give(registry: FakeRegistry, name: string, image: ProgramImage): void {
  for (const blob of image.blobs.values()) registry.put(blob);
  for (const key of ["v1", image.digest]) registry.manifests.set(`${name}:${key}`, { type: MEDIA_TYPES.manifest, bytes: image.manifest });
}

/** Answers only with the password; anything else is told as registries do. */
export function protect(registry: FakeRegistry): void {
  registry.before = ({ headers }, response) => {
    if (headers.authorization === BASIC) return false;
    const errors = [{ code: "UNAUTHORIZED", message: "authentication required", detail: null }];
    response.writeHead(401, { "www-authenticate": 'Basic realm="private"' }).end(JSON.stringify({ errors }));
    return true;
  };
}

/** Debian's registry with one user. Resolves with its host. */
export async function startDebianRegistry(t: TestContext): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "kinetic-debian-"));
  const host = `localhost:${await freePort()}`;
  const config = `version: 0.1
log: { level: error }
storage: { filesystem: { rootdirectory: ${folder}/data } }
http: { addr: "${host.replace("localhost", "127.0.0.1")}" }
auth: { htpasswd: { realm: private, path: ${folder}/htpasswd } }
`;
  await Promise.all([writeFile(join(folder, "config.yml"), config), writeFile(join(folder, "htpasswd"), HTPASSWD)]);
  const child = spawn("docker-registry", ["serve", join(folder, "config.yml")], {
    stdio: "ignore",
    env: { ...process.env, OTEL_TRACES_EXPORTER: "none" },
  });
  t.after(async () => {
    await ended(child);
    await rm(folder, { recursive: true, force: true });
  });
  await eventually("the registry answers", () => fetch(`http://${host}/v2/`));
  return host;
}

/** Pushes over the wire, as alice. */
export async function push(host: string, name: string, image: ProgramImage): Promise<void> {
  const send = async (method: string, url: URL | string, init: RequestInit = {}) => {
    const answer = await fetch(url, { ...init, method, headers: { ...init.headers, authorization: BASIC } });
    if (!answer.ok) throw new Error(`${method} ${String(url)}: ${answer.status} ${await answer.text()}`);
    return answer;
  };
  for (const [digest, blob] of image.blobs) {
    const begun = await send("POST", `http://${host}/v2/${name}/blobs/uploads/`);
    const url = new URL(begun.headers.get("location") ?? "", `http://${host}`);
    url.searchParams.set("digest", digest);
    await send("PUT", url, { body: new Uint8Array(blob), headers: { "content-type": "application/octet-stream" } });
  }
  await send("PUT", `http://${host}/v2/${name}/manifests/v1`, {
    body: new Uint8Array(image.manifest),
    headers: { "content-type": MEDIA_TYPES.manifest },
  });
}

/** The source of a program that answers every request with a word. */
export function wordProgram(word: string): string {
  return `
import { createServer } from "node:http";
const server = createServer((_, response) => response.end(${JSON.stringify(word)}));
server.listen(Number(process.env.PORT));
process.on("SIGTERM", () => server.close(() => process.exit(0)));
`;
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return port;
}
