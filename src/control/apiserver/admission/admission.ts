import { apiError, badRequest, forbidden, invalid } from "../../../api/meta/errors.ts";
import { apiVersionOf, type AdmissionContext, type Kind, type Refusal } from "../../../api/meta/kind.ts";
import type { KubeObject } from "../../../api/meta/object.ts";
import type { Definitions } from "../../../api/meta/schema.ts";
import { metaCauses } from "../../../api/meta/validation/object-meta.ts";
import { rfc3339, type Clock } from "../../../std/clock.ts";
import { deepClone, deepEqual } from "../../../std/json.ts";
import { cloneButManagers } from "../patch/clone.ts";
import type { Random } from "../../../std/random.ts";
import type { ObjectSchema } from "../schema/schema.ts";
import { managersAfter } from "../patch/patch.ts";
import { patchTarget } from "../patch-target.ts";
import { fillNewMetadata, keepMetadata } from "./metadata.ts";

/** One write, as admission sees it. */
export interface Write {
  readonly kind: Kind;
  readonly namespace: string;
  /** "" for the object itself. */
  readonly subresource: string;
  readonly user: string;
  /** Field manager; undefined for writes that nobody is said to own (apply has done its own bookkeeping). */
  readonly manager: string | undefined;
  readonly dryRun: boolean;
  readonly warnings: string[];
}

/** Changes objects for reasons beyond their kind: injected volumes, allocated addresses. */
export interface AdmissionPlugin {
  /** May change `draft`. What it returns is disposed when the write is over, whether it succeeded or not. */
  admit(draft: KubeObject, write: Write, old: KubeObject | undefined): Disposable | undefined;
}

export interface AdmissionOptions {
  readonly schema: (kind: Kind) => ObjectSchema;
  readonly definitions: Definitions;
  readonly plugins: readonly AdmissionPlugin[];
  readonly clock: Clock;
  readonly random: Random;
  readonly configMap: AdmissionContext["configMap"];
}

/** An object that may be stored, and what must be let go after the write. */
export interface Admitted extends Disposable {
  readonly object: KubeObject;
}

interface Shaped {
  readonly draft: KubeObject;
  readonly sent: KubeObject;
}

interface Circumstances {
  readonly write: Write;
  readonly context: AdmissionContext;
}

/**
 * From a decoded body to what is stored:
 * system metadata -> strategy.prepare -> schema defaults -> strategy.default -> field managers -> plugins -> validation.
 *
 * The defaults of a custom kind are a webhook's on a cluster, so they come after the field managers: nobody owns what nobody
 * has sent, and an apply that does not mention it takes nothing away.
 */
export class Admission {
  readonly #options: AdmissionOptions;

  constructor(options: AdmissionOptions) {
    this.#options = options;
  }

  /** @throws ApiError when the object is refused. `draft` is changed in place. */
  create(draft: KubeObject, write: Write): Admitted {
    const { kind } = write;
    const context = this.#context(write, undefined);
    fillNewMetadata(draft, kind, { now: context.now, random: this.#options.random });
    const sent = this.#shape(draft, kind, context);
    return this.#finish(this.#own({ draft, sent }, undefined, write), undefined, { write, context });
  }

  /** @throws ApiError when the change is refused. `draft` is changed in place; an equal result is `old` itself. */
  update(draft: KubeObject, old: KubeObject, write: Write): Admitted {
    const { kind } = write;
    const context = this.#context(write, old);
    keepMetadata(draft, old);
    keepUntouched(draft, old, write);
    const sent = this.#shape(draft, kind, context);
    raiseGeneration(draft, old, kind);
    draft.metadata.resourceVersion = old.metadata.resourceVersion;
    if (sameButManagers(draft, old)) return { object: this.#sameManagers({ draft, sent }, old, write), [Symbol.dispose]: () => {} };
    return this.#finish(this.#own({ draft, sent }, old, write), old, { write, context });
  }

  #context(write: Write, old: KubeObject | undefined): AdmissionContext {
    const { clock, configMap } = this.#options;
    const operation = old === undefined ? "CREATE" : "UPDATE";
    return {
      operation,
      subresource: write.subresource,
      user: write.user,
      now: clock.now(),
      configMap,
      ...(old === undefined ? {} : { old }),
    };
  }

  /** Changes the draft; answers it as the field managers have to see it. */
  #shape(draft: KubeObject, kind: Kind, context: AdmissionContext): KubeObject {
    kind.strategy.prepare?.(draft, context);
    this.#options.schema(kind).applyDefaults(draft as unknown as Parts);
    const sent = kind.crd === undefined || kind.strategy.default === undefined ? draft : cloneButManagers(draft);
    kind.strategy.default?.(draft, context);
    return sent;
  }

  #own({ draft, sent }: Shaped, old: KubeObject | undefined, write: Write): KubeObject {
    const { definitions, clock } = this.#options;
    const { kind, subresource, manager } = write;
    if (manager === undefined) return draft;
    const writer = { name: manager, apiVersion: apiVersionOf(kind), subresource, time: rfc3339(clock.now()) };
    const managedFields = managersAfter(patchTarget(kind, definitions), old, sent, writer);
    if (managedFields === undefined) delete draft.metadata.managedFields;
    else draft.metadata.managedFields = managedFields;
    return draft;
  }

