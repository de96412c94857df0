import assert from "node:assert/strict";
import { test } from "node:test";
import { HTTP, type CloudEvent as SdkEvent } from "cloudevents";
import fc from "fast-check";
import { invalidEvent, type AttributeValue, type CloudEvent } from "./event.ts";
import { decodeHeader, encodeHeader, eventsFromHttp, toBinary, toStructured } from "./http-binding.ts";

const bytes = (text: string) => new TextEncoder().encode(text);
const text = (data: Uint8Array | undefined) => (data === undefined ? undefined : new TextDecoder().decode(data));
const NEEDED = { specversion: "1.0", id: "1", source: "/s", type: "t" };
const json = (value: unknown, type = "application/cloudevents+json") =>
  eventsFromHttp({ "content-type": type }, bytes(typeof value === "string" ? value : JSON.stringify(value)));

test("cloudevents: binary mode, headers and body", () => {
  const headers = { "ce-specversion": "1.0", "ce-id": "1", "ce-source": "/s", "ce-type": "t", "ce-subject": "a%20b%E2%82%AC", host: "x" };
  const { mode, events } = eventsFromHttp({ ...headers, "content-type": "text/plain" }, bytes("hi"));
  assert.equal(mode, "binary");
  const attributes = { ...NEEDED, subject: "a b€", datacontenttype: "text/plain" };
  assert.deepEqual(events, [{ attributes, data: bytes("hi") }]);
  assert.deepEqual(eventsFromHttp(headers, bytes("")).events[0]?.data, undefined);
});

test("cloudevents: structured mode keeps types, takes JSON data as it is, decodes base64", () => {
  const [event] = json({ ...NEEDED, n: 5, b: true, gone: null, data: { a: [1] } }).events;
  assert.deepEqual(event?.attributes, { ...NEEDED, n: 5, b: true, datacontenttype: "application/json" });
  assert.equal(text(event?.data), '{"a":[1]}');
  assert.equal(text(json({ ...NEEDED, data_base64: "aGk=" }).events[0]?.data), "hi");
  assert.equal(text(json({ ...NEEDED, datacontenttype: "text/plain", data: "hi" }).events[0]?.data), "hi");
  assert.equal(text(json({ ...NEEDED, specversion: "0.3", datacontentencoding: "base64", data: "aGk=" }).events[0]?.data), "hi");
});

test("cloudevents: a batch names the event that is wrong", () => {
  const type = "application/cloudevents-batch+json; charset=utf-8";
  assert.equal(json([NEEDED, { ...NEEDED, id: "2" }], type).events.length, 2);
  assert.deepEqual(json([], type).events, []);
  assert.throws(() => json([NEEDED, 5], type), /^EventFormatError: event 1 of the batch: an event is a JSON object$/);
  assert.throws(() => json({}, type), /a batch is a JSON array/);
});

test("cloudevents: what carries no event", () => {
  assert.throws(() => eventsFromHttp({}, bytes("{}")), /no CloudEvent/);
  assert.throws(() => json("{"), /the body is no JSON/);
  assert.throws(() => json("[]"), /an event is a JSON object/);
  assert.throws(() => json({ ...NEEDED, a: {} }), /the attribute a must be/);
  assert.throws(() => json({ ...NEEDED, a: 1.5 }), /the attribute a must be/);
  assert.throws(() => json({ ...NEEDED, data: 1, data_base64: "aGk=" }), /either data or data_base64/);
  assert.throws(() => json({ ...NEEDED, data_base64: "a" }), /no base64/);
  assert.throws(() => eventsFromHttp({ "content-type": "application/cloudevents+avro" }, bytes("")), /avro is not supported/);
  assert.throws(() => decodeHeader("%ff"), /percent-encoded/);
});

