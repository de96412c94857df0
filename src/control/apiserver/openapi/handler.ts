import type { Describe } from "../../../api/descriptions/describe.ts";
import type { Kind } from "../../../api/meta/kind.ts";
import type { Definitions } from "../../../api/meta/schema.ts";
import type { Clock } from "../../../std/clock.ts";
import { CachedDocument, httpDate } from "./cached-document.ts";
import { documentOf } from "./operations.ts";
import { documentV2 } from "./v2.ts";
import { encodeV2 } from "./v2-protobuf.ts";
import { documentV3 } from "./v3.ts";

/** What the documents describe, now. The same array of kinds means that nothing has changed. */
export interface OpenApiSource {
  kinds(): readonly Kind[];
  readonly definitions: Definitions | (() => Definitions);
}

export type OpenApiHandler = (request: Request) => Promise<Response> | undefined;

/** Loads the texts, which nothing but a document needs. Asked with each request, so it must be quick from the second time on. */
export type LoadTexts = () => Promise<Describe>;

const loadTexts: LoadTexts = async () => (await import("../../../api/descriptions/texts.ts")).describe;

const PROTOBUF = "application/com.github.proto-openapi.spec.v2.v1.0+protobuf";
/** How clients ask for it: with `@` where the answer has a dot. */
const PROTOBUF_SPELLINGS = new Set([PROTOBUF, "application/com.github.proto-openapi.spec.v2@v1.0+protobuf"]);
const JSON_TYPES = new Set(["application/json", "*/*", "application/*"]);
const YEAR_MS = 365 * 24 * 60 * 60 * 1000;
/** Last-Modified counts seconds, so documents that follow each other must differ by one. */
const SECOND_MS = 1000;

/** Answers `/openapi/v2` and `/openapi/v3...`; undefined for other paths. */
export function openApiHandler(source: OpenApiSource, clock: Clock, load: LoadTexts = loadTexts): OpenApiHandler {
  let documents: Documents | undefined;
  const upToDate = async (): Promise<Documents> => {
    const describe = await load();
    const kinds = source.kinds();
    if (documents?.kinds === kinds) return documents;
    const schemas = { definitions: definitionsOf(source), describe };
    return (documents = new Documents(kinds, schemas, { nowMs: clock.now(), before: documents }));
  };
  return (request) => {
    const { pathname, searchParams } = new URL(request.url);
    if (pathname !== "/openapi/v2" && pathname !== "/openapi/v3" && !pathname.startsWith("/openapi/v3/")) return undefined;
    if (request.method !== "GET" && request.method !== "HEAD") return Promise.resolve(notAllowed());
    return upToDate().then((current) => {
      if (pathname === "/openapi/v2") return answerV2(request, current);
      if (pathname === "/openapi/v3") return answerIndex(request, current);
      return answerGroup(request, current, { key: pathname.slice("/openapi/v3/".length), hash: searchParams.get("hash"), clock });
    });
  };
}

function notAllowed(): Response {
  return new Response(null, { status: 405, headers: { allow: "GET, HEAD" } });
}

function definitionsOf({ definitions }: OpenApiSource): Definitions {
  return typeof definitions === "function" ? definitions() : definitions;
}

const encoder = new TextEncoder();

interface Schemas {
  readonly definitions: Definitions;
  readonly describe: Describe;
}

interface Birth {
  readonly nowMs: number;
  readonly before: Documents | undefined;
}

/** All documents of one set of kinds. A group whose kinds are the same as before keeps its document. */
class Documents {
  readonly kinds: readonly Kind[];
  readonly json: CachedDocument;
  readonly protobuf: CachedDocument;
  readonly index: CachedDocument;
  readonly groups: ReadonlyMap<string, CachedDocument>;
  readonly #members: ReadonlyMap<string, readonly Kind[]>;

  constructor(kinds: readonly Kind[], { definitions, describe }: Schemas, { nowMs, before }: Birth) {
    this.kinds = kinds;
    this.#members = Map.groupBy(kinds, documentOf);
    const modifiedMs = Math.max(nowMs, (before?.json.modifiedMs ?? 0) + SECOND_MS);
    const make = (bytes: () => Uint8Array): CachedDocument => new CachedDocument(modifiedMs, bytes);
    const text = (value: () => object): CachedDocument => make(() => encoder.encode(JSON.stringify(value())));
    this.json = text(() => documentV2(kinds, definitions, describe));
    this.protobuf = make(() => encodeV2(documentV2(kinds, definitions, describe)));
    this.groups = new Map(
      [...this.#members].map(([key, members]) => [
        key,
        before?.same(key, members) ?? text(() => documentV3(members, definitions, describe)),
      ]),
    );
    this.index = text(() => ({ paths: Object.fromEntries([...this.groups].sort(([a], [b]) => (a < b ? -1 : 1)).map(indexEntry)) }));
  }

  same(key: string, members: readonly Kind[]): CachedDocument | undefined {
    const known = this.#members.get(key);
    return known?.length === members.length && members.every((kind, i) => kind === known[i]) ? this.groups.get(key) : undefined;
  }
}

