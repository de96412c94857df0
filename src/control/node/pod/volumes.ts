import { createHash } from "node:crypto";
import type { KeyToPath, Pod, Volume, VolumeProjection } from "../../../api/k8s/types.generated.ts";
import { fieldValue, resourceValue } from "./field-ref.ts";
import type { Lookup, NodeFacts } from "./lookup.ts";

export interface VolumeFile {
  /** Relative, e.g. `app/settings.json`. */
  readonly path: string;
  readonly data: Buffer;
  readonly mode: number;
  /** Differs between pods of one template (tokens, names): not part of what makes two starts equal. */
  readonly perPod: boolean;
}

export type VolumeContent =
  | { readonly kind: "files"; readonly files: readonly VolumeFile[] }
  | { readonly kind: "emptyDir" }
  /** Something it names is missing. In the kubelet's words. */
  | { readonly kind: "error"; readonly message: string }
  | { readonly kind: "unsupported"; readonly source: string };

export interface TokenRequest {
  readonly namespace: string;
  readonly serviceAccount: string;
  /** undefined means the API server's own. */
  readonly audience: string | undefined;
  readonly expirationSeconds: number;
  readonly pod: { readonly name: string; readonly uid: string };
}

/** Issues tokens of ServiceAccounts; `app/` connects it to the API server. */
export interface TokenSource {
  /** Undefined when there is no such account. */
  token(request: TokenRequest): Promise<string | undefined>;
}

export interface VolumeContext {
  readonly pod: Pod;
  readonly lookup: Lookup;
  readonly node: NodeFacts;
  readonly tokens: TokenSource;
}

class Missing extends Error {}

const DEFAULT_MODE = 0o644;

/** What is in a volume. */
export async function volumeContent(volume: Volume, context: VolumeContext): Promise<VolumeContent> {
  const { configMap, secret, projected, downwardAPI, emptyDir, name, ...others } = volume;
  try {
    if (emptyDir !== undefined) return { kind: "emptyDir" };
    if (configMap !== undefined) return files(await project({ configMap }, { ...context, mode: configMap.defaultMode ?? DEFAULT_MODE }));
    if (secret !== undefined) {
      const { secretName, items, optional, defaultMode } = secret;
      return files(await project({ secret: { name: secretName, items, optional } }, { ...context, mode: defaultMode ?? DEFAULT_MODE }));
    }
    if (downwardAPI !== undefined) {
      const { items, defaultMode } = downwardAPI;
      return files(await project({ downwardAPI: { items } }, { ...context, mode: defaultMode ?? DEFAULT_MODE }));
    }
    if (projected !== undefined) {
      const mode = projected.defaultMode ?? DEFAULT_MODE;
      const parts = await Promise.all((projected.sources ?? []).map((source) => project(source, { ...context, mode })));
      return files(parts.flat());
    }
  } catch (error) {
    if (error instanceof Missing) return { kind: "error", message: error.message };
    throw error;
  }
  return { kind: "unsupported", source: Object.keys(others)[0] ?? name };
}

/** A later file of the same path wins. */
function files(list: readonly VolumeFile[]): VolumeContent {
  return { kind: "files", files: [...new Map(list.map((file) => [file.path, file])).values()] };
}

interface ProjectContext extends VolumeContext {
  readonly mode: number;
}

async function project(source: VolumeProjection, context: ProjectContext): Promise<readonly VolumeFile[]> {
  const namespace = context.pod.metadata.namespace ?? "";
  const { configMap, secret, serviceAccountToken, downwardAPI } = source;
  if (configMap !== undefined) {
    const found = context.lookup.configMap(namespace, configMap.name ?? "");
    const data = found === undefined ? undefined : { ...mapped(found.data, "utf8"), ...mapped(found.binaryData, "base64") };
    return pick(data, { ...configMap, what: "configmap", keyKind: "config" }, context.mode);
  }
  if (secret !== undefined) {
    const found = context.lookup.secret(namespace, secret.name ?? "");
    return pick(
      found === undefined ? undefined : mapped(found.data, "base64"),
      { ...secret, what: "secret", keyKind: "secret" },
      context.mode,
    );
  }
  if (serviceAccountToken !== undefined) {
    const { audience, expirationSeconds = 3600, path } = serviceAccountToken;
    const { name = "", uid = "" } = context.pod.metadata;
    const serviceAccount = context.pod.spec?.serviceAccountName ?? "default";
    const token = await context.tokens.token({ namespace, serviceAccount, audience, expirationSeconds, pod: { name, uid } });
    if (token === undefined) throw new Missing(`failed to fetch token: serviceaccounts "${serviceAccount}" not found`);
    return [{ path, data: Buffer.from(token), mode: context.mode, perPod: true }];
  }
  return (downwardAPI?.items ?? []).map((item) => downwardFile(item, context));
}

