import type { PullSecret } from "../../api/ports/images.ts";
import type { LayerRef } from "../oci/layer-store.ts";
import type { Descriptor } from "../oci/manifest.ts";
import type { ImageReference } from "../reference.ts";

/** Asks registries for images. Failures are values; their messages carry the registry's own words. */
export interface ImagePuller {
  /** What a reference means now. */
  resolve(reference: ImageReference, secrets: readonly PullSecret[], signal: AbortSignal): Promise<ResolveResult>;
  /** Brings an image into the store and names it there. */
  pull(request: PullRequest, signal: AbortSignal): Promise<PullResult>;
}

export interface PullRequest {
  readonly reference: ImageReference;
  readonly secrets: readonly PullSecret[];
  /** Called for a layer as soon as its blob is in the store; what it throws fails the pull. */
  onLayer(layer: LayerRef): Promise<void>;
}

export type ResolveResult =
  | { readonly kind: "ok"; readonly descriptor: Descriptor }
  | { readonly kind: "failed"; readonly message: string };

export type PullResult =
  /** `bytes` of all layers as the registry has them. */
  { readonly kind: "ok"; readonly descriptor: Descriptor; readonly bytes: number } | { readonly kind: "failed"; readonly message: string };
