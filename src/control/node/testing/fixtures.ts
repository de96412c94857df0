/** What the node agent's tests share: real processes, an API server in memory. Imported by tests only. */
import { chmod, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type { Container, Pod } from "../../../api/k8s/types.generated.ts";
import type { ImageProvider } from "../../../api/ports/images.ts";
import { IMAGE_ARGV_LABEL, IMAGE_RUNTIME_LABEL } from "../../../api/names/kinetic.ts";
import { systemClock } from "../../../std/clock.ts";
import { ProcessDriver } from "../drivers/process/process-driver.ts";

/** A folder that every user can reach, removed on dispose. */
export async function openFolder(): Promise<AsyncDisposable & { readonly path: string }> {
  const path = await mkdtemp(join(tmpdir(), "kinetic-node-"));
  await chmod(path, 0o755);
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }) };
}

export const SERVER = `
import { createServer } from "node:http";
let served = 0;
const server = createServer((request, response) => {
  if (request.url === "/env") return response.end(JSON.stringify(process.env));
  response.end(String(process.pid) + " " + ++served);
});
server.listen(Number(process.env.PORT), "127.0.0.1", () => console.log("listening"));
process.on("SIGTERM", () => { console.log("bye"); server.close(() => process.exit(0)); server.closeAllConnections(); });
`;

/** Images of one script each: `image:NAME` runs `scripts[NAME]` with this Node, built by Kinetic's rules. */
export async function scriptImages(folder: string, scripts: Readonly<Record<string, string>>): Promise<ImageProvider> {
  for (const [name, script] of Object.entries(scripts)) {
    const path = join(folder, "images", name, "app", "main.mjs");
    await mkdir(dirname(path), { recursive: true, mode: 0o755 });
    await writeFile(path, script);
  }
  return {
    ensure: async ({ reference }) => {
      const name = reference.replace(/^image:/, "").replace(/@.*/, "");
      if (scripts[name] === undefined) return { kind: "failed", reason: "ErrImagePull", message: `${reference}: not found` };
      const labels = { [IMAGE_ARGV_LABEL]: '["node","app/main.mjs"]', [IMAGE_RUNTIME_LABEL]: "node26" };
      const config = {
        entrypoint: ["node", "/app/main.mjs"],
        cmd: [],
        env: ["FROM_IMAGE=yes"],
        workingDir: "/",
        user: "1000:1000",
        labels,
      };
      return {
        kind: "ok",
        image: { reference, digest: `sha256:${name}`, imageId: `image@sha256:${name}`, rootfs: join(folder, "images", name), config },
      };
    },
    resolveDigest: async () => ({ kind: "failed", message: "not used" }),
  };
}

export function processDriver(folder: string, directory = folder): ProcessDriver {
  return new ProcessDriver({
    identity: { directory, instance: `test-${process.pid}` },
    clock: systemClock,
    runtimes: { node26: process.execPath },
    runtimeFolder: join(folder, "runtimes"),
    user: { uid: process.getuid?.() ?? 0, gid: process.getgid?.() ?? 0 },
  });
}

let count = 0;

/** A Pod of the node `kinetic`, one container `main` of `image:server` on containerPort 8080 with Knative's probe. */
export function makePod(
  container: Partial<Container> = {},
  spec: Partial<NonNullable<Pod["spec"]>> = {},
  metadata: Partial<Pod["metadata"]> = {},
): Pod {
  count += 1;
  const name = metadata.name ?? `pod-${count}`;
  const probe = { tcpSocket: { port: 8080 }, periodSeconds: 0 };
  const main: Container = { name: "main", image: "image:server", ports: [{ containerPort: 8080 }], readinessProbe: probe, ...container };
  return {
    apiVersion: "v1",
    kind: "Pod",
    metadata: { namespace: "default", uid: `uid-${count}`, ...metadata, name },
    spec: { nodeName: "kinetic", restartPolicy: "Always", terminationGracePeriodSeconds: 5, containers: [main], ...spec },
  };
}

/** Polls until `probe` gives something; fails after `timeoutMs`. */
export async function eventually<T>(
  what: string,
  probe: () => T | undefined | false | Promise<T | undefined | false>,
  timeoutMs = 10_000,
): Promise<T> {
  const end = systemClock.monotonicMs() + timeoutMs;
  for (;;) {
    const value = await probe();
    if (value !== undefined && value !== false) return value;
    if (systemClock.monotonicMs() > end) throw new Error(`not within ${timeoutMs} ms: ${what}`);
    await new Promise<void>((resolve) => systemClock.setTimer(5, resolve));
  }
}
