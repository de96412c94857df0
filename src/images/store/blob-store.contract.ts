import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { test, type TestContext } from "node:test";
import type { BlobStore } from "./contract.ts";

export interface BlobStoreUnderTest {
  readonly store: BlobStore;
  /** The store as the next start of the platform finds it, after what an interrupted run left has been reclaimed. */
  reopen(): Promise<BlobStore>;
  /** Names of files that are neither blobs nor part of one that is arriving. */
  leftovers(): Promise<readonly string[]>;
  /** Changes a stored blob behind the store's back. */
  damage(digest: string): Promise<void>;
}

const sha256 = (bytes: Uint8Array) => `sha256:${createHash("sha256").update(bytes).digest("hex")}`;
const sha512 = (bytes: Uint8Array) => `sha512:${createHash("sha512").update(bytes).digest("hex")}`;
const content = (length: number) => Buffer.from(Array.from({ length }, (_, index) => (index * 7 + (index >> 8)) & 255));

async function* pieces(bytes: Uint8Array, size = 777): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

async function* failing(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield* pieces(bytes);
  throw new Error("the connection broke");
}

async function all(source: AsyncIterable<Uint8Array> | undefined): Promise<Buffer | undefined> {
  if (source === undefined) return undefined;
  const chunks: Uint8Array[] = [];
  for await (const chunk of source) chunks.push(chunk);
  return Buffer.concat(chunks);
}

/** What every BlobStore does. */
export function blobStoreContract(name: string, open: (t: TestContext) => Promise<BlobStoreUnderTest>): void {
  test(`${name}: a small blob is found by its digest, whole, in parts, and after a restart`, async (t) => {
    const { store, reopen } = await open(t);
    const bytes = content(5000);
    const digest = await store.put(bytes);
    assert.equal(digest, sha256(bytes));
    for (const found of [store, await reopen()]) {
      assert.equal(await found.stat(digest), 5000);
      assert.deepEqual(Buffer.from((await found.get(digest)) ?? []), bytes);
      assert.deepEqual(await all(await found.open(digest)), bytes);
      assert.deepEqual(await all(await found.open(digest, { start: 1, end: 1 })), bytes.subarray(1, 2));
      assert.deepEqual(await all(await found.open(digest, { start: 999, end: 4999 })), bytes.subarray(999));
    }
  });

  for (const [algorithm, digestOf] of Object.entries({ sha256, sha512 })) {
    for (const length of [0, 1, 100_000]) {
      test(`${name}: ${length} bytes stream in under their ${algorithm} digest`, async (t) => {
        const { store } = await open(t);
        const bytes = content(length);
        const digest = digestOf(bytes);
        assert.deepEqual(await store.ingest(pieces(bytes), { digest, size: length, maxBytes: length }), {
          kind: "ok",
          digest,
          size: length,
        });
        assert.deepEqual(await all(await store.open(digest)), bytes);
        assert.deepEqual(await Array.fromAsync(store.list()), [digest]);
      });
    }
  }

  test(`${name}: without an expected digest any content is taken`, async (t) => {
    const { store } = await open(t);
    const bytes = content(3000);
    assert.deepEqual(await store.ingest(pieces(bytes), {}), { kind: "ok", digest: sha256(bytes), size: 3000 });
  });

  test(`${name}: a blob that is not what was expected leaves nothing (B2)`, async (t) => {
    const { store, leftovers } = await open(t);
    const bytes = content(3000);
    const digest = sha256(bytes);
    const kindOf = async (source: AsyncIterable<Uint8Array>, expected: Parameters<BlobStore["ingest"]>[1]) =>
      (await store.ingest(source, expected)).kind;
    assert.equal(await kindOf(pieces(bytes), { digest: sha256(content(2999)) }), "mismatch");
    assert.equal(await kindOf(pieces(bytes), { digest, size: 2999 }), "mismatch");
    assert.equal(await kindOf(pieces(bytes), { digest, size: 3001 }), "mismatch");
    assert.equal(await kindOf(pieces(bytes), { digest, maxBytes: 2999 }), "too-large");
    assert.equal(await kindOf(pieces(bytes), { digest: "sha256:../../etc/passwd" }), "mismatch");
    assert.deepEqual(await Array.fromAsync(store.list()), []);
    assert.deepEqual(await leftovers(), []);
  });

  test(`${name}: a source that fails rejects with its own error and leaves nothing (B3)`, async (t) => {
    const { store, leftovers, reopen } = await open(t);
    const bytes = content(3000);
    await assert.rejects(store.ingest(failing(bytes), { digest: sha256(bytes) }), /the connection broke/);
    assert.deepEqual(await leftovers(), []);
    assert.equal(await (await reopen()).stat(sha256(bytes)), undefined);
  });

  test(`${name}: what arrives is invisible until it is whole, and an interrupted one is reclaimed (B3)`, async (t) => {
    const { store, leftovers, reopen } = await open(t);
    const bytes = content(3000);
    const { promise: never, resolve } = Promise.withResolvers<void>();
    const { promise: begun, resolve: begin } = Promise.withResolvers<void>();
    async function* stalls(): AsyncGenerator<Uint8Array> {
      yield bytes.subarray(0, 2000);
      begin();
      await never;
      yield bytes.subarray(2000);
    }
    const arriving = store.ingest(stalls(), { digest: sha256(bytes) });
    await begun;
    assert.deepEqual(await Array.fromAsync(store.list()), []);
    const next = await reopen();
    assert.deepEqual(await leftovers(), []);
    assert.equal(await next.stat(sha256(bytes)), undefined);
    resolve();
    await arriving.catch(() => {}); // its file was taken from under it
  });

  test(`${name}: ten copies of one blob at once become one`, async (t) => {
    const { store, leftovers } = await open(t);
    const bytes = content(50_000);
    const results = await Promise.all(Array.from({ length: 10 }, () => store.ingest(pieces(bytes), { digest: sha256(bytes) })));
    assert.ok(results.every((result) => result.kind === "ok"));
    assert.deepEqual(await Array.fromAsync(store.list()), [sha256(bytes)]);
    assert.deepEqual(await leftovers(), []);
  });

  test(`${name}: a damaged blob is not handed out as a small one, and storing it again mends it`, async (t) => {
    const { store, damage } = await open(t);
    const bytes = content(100);
    const digest = await store.put(bytes);
    await damage(digest);
    assert.equal(await store.get(digest), undefined);
    await store.put(bytes);
    assert.deepEqual(Buffer.from((await store.get(digest)) ?? []), bytes);
  });

  test(`${name}: absent blobs, bad digests and blobs above the limit are undefined`, async (t) => {
    const { store } = await open(t);
    const digest = await store.put(content(100));
    assert.equal(await store.get(digest, 99), undefined);
    for (const bad of [
      sha256(content(5)),
      "",
      "sha256",
      "sha256:",
      "md5:0123",
      "sha256:../../secret",
      `${digest}0`,
      digest.toUpperCase(),
    ]) {
      assert.equal(await store.stat(bad), undefined, bad);
      assert.equal(await store.get(bad), undefined, bad);
      assert.equal(await store.open(bad), undefined, bad);
      assert.equal(await store.delete(bad), false, bad);
    }
  });

  test(`${name}: a deleted blob is gone, once`, async (t) => {
    const { store, reopen } = await open(t);
    const digest = await store.put(content(10));
    assert.equal(await store.delete(digest), true);
    assert.equal(await store.delete(digest), false);
    assert.equal(await (await reopen()).stat(digest), undefined);
  });
}
