/** Requests to the API server as any program sends them: HTTPS, bytes in, status and text out. */
import { readFile } from "node:fs/promises";
import type { IncomingHttpHeaders } from "node:http";
import { request } from "node:https";
import { join } from "node:path";
import type { Kinetic } from "./harness.ts";

export interface ApiRequest {
  readonly path: string;
  readonly method?: string;
  readonly body?: string | Uint8Array;
  /** `null` leaves a default one out. */
  readonly headers?: Readonly<Record<string, string | null>>;
  /** PEM of a client certificate. */
  readonly certificate?: { readonly cert: string; readonly key: string };
}

export interface ApiAnswer {
  readonly status: number;
  readonly body: string;
  readonly headers: IncomingHttpHeaders;
}

/** Sends with the administrator's token, and JSON as the type of a body, unless the headers say otherwise. */
export async function apiCall(platform: Pick<Kinetic, "running" | "dataDir">, sent: ApiRequest): Promise<ApiAnswer> {
  const { running, dataDir } = platform;
  const [ca, token] = await Promise.all(["ca.crt", "admin.token"].map((name) => readFile(join(dataDir, "pki", name), "utf8")));
  const defaults = { authorization: `Bearer ${(token ?? "").trim()}`, "content-type": sent.body === undefined ? null : "application/json" };
  const headers = Object.entries({ ...defaults, ...sent.headers }).filter((entry): entry is [string, string] => entry[1] !== null);
  const { promise, resolve, reject } = Promise.withResolvers<ApiAnswer>();
  const tls = { ca, servername: "localhost", agent: false, ...sent.certificate };
  const options = { method: sent.method ?? "GET", headers: Object.fromEntries(headers), ...tls };
  const call = request(`${running.apiServer}${sent.path}`, options, (answer) => {
    let body = "";
    answer.setEncoding("utf8").on("data", (text: string) => (body += text));
    answer.on("end", () => resolve({ status: answer.statusCode ?? 0, body, headers: answer.headers }));
    answer.on("error", reject);
  });
  call.on("error", reject);
  call.end(sent.body);
  return promise;
}
