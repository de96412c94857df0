/** What the node agent and the revision controller need of images. `images/` fills it, `app/` connects it. */
export interface ImageProvider {
  /** The image unpacked on this machine, pulled if the policy asks for it. Concurrent calls for one image share the work. */
  ensure(request: ImageRequest, signal: AbortSignal): Promise<ImageResult>;
  /** The digest that the reference means now, without unpacking: `sha256:...`. */
  resolveDigest(reference: string, signal: AbortSignal, pullSecrets?: () => Promise<readonly PullSecret[]>): Promise<DigestResult>;
}

export interface ImageRequest {
  readonly reference: string;
  readonly pullPolicy: "Always" | "IfNotPresent" | "Never";
  /** Asked for when a registry is: most starts need none. */
  readonly pullSecrets?: () => Promise<readonly PullSecret[]>;
  /** Called when a registry is about to be asked. */
  readonly onPull?: () => void;
}

/** Registry credentials of a Pod, a Revision or a ServiceAccount. */
export interface PullSecret {
  /** For people, e.g. `team/regcred`. */
  readonly name: string;
  readonly format: "dockerconfigjson" | "dockercfg";
  /** The JSON inside. */
  readonly json: string;
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
  /** What of the image could not be unpacked as its layers say, in words for people. */
  readonly notes?: readonly string[];
}

/** What a pull took, for people. */
export interface PullFacts {
  readonly durationMs: number;
  /** Compressed, of all layers. */
  readonly bytes: number;
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
  /** `pulled` when a registry was asked. */
  | { readonly kind: "ok"; readonly image: LocalImage; readonly pulled?: PullFacts }
  /** `reason` is a kubelet's waiting reason; `message` carries the registry's own words. */
  | { readonly kind: "failed"; readonly reason: "ErrImagePull" | "ErrImageNeverPull" | "InvalidImageName"; readonly message: string };

export type DigestResult = { readonly kind: "ok"; readonly digest: string } | { readonly kind: "failed"; readonly message: string };
