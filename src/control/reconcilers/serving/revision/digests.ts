import type { ContainerImage, Revision } from "../../../../api/serving/revision.ts";
import type { DeploymentConfig } from "../../../../api/config/deployment.ts";
import { keyOf, type ObjectKey } from "../../../../api/meta/object.ts";
import type { ImageProvider, PullSecret } from "../../../../api/ports/images.ts";
import { readPullSecrets } from "../../../../client/pull-secrets.ts";
import type { Client } from "../../../../client/types.ts";
import { abortable } from "../../../../std/abort.ts";
import type { Clock } from "../../../../std/clock.ts";
import type { Source } from "../../../controller/types.ts";

/** What is known of a revision's images. */
export type Digests =
  | { readonly kind: "resolved"; readonly containers: readonly ContainerImage[]; readonly initContainers: readonly ContainerImage[] }
  | { readonly kind: "pending" }
  | { readonly kind: "failed"; readonly image: string; readonly message: string; readonly retryAfterMs: number };

export interface DigestOptions {
  readonly images: Pick<ImageProvider, "resolveDigest">;
  /** Reads pull secrets. */
  readonly client: Pick<Client, "get">;
  readonly clock: Clock;
  config(): DeploymentConfig;
}

interface Work {
  readonly abort: AbortController;
  readonly attempts: number;
  /** Monotonic time of the failure, when there was one. */
  failedAt?: number;
  state: Digests;
}

const FIRST_RETRY_MS = 1_000;
const LONGEST_RETRY_MS = 60_000;

/**
 * Looks digests up behind the reconciler's back, once a revision, and wakes it when the answer is there.
 *
 * - I1 one look-up a revision at a time, ended by `digest-resolution-timeout` and by disposal.
 * - I2 a failure is kept until its retry is over, so that the condition does not flicker.
 */
export class DigestResolver implements Source, Disposable {
  readonly #options: DigestOptions;
  readonly #work = new Map<string, Work>();
  #enqueue: ((key: ObjectKey) => void) | undefined;

  constructor(options: DigestOptions) {
    this.#options = options;
  }

  start(enqueue: (key: ObjectKey) => void): Disposable {
    this.#enqueue = enqueue;
    return this;
  }

