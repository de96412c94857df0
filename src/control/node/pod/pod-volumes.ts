import type { Pod } from "../../../api/k8s/types.generated.ts";
import { deepEqual } from "../../../std/json.ts";
import type { AgentWorld } from "../world.ts";
import type { Sandbox, VolumeProblem } from "./sandbox.ts";
import { TokenCache } from "./token-cache.ts";
import { volumeContents } from "./volumes.ts";

/** What the volumes of a pod need of its worker. */
export interface VolumeOwner {
  readonly world: AgentWorld;
  readonly pod: Pod;
  readonly sandbox: Sandbox;
  /** Nothing may be written any more: the sandbox ends or belongs to the parking lot. */
  readonly isOver: boolean;
  volumesChecked(problems: readonly VolumeProblem[]): void;
}

const RETRY_MS = 10_000;

/**
 * Keeps the files in the volumes of one pod in line with what they name.
 *
 * - I1 one refresh at a time: an older content never replaces a newer one.
 * - I2 tokens are replaced before they expire, as long as the pod lives here.
 */
export class PodVolumes implements Disposable {
  readonly tokens: TokenCache;
  readonly #owner: VolumeOwner;
  #last: Promise<boolean> = Promise.resolve(true);
  #renewal: Disposable | undefined;

  constructor(owner: VolumeOwner) {
    this.#owner = owner;
    this.tokens = new TokenCache(owner.world.options.tokens, owner.world.options.clock);
  }

  /** Whether every volume has its content. */
  refresh(): Promise<boolean> {
    this.#last = this.#last.catch(() => false).then(() => this.#refresh()); // I1
    return this.#last;
  }

  /** Sets the timer for the next renewal. I2 */
  watchTokens(): void {
    this.#renewal?.[Symbol.dispose]();
    const { clock } = this.#owner.world.options;
    const waitMs = this.tokens.renewAt - clock.monotonicMs();
    if (Number.isFinite(waitMs)) this.#renew(waitMs);
  }

  [Symbol.dispose](): void {
    this.#renewal?.[Symbol.dispose]();
  }

  #renew(waitMs: number): void {
    const { clock, logger } = this.#owner.world.options;
    const onFailure = (error: unknown) => {
      logger.warn("tokens of a pod were not renewed", { pod: this.#owner.pod.metadata.name, error });
      if (!this.#owner.isOver) this.#renew(RETRY_MS);
    };
    const timer = clock.setTimer(waitMs, () => void this.refresh().catch(onFailure));
    timer.unref();
    this.#renewal = timer;
  }

  async #refresh(): Promise<boolean> {
    const { world, pod } = this.#owner;
    if (this.#owner.isOver) return false;
    const contents = await volumeContents({ pod, lookup: world.lookup, node: world.options.node, tokens: this.tokens });
    if (this.#owner.isOver) return false;
    const { sandbox } = this.#owner;
    const problems = sandbox.writeVolumes(contents);
    sandbox.tidyVolumes();
    this.watchTokens();
    this.#owner.volumesChecked(problems);
    return problems.length === 0;
  }
}

/** Whether a change of the Pod can be seen in its volumes. Most show nothing of it but its namespace. */
export function changesVolumes(before: Pod, after: Pod): boolean {
  const { labels, annotations } = before.metadata;
  const changed = [
    ...(deepEqual(labels, after.metadata.labels) ? [] : ["metadata.labels"]),
    ...(deepEqual(annotations, after.metadata.annotations) ? [] : ["metadata.annotations"]),
  ];
  if (changed.length === 0) return false;
  return downwardPaths(after).some((path) => changed.some((field) => path.startsWith(field)));
}

function downwardPaths({ spec }: Pod): readonly string[] {
  const volumes = spec?.volumes ?? [];
  const sources = volumes.flatMap(({ downwardAPI, projected }) => [
    downwardAPI,
    ...(projected?.sources ?? []).map((one) => one.downwardAPI),
  ]);
  return sources.flatMap((source) => source?.items ?? []).map(({ fieldRef }) => fieldRef?.fieldPath ?? "");
}