function indexEntry([key, document]: readonly [string, CachedDocument]): readonly [string, object] {
  return [key, { serverRelativeURL: `/openapi/v3/${key}?hash=${document.hash}` }];
}

function answerV2(request: Request, documents: Documents): Response {
  const type = acceptedV2(request.headers.get("accept"));
  if (type === undefined) return new Response(null, { status: 406, headers: { vary: "Accept" } });
  const document = type === PROTOBUF ? documents.protobuf : documents.json;
  const headers = { etag: document.etag, vary: "Accept", "cache-control": "no-cache, private" };
  if (isFresh(request, document)) return new Response(null, { status: 304, headers });
  const all = { ...headers, "content-type": type, "last-modified": document.lastModified };
  return acceptsGzip(request) ? sendZipped(request, document, all) : send(request, document, all);
}

function acceptedV2(accept: string | null): string | undefined {
  for (const clause of (accept ?? "*/*").split(",")) {
    const type = clause.split(";", 1)[0]?.trim() ?? "";
    if (PROTOBUF_SPELLINGS.has(type)) return PROTOBUF;
    if (JSON_TYPES.has(type)) return "application/json";
  }
  return undefined;
}

function answerIndex(request: Request, { index }: Documents): Response {
  const headers = { "last-modified": index.lastModified, "cache-control": "no-cache, private" };
  const since = Date.parse(request.headers.get("if-modified-since") ?? "");
  if (since >= Math.floor(index.modifiedMs / 1000) * 1000) return new Response(null, { status: 304, headers });
  return send(request, index, { ...headers, "content-type": "text/plain; charset=utf-8" });
}

interface GroupRequest {
  readonly key: string;
  readonly hash: string | null;
  readonly clock: Clock;
}

function answerGroup(request: Request, documents: Documents, { key, hash, clock }: GroupRequest): Response {
  const document = documents.groups.get(key);
  if (document === undefined)
    return new Response("404 page not found\n", { status: 404, headers: { "content-type": "text/plain; charset=utf-8" } });
  const headers = { etag: document.etag, vary: "Accept" };
  if (hash !== null && hash !== document.hash) {
    return new Response(null, { status: 301, headers: { ...headers, location: `/openapi/v3/${key}?hash=${document.hash}` } });
  }
  const accept = request.headers.get("accept");
  if (accept !== null && !accept.split(",").some((clause) => JSON_TYPES.has(clause.split(";", 1)[0]?.trim() ?? ""))) {
    return new Response(null, { status: 406, headers: { vary: "Accept" } });
  }
  const expires = httpDate(clock.now() + YEAR_MS).replace("GMT", "UTC");
  const caching = hash === null ? { "cache-control": "no-cache, private" } : { "cache-control": "public, immutable", expires };
  if (isFresh(request, document)) return new Response(null, { status: 304, headers: { ...headers, ...caching } });
  return send(request, document, { ...headers, ...caching, "content-type": "application/json", "last-modified": document.lastModified });
}

function isFresh(request: Request, document: CachedDocument): boolean {
  const tags = request.headers.get("if-none-match");
  return tags !== null && tags.split(",").some((tag) => tag.trim() === document.etag || tag.trim() === "*");
}

function acceptsGzip(request: Request): boolean {
  return request.headers.get("accept-encoding")?.includes("gzip") ?? false;
}

type Fields = Readonly<Record<string, string>>;

function send(request: Request, document: CachedDocument, headers: Fields): Response {
  const body = request.method === "HEAD" ? null : (document.bytes as Uint8Array<ArrayBuffer>);
  return new Response(body, { headers: { ...headers, "content-length": String(document.length) } });
}

function sendZipped(request: Request, { zipped }: CachedDocument, headers: Fields): Response {
  const body = request.method === "HEAD" ? null : (zipped as Uint8Array<ArrayBuffer>);
  return new Response(body, { headers: { ...headers, "content-encoding": "gzip", "content-length": String(zipped.length) } });
}
