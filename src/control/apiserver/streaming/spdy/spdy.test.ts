import assert from "node:assert/strict";
import { duplexPair, type Duplex } from "node:stream";
import { test } from "node:test";
import { constants, createDeflate } from "node:zlib";
import { SpdyConnection, type SpdyStream } from "./connection.ts";
import { DICTIONARY, DICTIONARY_ID } from "./dictionary.ts";
import { dataFrame, FIN, FrameReader } from "./frames.ts";
import { HeaderError, HeaderReader, HeaderWriter } from "./headers.ts";

function headersText(headers: Readonly<Record<string, string>>): Buffer {
  const number = (value: number) => Buffer.from([value >> 24, value >> 16, value >> 8, value].map((byte) => byte & 0xff));
  const word = (text: string) => Buffer.concat([number(text.length), Buffer.from(text)]);
  const entries = Object.entries(headers);
  return Buffer.concat([number(entries.length), ...entries.flatMap(([name, value]) => [word(name), word(value)])]);
}

/** Blocks as another zlib makes them: one stream, flushed after each. */
function compressor() {
  const deflate = createDeflate({ dictionary: DICTIONARY });
  let parts: Buffer[] = [];
  deflate.on("data", (part: Buffer) => parts.push(part));
  return async (headers: Readonly<Record<string, string>>): Promise<Buffer> => {
    await new Promise((resolve) => deflate.write(headersText(headers), resolve));
    await new Promise<void>((resolve) => deflate.flush(constants.Z_SYNC_FLUSH, resolve));
    await new Promise((resolve) => setImmediate(resolve));
    const block = Buffer.concat(parts);
    parts = [];
    return block;
  };
}

function control(type: number, payload: Buffer, flags = 0): Buffer {
  const head = Buffer.from([0x80, 3, 0, type, flags, 0, 0, 0]);
  head.writeUIntBE(payload.length, 5, 3);
  return Buffer.concat([head, payload]);
}

function synStream(id: number, block: Buffer, flags = 0): Buffer {
  const head = Buffer.alloc(10);
  head.writeUInt32BE(id);
  return control(1, Buffer.concat([head, block]), flags);
}

test("the dictionary is the one that everybody has", () => {
  let [a, b] = [1, 0];
  for (const byte of DICTIONARY) {
    a = (a + byte) % 65521;
    b = (b + a) % 65521;
  }
  assert.equal((b * 65536 + a) >>> 0, DICTIONARY_ID);
});

test("blocks of headers are read, each on what came before it", async () => {
  const compress = compressor();
  const reader = new HeaderReader();
  for (const port of ["8080", "8081", "9".repeat(40_000)]) {
    const headers = { streamtype: "data", port, requestid: "1" };
    assert.deepEqual(Object.fromEntries(reader.read(await compress(headers))), headers);
  }
});

test("headers that we write are read by others", () => {
  const reader = new HeaderReader();
  const writer = new HeaderWriter();
  for (const headers of [new Map(), new Map([["a", "b"]]), new Map([["version", "HTTP/1.1"]])]) {
    assert.deepEqual(reader.read(writer.write(headers)), headers);
  }
});

test("headers that are torn, foreign or a bomb are refused", async () => {
  const whole = await compressor()({ a: "b" });
  const bomb = await compressor()({ a: "b".repeat(200_000) });
  for (const block of [Buffer.alloc(0), Buffer.from("hello, world"), whole.subarray(0, 7), bomb]) {
    assert.throws(() => new HeaderReader().read(block), HeaderError);
  }
});

