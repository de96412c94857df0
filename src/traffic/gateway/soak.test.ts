import assert from "node:assert/strict";
import { Agent, request as httpRequest } from "node:http";
import { once } from "node:events";
import { test } from "node:test";
import type { IncomingMessage } from "node:http";
import { systemClock } from "../../std/clock.ts";
import { seededRandom } from "../../std/random.ts";
import { type Backend, backend, gatewayWorld, route, setInstances, textOf } from "./fixtures/gateway-world.ts";

const LIMIT = 4;
const CLIENTS = 24;
const CHANGES = 60;

/** An instance that notices when it gets more than its limit or anything after it was drained. */
async function watchedInstance(problems: string[]): Promise<Backend & { closed: boolean }> {
  let inFlight = 0;
  const state = { closed: false };
  const app = await backend(async (request, response) => {
    if (++inFlight > LIMIT) problems.push(`${inFlight} in flight`);
    if (state.closed) problems.push("a request after the drain");
    const body = await textOf(request);
    await new Promise<void>((resolve) => void systemClock.setTimer(3, resolve));
    inFlight--;
    response.end(body);
  });
  return Object.assign(app, state, {
    set closed(value: boolean) {
      state.closed = value;
    },
  });
}

test("instances come and go under load, down to zero and back: no request fails, none exceeds the limit", async () => {
  const problems: string[] = [];
  const random = seededRandom(11);
  await using gateway = await gatewayWorld();
  route(gateway.world, { containerConcurrency: LIMIT });
  const alive: (Backend & { closed: boolean })[] = [];
  const agent = new Agent({ keepAlive: true });
  let running = true;
  let served = 0;
  const client = async (id: number) => {
    for (let n = 0; running; n++) {
      const body = n % 2 === 0 ? undefined : `${id}-${n}`;
      const method = body === undefined ? "GET" : "POST";
      const request = httpRequest({ host: "127.0.0.1", port: gateway.port, method, agent, headers: { host: "app.example.com" } }).end(body);
      const [response] = (await once(request, "response")) as [IncomingMessage];
      const text = await textOf(response);
      if (response.statusCode !== 200 || text !== (body ?? "")) problems.push(`${method} -> ${response.statusCode} ${text}`);
      served++;
    }
  };
  const publish = () =>
    setInstances(
      gateway.world,
      alive.map(({ port }) => port),
    );
  const scaleDown = async () => {
    const [victim] = alive.splice(Math.floor(random() * alive.length), 1);
    if (victim === undefined) return;
    if (random() < 0.5) publish(); // sometimes the agent asks before the slice has changed
    await gateway.gateway.drainGate.drained(`pod-${victim.port}`, new AbortController().signal);
    victim.closed = true;
    await victim[Symbol.asyncDispose]();
    publish();
  };
  const clients = Array.from({ length: CLIENTS }, (_, id) => client(id).catch((error: unknown) => problems.push(String(error))));
  for (let change = 0; change < CHANGES; change++) {
    if (alive.length === 0 || (alive.length < 5 && random() < 0.5)) {
      alive.push(await watchedInstance(problems));
      publish();
    } else await scaleDown();
    await new Promise<void>((resolve) => void systemClock.setTimer(15, resolve));
  }
  if (alive.length === 0) alive.push(await watchedInstance(problems));
  publish();
  running = false;
  await Promise.all(clients);
  agent.destroy();
  for (const app of alive) await app[Symbol.asyncDispose]();
  assert.deepEqual(problems, []);
  assert.ok(served > 500, `only ${served} requests`);
});
