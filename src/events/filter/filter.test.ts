import assert from "node:assert/strict";
import { test } from "node:test";
import type { CloudEvent } from "../../api/cloudevents/event.ts";
import { compileFilter, type EventFilter, type FilterSpec, type SubscriptionsFilter } from "./filter.ts";

const EVENT: CloudEvent = {
  attributes: {
    specversion: "1.0",
    id: "1",
    source: "/shop",
    type: "order.created",
    n: 5,
    vip: true,
    datacontenttype: "application/json; charset=utf-8",
  },
};

function compiled(spec: FilterSpec): EventFilter {
  const result = compileFilter(spec);
  assert.equal(result.kind, "ok", JSON.stringify(result));
  return result.filter;
}

test("filter: no filter lets everything through", () => {
  for (const spec of [{}, { filter: {} }, { filter: { attributes: {} } }, { filters: [] }])
    assert.equal(compiled(spec).matches(EVENT), true);
});

test("filter: the older form compares typed values; an empty text asks for the attribute", () => {
  const matches = (attributes: Record<string, string>) => compiled({ filter: { attributes } }).matches(EVENT);
  assert.equal(matches({ type: "order.created", source: "/shop" }), true);
  assert.equal(matches({ type: "order.created", source: "/other" }), false);
  assert.equal(matches({ n: "5" }), false);
  assert.equal(matches({ n: "" }), true);
  assert.equal(matches({ subject: "" }), false);
  assert.equal(matches({ toString: "" }), false);
});

test("filter: filters override filter, and all of them count", () => {
  const filters = [{ exact: { type: "order.created" } }];
  assert.equal(compiled({ filter: { attributes: { type: "other" } }, filters }).matches(EVENT), true);
  assert.equal(compiled({ filters: [...filters, { exact: { source: "x" } }] }).matches(EVENT), false);
});

test("filter: each dialect", () => {
  const rows: readonly [SubscriptionsFilter, boolean][] = [
    [{ exact: { n: "5", vip: "true" } }, true],
    [{ exact: { n: "6" } }, false],
    [{ exact: { missing: "x" } }, false],
    [{ prefix: { type: "order." } }, true],
    [{ prefix: { type: "created" } }, false],
    [{ suffix: { type: ".created" } }, true],
    [{ suffix: { subject: "x" } }, false],
    [{ exact: { datamediatype: "application/json" } }, true],
    [{ all: [{ exact: { n: "5" } }, { prefix: { type: "order" } }] }, true],
    [{ all: [{ exact: { n: "5" } }, { prefix: { type: "x" } }] }, false],
    [{ any: [{ exact: { n: "6" } }, { prefix: { type: "order" } }] }, true],
    [{ any: [{ exact: { n: "6" } }, { prefix: { type: "x" } }] }, false],
    [{ not: { exact: { missing: "x" } } }, true],
    [{ not: { exact: { n: "5" } } }, false],
    [{ cesql: "n > 4 AND type LIKE 'order%'" }, true],
    [{ cesql: "n" }, false],
    [{ cesql: "missing = 'x' OR TRUE" }, false],
    [{ cesql: "EXISTS subject" }, false],
  ];
  const results = rows.map(([entry]) => [entry, compiled({ filters: [entry] }).matches(EVENT)]);
  assert.deepEqual(results, rows);
});

test("filter: it says why an event does not match", () => {
  const why = (...filters: SubscriptionsFilter[]) => compiled({ filters }).explain(EVENT);
  assert.equal(why({ exact: { type: "a" } }), 'type is "order.created", wanted "a"');
  assert.equal(why({ prefix: { missing: "a" } }), 'missing is missing, wanted to begin with "a"');
  assert.equal(
    why({ any: [{ exact: { n: "6" } }, { suffix: { n: "7" } }] }),
    'none of: n is "5", wanted "6"; n is "5", wanted to end with "7"',
  );
  assert.equal(why({ not: { exact: { n: "5" } } }), "it matches what is excluded");
  assert.equal(why({ cesql: "n = 'x'" }), "cesql is false: n = 'x'");
  assert.equal(why({ cesql: "missing" }), "cesql: the event has no attribute missing");
  assert.equal(compiled({ filter: { attributes: { type: "a" } } }).explain(EVENT), 'type is "order.created", wanted "a"');
  assert.equal(why({ exact: { n: "5" } }), undefined);
});

test("filter: what is wrong is named and matches nothing", () => {
  const message = (...filters: SubscriptionsFilter[]) => {
    const result = compileFilter({ filters });
    return result.kind === "invalid" ? result.message : "valid";
  };
  assert.equal(message({}), "filters[0] has no dialect");
  assert.equal(
    message({ exact: { a: "1" } }, { exact: { a: "1" }, suffix: { b: "2" } }),
    "filters[1] has more than one dialect: exact, suffix",
  );
  assert.equal(message({ exact: {} }), "filters[0] names no attribute");
  assert.equal(message({ all: [{ any: [{ exact: { a: "" } }] }] }), "filters[0].all[0].any[0]: the value of a is empty");
  assert.equal(message({ all: [] }), "filters[0].all is empty");
  assert.equal(message({ not: { cesql: "a =" } }), "filters[0].not.cesql: unexpected end at position 3");
});

test("filter: times compare as RFC 3339", () => {
  const at = (time: string) => ({ attributes: { ...EVENT.attributes, time } });
  const rows: readonly [FilterSpec, string, boolean][] = [
    [{ filters: [{ exact: { time: "2026-01-02T00:00:00Z" } }] }, "2026-01-02T01:00:00.000+01:00", true],
    [{ filters: [{ exact: { time: "2026-01-02T01:00:00+01:00" } }] }, "2026-01-02T00:00:00Z", true],
    [{ filters: [{ exact: { time: "2026-01-02T00:00:00.1234567Z" } }] }, "2026-01-02T00:00:00.12345670Z", true],
    [{ filters: [{ exact: { time: "2026-01-02T00:00:00.1234567Z" } }] }, "2026-01-02T00:00:00.1234568Z", false],
    [{ filters: [{ prefix: { time: "2026-01-02T" } }] }, "2026-01-02T23:30:00Z", true],
    [{ filter: { attributes: { time: "2026-01-02T00:00:00Z" } } }, "2026-01-02T01:00:00+01:00", true],
    [{ filter: { attributes: { time: "2026-01-02T00:00:00Z" } } }, "2026-01-02T01:00:00Z", false],
  ];
  assert.deepEqual(
    rows.map(([spec, time]) => [spec, time, compiled(spec).matches(at(time))]),
    rows,
  );
});