  /** Nothing changed: but an apply, or a client that edits or resets the managers, may change who owns what. */
  #sameManagers({ draft, sent }: Shaped, old: KubeObject, write: Write): KubeObject {
    const before = old.metadata.managedFields;
    if (write.manager !== undefined && draft.metadata.managedFields === undefined) return old;
    if (deepEqual(draft.metadata.managedFields ?? [], before ?? [])) return old;
    const next = this.#own({ draft, sent }, old, write).metadata.managedFields;
    if (next === undefined) return { ...old, metadata: withoutManagers(old.metadata) };
    return deepEqual(next, before) ? old : { ...old, metadata: { ...old.metadata, managedFields: next } };
  }

  #finish(object: KubeObject, old: KubeObject | undefined, about: Circumstances): Admitted {
    using resources = new DisposableStack();
    for (const plugin of this.#options.plugins) {
      const held = plugin.admit(object, about.write, old);
      if (held !== undefined) resources.use(held);
    }
    this.#validate(object, old, about);
    addWarnings(object, about);
    const owned = resources.move();
    return { object, [Symbol.dispose]: () => owned.dispose() };
  }

  #validate(object: KubeObject, old: KubeObject | undefined, about: Circumstances): void {
    const { kind } = about.write;
    const refusal = kind.strategy.validate?.(object, about.context);
    if (refusal?.kind === "denied") addWarnings(object, about); // a webhook warns also when it refuses
    if (refusal !== undefined && refusal.kind !== "invalid") throw refusalError(refusal, kind, object);
    const schema = this.#options.schema(kind).validate(object);
    const causes = [...metaCauses(kind, object, old), ...schema, ...(refusal?.causes ?? [])];
    if (causes.length > 0) throw invalid(kind, object.metadata.name ?? "", causes);
  }
}

function addWarnings(object: KubeObject, { write, context }: Circumstances): void {
  write.warnings.push(...(write.kind.strategy.warnings?.(object, context) ?? []));
}

function refusalError(refusal: Exclude<Refusal, { kind: "invalid" }>, kind: Kind, object: KubeObject): Error {
  if (refusal.kind === "denied") return badRequest(refusal.message);
  const name = object.metadata.name ?? "";
  return name === "" ? apiError("Forbidden", refusal.message) : forbidden(kind, name, refusal.message);
}

type Parts = Record<string, unknown>;

/** `status` is changed through its subresource only, and that changes nothing else. */
function keepUntouched(draft: KubeObject, old: KubeObject, { kind, subresource }: Write): void {
  const parts = draft as unknown as Parts;
  const before = old as unknown as Parts;
  if (subresource === "status") {
    for (const field of Object.keys(parts)) if (!["kind", "apiVersion", "metadata", "status"].includes(field)) delete parts[field];
    for (const field of Object.keys(before))
      if (!["kind", "apiVersion", "metadata", "status"].includes(field)) parts[field] = deepClone(before[field]);
    draft.metadata = statusMetadata(draft, old, kind);
  } else if (kind.subresources.status === true && subresource === "") {
    if (before["status"] === undefined) delete parts["status"];
    else parts["status"] = deepClone(before["status"]);
  }
}

/** Custom resources keep all metadata on a status write; built-in ones take annotations. */
function statusMetadata(draft: KubeObject, old: KubeObject, kind: Kind): KubeObject["metadata"] {
  const { annotations, uid } = draft.metadata;
  const { managedFields: stored, ...metadata } = old.metadata;
  const kept: KubeObject["metadata"] = deepClone(metadata);
  const managedFields = draft.metadata.managedFields ?? stored;
  if (managedFields !== undefined) kept.managedFields = managedFields;
  if (uid !== undefined) kept.uid = uid;
  if (kind.crd === undefined && annotations !== undefined) kept.annotations = annotations;
  return kept;
}

function raiseGeneration(draft: KubeObject, old: KubeObject, kind: Kind): void {
  if (kind.generation !== "spec") return;
  if (!sameBut(NOT_DESIRED, draft, old)) draft.metadata.generation = (old.metadata.generation ?? 0) + 1;
}

const NOT_DESIRED = new Set(["kind", "apiVersion", "metadata", "status"]);
const METADATA = new Set(["metadata"]);
const MANAGERS = new Set(["managedFields"]);

function sameButManagers(draft: KubeObject, old: KubeObject): boolean {
  return sameBut(METADATA, draft, old) && sameBut(MANAGERS, draft.metadata, old.metadata);
}

function sameBut(ignored: ReadonlySet<string>, a: object, b: object): boolean {
  const mine = a as Parts;
  const other = b as Parts;
  for (const key in mine) if (!ignored.has(key) && !deepEqual(mine[key], other[key])) return false;
  for (const key in other) if (!ignored.has(key) && mine[key] === undefined && other[key] !== undefined) return false;
  return true;
}

function withoutManagers(metadata: KubeObject["metadata"]): KubeObject["metadata"] {
  const { managedFields: _managedFields, ...rest } = metadata;
  return rest;
}
