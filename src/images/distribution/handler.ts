import { isDiskFull } from "../store/partial.ts";
import { deleteBlob, getBlob } from "./blobs.ts";
import { failure } from "./errors.ts";
import { listCatalog, listReferrers, listTags } from "./lists.ts";
import { deleteManifest, getManifest, putManifest } from "./manifests.ts";
import { json, type RegistryRequest, type RegistryResponse } from "./message.ts";
import type { Registry } from "./registry.ts";
import { routeOf, type Route } from "./routes.ts";
import { deleteUpload, getUpload, patchUpload, postUpload, putUpload } from "./upload-requests.ts";

type Handle = (request: RegistryRequest) => Promise<RegistryResponse>;

/**
 * The distribution specification 1.1 over the content store. Rejects when the client goes away or something is broken; all
 * that a client can do wrong is an answer. The body of an answer to `HEAD` is the edge's to leave out.
 */
export function distributionHandler(registry: Registry): Handle {
  return async (request) => {
    const route = routeOf(request.path);
    if (route.kind === "none") return failure("NOT_FOUND");
    if (route.kind === "bad-name") return failure("NAME_INVALID", { detail: { name: route.name } });
    const methods = methodsOf(registry, route);
    const handle = methods[request.method === "HEAD" ? "GET" : request.method];
    if (handle === undefined) return failure("UNSUPPORTED", { headers: { allow: allowed(methods) } });
    try {
      return await handle(request);
    } catch (error) {
      if (isDiskFull(error)) return failure("DISK_FULL");
      throw error;
    }
  };
}

function methodsOf(registry: Registry, route: Exclude<Route, { kind: "none" | "bad-name" }>): Readonly<Record<string, Handle>> {
  switch (route.kind) {
    case "base":
      return { GET: () => Promise.resolve(json({})) };
    case "catalog":
      return { GET: (request) => listCatalog(registry, request) };
    case "tags":
      return { GET: (request) => listTags(registry, request, route.repository) };
    case "referrers":
      return { GET: (request) => listReferrers(registry, request, route) };
    case "manifest":
      return {
        GET: (request) => getManifest(registry, request, route),
        PUT: (request) => putManifest(registry, request, route),
        DELETE: (request) => deleteManifest(registry, request, route),
      };
    case "blob":
      return {
        GET: (request) => getBlob(registry, request, route),
        DELETE: (request) => deleteBlob(registry, request, route),
      };
    case "uploads":
      return { POST: (request) => postUpload(registry, request, route) };
    case "upload":
      return {
        GET: (request) => getUpload(registry, request, route),
        PATCH: (request) => patchUpload(registry, request, route),
        PUT: (request) => putUpload(registry, request, route),
        DELETE: (request) => deleteUpload(registry, request, route),
      };
  }
}

function allowed(methods: Readonly<Record<string, Handle>>): string {
  return Object.keys(methods)
    .flatMap((method) => (method === "GET" ? ["GET", "HEAD"] : [method]))
    .join(", ");
}
