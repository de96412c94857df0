import { SCALE_DEFINITION } from "../../../api/autoscaling/scale.ts";
import type { LabelSelector, Scale } from "../../../api/k8s/types.generated.ts";
import { badRequest, invalid, OBJECT_MODIFIED } from "../../../api/meta/errors.ts";
import { conflict } from "../../../api/meta/errors.ts";
import { apiVersionOf, type Kind, type ScalePaths } from "../../../api/meta/kind.ts";
import type { KubeObject } from "../../../api/meta/object.ts";
import { rfc3339 } from "../../../std/clock.ts";
import { deepClone, isRecord } from "../../../std/json.ts";
import type { ApiReply } from "../../../api/meta/payload.ts";
import type { Core } from "../core.ts";
import { readPatch } from "../negotiation/body.ts";
import type { ResourceCall } from "../http/call.ts";
import { managerName, writeQuery, type WriteQuery } from "../http/query.ts";
import { scaleManagers } from "../patch/field-manager/scale.ts";
import { applyPatch, PATCH_TYPES } from "../patch/patch.ts";
import { decodeBody, shapeObject } from "./decode.ts";
import { existing } from "./get.ts";
import { objectReply } from "./reply.ts";
import { changeObject, unmanagedWriteOf } from "./writing.ts";

/** Scale as a kind: it is answered and decoded, never stored. */
const scaleKind: Kind = {
  group: "autoscaling",
  version: "v1",
  kind: "Scale",
  plural: "scales",
  singular: "scale",
  namespaced: true,
  shortNames: [],
  categories: [],
  definition: SCALE_DEFINITION,
  subresources: {},
  generation: "none",
  columns: [],
  strategy: {},
  virtual: true,
};

export async function getScale(core: Core, call: ResourceCall): Promise<ApiReply> {
  return scaleReply(core, call, existing(core, call));
}

export async function updateScale(core: Core, call: ResourceCall): Promise<ApiReply> {
  const query = writeQuery(call.query, "UpdateOptions");
  const body = decodeBody(core, { ...call, kind: scaleKind }, query.fieldValidation) as Scale & KubeObject;
  if (body.metadata.name !== undefined && body.metadata.name !== call.info.name) {
    throw badRequest(`the name of the object (${body.metadata.name}) does not match the name on the URL (${call.info.name})`);
  }
  return setReplicas(core, call, query, () => body);
}

export async function patchScale(core: Core, call: ResourceCall): Promise<ApiReply> {
  const query = writeQuery(call.query, "PatchOptions");
  const contentType = call.request.headers["content-type"] ?? "";
  const body = readPatch(call.request);
  const target = {
    definitions: core.definitions,
    definition: SCALE_DEFINITION,
    apiVersion: "autoscaling/v1",
    kind: "Scale",
    hasStatus: false,
    custom: false,
  };
  return setReplicas(core, call, query, (old) => {
    const writer = {
      name: managerName(query, call.request),
      apiVersion: "autoscaling/v1",
      subresource: "scale",
      time: rfc3339(core.clock.now()),
    };
    const result = applyPatch({ target, contentType, body, live: scaleOf(call.kind, old), writer, force: query.force });
    if (result.kind === "refused") throw result.error;
    const options = { validation: query.fieldValidation, duplicates: [] };
    return shapeObject(core, { ...call, kind: scaleKind }, deepClone(result.object), options) as Scale & KubeObject;
  });
}

type Desired = (old: KubeObject) => Scale & KubeObject;

async function setReplicas(core: Core, call: ResourceCall, query: WriteQuery, desired: Desired): Promise<ApiReply> {
  const { kind, info } = call;
  const paths = pathsOf(kind);
  const operation = call.request.headers["content-type"]?.startsWith(PATCH_TYPES.apply) === true ? "Apply" : "Update";
  const manager = { name: managerName(query, call.request), operation, apiVersion: apiVersionOf(kind), path: paths.specReplicas } as const;
  const object = await changeObject(core, call, unmanagedWriteOf(call, query), (old) => {
    const scale = desired(old);
    const asked = scale.metadata.resourceVersion;
    if (asked !== undefined && asked !== "" && asked !== old.metadata.resourceVersion) throw conflict(kind, info.name, OBJECT_MODIFIED);
    const replicas = checkReplicas(scale, info.name);
    const draft = deepClone(old);
    if (read(draft, paths.specReplicas) === replicas) return draft;
    write(draft, paths.specReplicas, replicas);
    const managers = scaleManagers(old.metadata.managedFields ?? [], manager);
    if (managers !== undefined) draft.metadata.managedFields = deepClone(managers);
    return draft;
  });
  return scaleReply(core, call, object);
}

function checkReplicas(scale: Scale, name: string): number {
  const replicas = scale.spec?.replicas ?? 0;
  if (replicas >= 0) return replicas;
  const message = `Invalid value: ${replicas}: must be greater than or equal to 0`;
  const cause = { reason: "FieldValueInvalid", message, field: "spec.replicas" } as const;
  throw invalid({ group: "autoscaling", plural: "scales", kind: "Scale" }, name, [cause]);
}

function scaleReply(core: Core, call: ResourceCall, object: KubeObject): ApiReply {
  return objectReply(core, { ...call, kind: scaleKind }, scaleOf(call.kind, object));
}

/** The Scale that an object shows. */
function scaleOf(kind: Kind, object: KubeObject): Scale & KubeObject {
  const paths = pathsOf(kind);
  const { name, namespace, uid, resourceVersion, creationTimestamp } = object.metadata;
  const selector = selectorText(read(object, paths.selector));
  const replicas = Number(read(object, paths.specReplicas) ?? 0);
  return {
    kind: "Scale",
    apiVersion: "autoscaling/v1",
    metadata: { name, namespace, uid, resourceVersion, creationTimestamp },
    spec: replicas === 0 ? {} : { replicas },
    status: { replicas: Number(read(object, paths.statusReplicas) ?? 0), ...(selector === "" ? {} : { selector }) },
  } as Scale & KubeObject;
}

function pathsOf(kind: Kind): ScalePaths {
  const { scale } = kind.subresources;
  if (scale === undefined) throw new Error(`${kind.kind} has no scale`);
  return scale;
}

/** A selector as text: `a=b,c in (d,e)`. */
function selectorText(value: unknown): string {
  if (typeof value === "string") return value;
  if (!isRecord(value)) return "";
  const { matchLabels = {}, matchExpressions = [] } = value as LabelSelector;
  const labels = Object.entries(matchLabels).map(([key, label]) => `${key}=${label}`);
  const expressions = matchExpressions.map(({ key, operator, values = [] }) => {
    if (operator === "Exists") return key;
    return operator === "DoesNotExist" ? `!${key}` : `${key} ${operator.toLowerCase()} (${values.toSorted().join(",")})`;
  });
  return [...labels, ...expressions].sort().join(",");
}

function read(object: KubeObject, path: string): unknown {
  return path.split(".").reduce<unknown>((value, field) => (isRecord(value) ? value[field] : undefined), object);
}

function write(object: KubeObject, path: string, value: unknown): void {
  const fields = path.split(".");
  const last = fields.pop() ?? "";
  let parent = object as unknown as Record<string, unknown>;
  for (const field of fields) parent = (isRecord(parent[field]) ? parent[field] : (parent[field] = {})) as Record<string, unknown>;
  parent[last] = value;
}
