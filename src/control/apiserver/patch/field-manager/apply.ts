import type { ManagedFieldsEntry } from "../../../../api/k8s/types.generated.ts";
import type { KubeObject } from "../../../../api/meta/object.ts";
import { deepEqual } from "../../../../std/json.ts";
import { checkConfiguration } from "./check.ts";
import { compareObjects } from "./compare.ts";
import { conflictsOf, type Conflict } from "./conflict.ts";
import { difference, EMPTY, intersection, isEmpty, recursiveDifference, union, type FieldsV1 } from "./fields-v1.ts";
import { fieldsOf, withNamedFields } from "./field-set.ts";
import { allowedByLastApplied, hasLastApplied, withLastApplied } from "./last-applied.ts";
import { decodeManagers, encodeManagers, identityOf, putManager, withoutSystemFields, type Manager, type Managers } from "./managers.ts";
import { mergeValues } from "./merge.ts";
import { dropNulls, removeFields } from "./remove.ts";
import { contested, updateManagers, yieldFields, type Writer } from "./update.ts";
import type { TypeModel } from "./type-model.ts";

export interface ApplyRequest {
  readonly model: TypeModel;
  /** Absent if the apply creates the object. */
  readonly live: KubeObject | undefined;
  readonly config: KubeObject;
  readonly writer: Writer;
  readonly force: boolean;
  readonly reset: FieldsV1;
}

export type ApplyResult =
  | {
      readonly kind: "ok";
      readonly object: KubeObject;
      readonly managedFields: ManagedFieldsEntry[] | undefined;
      readonly changed: boolean;
    }
  | { readonly kind: "conflict"; readonly conflicts: readonly Conflict[] }
  /** 500: the configuration does not fit the type. The message has one text a place. */
  | { readonly kind: "misfit"; readonly message: string }
  /** 400. */
  | { readonly kind: "invalid"; readonly message: string };

const KUBECTL = "kubectl";
const BEFORE_FIRST_APPLY = "before-first-apply";

/** Server-side apply: the object and its managers after `config` was applied over `live` by `writer`. */
export function serverSideApply(request: ApplyRequest): ApplyResult {
  const refusal = refuse(request);
  if (refusal !== undefined) return refusal;
  const result = applyOnce(request);
  if (request.writer.name !== KUBECTL) return result;
  return followLastApplied(request, result.kind === "conflict" ? forgiveLastApplied(request, result.conflicts) : result);
}

function refuse({ model, config, writer }: ApplyRequest): ApplyResult | undefined {
  if (config.apiVersion !== writer.apiVersion) {
    const versions = `Specified patch version: ${config.apiVersion}, expected: ${writer.apiVersion}`;
    return { kind: "invalid", message: `Incorrect version specified in apply patch. ${versions}` };
  }
  if (config.metadata?.managedFields !== undefined) return { kind: "invalid", message: "metadata.managedFields must be nil" };
  const misfits = checkConfiguration(model, config);
  return misfits.length === 0 ? undefined : { kind: "misfit", message: aggregate(misfits) };
}

function aggregate(texts: readonly string[]): string {
  return texts.length === 1 ? (texts[0] ?? "") : `errors:\n${texts.map((text) => `  ${text}`).join("\n")}\n`;
}

function applyOnce(request: ApplyRequest): ApplyResult {
  const { model, config, writer, reset } = request;
  const live = withoutManagedFields(request.live);
  const managers = managersBefore(request);
  const self: Manager = { ...writer, operation: "Apply", time: undefined, fields: recursiveDifference(fieldsOf(model, config), reset) };
  const id = identityOf(self);
  const last = managers.get(id);
  managers.set(id, { ...self, time: last?.time });
  const merged = mergeValues(model, live, config);
  const object = last === undefined ? merged : prune({ model, merged, managers, last: last.fields });
  const comparison = compareObjects(model, live, object, reset);
  const conflicts = [...managers].flatMap(([other, manager]) => (other === id ? [] : conflictsOf(manager, contested(manager, comparison))));
  if (conflicts.length > 0 && !request.force) return { kind: "conflict", conflicts };
  yieldFields(managers, union(union(comparison.modified, comparison.added), comparison.removed), id);
  const result = dropNulls(model, object) as KubeObject;
  const changed = !deepEqual(live, result);
  putManager(managers, { ...self, fields: withoutSystemFields(self.fields), time: changed ? writer.time : last?.time });
  return { kind: "ok", object: result, managedFields: encodeManagers(managers), changed };
}

function withoutManagedFields(live: KubeObject | undefined): Record<string, unknown> {
  if (live === undefined) return {};
  const { managedFields: _managedFields, ...metadata } = live.metadata;
  return { ...live, metadata };
}

/** An object that was written before anybody was tracked belongs to `before-first-apply`. */
function managersBefore({ live, model, reset, writer }: ApplyRequest): Managers {
  if (live === undefined) return new Map();
  const stored = decodeManagers(live.metadata.managedFields ?? [], true) ?? new Map<string, Manager>();
  if (stored.size > 0) return stored;
  const updated = withoutManagedFields(live) as unknown as KubeObject;
  const entries = updateManagers({ model, live: undefined, updated, writer: { ...writer, name: BEFORE_FIRST_APPLY }, reset });
  return decodeManagers(entries ?? [], true) ?? new Map<string, Manager>();
}

interface PruneRequest {
  readonly model: TypeModel;
  readonly merged: unknown;
  /** With the new set of the applying manager. */
  readonly managers: Managers;
  /** What the applying manager applied the last time. */
  readonly last: FieldsV1;
}

/** Removes what the manager applied the last time, does not apply now, and nobody else owns. */
function prune({ model, merged, managers, last }: PruneRequest): unknown {
  if (isEmpty(last)) return merged;
  const named = (set: FieldsV1): FieldsV1 => withNamedFields(set, model);
  const owned = named([...managers.values()].map(({ fields }) => fields).reduce(union, EMPTY));
  const before = named(fieldsOf(model, merged));
  const stripped = named(fieldsOf(model, removeFields(model, merged, named(last))));
  const withoutOthers = removeFields(model, merged, difference(before, union(stripped, owned)));
  const kept = named(fieldsOf(model, withoutOthers));
  return removeFields(model, merged, intersection(difference(before, kept), named(last)));
}

/** kubectl may take over what it set itself by client-side apply, if the live object still has those values. */
function forgiveLastApplied(request: ApplyRequest, conflicts: readonly Conflict[]): ApplyResult {
  const allowed = allowedByLastApplied(request.model, request.live, request.writer.apiVersion);
  if (allowed === undefined) return { kind: "conflict", conflicts };
  const left = conflicts.filter((conflict) => !conflict.allowedBy(allowed));
  return left.length > 0 ? { kind: "conflict", conflicts: left } : applyOnce({ ...request, force: true });
}

function followLastApplied({ config }: ApplyRequest, result: ApplyResult): ApplyResult {
  if (result.kind !== "ok" || !hasLastApplied(result.object)) return result;
  const object = withLastApplied(result.object, config);
  return { ...result, object, changed: result.changed || object !== result.object };
}
