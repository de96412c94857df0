import assert from "node:assert/strict";
import { once } from "node:events";
import { connect } from "node:net";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { systemClock } from "../../../std/clock.ts";
import { requires } from "../../../testing/requirements.ts";
import { startLocal, type LocalFunction } from "../../dev/process.ts";
import { scaffolding } from "../toolchain/scaffolding.ts";

const skip = requires("python");
const signal = new AbortController().signal;
const serve = (folder: string, ...more: string[]) => [
  ...["python3", "-s", "-S", join(scaffolding("python"), "serve.py")],
  ...[`--function=${join(import.meta.dirname, "fixtures", folder)}`, ...more],
];

async function start(argv: readonly string[], readinessPath: string, output: (text: string) => void): Promise<LocalFunction> {
  const env = { PATH: process.env["PATH"], PYTHONDONTWRITEBYTECODE: "1", GREETING: "hello" };
  const options = { clock: systemClock, env, readinessPath, timeoutMs: 20_000, output };
  const started = await startLocal({ argv, cwd: import.meta.dirname, env: {} }, options, signal);
  if (started.kind === "failed") throw new Error(started.message);
  return started.running;
}

/** Everything that comes back until the server ends the connection. */
async function exchange(port: number, ...pieces: readonly string[]): Promise<string> {
  const socket = connect({ host: "127.0.0.1", port, allowHalfOpen: true });
  let answer = "";
  socket.setNoDelay();
  socket.setEncoding("latin1").on("data", (text: string) => (answer += text));
  socket.on("error", () => {}); // the server may cut a connection that it has answered
  for (const piece of pieces) {
    await new Promise<unknown>((resolve) => socket.write(piece, "latin1", resolve));
    await new Promise(setImmediate);
  }
  if (!socket.readableEnded && !socket.destroyed) await Promise.race([once(socket, "end"), once(socket, "close")]);
  socket.destroy();
  return answer;
}

/** Sends its body when the server asks for it. */
async function patientPost(port: number): Promise<string> {
  const socket = connect({ host: "127.0.0.1", port });
  socket.write(`POST / HTTP/1.1\r\n${CLOSE}Content-Length: 2\r\nExpect: 100-continue\r\n\r\n`);
  let answer = "";
  socket.setEncoding("latin1").on("data", (text: string) => (answer += text));
  socket.once("data", () => socket.write("ab"));
  await once(socket, "end");
  return answer;
}

const status = (answer: string) => /^HTTP\/1\.1 (\d+)/.exec(answer)?.[1] ?? "none";

/** Polls; the test's own timeout is the deadline. */
async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => systemClock.setTimer(10, () => resolve(undefined)));
}

const RUN = { skip, timeout: 30_000 };
let running: LocalFunction;
let printed = "";
before(async () => {
  if (skip === false) running = await start(serve("echo"), "/", (text) => (printed += text));
});
after(() => (skip === false ? running.stop(5000) : undefined));

const CLOSE = "Host: x\r\nConnection: close\r\n";