test("frames are cut at any place, and what is too large or no SPDY is refused", () => {
  const bytes = Buffer.concat([
    dataFrame(1, Buffer.from("hello"), 0),
    control(6, Buffer.from([0, 0, 0, 7])),
    dataFrame(3, Buffer.alloc(0), FIN),
  ]);
  const reader = new FrameReader();
  const frames = [...bytes].flatMap((byte) => [...reader.push(Buffer.from([byte]))]);
  assert.deepEqual(
    frames.map(({ type }) => type),
    ["data", "ping", "data"],
  );
  assert.throws(() => [...new FrameReader().push(dataFrame(1, Buffer.alloc(2 ** 21), 0))], /too large/);
  assert.throws(() => [...new FrameReader().push(Buffer.from("\x80GET / HTTP/1.1", "latin1"))], /too large|not SPDY/);
  assert.throws(() => [...new FrameReader().push(control(1, Buffer.alloc(3)))], /too short/);
});

function serve(onStream: (stream: SpdyStream) => void): { client: Duplex; done: Promise<void> } {
  const [client, server] = duplexPair();
  const done = new SpdyConnection(server, onStream).run().finally(() => server.destroy());
  client.on("error", () => {});
  return { client, done };
}

/** Frames that the client gets, until it has `count`. */
async function received(client: Duplex, count: number) {
  const reader = new FrameReader();
  const frames = [];
  for await (const chunk of client.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
    frames.push(...reader.push(chunk));
    if (frames.length >= count) return frames;
  }
  return frames;
}

test("a stream is answered, echoes, and both directions end apart; a ping is answered", async () => {
  const { client, done } = serve(async (stream) => {
    assert.equal(stream.headers.get("streamtype"), "data");
    for await (const bytes of stream.incoming) await stream.write(bytes);
    stream.end();
  });
  const compress = compressor();
  client.write(synStream(1, await compress({ streamType: "data" })));
  client.write(control(6, Buffer.from([0, 0, 0, 5])));
  client.write(dataFrame(1, Buffer.from("ping"), FIN));
  const frames = await received(client, 4);
  assert.deepEqual(
    frames.map((frame) => (frame.type === "data" ? [frame.bytes.toString(), frame.fin] : frame.type)),
    ["ignored", "ping", ["ping", false], ["", true]],
  );
  client.end();
  await done;
});

test("a stream that nobody reads stops the connection, and goes on when somebody does", async () => {
  const { promise: opened, resolve } = Promise.withResolvers<SpdyStream>();
  const { client } = serve(resolve);
  client.write(synStream(1, await compressor()({})));
  const stream = await opened;
  const chunk = dataFrame(1, Buffer.alloc(64 * 1024), 0);
  let sent = 0;
  while (sent < 100 && client.write(chunk)) sent++;
  for (let turns = 0; turns < 200; turns++) {
    await new Promise((next) => setImmediate(next));
    if (client.writableNeedDrain) continue;
    client.write(chunk);
    sent++;
  }
  assert.ok(sent < 40, `${sent} frames were taken`);
  client.write(dataFrame(1, Buffer.alloc(0), FIN));
  let bytes = 0;
  for await (const part of stream.incoming) bytes += part.length;
  assert.ok(bytes >= sent * 64 * 1024, `${bytes} of ${sent} frames`);
  client.destroy();
});

test("streams that break the rules are reset alone; too many are refused; a broken connection cuts all", async () => {
  const streams: SpdyStream[] = [];
  const { client, done } = serve((stream) => streams.push(stream));
  const compress = compressor();
  client.write(synStream(3, await compress({})));
  client.write(synStream(1, await compress({})));
  client.write(synStream(4, await compress({})));
  const frames = await received(client, 3);
  assert.deepEqual(
    frames.map((frame) => (frame.type === "rstStream" ? frame.streamId : frame.type)),
    ["ignored", 1, 4],
  );
  for (let id = 5; id < 5 + 2 * 1000; id += 2) client.write(synStream(id, await compress({})));
  const refused = await received(client, 1000);
  assert.equal(refused.filter(({ type }) => type === "rstStream").length, 1);
  assert.equal(streams.length, 1000);
  client.write("this is not SPDY");
  await done;
  await assert.rejects(async () => {
    for await (const _bytes of streams[0]?.incoming ?? []);
  }, /gone/);
  await assert.rejects(streams[0]?.write(Buffer.from("x")) ?? Promise.resolve(), /closed|gone/);
});
