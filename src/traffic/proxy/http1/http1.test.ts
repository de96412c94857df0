import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import type { HeaderList } from "../header-list.ts";
import { UNKNOWN_LENGTH } from "../message.ts";
import { bodyDecoder } from "./body.ts";
import { HeadBuffer } from "./head-buffer.ts";
import { cut } from "./fixtures/wire.ts";
import { parseRequestHead, parseResponseHead } from "./head.ts";

function decodeChunked(pieces: readonly Buffer[]) {
  const body: Buffer[] = [];
  const decoder = bodyDecoder(UNKNOWN_LENGTH, false, { onBodyData: (chunk) => void body.push(Buffer.from(chunk)) });
  let rest = "";
  for (const piece of pieces) {
    const next = decoder.push(piece, 0);
    if (typeof next !== "number") return next.reason;
    rest += piece.toString("latin1", next);
  }
  return { body: Buffer.concat(body).toString("latin1"), rest, done: decoder.done, trailers: namesOf(decoder.trailers) };
}

const namesOf = (headers: HeaderList | undefined) => headers?.names.map((name, index) => `${name}=${headers.values[index]}`);

test("a chunked body is the same however the network cuts it", () => {
  const bytes = Buffer.from("5;ext=1\r\nhello\r\n0A\r\n, my world!\r\n0\r\nX-Sum: 1\r\n\r\nGET / next", "latin1");
  const whole = { body: "hello, my world", rest: "GET / next", done: true, trailers: ["X-Sum=1"] };
  const exact = Buffer.from(bytes.toString("latin1").replace("0A", "0a").replace("world!", "world"), "latin1");
  fc.assert(fc.property(fc.array(fc.nat(200), { maxLength: 20 }), (places) => assert.deepEqual(decodeChunked(cut(exact, places)), whole)));
});

test("a request head is the same however the network cuts it", () => {
  const bytes = Buffer.from("\r\nPOST /a HTTP/1.1\r\nHost: h\r\nX-B:  two words \r\n\r\nbody", "latin1");
  const read = (pieces: readonly Buffer[]) => {
    const heads = new HeadBuffer(1_000);
    for (const piece of pieces) {
      const result = heads.push(piece, 0);
      if (result.kind !== "incomplete")
        return result.kind === "head" ? [result.text, piece.toString("latin1", result.offset).slice(0, 1)] : result;
    }
    return undefined;
  };
  fc.assert(
    fc.property(fc.array(fc.nat(200), { maxLength: 20 }), (places) => {
      const result = read(cut(bytes, places));
      assert.deepEqual(Array.isArray(result) && result[0], "POST /a HTTP/1.1\r\nHost: h\r\nX-B:  two words ");
    }),
  );
});

test("no bytes make the parsers throw", () => {
  const text = fc.string({ unit: fc.constantFrom(..."GETPOST /:HTP1.0chunked-Length,;\r\n\0 \t\x80".split("")), maxLength: 200 });
  fc.assert(
    fc.property(text, (bytes) => {
      const kinds = [parseRequestHead(bytes).kind, parseResponseHead(bytes, "GET").kind];
      assert.ok(kinds.every((kind) => ["request", "response", "malformed"].includes(kind)));
      decodeChunked([Buffer.from(bytes, "latin1")]);
    }),
    { numRuns: 2_000 },
  );
});

test("the absolute form names the host, whatever Host says", () => {
  const result = parseRequestHead("GET http://b.example.com:81?x HTTP/1.1\r\nHost: a.example.com");
  assert.ok(result.kind === "request");
  assert.deepEqual([result.head.authority, result.head.target], ["b.example.com:81", "/?x"]);
});

test("a response whose length is told twice is refused, even when it says the same or has no body", () => {
  const twice = [
    "Content-Length: 5\r\nTransfer-Encoding: chunked",
    "Content-Length: 5\r\nContent-Length: 6",
    "Content-Length: 5\r\nContent-Length: 5",
  ];
  for (const fields of twice) {
    assert.equal(parseResponseHead(`HTTP/1.1 200 OK\r\n${fields}`, "GET").kind, "malformed");
    assert.equal(parseResponseHead(`HTTP/1.1 200 OK\r\n${fields}`, "HEAD").kind, "malformed");
  }
});
