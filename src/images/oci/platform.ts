import type { Descriptor, Platform } from "./manifest.ts";

const ARCHITECTURES: Readonly<Record<string, Platform>> = {
  x64: { os: "linux", architecture: "amd64" },
  arm64: { os: "linux", architecture: "arm64", variant: "v8" },
  arm: { os: "linux", architecture: "arm", variant: "v7" },
  ia32: { os: "linux", architecture: "386" },
};

/** The platform of images for a machine of Node's architecture; images are Linux's wherever they run. */
export function imagePlatform(architecture: string): Platform {
  return ARCHITECTURES[architecture] ?? { os: "linux", architecture };
}

/** The manifest of an index that fits best; undefined when none fits. Attestations and unknown platforms never do. */
export function choosePlatform(manifests: readonly Descriptor[], wanted: Platform): Descriptor | undefined {
  const rated = manifests.map((manifest) => ({ manifest, rank: rankOf(manifest.platform, wanted) }));
  const fitting = rated.filter(({ rank }) => rank !== undefined);
  return fitting.toSorted((a, b) => (b.rank ?? 0) - (a.rank ?? 0))[0]?.manifest;
}

/** Higher fits better; undefined does not fit. A newer CPU runs what older ones of its kind do. */
function rankOf(platform: Platform | undefined, wanted: Platform): number | undefined {
  if (platform?.os !== wanted.os || platform.architecture !== wanted.architecture) return undefined;
  const level = (variant = "") => Number(/^v(\d+)/.exec(variant)?.[1] ?? 0);
  const [has, may] = [level(platform.variant), level(wanted.variant)];
  if (wanted.architecture === "amd64") return has > 1 ? undefined : 10 - has; // v2 and up need more than every machine has
  return has > may ? undefined : has;
}

export function platformName({ os, architecture, variant }: Platform): string {
  return [os, architecture, variant].filter((part) => part !== undefined && part !== "").join("/");
}

/** `linux/arm/v7` as a platform; undefined when the text is none. */
export function parsePlatform(text: string): Platform | undefined {
  const [, os = "", architecture = "", variant] = /^([a-z0-9]+)\/([a-z0-9_]+)(?:\/([a-z0-9.]+))?$/.exec(text) ?? [];
  if (os === "") return undefined;
  return variant === undefined ? { os, architecture } : { os, architecture, variant };
}

/** The platforms of an index for people, e.g. `linux/amd64, linux/arm64/v8`. */
export function platformsOf(manifests: readonly Descriptor[]): string {
  const names = manifests.flatMap(({ platform }) => (platform === undefined || platform.os === "unknown" ? [] : [platformName(platform)]));
  return names.length === 0 ? "none" : [...new Set(names)].join(", ");
}
