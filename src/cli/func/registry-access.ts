import { homedir } from "node:os";
import { join } from "node:path";
import type { BaseImages } from "../../functions/build/image/base-image.ts";
import { DockerConfig } from "../../images/pull/docker-config.ts";
import { nodeHttp } from "../../images/pull/node-http.ts";
import { Registries } from "../../images/pull/registries.ts";
import { configFolder } from "./global-config.ts";
import type { Func } from "./func.ts";

/** Registries as this user may use them: `registries.json` of func's folder, credentials of docker's. Dispose to close connections. */
export function registryAccess({
  io,
  clock,
}: Pick<Func, "io" | "clock">): BaseImages & { readonly dockerConfig: DockerConfig } & Disposable {
  const client = nodeHttp({ proxyEnv: io.env });
  const docker = io.env["DOCKER_CONFIG"] || join(io.env["HOME"] || homedir(), ".docker");
  return {
    http: client.http,
    clock,
    registries: new Registries(join(configFolder(io.env), "registries.json")),
    dockerConfig: new DockerConfig({ path: join(docker, "config.json"), clock }),
    [Symbol.dispose]: () => client[Symbol.dispose](),
  };
}