type DownwardItem = NonNullable<NonNullable<VolumeProjection["downwardAPI"]>["items"]>[number];

function downwardFile(
  { path, fieldRef, resourceFieldRef, mode }: DownwardItem,
  { pod, node, mode: defaultMode }: ProjectContext,
): VolumeFile {
  const containers = [...(pod.spec?.initContainers ?? []), ...(pod.spec?.containers ?? [])];
  const value =
    resourceFieldRef === undefined
      ? fieldValue(pod, fieldRef?.fieldPath ?? "", node)
      : resourceValue(containers, undefined, resourceFieldRef, node);
  if (value.kind === "error") throw new Missing(value.message);
  return { path, data: Buffer.from(value.value), mode: mode ?? defaultMode, perPod: value.perPod };
}

type Data = Readonly<Record<string, Buffer>>;

function mapped(data: Readonly<Record<string, string>> | undefined, encoding: BufferEncoding): Data {
  return Object.fromEntries(Object.entries(data ?? {}).map(([key, value]) => [key, Buffer.from(value, encoding)]));
}

interface Selection {
  readonly name?: string | undefined;
  readonly items?: readonly KeyToPath[] | undefined;
  readonly optional?: boolean | undefined;
  readonly what: "configmap" | "secret";
  readonly keyKind: "config" | "secret";
}

function pick(
  data: Data | undefined,
  { name = "", items, optional, what, keyKind }: Selection,
  defaultMode: number,
): readonly VolumeFile[] {
  if (data === undefined && optional !== true) throw new Missing(`${what} "${name}" not found`);
  const wanted: readonly KeyToPath[] = items ?? Object.keys(data ?? {}).map((key) => ({ key, path: key }));
  return wanted.flatMap(({ key, path, mode }) => {
    const content = data?.[key];
    if (content !== undefined) return [{ path, data: content, mode: mode ?? defaultMode, perPod: false }];
    if (optional === true) return [];
    throw new Missing(`references non-existent ${keyKind} key: ${key}`);
  });
}

/** Equal for equal files. `shared` leaves out what differs between pods of one template, but not that it exists. */
export function filesRevision(list: readonly VolumeFile[], scope: "all" | "shared"): string {
  const hash = createHash("sha256");
  for (const { path, mode, data, perPod } of list.toSorted((a, b) => (a.path < b.path ? -1 : 1))) {
    const counts = scope === "all" || !perPod;
    hash.update(`${path}\0${mode}\0${counts ? data.length : "per pod"}\0`); // the length tells where the data ends
    if (counts) hash.update(data);
  }
  return hash.digest("hex").slice(0, 16);
}

/** By the name of the volume. */
export type VolumeContents = ReadonlyMap<string, VolumeContent>;

/** What is in each volume of a pod now. */
export async function volumeContents(context: VolumeContext): Promise<VolumeContents> {
  const volumes = context.pod.spec?.volumes ?? [];
  return new Map(await Promise.all(volumes.map(async (volume) => [volume.name, await volumeContent(volume, context)] as const)));
}

/** Volume -> revision of what pods of one template share; undefined when something is missing. */
export function sharedRevisions(contents: VolumeContents): ReadonlyMap<string, string> | undefined {
  const revisions = new Map<string, string>();
  for (const [name, content] of contents) {
    if (content.kind === "files") revisions.set(volumeAlias(name), filesRevision(content.files, "shared"));
    else if (content.kind !== "emptyDir") return undefined;
  }
  return revisions;
}

/** Admission gives each pod's token volume a random name; its place is the same in all of them. */
export function volumeAlias(volume: string): string {
  return volume.replace(/^kube-api-access-[a-z0-9]{5}$/, "kube-api-access");
}
