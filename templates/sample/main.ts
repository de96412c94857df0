// The sample of `kinetic up --sample`: greets, names revision and instance, and waits `?sleep=MS` first.
import { createServer } from "node:http";
import { randomBytes } from "node:crypto";

const revision = process.env["K_REVISION"] ?? "no revision";
const process_ = randomBytes(3).toString("hex");
const MAX_SLEEP_MS = 60_000;

const server = createServer((request, response) => {
  const url = new URL(request.url ?? "/", "http://localhost");
  const sleepMs = Math.min(Number(url.searchParams.get("sleep") ?? 0) || 0, MAX_SLEEP_MS);
  const instance = request.headers["kinetic-instance"] ?? process_;
  const answer = () => {
    response.writeHead(200, { "content-type": "text/plain; charset=utf-8" });
    response.end(`Hello ${process.env["TARGET"] ?? "World"} from ${revision}, instance ${instance}\n`);
  };
  request.resume();
  if (sleepMs > 0) setTimeout(answer, sleepMs);
  else answer();
});

server.keepAliveTimeout = 120_000;
server.listen(Number(process.env["PORT"] ?? 8080));
process.on("SIGTERM", () => server.close(() => process.exit(0)));
