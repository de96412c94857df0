/** What the node agent and the revision controller need of images. `images/` fills it, `app/` connects it. */
export interface ImageProvider {
  /** The image unpacked on this machine, pulled if the policy asks for it. Concurrent calls for one image share the work. */
  ensure(request: ImageRequest, signal: AbortSignal): Promise<ImageResult>;
  /** The digest that the reference means now, without unpacking: `sha256:...`. */
  resolveDigest(reference: string, signal: AbortSignal): Promise<DigestResult>;
}

export interface ImageRequest {
  readonly reference: string;
  readonly pullPolicy: "Always" | "IfNotPresent" | "Never";
}

export interface LocalImage {
  readonly reference: string;
  /** Digest of the manifest, `sha256:...`. */
  readonly digest: string;
  /** `repository@sha256:...`: what containerStatuses[].imageID shows. */
  readonly imageId: string;
  /** Folder with all layers unpacked, shared and read-only. */
  readonly rootfs: string;
  readonly config: ImageConfig;
}

/** The part of the OCI image configuration that a run needs. */
export interface ImageConfig {
  readonly entrypoint: readonly string[];
  readonly cmd: readonly string[];
  /** `NAME=value` */
  readonly env: readonly string[];
  readonly workingDir: string;
  readonly user: string;
  readonly labels: Readonly<Record<string, string>>;
}

export type ImageResult =
  | { readonly kind: "ok"; readonly image: LocalImage }
  /** `reason` is a kubelet's waiting reason; `message` carries the registry's own words. */
  | { readonly kind: "failed"; readonly reason: "ErrImagePull" | "ErrImageNeverPull" | "InvalidImageName"; readonly message: string };

export type DigestResult = { readonly kind: "ok"; readonly digest: string } | { readonly kind: "failed"; readonly message: string };
