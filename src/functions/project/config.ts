/**
 * func.yaml, specVersion 0.36.0, as the rest of the code sees it: migrated, typed, every default of the format left out.
 * Field names are the file's.
 */
export interface FunctionConfig {
  readonly specVersion: string;
  readonly name: string;
  readonly runtime: string;
  readonly registry?: string;
  readonly registryInsecure?: boolean;
  readonly image?: string;
  readonly namespace?: string;
  readonly domain?: string;
  /** RFC 3339. */
  readonly created: string;
  readonly deployer?: "knative" | "raw" | "keda";
  /** How the function is invoked; absent: `http`. */
  readonly invoke?: "http" | "cloudevent";
  readonly build?: BuildConfig;
  readonly run?: RunConfig;
  readonly deploy?: DeployConfig;
}

export interface BuildConfig {
  readonly git?: { readonly url?: string; readonly revision?: string; readonly contextDir?: string };
  /** A preference: without a container engine `pack` and `s2i` are built by `host`. */
  readonly builder?: "pack" | "s2i" | "host";
  readonly builderImages?: Readonly<Record<string, string>>;
  readonly buildpacks?: readonly string[];
  readonly buildEnvs?: readonly EnvEntry[];
  readonly baseImage?: string;
  readonly pvcSize?: string;
  readonly remoteStorageClass?: string;
  readonly volumes?: readonly { readonly hostPath: string; readonly path: string }[];
}

export interface RunConfig {
  readonly envs?: readonly EnvEntry[];
  readonly volumes?: readonly VolumeEntry[];
  readonly startTimeout?: string;
}

/** `value` may be a template: `{{ env:X }}`, `{{ secret:S[:key] }}`, `{{ configMap:C[:key] }}`. No name: import all. */
export interface EnvEntry {
  readonly name?: string;
  readonly value?: string;
}

/** One source, and where it is mounted. */
export interface VolumeEntry {
  readonly secret?: string;
  readonly configMap?: string;
  readonly persistentVolumeClaim?: { readonly claimName: string; readonly readOnly?: boolean };
  readonly emptyDir?: { readonly medium?: string; readonly sizeLimit?: string };
  readonly path?: string;
}

export interface DeployConfig {
  readonly namespace?: string;
  /** With the digest of the last deployment. */
  readonly image?: string;
  readonly deployer?: "knative" | "raw" | "keda";
  readonly annotations?: Readonly<Record<string, string>>;
  readonly labels?: readonly { readonly key: string; readonly value?: string }[];
  readonly serviceAccountName?: string;
  readonly imagePullSecret?: string;
  readonly managementDisabled?: boolean;
  readonly options?: DeployOptions;
  readonly healthEndpoints?: { readonly liveness?: string; readonly readiness?: string };
  readonly subscriptions?: readonly Subscription[];
}

export interface DeployOptions {
  readonly scale?: {
    readonly min?: number;
    readonly max?: number;
    readonly metric?: "concurrency" | "rps";
    readonly target?: number;
    readonly utilization?: number;
  };
  readonly resources?: {
    readonly requests?: { readonly cpu?: string; readonly memory?: string };
    readonly limits?: { readonly cpu?: string; readonly memory?: string; readonly concurrency?: number };
  };
}

export interface Subscription {
  readonly source: string;
  readonly filters?: Readonly<Record<string, string>>;
}
