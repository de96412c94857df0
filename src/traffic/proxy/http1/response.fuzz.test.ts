/** Answers of instances: what the gateway accepts is what node:http's strict client reads, and it ends where that ends. */
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { fuzzing } from "./fixtures/fuzzing.ts";
import { responseByNode, responseByUs } from "./fixtures/readings.ts";
import { responseSmuggling } from "./fixtures/smuggling.ts";
import { cut, responseWire, type Wire } from "./fixtures/wire.ts";

/** Where we refuse what node:http reads, by our reason. */
const STRICTER: Readonly<Record<string, string>> = {
  "malformed status line": "node:http takes control characters in the reason phrase",
  "bare LF in a message head": "node:http skips a lone LF before a status line",
  "unexpected 101": "nobody asked to switch; node:http reads an answer without body",
  "more than one Transfer-Encoding": "readers differ in how they join them",
  "unknown Transfer-Encoding": "node:http takes what it does not know for a body that ends with the connection",
  "malformed Content-Length": "at most 15 digits: a longer number is not counted exactly",
  "malformed chunk size": "at most 12 digits, and extensions as RFC 9112 7.1.1 writes them; node:http takes empty names",
  "chunk line too long": "256 bytes are enough for a size and its extensions",
  "a field that no trailer may have": "node:http hands them to the program",
};

/** node:http does not see that this is chunked, and takes the body to the end of the connection (RFC 9110 5.6.3: a tab is white space). */
const TAB_BEHIND_CHUNKED = /transfer-encoding:[^\r]*chunked *\t/i;

test("answers are read as node:http reads them, or refused", async () => {
  await fc.assert(fc.asyncProperty(responseWire, fc.constantFrom("GET", "HEAD", "POST"), compare), fuzzing(1_500));
});

test("a fair share of what is tried is accepted, so the comparison compares something", async () => {
  const tried = fc.sample(responseWire, { numRuns: 300, seed: 1 });
  const readings = await Promise.all(tried.map(({ pieces }) => responseByUs("GET", pieces)));
  for (const complete of ["no", "early", "at-end"]) {
    assert.ok(readings.filter((reading) => reading.complete === complete).length > 20, complete);
  }
});

for (const [name, text] of responseSmuggling) {
  test(`smuggling is refused: ${name}`, async () => {
    const bytes = Buffer.from(text, "latin1");
    const everyByte = Array.from(bytes, (_byte, place) => place);
    for (const pieces of [[bytes], cut(bytes, everyByte)]) {
      assert.equal((await responseByUs("GET", pieces)).complete, "no");
      await compare({ text, pieces }, "GET");
    }
  });
}

async function compare({ text, pieces }: Wire, method: string): Promise<void> {
  if (TAB_BEHIND_CHUNKED.test(text)) return;
  const [node, us] = [await responseByNode(method, pieces), await responseByUs(method, pieces)];
  const context = () => `${method} ${JSON.stringify(text)}\nnode ${JSON.stringify(node)}\nus   ${JSON.stringify(us)}`;
  if (us.complete !== "no") return assert.deepEqual(us, node, `laxer than node:http: ${context()}`);
  if (node.complete !== "no") assert.ok(us.failure in STRICTER, `stricter without a reason: ${context()}`);
}
