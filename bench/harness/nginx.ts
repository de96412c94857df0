import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { connect, createServer, type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { until } from "./platform.ts";
import { timedGet } from "./http.ts";
import { platformCpuSeconds } from "./processes.ts";
import { installed } from "./program.ts";

export interface Nginx extends AsyncDisposable {
  readonly origin: string;
  cpuSeconds(): number;
}

/** `grpc` is HTTP/2 without TLS on both sides. */
export type NginxProtocol = "http" | "grpc";

/** nginx as a reverse proxy of one upstream with kept connections, one worker; undefined where it is not installed. */
export async function startNginx(upstream: string, protocol: NginxProtocol = "http"): Promise<Nginx | undefined> {
  if (!installed("nginx")) return undefined;
  const folder = await mkdtemp(join(tmpdir(), "kinetic-bench-nginx-"));
  const port = await freePort();
  const file = join(folder, "nginx.conf");
  await writeFile(file, configuration(folder, upstream, { port, protocol }));
  const child = spawn("nginx", ["-c", file, "-p", folder, "-e", join(folder, "error.log")], { stdio: "inherit" });
  const origin = `http://127.0.0.1:${port}`;
  const asked = (): Promise<unknown> => (protocol === "http" ? timedGet(origin, "/", "any") : accepts(port));
  await until("nginx answers", 10_000, () =>
    asked().then(
      () => true,
      () => undefined,
    ),
  );
  return {
    origin,
    cpuSeconds: () => platformCpuSeconds(child.pid ?? 0),
    async [Symbol.asyncDispose]() {
      const exited = once(child, "exit");
      child.kill("SIGTERM");
      await exited;
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** Rejects while nothing listens. */
async function accepts(port: number): Promise<void> {
  const socket = connect(port, "127.0.0.1");
  await once(socket, "connect").finally(() => socket.destroy());
}

const FORWARD: Readonly<Record<NginxProtocol, string>> = {
  http: `proxy_pass http://app;
      proxy_http_version 1.1;
      proxy_set_header Connection "";
      proxy_set_header Host $host;
      proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;`,
  grpc: `grpc_pass grpc://app;
      grpc_set_header Host $host;
      grpc_set_header X-Forwarded-For $proxy_add_x_forwarded_for;`,
};

interface NginxPlace {
  readonly port: number;
  readonly protocol: NginxProtocol;
}

function configuration(folder: string, upstream: string, { port, protocol }: NginxPlace): string {
  return `daemon off; worker_processes 1; pid ${folder}/nginx.pid;
events { worker_connections 1024; }
http {
  access_log off;
  keepalive_requests 100000000;
  client_body_temp_path ${folder}/body; proxy_temp_path ${folder}/proxy; fastcgi_temp_path ${folder}/fastcgi;
  uwsgi_temp_path ${folder}/uwsgi; scgi_temp_path ${folder}/scgi;
  upstream app { server ${upstream}; keepalive 128; keepalive_requests 100000000; }
  server {
    listen 127.0.0.1:${port}${protocol === "grpc" ? " http2" : ""};
    location / {
      ${FORWARD[protocol]}
    }
  }
}
`;
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  return port;
}