  [Symbol.dispose](): void {
    this.#enqueue = undefined;
    for (const work of this.#work.values()) work.abort.abort();
    this.#work.clear();
  }

  /** The present answer; starts a look-up when there is none and it is time for one. */
  poll(revision: Revision): Digests {
    const id = revision.metadata.uid ?? "";
    const known = knownDigests(revision, this.#options.config());
    if (known !== undefined) {
      this.#work.delete(id);
      return known;
    }
    const work = this.#work.get(id);
    if (work === undefined) return this.#begin(revision, 1);
    if (work.state.kind !== "failed" || work.failedAt === undefined) return work.state;
    const left = work.failedAt + retryMs(work.attempts) - this.#options.clock.monotonicMs();
    if (left > 0) return { ...work.state, retryAfterMs: left };
    this.#begin(revision, work.attempts + 1, work.state); // I2
    return work.state;
  }

  forget(revision: Revision | undefined): void {
    const id = revision?.metadata.uid ?? "";
    this.#work.get(id)?.abort.abort();
    this.#work.delete(id);
  }

  #begin(revision: Revision, attempts: number, state: Digests = { kind: "pending" }): Digests {
    const work: Work = { abort: new AbortController(), attempts, state };
    this.#work.set(revision.metadata.uid ?? "", work);
    void this.#run(revision, work);
    return state;
  }

  async #run(revision: Revision, work: Work): Promise<void> {
    const { clock, config } = this.#options;
    const timeoutMs = config().digestResolutionTimeoutMs;
    using _timer = clock.setTimer(timeoutMs, () => work.abort.abort(new Error(`no answer within ${timeoutMs / 1000} seconds`)));
    const state = await this.#resolveAll(revision, work.abort.signal);
    if (this.#work.get(revision.metadata.uid ?? "") !== work) return;
    work.state = state;
    if (state.kind === "failed") work.failedAt = clock.monotonicMs();
    this.#enqueue?.(keyOf(revision));
  }

  async #resolveAll(revision: Revision, signal: AbortSignal): Promise<Digests> {
    const resolved: { containers: ContainerImage[]; initContainers: ContainerImage[] } = { containers: [], initContainers: [] };
    for (const field of ["containers", "initContainers"] as const) {
      for (const { name, image = "" } of revision.spec[field] ?? []) {
        const known = withoutLookUp(image, this.#options.config());
        const found = known ?? (await this.#resolve(revision, image, signal));
        if (found.kind === "failed") return { kind: "failed", image, message: found.message, retryAfterMs: FIRST_RETRY_MS };
        resolved[field].push({ name, ...(found.imageDigest === undefined ? {} : { imageDigest: found.imageDigest }) });
      }
    }
    return { kind: "resolved", ...resolved };
  }

  async #resolve(revision: Revision, image: string, signal: AbortSignal): Promise<Found | { kind: "failed"; message: string }> {
    try {
      const secrets = () => this.#pullSecrets(revision);
      const result = await abortable(this.#options.images.resolveDigest(image, signal, secrets), signal);
      if (result.kind === "failed") return { kind: "failed", message: `failed to resolve image to digest: ${result.message}` };
      return { kind: "found", imageDigest: `${repositoryOf(image)}@${result.digest}` };
    } catch (error) {
      return { kind: "failed", message: `failed to resolve image to digest: ${error instanceof Error ? error.message : String(error)}` };
    }
  }

  async #pullSecrets({ metadata, spec }: Revision): Promise<readonly PullSecret[]> {
    const { serviceAccountName, imagePullSecrets } = spec;
    const { secrets } = await readPullSecrets(this.#options.client, {
      namespace: metadata.namespace ?? "",
      ...(serviceAccountName === undefined ? {} : { serviceAccountName }),
      ...(imagePullSecrets === undefined ? {} : { imagePullSecrets }),
    });
    return secrets;
  }
}

interface Found {
  readonly kind: "found";
  /** Undefined: the tag stays. */
  readonly imageDigest?: string;
}

/** What needs no registry: status says it already, or every image has a digest or is exempt. */
function knownDigests(revision: Revision, config: DeploymentConfig): Digests | undefined {
  const { containerStatuses, initContainerStatuses = [] } = revision.status ?? {};
  if (containerStatuses !== undefined) return { kind: "resolved", containers: containerStatuses, initContainers: initContainerStatuses };
  const { containers, initContainers = [] } = revision.spec;
  const all = [...containers, ...initContainers].map(({ name, image = "" }) => ({ name, found: withoutLookUp(image, config) }));
  if (all.some(({ found }) => found === undefined)) return undefined;
  const statuses = all.map(({ name, found }) => ({
    name,
    ...(found?.imageDigest === undefined ? {} : { imageDigest: found.imageDigest }),
  }));
  return { kind: "resolved", containers: statuses.slice(0, containers.length), initContainers: statuses.slice(containers.length) };
}

function withoutLookUp(image: string, config: DeploymentConfig): Found | undefined {
  if (image.includes("@")) return { kind: "found", imageDigest: image };
  return config.registriesSkippingTagResolving.has(registryOf(image)) ? { kind: "found" } : undefined;
}

/** The registry of an image reference; one without is Docker Hub's. */
function registryOf(image: string): string {
  const [head = ""] = image.split("/");
  return image.includes("/") && (/[.:]/.test(head) || head === "localhost") ? head : "index.docker.io";
}

/** The reference without its tag. */
function repositoryOf(image: string): string {
  const colon = image.lastIndexOf(":");
  return colon > image.lastIndexOf("/") ? image.slice(0, colon) : image;
}

function retryMs(attempts: number): number {
  return Math.min(LONGEST_RETRY_MS, FIRST_RETRY_MS * 2 ** (attempts - 1));
}
