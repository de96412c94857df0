/** Requests: what the gateway accepts is what node:http's strict parser reads, to the byte where the next message begins. */
import assert from "node:assert/strict";
import { METHODS } from "node:http";
import { test } from "node:test";
import fc from "fast-check";
import { fuzzing } from "./fixtures/fuzzing.ts";
import { readByNode, readByUs, type ConnectionReading, type RequestReading } from "./fixtures/readings.ts";
import { requestSmuggling } from "./fixtures/smuggling.ts";
import { cut, requestWire, type Wire } from "./fixtures/wire.ts";

/** Where we refuse what node:http reads, by our reason. Nothing else may differ in this direction. */
const STRICTER: Readonly<Record<string, string>> = {
  "malformed request line": "one space between its parts, and nothing behind the version; node:http skips further spaces",
  "malformed request target": "asterisk form for OPTIONS only (RFC 9112 3.2.4), an absolute form has a host and is http or https",
  "malformed Host": "a Host that is no host cannot be routed; node:http does not look at it",
  "exactly one Host is required": "RFC 9112 3.2; node:http takes the first of several, and reads on behind a request without one",
  "HTTP version not supported": "HTTP/0.9 and HTTP/2.0 in a start line are read by node:http as if they were HTTP/1",
  "method not supported": "a tunnel to anywhere is not what a gateway is for",
  "Transfer-Encoding in HTTP/1.0": "RFC 9112 6.1: such framing is faulty",
  "unknown Transfer-Encoding": "codings that instances would have to undo, e.g. `gzip, chunked`",
  "more than one Transfer-Encoding": "no client needs two fields, and readers differ in how they join them",
  "bare LF in a message head": "node:http skips a lone LF before a request line",
  "malformed Content-Length": "at most 15 digits: a longer number is not counted exactly",
  "malformed chunk size": "at most 12 digits, and extensions as RFC 9112 7.1.1 writes them; node:http takes empty names",
  "chunk line too long": "256 bytes are enough for a size and its extensions",
  "a field that no trailer may have": "node:http lets Host, Trailer and Upgrade pass",
};

interface Refusal {
  readonly text: string;
  readonly us: ConnectionReading;
  /** How many requests node:http had read before it refused. */
  readonly seen: number;
}

/** Where we read what node:http refuses: the message means the same to both, and nothing of its framing differs. */
const LAXER: readonly { readonly code: string; readonly why: string; readonly applies: (refusal: Refusal) => boolean }[] = [
  {
    code: "HPE_INVALID_METHOD",
    why: "node:http knows a list of methods; RFC 9110 9.1 lets there be others, and no framing depends on them",
    applies: ({ us, seen }) => !METHODS.includes(us.requests[seen]?.method ?? "GET"),
  },
  {
    code: "HPE_INVALID_TRANSFER_ENCODING",
    why: "node:http does not take the tab after `chunked` for the white space that it is (RFC 9110 5.6.3)",
    applies: ({ text }) => /transfer-encoding:[^\r]*chunked *\t/i.test(text),
  },
];

test("requests are read as node:http reads them, or refused", async () => {
  await fc.assert(fc.asyncProperty(requestWire, compare), fuzzing(1_500));
});

test("a fair share of what is tried is accepted, so the comparison compares something", async () => {
  const tried = fc.sample(requestWire, { numRuns: 500, seed: 1 });
  const readings = await Promise.all(tried.map(({ pieces }) => readByUs(pieces)));
  const accepted = readings.flatMap(({ requests }) => requests).filter(({ complete }) => complete);
  assert.ok(accepted.length > 200, `only ${accepted.length} requests`);
  assert.ok(accepted.some(({ trailers }) => trailers.length > 0));
  assert.ok(readings.filter(({ end }) => end === "refused").length > 50);
});

for (const [name, text] of requestSmuggling) {
  test(`smuggling is refused: ${name}`, async () => {
    const bytes = Buffer.from(text, "latin1");
    const everyByte = Array.from(bytes, (_byte, place) => place);
    for (const pieces of [[bytes], cut(bytes, everyByte)]) {
      const { requests, end } = await readByUs(pieces);
      assert.deepEqual([end, requests.filter(({ complete }) => complete)], ["refused", []]);
      await compare({ text, pieces });
    }
  });
}

async function compare({ text, pieces }: Wire): Promise<void> {
  const [node, us] = [await readByNode(pieces), await readByUs(pieces)];
  const context = () => `${JSON.stringify(text)}\nnode ${JSON.stringify(node)}\nus   ${JSON.stringify(us)}`;
  const comparable = comparableRequests(node, us, text);
  us.requests.slice(0, comparable).forEach((request, index) => sameRequest(request, node.requests[index], context));
  if (comparable < us.requests.length) return;
  if (us.end === "refused") {
    const readOn = node.end !== "refused" || node.requests.length > us.requests.length;
    return assert.ok(!readOn || us.reason in STRICTER, `stricter without a reason: ${context()}`);
  }
  if (node.end === "refused") return refusedLater(text, node, context);
  if (us.end === "closed" && us.requests.at(-1)?.version === "1.0") return; // after `keep-alive, close` we close
  assert.deepEqual([us.end, us.requests.length], [node.end, node.requests.length], context());
}

/** How many of our requests node:http must have read as well. */
function comparableRequests(node: ConnectionReading, us: ConnectionReading, text: string): number {
  const seen = node.requests.length;
  if (node.end === "refused" && LAXER.some(({ code, applies }) => node.reason === code && applies({ text, us, seen })))
    return Math.max(0, seen - 1);
  const upgrade = us.requests.findIndex(asksForUpgrade);
  return upgrade < 0 ? us.requests.length : upgrade; // node:http does not read HTTP behind it, whatever the answer
}

const asksForUpgrade = ({ headers }: RequestReading): boolean =>
  headers.some(([name]) => name === "upgrade") && headers.some(([name, value]) => name === "connection" && /upgrade/i.test(value));

function sameRequest(us: RequestReading, node: RequestReading | undefined, context: () => string): void {
  assert.ok(node !== undefined, `node:http has not read it: ${context()}`);
  if (us.complete) return assert.deepEqual(us, node, context());
  assert.deepEqual({ ...us, body: "" }, { ...node, body: "", trailers: [], complete: false }, context());
  assert.ok(us.body.startsWith(node.body) || node.body.startsWith(us.body), context());
}

/** We read a head as a whole, node:http byte by byte: a head that is not complete is refused when it is. */
async function refusedLater(text: string, node: ConnectionReading, context: () => string): Promise<void> {
  const us = await readByUs([Buffer.from(`${text}\r\n\r\n`, "latin1")]);
  assert.ok(comparableRequests(node, us, text) <= node.requests.length, `laxer than node:http: ${context()}`);
}
