import type { Transport } from "../../client/types.ts";
import type { Io } from "../shared/io.ts";

const SECRET = new Set(["authorization", "cookie", "set-cookie", "proxy-authorization"]);

/** Dumps requests and answers on stderr as they pass. The lines of a watch are printed when they come, so nothing is held up. */
export function logHttp(transport: Transport, io: Pick<Io, "stderr">): Transport {
  return async (request) => {
    const body = request.body === null ? "" : await request.clone().text();
    const { pathname, search } = new URL(request.url);
    io.stderr.write(dump("REQUEST", `${request.method} ${pathname}${search} HTTP/1.1`, request.headers) + bodyText(body));
    const response = await transport(request);
    io.stderr.write(dump("RESPONSE", `HTTP/1.1 ${response.status} ${response.statusText}`, response.headers));
    if (response.body === null) return response;
    return new Response(response.body.pipeThrough(printing(io)), response);
  };
}

function dump(title: string, first: string, headers: Headers): string {
  const lines = [...headers].map(([name, value]) => `    ${name}: ${SECRET.has(name) ? "********" : value}`);
  return [`===== ${title} =====`, `    ${first}`, ...lines, "", ""].join("\n");
}

function bodyText(body: string): string {
  return body === "" ? "" : `    ${body}\n\n`;
}

function printing(io: Pick<Io, "stderr">): TransformStream<Uint8Array, Uint8Array> {
  const decoder = new TextDecoder();
  return new TransformStream({
    transform(chunk, controller) {
      io.stderr.write(decoder.decode(chunk, { stream: true }));
      controller.enqueue(chunk);
    },
    flush: () => void io.stderr.write("\n"),
  });
}