test("cloudevents: why an event is invalid", () => {
  const reason = (changes: Record<string, AttributeValue | undefined>) =>
    invalidEvent({
      attributes: Object.fromEntries(
        Object.entries({ ...NEEDED, ...changes }).filter(([, value]) => value !== undefined),
      ) as CloudEvent["attributes"],
    });
  const rows: readonly [Record<string, AttributeValue | undefined>, RegExp][] = [
    [{ specversion: undefined }, /specversion is missing/],
    [{ specversion: "2.0" }, /specversion "2.0" is not supported/],
    [{ id: "" }, /id is missing or empty/],
    [{ source: undefined }, /source is missing/],
    [{ type: 5 }, /type must be a string/],
    [{ "x-y": "1" }, /attribute name "x-y"/],
    [{ Upper: "1" }, /attribute name "Upper"/],
    [{ n: 2 ** 31 }, /32 bits/],
    [{ s: "a\u0000b" }, /characters that CloudEvents does not allow/],
    [{ s: "\ud800" }, /characters that CloudEvents does not allow/],
    [{ time: "yesterday" }, /no RFC 3339 time/],
    [{ datacontenttype: "text/ü" }, /no media type/],
    [{ source: "a b" }, /source is no URI/],
    [{ big: "x".repeat(70_000) }, /larger than 65536/],
    [Object.fromEntries(Array.from({ length: 130 }, (_, index) => [`a${index}`, "x"])), /more than 128/],
  ];
  for (const [changes, pattern] of rows) assert.match(reason(changes) ?? "valid", pattern);
  assert.equal(reason({ time: "2026-11-25T06:00:00.123+01:00", n: -5, b: false }), undefined);
  assert.equal(reason({ specversion: "0.3" }), undefined);
});

const attributeText = fc
  .string({ unit: "grapheme", minLength: 1, maxLength: 20 })
  .filter((value) => invalidEvent({ attributes: { ...NEEDED, x: value } }) === undefined);

test("cloudevents: a header survives its encoding", () => {
  fc.assert(
    fc.property(attributeText, (value) => {
      const encoded = encodeHeader(value);
      assert.match(encoded, /^[\x21-\x7e]*$/);
      assert.equal(decodeHeader(encoded), value);
    }),
  );
});

test("cloudevents: what we write, the SDK of CloudEvents reads alike, in both modes", () => {
  const event: CloudEvent = { attributes: { ...NEEDED, subject: "ä b", datacontenttype: "application/json" }, data: bytes('{"a":1}') };
  for (const { headers, body } of [toBinary(event), toStructured(event)]) {
    const read = HTTP.toEvent<{ a: number }>({ headers: { ...headers }, body: text(body) ?? "" }) as SdkEvent<{ a: number }>;
    assert.deepEqual(
      [read.id, read.source, read.type, decodeURIComponent(read.subject ?? ""), read.data],
      ["1", "/s", "t", "ä b", { a: 1 }],
    );
  }
});

test("cloudevents: data that claims to be JSON and is not travels as base64", () => {
  const event: CloudEvent = { attributes: { ...NEEDED, datacontenttype: "application/json" }, data: bytes("{broken") };
  const { headers, body } = toStructured(event);
  assert.match(text(body) ?? "", /"data_base64":/);
  assert.deepEqual(eventsFromHttp(headers, body).events[0], event);
});

test("cloudevents: an event survives both modes", () => {
  const event: CloudEvent = { attributes: { ...NEEDED, datacontenttype: "application/octet-stream" }, data: new Uint8Array([0, 255, 10]) };
  for (const message of [toBinary(event), toStructured(event)]) {
    assert.deepEqual(eventsFromHttp(message.headers, message.body).events[0], event);
  }
});

test("cloudevents: headers that are not encoded are UTF-8, else Latin-1", () => {
  assert.equal(decodeHeader(Buffer.from("größe €").toString("latin1")), "größe €");
  assert.equal(decodeHeader("größe"), "größe");
  assert.equal(decodeHeader("gr%C3%B6%C3%9Fe"), "größe");
});