test("python server: requests that could be read in two ways are refused", RUN, async () => {
  const get = `GET / HTTP/1.1\r\n${CLOSE}`;
  const post = `POST / HTTP/1.1\r\n${CLOSE}`;
  const cases: readonly (readonly [string, string])[] = [
    [`${get}\r\n`, "200"],
    [`\r\n${get}\r\n`, "200"],
    [`GET http://x/y HTTP/1.1\r\n${CLOSE}\r\n`, "200"],
    ["GET / HTTP/1.0\r\n\r\n", "200"],
    ["GET / HTTP/1.1\r\n\r\n", "400"],
    [`${get}Host: y\r\n\r\n`, "400"],
    ["GET / HTTP/1.1\nHost: x\n\n\r\n\r\n", "400"],
    [`GET  / HTTP/1.1\r\n${CLOSE}\r\n`, "400"],
    [`GET /a b HTTP/1.1\r\n${CLOSE}\r\n`, "400"],
    [`GET /\x00 HTTP/1.1\r\n${CLOSE}\r\n`, "400"],
    [`GET x HTTP/1.1\r\n${CLOSE}\r\n`, "400"],
    ["CONNECT x:1 HTTP/1.1\r\nHost: x\r\n\r\n", "400"],
    ["PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "505"],
    ["\x16\x03\x01\x02\x00\x01\x00\x01\xfc\r\n\r\n", "400"],
    [`${get}X-A : b\r\n\r\n`, "400"],
    [`${get}X-A: b\r\n folded\r\n\r\n`, "400"],
    [`${get}X-A: b\x00\r\n\r\n`, "400"],
    [`${get}X-A: b\rc\r\n\r\n`, "400"],
    [`${get}: b\r\n\r\n`, "400"],
    [`${get}${"X-A: b\r\n".repeat(200)}\r\n`, "431"],
    [`${get}X-A: ${"b".repeat(70_000)}\r\n\r\n`, "431"],
    [`${get}X-A: ${"b".repeat(70_000)}`, "431"],
    [`${post}Content-Length: 3\r\n\r\nabc`, "200"],
    [`${post}Content-Length: 3\r\nContent-Length: 3\r\n\r\nabc`, "200"],
    [`${post}Content-Length: 3\r\nContent-Length: 4\r\n\r\nabcd`, "400"],
    [`${post}Content-Length: +3\r\n\r\nabc`, "400"],
    [`${post}Content-Length: 3, 3\r\n\r\nabc`, "400"],
    [`${post}Content-Length: -1\r\n\r\n`, "400"],
    [`${post}Content-Length: ${"9".repeat(40)}\r\n\r\n`, "400"],
    [`${post}Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`, "400"],
    [`${post}Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n`, "501"],
    [`${post}Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`, "501"],
    ["POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", "400"],
    [`${post}Transfer-Encoding: chunked\r\n\r\n3;a=b\r\nabc\r\n0\r\nX-T: 1\r\n\r\n`, "200"],
    [`${post}Transfer-Encoding: chunked\r\n\r\nxyz\r\n`, "400"],
    [`${post}Transfer-Encoding: chunked\r\n\r\n0x3\r\nabc\r\n0\r\n\r\n`, "400"],
    [`${post}Transfer-Encoding: chunked\r\n\r\n-3\r\nabc\r\n0\r\n\r\n`, "400"],
    [`${post}Transfer-Encoding: chunked\r\n\r\n3\r\nabcdef\r\n0\r\n\r\n`, "400"],
    [`${post}Transfer-Encoding: chunked\r\n\r\n3\nabc\r\n0\r\n\r\n`, "400"],
    [`${post}Transfer-Encoding: chunked\r\n\r\n${"f".repeat(30)}\r\n`, "400"],
    [`${post}Transfer-Encoding: chunked\r\n\r\n0;${"x".repeat(2000)}`, "400"],
    [`${post}Transfer-Encoding: chunked\r\n\r\n0\r\n${"X-T: 1\r\n".repeat(3000)}`, "431"],
  ];
  const answers = await Promise.all(cases.map(([bytes]) => exchange(running.port, bytes)));
  const wrong = cases.flatMap(([bytes, expected], at) => {
    const answer = status(answers[at] ?? "");
    return answer === expected ? [] : [`${answer} instead of ${expected}: ${JSON.stringify(bytes.slice(0, 120))}`];
  });
  assert.deepEqual(wrong, []);
});

test("python server: bytes that arrive one by one are the same request", RUN, async () => {
  const bytes = `POST /a%20b?c=d HTTP/1.1\r\n${CLOSE}Transfer-Encoding: chunked\r\n\r\n2\r\nab\r\n1\r\nc\r\n0\r\n\r\n`;
  const answer = await exchange(running.port, ...bytes);
  assert.match(answer, /POST \/a b\?c=d 3 http\.request$/);
});

test("python server: requests on one connection are answered in their order", RUN, async () => {
  const answer = await exchange(
    running.port,
    "POST /slow HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\nab\r\nGET /2 HTTP/1.1\r\nHost: x\r\n\r\n" +
      `HEAD /3 HTTP/1.1\r\n${CLOSE}\r\n`,
  );
  assert.deepEqual(
    [...answer.matchAll(/(?:POST|GET|HEAD) \/\w+/g)].map(([text]) => text),
    ["POST /slow", "GET /2"],
  );
  assert.equal(answer.split("HTTP/1.1 200").length, 4);
});

test("python server: what a function does wrong is a 500, and never a second response", RUN, async () => {
  const ask = (path: string) => exchange(running.port, `GET ${path} HTTP/1.1\r\n${CLOSE}\r\n`);
  const [fails, nothing, splits, late] = await Promise.all([ask("/fails"), ask("/says-nothing"), ask("/splits"), ask("/fails-late")]);
  assert.equal(status(fails), "500");
  assert.equal(status(nothing), "500");
  assert.equal(status(splits), "500");
  assert.doesNotMatch(splits, /x-injected/);
  assert.doesNotMatch(late, /500|\r\n0\r\n\r\n/);
  await until(() => printed.includes("ValueError: on purpose"));
});

test("python server: bodies stream in both directions", RUN, async () => {
  const streamed = await exchange(running.port, `GET /streams HTTP/1.1\r\n${CLOSE}\r\n`);
  assert.match(streamed, /transfer-encoding: chunked\r\n[^]*\r\n\r\n4\r\none,\r\n3\r\ntwo\r\n0\r\n\r\n$/);
  assert.match(await exchange(running.port, "GET /streams HTTP/1.0\r\n\r\n"), /\r\n\r\none,two$/);
  const large = await fetch(`http://127.0.0.1:${running.port}/`, { method: "POST", body: "x".repeat(3_000_000) });
  assert.match(await large.text(), /3000000/);
  assert.match(await patientPost(running.port), /^HTTP\/1\.1 100 Continue\r\n\r\nHTTP\/1\.1 200/);
  assert.match(await exchange(running.port, `POST /unread HTTP/1.1\r\nHost: x\r\nContent-Length: 900\r\n\r\nab`), /close[^]*enough$/);
});

test("python server: a function hears when its client has gone", RUN, async () => {
  const socket = connect({ host: "127.0.0.1", port: running.port });
  socket.write("GET /waits HTTP/1.1\r\nHost: x\r\n\r\n");
  await once(socket, "connect");
  socket.destroy();
  await until(() => printed.includes("client gone"));
});

test("python server: readiness and liveness are what the function says", RUN, async () => {
  const ask = async (path: string) => {
    const answer = await fetch(`http://127.0.0.1:${running.port}${path}`);
    return [answer.status, (await answer.text()).trim()];
  };
  assert.deepEqual(await ask("/health/readiness"), [503, "warming up"]);
  await ask("/get-ready?yes");
  assert.deepEqual(await ask("/health/readiness"), [200, "OK"]);
  assert.deepEqual(await ask("/health/liveness"), [200, "OK"]);
  await ask("/get-ready?broken");
  assert.deepEqual(await ask("/health/liveness"), [500, "no heart"]);
});

test("python server: at SIGTERM requests finish, then the function stops", RUN, async () => {
  let text = "";
  const own = await start(serve("echo"), "/", (piece) => (text += piece));
  const idle = connect({ host: "127.0.0.1", port: own.port });
  await once(idle, "connect");
  const answer = exchange(own.port, "GET /slow HTTP/1.1\r\nHost: x\r\n\r\n");
  await until(() => text.includes("slow began"));
  await own.stop(20_000);
  assert.match(await answer, /connection: close[^]*GET \/slow/);
  assert.equal(await own.ended, "it ended with code 0");
  assert.match(text, /started with hello\n[^]*stopped\n/);
});

test("python server: events in both forms, and answers to them", RUN, async (t) => {
  const own = await start(serve("events", "--events"), "/health/readiness", () => {});
  t.after(() => own.stop(1000));
  const send = async (headers: Record<string, string>, body: string) => {
    const answer = await fetch(`http://127.0.0.1:${own.port}/`, { method: "POST", headers, body });
    const text = await answer.text();
    const json = answer.headers.get("content-type") === "application/json";
    return { status: answer.status, headers: answer.headers, text, data: json ? (JSON.parse(text) as unknown) : undefined };
  };
  const attributes = { "ce-id": "7", "ce-source": "/a%20b", "ce-type": "t", "ce-specversion": "1.0" };
  const json = { "content-type": "application/json" };
  const binary = await send({ ...attributes, ...json, "ce-kind": "%E2%82%AC" }, '{"n":1}');
  assert.deepEqual(binary.data, { data: { n: 1 }, kind: "\u20ac", source: "/a b" });
  assert.equal(binary.headers.get("ce-source"), "caf%C3%A9%20%22100%25%22");
  assert.equal(binary.headers.get("ce-subject"), "7");
  assert.equal(binary.headers.get("ce-flag"), "true");
  const structured = { "content-type": "application/cloudevents+json; charset=utf-8" };
  const event = { id: "8", source: "s", type: "t", specversion: "1.0" };
  assert.deepEqual((await send(structured, JSON.stringify({ ...event, data: [1, "two"] }))).data, {
    data: [1, "two"],
    kind: null,
    source: "s",
  });
  const bytes = await send(structured, JSON.stringify({ ...event, datacontenttype: "application/x", data_base64: "AP8=" }));
  assert.deepEqual(bytes.data, { data: "00ff", kind: null, source: "s" });
  assert.equal((await send({ ...attributes, "ce-kind": "silent" }, "")).status, 202);
  assert.equal((await send({ ...attributes, "ce-kind": "fails" }, "")).status, 500);
  for (const [headers, body, expected, text] of [
    [json, "{}", 400, /neither a header ce-specversion/],
    [{ ...attributes, "ce-specversion": "9" }, "", 400, /specversion is '9'/],
    [{ ...attributes, "ce-id": "" }, "", 400, /id must not be empty/],
    [structured, "{", 400, /not a CloudEvent/],
    [structured, "[]", 400, /it is no object/],
    [structured, JSON.stringify({ ...event, id: 5 }), 400, /id must not be empty/],
    [structured, JSON.stringify({ ...event, odd: {} }), 400, /an attribute is neither/],
    [structured, JSON.stringify({ ...event, data_base64: "!" }), 400, /not a CloudEvent/],
    [structured, "[".repeat(100_000), 400, /not a CloudEvent/],
    [{ "content-type": "application/cloudevents-batch+json" }, "[]", 415, /batch/],
  ] as const) {
    const answer = await send(headers, body);
    assert.equal(answer.status, expected, body);
    assert.match(answer.text, text);
  }
});
