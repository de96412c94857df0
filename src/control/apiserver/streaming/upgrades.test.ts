import assert from "node:assert/strict";
import { once } from "node:events";
import { request } from "node:https";
import { test, type TestContext } from "node:test";
import { WebSocket } from "ws";
import { badRequest } from "../../../api/meta/errors.ts";
import type { Connection, PodSession, ProgramEnd, ProgramSession, ProgramStreams, TerminalSize } from "../../../api/ports/pod-streams.ts";
import { startTestListener, type TestListener } from "../http/test-listener.ts";
import { Inlet } from "./inlet.ts";

const ALL = { stdin: true, stdout: true, stderr: true, tty: false };
const EXIT_OK: ProgramEnd = { kind: "exited", exitCode: 0 };

function program(run: ProgramSession["run"], wants: Partial<ProgramSession["wants"]> = {}): ProgramSession {
  return { kind: "program", wants: { ...ALL, ...wants }, run };
}

async function* nothing(): AsyncGenerator<Uint8Array> {}

/** A listener with pod `p`, whose exec and portforward give these sessions. */
async function serving(t: TestContext, sessions: Readonly<Record<string, PodSession>>, maxSessions?: number): Promise<TestListener> {
  const handlers = Object.entries(sessions).map(([name, session]) => [`pods/${name}`, () => session] as const);
  const refusing = { "pods/attach": () => Promise.reject(badRequest("container zz is not valid for pod p")) };
  const limit = maxSessions === undefined ? {} : { maxSessions };
  const listener = await startTestListener({ sessions: { ...refusing, ...Object.fromEntries(handlers) }, ...limit });
  t.after(() => listener[Symbol.asyncDispose]());
  const made = await listener.server.ask("POST", "pods", { metadata: { name: "p" }, spec: { containers: [{ name: "c", image: "i" }] } });
  assert.equal(made.status, 201, made.text);
  return listener;
}

const PODS = "/api/v1/namespaces/default/pods";

interface Opened {
  readonly socket: WebSocket;
  /** All messages, once it is closed. */
  readonly messages: Promise<readonly { readonly data: Buffer; readonly isText: boolean }[]>;
  readonly closed: Promise<number>;
}

async function open(listener: TestListener, path: string, protocols: string[]): Promise<Opened> {
  const { ca, admin } = listener;
  const socket = new WebSocket(`${listener.url}${PODS}/${path}`, protocols, { ca, ...admin });
  const received: { data: Buffer; isText: boolean }[] = [];
  socket.on("message", (data: Buffer, isBinary) => void received.push({ data, isText: !isBinary }));
  const closed = once(socket, "close").then(([code]) => code as number);
  await once(socket, "open");
  return { socket, messages: closed.then(() => received), closed };
}

/** Bytes of one channel. */
function channel(messages: readonly { readonly data: Buffer }[], number: number): string {
  return Buffer.concat(messages.filter(({ data }) => data[0] === number).map(({ data }) => data.subarray(1))).toString();
}

interface Refusal {
  readonly status: number;
  readonly message: string;
}

function refused(listener: TestListener, path: string, headers: Record<string, string>): Promise<Refusal> {
  const { promise, resolve, reject } = Promise.withResolvers<Refusal>();
  const { ca, admin } = listener;
  const { authorization, ...others } = headers;
  const as = authorization === undefined ? admin : {};
  const own = authorization === undefined || authorization === "" ? others : headers;
  const asked = request(`${listener.url}${path}`, { ca, ...as, headers: { connection: "Upgrade", ...own }, agent: false });
  asked.on("error", reject);
  asked.on("upgrade", (response, socket) => {
    socket.destroy();
    resolve({ status: response.statusCode ?? 0, message: "" });
  });
  asked.on("response", (response) => {
    let text = "";
    response.setEncoding("utf8").on("data", (part: string) => (text += part));
    response.on("end", () => resolve({ status: response.statusCode ?? 0, message: (JSON.parse(text) as { message: string }).message }));
  });
  asked.end();
  return promise;
}

const WEBSOCKET = {
  upgrade: "websocket",
  "sec-websocket-version": "13",
  "sec-websocket-key": "dGhlIHNhbXBsZSBub25jZQ==",
  "sec-websocket-protocol": "v5.channel.k8s.io",
};

