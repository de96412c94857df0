import { homedir } from "node:os";
import { join } from "node:path";
import type { ContentStore } from "../../images/content-store.ts";
import { imagePlatform } from "../../images/oci/platform.ts";
import { DockerConfig } from "../../images/pull/docker-config.ts";
import { nodeHttp } from "../../images/pull/node-http.ts";
import { RegistryPuller } from "../../images/pull/puller.ts";
import { Registries } from "../../images/pull/registries.ts";
import type { DataDirectory } from "../data-directory.ts";
import type { World } from "../world.ts";

/** Pulls from registries as `registries.json` of the data directory and the environment say. Dispose to close its connections. */
export function openPuller(
  { clock }: World,
  directory: DataDirectory,
  store: ContentStore,
): { readonly puller: RegistryPuller } & Disposable {
  const client = nodeHttp({ proxyEnv: process.env });
  const dockerFolder = process.env["DOCKER_CONFIG"] ?? join(homedir(), ".docker");
  const puller = new RegistryPuller({
    http: client.http,
    store,
    clock,
    platform: imagePlatform(process.arch),
    registries: new Registries(join(directory.path, "registries.json")),
    dockerConfig: new DockerConfig({ path: join(dockerFolder, "config.json"), clock }),
  });
  return { puller, [Symbol.dispose]: () => client[Symbol.dispose]() };
}
