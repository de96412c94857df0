/** From flags to the API group observe.kinetic.dev of one platform. */
import { InvalidArgumentError, type Command } from "commander";
import type { Status } from "../../../api/k8s/types.generated.ts";
import { ApiError } from "../../../api/meta/errors.ts";
import { pathOf, type KindRef } from "../../../api/meta/kind.ts";
import { createClient } from "../../../client/client.ts";
import { kubeconfigPaths, loadKubeconfig } from "../../../client/kubeconfig/load.ts";
import type { Connection } from "../../../client/kubeconfig/types.ts";
import { readLines } from "../../../client/lines.ts";
import type { Client, Transport } from "../../../client/types.ts";
import { UserError, type Io } from "../../shared/io.ts";
import { connectionTransport } from "../../shared/transport.ts";
import { dataDirectoryOf, requireRunning } from "../running.ts";

export interface TargetFlags {
  readonly namespace?: string;
  readonly kubeconfig?: string;
  readonly dataDir?: string;
  readonly allNamespaces?: boolean;
}

export interface Ask {
  readonly method?: "GET" | "POST" | "PUT" | "DELETE";
  readonly name?: string;
  readonly query?: Readonly<Record<string, string | undefined>>;
  readonly body?: object;
}

export interface Observed extends AsyncDisposable {
  readonly client: Client;
  /** That the flags name, else the context's. */
  readonly namespace: string;
  /** @throws ApiError what the server refuses */
  ask<T>(kind: KindRef, ask?: Ask): Promise<T>;
  /** An answer that is one value a line. */
  lines<T>(kind: KindRef, ask: Ask, signal: AbortSignal): AsyncGenerator<T>;
}

/** Tests have their own. */
export type OpenObserved = (io: Io, flags: TargetFlags) => Promise<Observed>;

export function addTarget(command: Command): Command {
  return command
    .option("-n, --namespace <name>", "namespace; that of the context unless given")
    .option("--kubeconfig <file>", "kubeconfig; $KUBECONFIG, else that of the platform on this machine, unless given")
    .option("--data-dir <folder>", "where the platform keeps its data");
}

/** @throws UserError when there is no platform to ask */
export const openObserved: OpenObserved = async (io, flags) => {
  const connection = await connectionOf(io, flags);
  const { transport, [Symbol.asyncDispose]: close } = connectionTransport(connection);
  const namespace = flags.namespace ?? connection.namespace;
  return { ...observedBy(inWords(transport, connection), { ...flags, namespace }), [Symbol.asyncDispose]: () => close() };
};

export function observedBy(transport: Transport, flags: TargetFlags & { readonly namespace: string }): Observed {
  const { namespace } = flags;
  const send = async (kind: KindRef, { method = "GET", name, query = {}, body }: Ask, signal?: AbortSignal): Promise<Response> => {
    const scope = flags.allNamespaces === true ? "" : namespace;
    const entries = Object.entries(query).filter((entry): entry is [string, string] => entry[1] !== undefined);
    const search = entries.length === 0 ? "" : `?${new URLSearchParams(entries).toString()}`;
    const url = `http://apiserver${pathOf(kind, { namespace: scope, name })}${search}`;
    const headers = { accept: "application/json", "content-type": "application/json", "user-agent": "kinetic" };
    const init = { method, headers, ...(signal === undefined ? {} : { signal }) };
    const response = await transport(new Request(url, body === undefined ? init : { ...init, body: JSON.stringify(body) }));
    if (!response.ok) throw await failureOf(response);
    return response;
  };
  return {
    client: createClient({ transport, userAgent: "kinetic" }),
    namespace,
    ask: async <T>(kind: KindRef, ask: Ask = {}) => (await (await send(kind, ask)).json()) as T,
    lines: (kind, ask, signal) => linesOf(() => send(kind, ask, signal), signal),
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
}

async function* linesOf<T>(open: () => Promise<Response>, signal: AbortSignal): AsyncGenerator<T> {
  try {
    const { body } = await open();
    if (body === null) return;
    for await (const line of readLines(body, signal)) {
      const value = JSON.parse(line) as { readonly type?: string; readonly object?: Status };
      if (value.type === "ERROR") throw new ApiError(value.object as Status);
      yield value as T;
    }
  } catch (error) {
    if (signal.aborted) return;
    if (error instanceof ApiError || error instanceof UserError) throw error;
    throw new UserError(`the connection to the platform ended: ${error instanceof Error ? error.message : String(error)}`);
  }
}

async function failureOf(response: Response): Promise<Error> {
  const text = await response.text();
  try {
    const status = JSON.parse(text) as Status;
    if (status.kind === "Status") return new ApiError({ ...status, code: response.status });
  } catch {
    // no Status: an old server, or something in between
  }
  return new UserError(`the server answered ${response.status}: ${text.trim().slice(0, 200)}`);
}

async function connectionOf(io: Io, { kubeconfig, dataDir }: TargetFlags): Promise<Connection> {
  const isNamed = dataDir === undefined && (kubeconfig ?? io.env["KUBECONFIG"] ?? "") !== "";
  const path = isNamed ? kubeconfig : (await requireRunning(dataDirectoryOf(io, dataDir))).kubeconfig;
  const loaded = loadKubeconfig({ paths: kubeconfigPaths(io.env, path) });
  if (loaded.kind === "ok") return loaded.connection;
  throw new UserError(loaded.kind === "invalid" ? loaded.message : "the kubeconfig names no cluster; start a platform with: kinetic up");
}

function inWords(transport: Transport, { server }: Connection): Transport {
  return (request) =>
    transport(request).catch((error: unknown) => {
      if (request.signal.aborted) throw error;
      const cause = ((error as Error).cause ?? error) as NodeJS.ErrnoException;
      throw new UserError(
        `${server} cannot be reached (${cause.code ?? cause.message}); is the platform running? Start it with: kinetic up`,
      );
    });
}

/** A signal that Ctrl-C aborts; dispose it to give Ctrl-C back. */
export function interruptible(): Disposable & { readonly signal: AbortSignal } {
  const controller = new AbortController();
  const onInterrupt = () => controller.abort();
  process.once("SIGINT", onInterrupt);
  return { signal: controller.signal, [Symbol.dispose]: () => void process.off("SIGINT", onInterrupt) };
}

export function rate(text: string): number {
  const value = Number(text);
  if (!(value > 0) || value > 10_000) throw new InvalidArgumentError("it must be a number of events per second above 0");
  return value;
}
