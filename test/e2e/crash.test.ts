/**
 * SIGKILL of the real process at random moments while writes are acknowledged. That a power cut loses nothing is proven
 * elsewhere (the store's crash suite); here it is the whole program: its lock, its files, its sandboxes, its ports.
 */
import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import { test } from "node:test";
import { seededRandom } from "../../src/std/random.ts";
import { requires } from "../../src/testing/requirements.ts";
import { apiCall } from "./api-call.ts";
import { eventually, startKinetic, type Kinetic } from "./harness.ts";
import { sandboxesOf } from "./machine.ts";

const ROUNDS = 6;
const WRITERS = 4;
const SEED = Number(process.env["KINETIC_SEED"] ?? 20_261_125);
const CONFIG_MAPS = "/api/v1/namespaces/default/configmaps";

interface Stored {
  readonly metadata: { readonly name: string; readonly resourceVersion: string };
  readonly data?: { readonly value?: string };
}

/** What the API server has acknowledged: the value of each object, and every resourceVersion that it ever gave to one. */
class Ledger {
  readonly values = new Map<string, string>();
  /** Objects whose last write was never answered: it may have happened or not. */
  readonly open = new Set<string>();
  readonly #versions = new Map<string, string>();
  readonly repeated: string[] = [];

  acknowledged({ metadata: { name, resourceVersion }, data }: Stored): void {
    const value = data?.value ?? "";
    const writer = `${name}=${value}`;
    const earlier = this.#versions.get(resourceVersion);
    if (earlier !== undefined && earlier !== writer) this.repeated.push(`${resourceVersion}: ${earlier} and ${writer}`);
    this.#versions.set(resourceVersion, writer);
    this.values.set(name, value);
    this.open.delete(name);
  }

  get size(): number {
    return this.#versions.size;
  }
}

/** Creates objects and changes earlier ones, one after another, until the platform is gone. */
async function write(platform: Kinetic, ledger: Ledger, name: (index: number) => string): Promise<void> {
  for (let index = 0; ; index++) {
    const isChange = index % 3 === 2;
    const target = name(isChange ? index - 1 : index);
    const body = { apiVersion: "v1", kind: "ConfigMap", metadata: { name: target }, data: { value: String(index) } };
    const request = isChange ? { method: "PUT", path: `${CONFIG_MAPS}/${target}` } : { method: "POST", path: CONFIG_MAPS };
    ledger.open.add(target);
    const answer = await apiCall(platform, { ...request, body: JSON.stringify(body) }).catch(() => undefined);
    if (answer === undefined) return;
    assert.ok(answer.status < 300, answer.body);
    ledger.acknowledged(JSON.parse(answer.body) as Stored);
  }
}

async function assertNothingLost(platform: Kinetic, ledger: Ledger): Promise<void> {
  const list = await apiCall(platform, { path: CONFIG_MAPS });
  const stored = new Map((JSON.parse(list.body) as { items: Stored[] }).items.map((item) => [item.metadata.name, item]));
  for (const [name, value] of ledger.values) {
    const found = stored.get(name);
    assert.ok(found !== undefined, `${name} was acknowledged and is gone`);
    if (!ledger.open.has(name)) assert.equal(found.data?.value, value, `${name} has another value than was acknowledged`);
  }
  for (const name of ledger.open) {
    const found = stored.get(name);
    if (found !== undefined) ledger.acknowledged(found);
  }
  assert.deepEqual(ledger.repeated, [], "a resourceVersion was given twice");
}

test(
  `SIGKILL at ${ROUNDS} random moments loses nothing that was acknowledged`,
  { skip: requires("linux"), timeout: 180_000 },
  async (t) => {
    t.diagnostic(`KINETIC_SEED=${SEED}`);
    const random = seededRandom(SEED);
    const ledger = new Ledger();
    let platform = await startKinetic(t, { args: ["--sample"] });
    await eventually("the sample was called", async () => assert.match(platform.output, /from zero in/));
    for (let round = 0; round < ROUNDS; round++) {
      const killed = await sandboxesOf(platform.dataDir);
      const writers = Array.from({ length: WRITERS }, (_, writer) => write(platform, ledger, (index) => `r${round}-w${writer}-${index}`));
      await sleep(100 + random() * 700);
      await platform.stop("SIGKILL");
      await Promise.all(writers);
      platform = await startKinetic(t, { dataDir: platform.dataDir });
      await assertNothingLost(platform, ledger);
      const left = (await sandboxesOf(platform.dataDir)).filter(({ pid }) => killed.some((old) => old.pid === pid));
      assert.deepEqual(left, [], "sandboxes of the killed run are gone");
      await eventually("the Service answers again", async () => assert.equal((await platform.get("hello.default.localhost")).status, 200));
      assert.ok((await sandboxesOf(platform.dataDir)).length > 0, "the next round has a sandbox to leave behind");
    }
    assert.ok(ledger.size > 100, `only ${ledger.size} acknowledged writes`);
    assert.equal(await platform.stop(), 0);
  },
);
