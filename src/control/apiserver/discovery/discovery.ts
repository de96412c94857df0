import { createHash } from "node:crypto";
import type { Kind } from "../../../api/meta/kind.ts";
import type { ApiReply, ApiRequest } from "../../../api/meta/payload.ts";
import type { Call } from "../http/call.ts";
import { jsonReply, textReply } from "../http/respond.ts";
import { aggregatedList, byStability, groupDocument, groupsOf, resourceList } from "./documents.ts";

const AGGREGATED_TYPE = "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList";
const AGGREGATED_CLAUSE = /application\/json\s*;[^,]*as=APIGroupDiscoveryList/g;

interface Document {
  readonly text: string;
  readonly etag: string;
}

/** `/api`, `/apis` and what is below: made once, for the kinds never change while the server runs. */
export class Discovery {
  readonly #legacy = new Map<string, object>();
  readonly #core: Document;
  readonly #groups: Document;

  constructor(kinds: readonly Kind[]) {
    const groups = groupsOf(kinds);
    const coreVersions = [...new Set(kinds.filter((kind) => kind.group === "").map((kind) => kind.version))].sort(byStability);
    this.#core = document(aggregatedList([{ name: "", versions: coreVersions }], kinds));
    this.#groups = document(aggregatedList(groups, kinds));
    this.#legacy.set("/apis", {
      kind: "APIGroupList",
      apiVersion: "v1",
      groups: groups.map(({ name, versions }) => groupDocument(name, versions)),
    });
    for (const version of coreVersions) this.#legacy.set(`/api/${version}`, resourceList("", version, kinds));
    for (const { name, versions } of groups) {
      this.#legacy.set(`/apis/${name}`, { kind: "APIGroup", apiVersion: "v1", ...groupDocument(name, versions) });
      for (const version of versions) this.#legacy.set(`/apis/${name}/${version}`, resourceList(name, version, kinds));
    }
    this.#legacy.set("/api", { kind: "APIVersions", versions: coreVersions });
  }

  /** The answer for a discovery path, or undefined for any other path. */
  answer(call: Call): ApiReply | undefined {
    const path = call.info.path.length > 1 ? call.info.path.replace(/\/$/, "") : call.info.path;
    const legacy = this.#legacy.get(path);
    if (legacy === undefined) return undefined;
    if (path !== "/api" && path !== "/apis") return jsonReply(legacy, call);
    const accept = call.request.headers["accept"] ?? "";
    if (wantsAggregated(accept)) return aggregatedReply(path === "/api" ? this.#core : this.#groups, call.request);
    return jsonReply(path === "/api" ? withAddress(legacy, call.request) : legacy, call);
  }
}

/** Version 2 of the document is asked for; other versions fall through to what the header lists next. */
function wantsAggregated(accept: string): boolean {
  return (accept.match(AGGREGATED_CLAUSE) ?? []).some((clause) => /;\s*v=v2(\s*;|\s*$)/.test(clause));
}

function aggregatedReply({ text, etag }: Document, request: ApiRequest): ApiReply {
  const headers = { etag, vary: "Accept", "cache-control": "public" };
  if (request.headers["if-none-match"] === etag) return { status: 304, headers, body: { kind: "none" } };
  return textReply(text, AGGREGATED_TYPE, { headers });
}

function withAddress(versions: object, request: ApiRequest): object {
  const serverAddress = request.headers["host"] ?? "";
  return { ...versions, serverAddressByClientCIDRs: [{ clientCIDR: "0.0.0.0/0", serverAddress }] };
}

function document(value: object): Document {
  const text = `${JSON.stringify(value)}\n`;
  return { text, etag: `"${createHash("sha512").update(text).digest("hex").toUpperCase()}"` };
}