test("what is wrong is answered with a Status before the upgrade", async (t) => {
  const listener = await serving(t, { exec: program(async () => EXIT_OK), portforward: { kind: "ports", dial: async () => failed("no") } });
  const cases: readonly (readonly [string, Record<string, string>, number, RegExp])[] = [
    [`${PODS}/none/exec`, WEBSOCKET, 404, /^pods "none" not found$/],
    [`${PODS}/p/attach`, WEBSOCKET, 400, /^container zz is not valid for pod p$/],
    [`${PODS}/p/exec`, { connection: "close" }, 400, /^Upgrade request required$/],
    [`${PODS}/p/exec`, { upgrade: "h2c" }, 400, /unable to upgrade/],
    [`${PODS}/p/exec`, { ...WEBSOCKET, "sec-websocket-protocol": "chat" }, 400, /client supports \[chat\], server accepts \[v5\.channel/],
    [`${PODS}/p/exec`, { upgrade: "SPDY/3.1" }, 400, /unable to negotiate protocol/],
    [`${PODS}/p/portforward`, { ...WEBSOCKET, "sec-websocket-protocol": "v4.channel.k8s.io" }, 400, /"ports" is required/],
    [`${PODS}/p/portforward?ports=0`, { ...WEBSOCKET, "sec-websocket-protocol": "v4.channel.k8s.io" }, 400, /invalid port "0"/],
    [`${PODS}/p/exec`, { ...WEBSOCKET, authorization: "Bearer wrong" }, 401, /^Unauthorized$/],
    [`${PODS}/p/exec`, { ...WEBSOCKET, authorization: "Bearer alice-token" }, 403, /cannot get resource "pods\/exec" in API group ""/],
    [`${PODS}/p/exec`, { ...WEBSOCKET, origin: "https://elsewhere.example" }, 403, /pages from "https:\/\/elsewhere.example"/],
  ];
  for (const [path, headers, status, message] of cases) {
    const answer = await refused(listener, path, headers);
    assert.equal(answer.status, status, `${path} ${JSON.stringify(headers)}: ${answer.message}`);
    assert.match(answer.message, message);
  }
});

test("a request for another protocol elsewhere is an ordinary one", async (t) => {
  const listener = await serving(t, {});
  assert.equal((await refused(listener, `${PODS}/none`, { upgrade: "h2c" })).message, 'pods "none" not found');
});

test("rights to exec are those of its verb: get for WebSockets, create for POST", async (t) => {
  const listener = await serving(t, { exec: program(async () => EXIT_OK) });
  const rbac = "/apis/rbac.authorization.k8s.io/v1/namespaces/default";
  const rules = [{ apiGroups: [""], resources: ["pods/exec"], verbs: ["get"] }];
  await listener.server.ask("POST", `${rbac}/roles`, { metadata: { name: "r" }, rules });
  const subjects = [{ kind: "User", name: "alice", apiGroup: "rbac.authorization.k8s.io" }];
  const roleRef = { kind: "Role", name: "r", apiGroup: "rbac.authorization.k8s.io" };
  await listener.server.ask("POST", `${rbac}/rolebindings`, { metadata: { name: "b" }, subjects, roleRef });
  const alice = { ...WEBSOCKET, authorization: "Bearer alice-token" };
  assert.equal((await refused(listener, `${PODS}/p/exec`, alice)).status, 101);
});

test("a page's token comes as a protocol", async (t) => {
  const listener = await serving(t, { exec: program(async () => EXIT_OK) });
  const ask = (token: string) =>
    refused(listener, `${PODS}/p/exec`, {
      ...WEBSOCKET,
      authorization: "",
      "sec-websocket-protocol": `base64url.bearer.authorization.k8s.io.${Buffer.from(token).toString("base64url")}, v5.channel.k8s.io`,
    });
  assert.equal((await ask("wrong")).status, 401);
  assert.match((await ask("alice-token")).message, /User "alice" cannot get resource "pods\/exec"/);
});

async function echo({ stdin = nothing(), stdout, stderr }: ProgramStreams): Promise<ProgramEnd> {
  for await (const bytes of stdin) await stdout?.(bytes);
  await stderr?.(Buffer.from("bye"));
  return { kind: "exited", exitCode: 3 };
}

test("v5: channels carry the streams, the input ends alone, the error channel says how it ended, the close is normal", async (t) => {
  const listener = await serving(t, { exec: program(echo) });
  const { socket, messages, closed } = await open(listener, "p/exec", ["v5.channel.k8s.io"]);
  socket.send(Buffer.from("\0one "));
  socket.send(Buffer.from("\0two"));
  socket.send(Buffer.from([255, 0]));
  assert.equal(await closed, 1000);
  const all = await messages;
  assert.deepEqual([channel(all, 1), channel(all, 2)], ["one two", "bye"]);
  const status = JSON.parse(channel(all, 3)) as { reason: string; details: unknown };
  assert.deepEqual([status.reason, status.details], ["NonZeroExitCode", { causes: [{ reason: "ExitCode", message: "3" }] }]);
  assert.equal(all.at(-1)?.data[0], 3, "it comes last");
});

test("older protocols: the first that both know, base64 as text, words instead of a Status, no end of the input", async (t) => {
  const hello: ProgramSession["run"] = async ({ stdout }) => {
    await stdout?.(Buffer.from("hello"));
    return { kind: "failed", message: "it broke" };
  };
  const listener = await serving(t, { exec: program(hello) });
  const status = /^\{.*"status":"Failure","message":"Internal error occurred: it broke","reason":"InternalError".*\}$/;
  const words = /^Internal error occurred: it broke$/;
  for (const [offered, isText, expected] of [
    [["nobody", "v4.channel.k8s.io", "v5.channel.k8s.io"], false, status],
    [["v4.base64.channel.k8s.io"], true, status],
    [["channel.k8s.io"], false, words],
    [["base64.channel.k8s.io"], true, words],
    [[], false, words],
  ] as const) {
    const { socket, messages } = await open(listener, "p/exec", [...offered]);
    assert.equal(socket.protocol, offered.find((name) => name !== "nobody") ?? "");
    const all = (await messages).map(({ data, isText: text }) => {
      assert.equal(text, isText, offered.join());
      return isText ? Buffer.concat([Buffer.from([Number(data.toString()[0])]), Buffer.from(data.toString().slice(1), "base64")]) : data;
    });
    const of = (number: number) =>
      channel(
        all.map((data) => ({ data })),
        number,
      );
    assert.equal(of(1), "hello");
    assert.match(of(3), expected);
  }
});

test("sizes of the terminal arrive, the newest at least; what is none is passed over", async (t) => {
  const sizes: TerminalSize[] = [];
  const run: ProgramSession["run"] = async ({ terminal }) => {
    for await (const size of terminal ?? []) if (sizes.push(size) && size.rows === 9) break;
    return EXIT_OK;
  };
  const listener = await serving(t, { exec: program(run, { tty: true, stderr: false }) });
  const { socket, closed } = await open(listener, "p/exec", ["v5.channel.k8s.io"]);
  for (const text of [
    '{"Width":80,"Height":24}\n',
    "junk",
    '{"Width":0,"Height":1}',
    '{"Width":1e9,"Height":1}',
    '{"Width":7,"Height":9}',
  ]) {
    socket.send(Buffer.from(`\x04${text}`));
  }
  await closed;
  assert.deepEqual(sizes.at(-1), { columns: 7, rows: 9 });
  assert.ok(sizes.every(({ columns }) => columns === 80 || columns === 7));
});

test("a client that disappears ends the program; a listener that closes does so, too", async (t) => {
  for (const end of ["terminate", "close", "dispose"] as const) {
    const { promise: aborted, resolve } = Promise.withResolvers<void>();
    const run: ProgramSession["run"] = (_streams, signal) => {
      signal.addEventListener("abort", () => resolve());
      return new Promise((done) => signal.addEventListener("abort", () => done({ kind: "exited", exitCode: 137 })));
    };
    const listener = await serving(t, { exec: program(run) });
    const { socket, closed } = await open(listener, "p/exec", ["v5.channel.k8s.io"]);
    if (end === "dispose") await listener[Symbol.asyncDispose]();
    else socket[end]();
    await Promise.all([aborted, closed]);
  }
});

test("a program waits for a client that does not read, and nothing is lost", async (t) => {
  let written = 0;
  const total = 64e6;
  const chunk = Buffer.alloc(64e3, "x");
  const run: ProgramSession["run"] = async ({ stdout }) => {
    for (; written < total; written += chunk.length) await stdout?.(chunk);
    return EXIT_OK;
  };
  const listener = await serving(t, { exec: program(run) });
  const { socket, messages } = await open(listener, "p/exec", ["v5.channel.k8s.io"]);
  socket.pause();
  await settled(() => written);
  assert.ok(written < total / 2, `${written} bytes were taken`);
  socket.resume();
  assert.equal(channel(await messages, 1).length, total);
});

test("a client waits for a program that does not read, and nothing is lost", async (t) => {
  const { promise: start, resolve } = Promise.withResolvers<void>();
  let bytes = 0;
  const run: ProgramSession["run"] = async ({ stdin = nothing() }) => {
    await start;
    for await (const part of stdin) bytes += part.length;
    return EXIT_OK;
  };
  const listener = await serving(t, { exec: program(run) });
  const { socket, closed } = await open(listener, "p/exec", ["v5.channel.k8s.io"]);
  const chunk = Buffer.concat([Buffer.from([0]), Buffer.alloc(64e3)]);
  for (let count = 0; count < 1000; count++) socket.send(chunk);
  socket.send(Buffer.from([255, 0]));
  const left = await settled(() => socket.bufferedAmount);
  assert.ok(left > 32e6, `only ${left} bytes wait with the client`);
  resolve();
  assert.equal(await closed, 1000);
  assert.equal(bytes, 64e6);
});

test("messages that mean nothing are passed over; one that is too large ends the session", async (t) => {
  const { promise: aborted, resolve } = Promise.withResolvers<void>();
  let got = "";
  const run: ProgramSession["run"] = async ({ stdin = nothing() }, signal) => {
    signal.addEventListener("abort", () => resolve());
    try {
      for await (const bytes of stdin) got += Buffer.from(bytes).toString();
    } catch {
      // as it should
    }
    return EXIT_OK;
  };
  const listener = await serving(t, { exec: program(run) });
  const { socket, closed } = await open(listener, "p/exec", ["v5.channel.k8s.io"]);
  for (const message of [[], [9, 1], [1, 65], [255, 7], [255], [0], [0, 65]]) socket.send(Buffer.from(message));
  socket.send("\0text");
  while (got.length < 5) await new Promise((next) => setTimeout(next, 5));
  socket.send(Buffer.alloc(17 * 1024 * 1024));
  await aborted;
  assert.deepEqual([got, await closed], ["Atext", 1009]);
});

test("more sessions than the limit are refused, and it counts those that go on", async (t) => {
  const run: ProgramSession["run"] = (_streams, signal) =>
    new Promise((done) => signal.addEventListener("abort", () => done({ kind: "exited", exitCode: 137 })));
  const listener = await serving(t, { exec: program(run) }, 2);
  const opened = [await open(listener, "p/exec", ["v5.channel.k8s.io"]), await open(listener, "p/exec", ["v5.channel.k8s.io"])];
  const answer = await refused(listener, `${PODS}/p/exec`, WEBSOCKET);
  assert.deepEqual(answer, { status: 429, message: "there are 2 streaming sessions already" });
  opened[0]?.socket.terminate();
  for (;;) {
    if ((await refused(listener, `${PODS}/p/exec`, WEBSOCKET)).status === 101) return;
  }
});

test("ports as channels: each begins with its port, bytes go both ways, a failure has words", async (t) => {
  const dial = async (port: number) => (port === 81 ? failed("nobody listens") : { kind: "connected" as const, connection: upperCase() });
  const listener = await serving(t, { portforward: { kind: "ports", dial } });
  const { socket, messages } = await open(listener, "p/portforward?ports=8080&ports=81", ["v4.channel.k8s.io"]);
  socket.send(Buffer.from("\0hello"));
  socket.send(Buffer.from("\0 end."));
  const all = await messages;
  assert.equal(channel(all, 0), "\x90\x1fHELLO END.".replace("\x90", "\ufffd"));
  assert.equal(channel(all, 1), "\ufffd\x1f");
  assert.equal(channel(all, 3), "Q\0nobody listens");
});

function failed(message: string) {
  return { kind: "failed" as const, message };
}

/** Answers in capitals until a full stop. */
function upperCase(): Connection {
  const answers = new Inlet();
  return {
    incoming: answers,
    write: async (bytes) => {
      const text = Buffer.from(bytes).toString();
      await answers.push(Buffer.from(text.toUpperCase()));
      if (text.endsWith(".")) answers.end();
    },
    end: () => answers.end(),
    destroy: () => answers.destroy(),
  };
}

/** A number once it has stopped changing. */
async function settled(read: () => number): Promise<number> {
  let before = -1;
  for (let same = 0; same < 5;) {
    await new Promise((resolve) => setTimeout(resolve, 50));
    same = read() === before ? same + 1 : 0;
    before = read();
  }
  return before;
}
