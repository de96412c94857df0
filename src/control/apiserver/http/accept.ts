import { apiError } from "../../../api/meta/errors.ts";

/** The form in which a client wants objects. */
export interface Representation {
  readonly mediaType: "application/json" | "application/yaml";
  readonly as: "object" | "Table" | "PartialObjectMetadata" | "PartialObjectMetadataList";
  /** `v1` or `v1beta1` of meta.k8s.io, for everything but `object`. */
  readonly version: string;
}

const PLAIN: Representation = { mediaType: "application/json", as: "object", version: "v1" };
const SERVED = "application/json, application/yaml, application/vnd.kubernetes.protobuf";
const TRANSFORMS = new Set(["Table", "PartialObjectMetadata", "PartialObjectMetadataList"]);
const cache = new Map<string, Representation>();
const CACHE_LIMIT = 256;

/**
 * The first clause of the Accept header that we can serve; protobuf is never chosen, its clients list JSON too.
 * @throws ApiError 406.
 */
export function negotiate(header: string | null): Representation {
  if (header === null || header === "" || header === "*/*" || header === "application/json") return PLAIN;
  const known = cache.get(header);
  if (known !== undefined) return known;
  const chosen = choose(header);
  if (cache.size >= CACHE_LIMIT) cache.clear();
  cache.set(header, chosen);
  return chosen;
}

/** Refuses a form that does not fit what was asked for. */
export function checkShape(representation: Representation, isList: boolean, goType: string): void {
  if (representation.as === "PartialObjectMetadata" && isList) {
    throw apiError("NotAcceptable", `you requested PartialObjectMetadata, but the requested object is a list (*${goType}List)`);
  }
  if (representation.as === "PartialObjectMetadataList" && !isList) {
    throw apiError("NotAcceptable", `you requested PartialObjectMetadataList, but the requested object is not a list (*${goType})`);
  }
}

function choose(header: string): Representation {
  let sawKnownType = false;
  for (const clause of header.split(",")) {
    const [type = "", ...parameters] = clause.split(";").map((part) => part.trim());
    const mediaType = mediaTypeOf(type);
    if (mediaType === undefined) {
      sawKnownType ||= type === "application/vnd.kubernetes.protobuf";
      continue;
    }
    sawKnownType = true;
    const representation = transform(mediaType, parameters);
    if (representation !== undefined) return representation;
  }
  if (sawKnownType) throw apiError("NotAcceptable", `only the following media types are accepted: ${SERVED}`);
  throw apiError("NotAcceptable", `406: Not Acceptable\n\nAvailable representations: ${SERVED}`, {});
}

function mediaTypeOf(type: string): Representation["mediaType"] | undefined {
  if (type === "*/*" || type === "application/*" || type === "application/json") return "application/json";
  return type === "application/yaml" ? "application/yaml" : undefined;
}

function transform(mediaType: Representation["mediaType"], parameters: readonly string[]): Representation | undefined {
  const values = new Map(parameters.map((parameter) => parameter.split("=", 2) as [string, string]));
  const as = values.get("as");
  if (as === undefined) return { mediaType, as: "object", version: "v1" };
  const version = values.get("v") ?? "";
  if (!TRANSFORMS.has(as) || values.get("g") !== "meta.k8s.io" || (version !== "v1" && version !== "v1beta1")) return undefined;
  return { mediaType, as: as as Representation["as"], version };
}
