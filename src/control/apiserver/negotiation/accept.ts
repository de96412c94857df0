import { apiError } from "../../../api/meta/errors.ts";
import { PROTOBUF } from "./protobuf.ts";

export type MediaType = "application/json" | "application/yaml" | typeof PROTOBUF;

/** The form in which a client wants its answer. */
export interface Representation {
  readonly mediaType: MediaType;
  readonly as: "object" | "Table" | "PartialObjectMetadata" | "PartialObjectMetadataList" | "APIGroupDiscoveryList";
  /** Version of the form's group, `v1` for `object`. */
  readonly version: string;
}

export interface AcceptOptions {
  /** Whether this answer has a protobuf form. Without one, clients that list JSON as well get JSON. */
  readonly protobuf: boolean;
  /** Forms that this endpoint knows beside the object itself. */
  readonly forms: Readonly<
    Partial<Record<Exclude<Representation["as"], "object">, { readonly group: string; readonly versions: readonly string[] }>>
  >;
}

const META = { group: "meta.k8s.io", versions: ["v1", "v1beta1"] } as const;

/** What endpoints of resources answer. */
export const RESOURCE_FORMS = { Table: META, PartialObjectMetadata: META, PartialObjectMetadataList: META } as const;

/** What `/api` and `/apis` answer; v2beta1 is gone in 1.34. */
export const DISCOVERY_FORMS = { APIGroupDiscoveryList: { group: "apidiscovery.k8s.io", versions: ["v2"] } } as const;

const MEDIA_TYPES: readonly MediaType[] = ["application/json", "application/yaml", PROTOBUF];
const SERVED = MEDIA_TYPES.join(", ");
const PLAIN: Representation = { mediaType: "application/json", as: "object", version: "v1" };

/** Clauses read of one header; a client that lists more gets an answer by the first ones. */
const CLAUSES_MAX = 64;

interface Clause {
  readonly type: string;
  readonly quality: number;
  readonly parameters: ReadonlyMap<string, string>;
}

/** The best clause of an Accept header that can be served. @throws ApiError 406 */
export function negotiate(header: string | null, options: AcceptOptions): Representation {
  if (header === null || header.trim() === "") return PLAIN;
  const clauses = parseAccept(header);
  for (const clause of clauses) {
    const representation = serve(clause, options);
    if (representation !== undefined) return representation;
  }
  // The router refuses types that nobody serves; what is left names a form or type that only this endpoint does not have.
  if (clauses.some(({ type }) => MEDIA_TYPES.some((served) => matches(type, served)))) {
    throw apiError("NotAcceptable", `only the following media types are accepted: ${SERVED}`);
  }
  throw apiError("NotAcceptable", `406: Not Acceptable\n\nAvailable representations: ${SERVED}`, {});
}

/** Refuses a form that does not fit what was asked for; `goType` as in `core.ConfigMap`. @throws ApiError 406 */
export function checkShape(representation: Representation, isList: boolean, goType: string): void {
  if (representation.as === "PartialObjectMetadata" && isList) {
    throw apiError("NotAcceptable", `you requested PartialObjectMetadata, but the requested object is a list (*${goType}List)`);
  }
  if (representation.as === "PartialObjectMetadataList" && !isList) {
    throw apiError("NotAcceptable", `you requested PartialObjectMetadataList, but the requested object is not a list (*${goType})`);
  }
}

/** Clauses by falling quality, in the order of the header where it is equal; what has quality 0 is unwanted. */
function parseAccept(header: string): readonly Clause[] {
  const clauses = header.split(",", CLAUSES_MAX).map(parseClause);
  return clauses.filter(({ quality }) => quality > 0).toSorted((a, b) => b.quality - a.quality);
}

function parseClause(text: string): Clause {
  const [type = "", ...pairs] = text.split(";").map((part) => part.trim());
  const parameters = new Map(pairs.map((pair) => splitPair(pair)));
  const quality = Number(parameters.get("q") ?? 1);
  return { type: type.toLowerCase(), quality: Number.isFinite(quality) ? quality : 1, parameters };
}

function splitPair(pair: string): readonly [string, string] {
  const equals = pair.indexOf("=");
  return equals < 0 ? [pair, ""] : [pair.slice(0, equals).trim(), pair.slice(equals + 1).trim()];
}

function matches(asked: string, served: MediaType): boolean {
  return asked === served || asked === "*/*" || asked === "application/*";
}

function serve({ type, parameters }: Clause, options: AcceptOptions): Representation | undefined {
  const mediaType = MEDIA_TYPES.find((served) => matches(type, served) && (options.protobuf || served !== PROTOBUF));
  if (mediaType === undefined) return undefined;
  const as = parameters.get("as");
  if (as === undefined) return { mediaType, as: "object", version: "v1" };
  if (!isForm(as, options)) return undefined;
  const version = parameters.get("v") ?? "";
  const form = options.forms[as];
  if (form === undefined || parameters.get("g") !== form.group || !form.versions.includes(version)) return undefined;
  return { mediaType, as, version };
}

function isForm(as: string, options: AcceptOptions): as is keyof AcceptOptions["forms"] {
  return Object.hasOwn(options.forms, as);
}
