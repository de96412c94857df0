import type { Pod } from "../../api/k8s/types.generated.ts";
import type { Condition } from "../../api/meta/conditions.ts";
import { formatKey, keyOf, type KubeObject } from "../../api/meta/object.ts";
import { MAX_SCALE_ANNOTATION, REVISION_LABEL } from "../../api/names/labels.ts";
import type { Store, WriteRequest, WriteResult } from "../../control/apiserver/store/contract.ts";
import type { SimContext } from "./context.ts";

/** Kinds that may be written when nothing happens: heartbeats. */
const HEARTBEATS = new Set(["Lease", "Node"]);

/** Events only tell of the past: nothing about them is judged but that they cease. */
const EVENTS = "/core/events/";

/** Any object, with the members that the invariants look at. */
export interface Stored extends KubeObject {
  readonly spec?: { readonly replicas?: number };
  readonly status?: { readonly conditions?: readonly Condition[]; readonly observedGeneration?: number; readonly phase?: string };
}

/**
 * Sees every write of the store and judges it at once.
 *
 * - I1 revisions rise by one with each write. I2 no write leaves an object as it was.
 * - I3 a condition of ours that is not True says why. I4 a revision never has more pods than its max-scale, those that end apart.
 */
export class Ledger {
  /** What is stored now, by `Kind namespace/name`. */
  readonly objects = new Map<string, Stored>();
  /** Writes by kind since the last `mark`, heartbeats apart. */
  readonly recent = new Map<string, number>();
  readonly #context: SimContext;
  readonly #texts = new Map<string, string>();
  #revision = 0;
  /** All writes. */
  writes = 0;
  /** Tells the trace of each write. */
  verbose = false;

  constructor(context: SimContext) {
    this.#context = context;
  }

  watching(store: Store): Store {
    const write = async (request: WriteRequest): Promise<WriteResult> => {
      const result = await store.write(request);
      if (result.kind === "ok") this.#judge(request, result.revision);
      return result;
    };
    return {
      write,
      revision: () => store.revision(),
      get: (key) => store.get(key),
      list: (prefix) => store.list(prefix),
      watch: (prefix, from, listener) => store.watch(prefix, from, listener),
      at: (revisions) => store.at(revisions),
      compact: (revision) => store.compact(revision),
      compacted: () => store.compacted(),
      [Symbol.asyncDispose]: () => store[Symbol.asyncDispose](),
    };
  }

  /** Starts to count anew. */
  mark(): void {
    this.recent.clear();
  }

  get<T extends KubeObject>(kind: string, key: string): T | undefined {
    return this.objects.get(`${kind} ${key}`) as T | undefined;
  }

  list<T extends KubeObject>(kind: string): T[] {
    return [...this.objects].filter(([id]) => id.startsWith(`${kind} `)).map(([, object]) => object as unknown as T);
  }

  /** Pods of the revision that are not on their way out. */
  activePods(revision: string): number {
    return this.list<Pod>("Pod").filter((pod) => pod.metadata.labels?.[REVISION_LABEL] === revision && isActive(pod)).length;
  }

  #judge(request: WriteRequest, revision: number): void {
    if (revision !== this.#revision + 1) this.#context.violated(`revision ${revision} follows ${this.#revision}`); // I1
    this.#revision = revision;
    this.writes += 1;
    if (request.key.startsWith(EVENTS)) return this.#count(request.key);
    const object = JSON.parse(request.value) as Stored;
    const id = idOf(object);
    if (this.verbose) this.#context.note(describe(request, id, object));
    if (!HEARTBEATS.has(object.kind ?? "")) this.#count(id);
    if (request.op === "delete") {
      this.objects.delete(id);
      this.#texts.delete(request.key);
      return;
    }
    if (this.#texts.get(request.key) === request.value) this.#context.violated(`a write of ${id} changed nothing`); // I2
    this.#texts.set(request.key, request.value);
    this.objects.set(id, object);
    this.#judgeConditions(id, object);
    if (object.kind === "Pod" && request.op === "create") this.#judgeScale(object);
  }

  #count(id: string): void {
    this.recent.set(id, (this.recent.get(id) ?? 0) + 1);
  }

  /** I3 */
  #judgeConditions(id: string, { apiVersion, status }: Stored): void {
    if (apiVersion?.split("/")[0]?.endsWith("knative.dev") !== true) return;
    for (const { type, status: value, reason, message } of status?.conditions ?? []) {
      if (value !== "True" && (!reason || !message)) {
        this.#context.violated(`${id}: condition ${type} is ${value} without a word: reason "${reason ?? ""}", message "${message ?? ""}"`);
      }
    }
  }

  /** I4 */
  #judgeScale(pod: Stored): void {
    const revision = pod.metadata.labels?.[REVISION_LABEL];
    if (revision === undefined) return;
    const autoscaler = this.get("PodAutoscaler", `${pod.metadata.namespace ?? ""}/${revision}`);
    const max = Number(autoscaler?.metadata.annotations?.[MAX_SCALE_ANNOTATION] ?? 0);
    const count = this.activePods(revision);
    if (max > 0 && count > max) this.#context.violated(`revision ${revision} has ${count} pods, its max-scale is ${max}`);
  }
}

function idOf(object: Stored): string {
  const kind = object.apiVersion === "serving.knative.dev/v1" && object.kind === "Service" ? "KnativeService" : object.kind;
  return `${kind ?? "?"} ${formatKey(keyOf(object))}`;
}

function describe({ op }: WriteRequest, id: string, { metadata, spec, status }: Stored): string {
  const conditions = (status?.conditions ?? []).map(({ type, status: value, reason }) => `${type}=${value}${reason ? `/${reason}` : ""}`);
  const going = metadata.deletionTimestamp === undefined ? "" : " (going)";
  const replicas = spec?.replicas === undefined ? "" : ` replicas ${spec.replicas}`;
  return `  ${op} ${id}${going} by ${metadata.managedFields?.at(-1)?.manager ?? "?"}${replicas} ${conditions.join(" ")}`;
}

function isActive({ metadata, status }: Pod): boolean {
  return metadata.deletionTimestamp === undefined && status?.phase !== "Failed" && status?.phase !== "Succeeded";
}
