import type { AddressInfo } from "node:net";
import { once } from "node:events";
import { makeLogger } from "./logger.ts";
import { makeServer, type Served } from "./server.ts";
import { settingsOf } from "./settings.ts";
import type { FunctionModule } from "./types.ts";

export interface RunOptions {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly write: (line: string) => void;
}

export interface RunningFunction {
  readonly port: number;
  /** Ends what is under way, then the function's own `stop` and `shutdown`. */
  stop(): Promise<void>;
}

/** Prepares the function by its `init` and `start`, then serves it. Rejects when it cannot be started. */
export async function runFunction(module: FunctionModule, { env, write }: RunOptions): Promise<RunningFunction> {
  const settings = settingsOf(env, module);
  const log = makeLogger({ level: settings.logLevel, write, now: () => Date.now() });
  await module.init?.();
  await module.start?.(env);
  const served: Served = { module, settings, log };
  const server = makeServer(served);
  await listen(server, settings.host, settings.port);
  return {
    port: (server.address() as AddressInfo).port,
    stop: () => stop(server, served),
  };
}

type Server = ReturnType<typeof makeServer>;

/** A machine without IPv6 has no `::`. */
async function listen(server: Server, host: string, port: number): Promise<void> {
  try {
    await once(server.listen({ host, port }), "listening");
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (host !== "::" || (code !== "EAFNOSUPPORT" && code !== "EADDRNOTAVAIL")) throw error;
    await once(server.listen({ host: "0.0.0.0", port }), "listening");
  }
}

async function stop(server: Server, { module, settings, log }: Served): Promise<void> {
  const closed = new Promise((resolve) => server.close(resolve));
  server.closeIdleConnections();
  const cut = setTimeout(() => server.closeAllConnections(), settings.drainMs);
  await closed;
  clearTimeout(cut);
  for (const hook of [module.stop, module.shutdown]) {
    try {
      await hook?.();
    } catch (error) {
      log.error(error, "the function did not stop well");
    }
  }
}
