import { statfs } from "node:fs/promises";
import { podKind } from "../../api/core/pod.ts";
import type { Pod } from "../../api/k8s/types.generated.ts";
import { revisionKind, type Revision } from "../../api/serving/revision.ts";
import type { Informers } from "../../client/types.ts";
import type { LocalImages } from "../../images/provider.ts";
import { delay } from "../../std/abort.ts";
import type { World } from "../world.ts";

export interface ImageReclaimOptions {
  readonly provider: LocalImages;
  readonly informers: Informers;
  /** Where unpacked images are. */
  readonly folder: string;
}

const GiB = 1024 ** 3;
const EVERY_MS = 600_000;
/** Longer than an instance may be parked. */
const RECENT_MS = 1_800_000;
const OLD_MS = 14 * 24 * 3_600_000;
const MAX_BYTES = 32 * GiB;
/** Beyond this use of the disk, everything that nothing needs goes. */
const FULL_SHARE = 0.9;

/** Removes unpacked images and pulled layers that nothing runs or may scale up again. Dispose to stop. */
export function reclaimImagesRegularly({ clock, logger }: World, options: ImageReclaimOptions): Disposable {
  const stopped = new AbortController();
  const pods = options.informers.of<Pod>(podKind);
  const revisions = options.informers.of<Revision>(revisionKind);
  const reclaim = async () => {
    const now = clock.now();
    const inUse = new Set([...pods.list().flatMap(podImages), ...revisions.list().flatMap(revisionImages)]);
    const maxBytes = (await isFull(options.folder)) ? 0 : MAX_BYTES;
    const { images, bytes } = await options.provider.reclaim({ inUse, maxBytes, usedBeforeMs: now - RECENT_MS, oldBeforeMs: now - OLD_MS });
    if (images.length > 0 || bytes > 0) logger.info("unused images removed", { images: images.length, bytes });
  };
  const loop = async () => {
    for (;;) {
      await delay(clock, EVERY_MS, stopped.signal);
      await reclaim().catch((error: unknown) => logger.warn("unused images were not removed", { error }));
    }
  };
  loop().catch(() => {}); // it ends by being stopped
  return { [Symbol.dispose]: () => stopped.abort() };
}

/** Digests of the images that a Pod runs or is about to. */
export function podImages({ spec, status }: Pod): string[] {
  const statuses = [...(status?.initContainerStatuses ?? []), ...(status?.containerStatuses ?? [])].map(({ imageID }) => imageID);
  const named = [...(spec?.initContainers ?? []), ...(spec?.containers ?? [])].map(({ image }) => image);
  return [...statuses, ...named].flatMap(digestIn);
}

/** Digests of the images that a revision needs when it scales up again. */
export function revisionImages({ status }: Revision): string[] {
  const statuses = [...(status?.initContainerStatuses ?? []), ...(status?.containerStatuses ?? [])];
  return statuses.flatMap(({ imageDigest }) => digestIn(imageDigest));
}

function digestIn(reference = ""): string[] {
  const at = reference.lastIndexOf("@");
  return at < 0 ? [] : [reference.slice(at + 1)];
}

async function isFull(folder: string): Promise<boolean> {
  const { blocks, bavail } = await statfs(folder);
  return bavail < blocks * (1 - FULL_SHARE);
}
