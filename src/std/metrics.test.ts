import assert from "node:assert/strict";
import { test } from "node:test";
import { Histogram, metricsText, singleMetric, type MetricFamily } from "./metrics.ts";

test("families are written with help, type and samples; empty ones are left out", () => {
  const requests: MetricFamily = {
    name: "requests_total",
    help: "Requests, with a \\ and\na second line.",
    type: "counter",
    samples: () => [
      { labels: { verb: "GET", path: 'a"b\\c\nd' }, value: 3 },
      { labels: {}, value: 0.5 },
    ],
  };
  const none: MetricFamily = { name: "none", help: "Nothing.", type: "gauge", samples: () => [] };
  const missing = singleMetric("missing", "gauge", "Nothing.", () => undefined);
  const text = metricsText([requests, none, missing, singleMetric("up", "gauge", "Whether it is up.", () => 1)]);
  assert.equal(
    text,
    [
      "# HELP requests_total Requests, with a \\\\ and\\na second line.",
      "# TYPE requests_total counter",
      'requests_total{verb="GET",path="a\\"b\\\\c\\nd"} 3',
      "requests_total 0.5",
      "# HELP up Whether it is up.",
      "# TYPE up gauge",
      "up 1",
      "",
    ].join("\n"),
  );
  assert.equal(metricsText([]), "");
});

test("a histogram counts in each bucket what is in it or below", () => {
  const histogram = new Histogram([0.1, 1]);
  for (const value of [0.05, 0.1, 0.5, 1, 7]) histogram.observe(value);
  const samples = [...histogram.samples({ verb: "GET" })];
  assert.deepEqual(samples, [
    { suffix: "_bucket", labels: { verb: "GET", le: "0.1" }, value: 2 },
    { suffix: "_bucket", labels: { verb: "GET", le: "1" }, value: 4 },
    { suffix: "_bucket", labels: { verb: "GET", le: "+Inf" }, value: 5 },
    { suffix: "_sum", labels: { verb: "GET" }, value: 8.65 },
    { suffix: "_count", labels: { verb: "GET" }, value: 5 },
  ]);
});
