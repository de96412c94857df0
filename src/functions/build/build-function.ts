/** From a function's folder to an OCI image in `.func/build/oci`, without a container engine. */
import { join } from "node:path";
import { MEDIA_TYPES, type Descriptor, type Platform } from "../../images/oci/manifest.ts";
import { imagePlatform } from "../../images/oci/platform.ts";
import { inTurn } from "../../std/in-turn.ts";
import type { BuildContext, LanguagePack, Outcome, Program } from "./contract.ts";
import { fingerprint, isBuilt, rememberBuild, sourceHash, sourceOf, type Settings } from "./fingerprint.ts";
import { pullBase, type BaseImages, type PulledBase } from "./image/base-image.ts";
import { BlobCache } from "./image/blob-cache.ts";
import { encode, EMPTY_CONFIG, makeConfig, makeIndex, makeManifest, makeReferrer } from "./image/documents.ts";
import { layoutOf } from "./image/files.ts";
import { buildLayer, type BuiltLayer } from "./image/layers.ts";
import { writeLayout } from "./image/layout.ts";
import { IN_TOTO_TYPE, makeProvenance } from "./image/provenance.ts";
import { makeSbom, SPDX_TYPE } from "./image/sbom.ts";

export interface BuildOptions {
  readonly packs: readonly LanguagePack[];
  /** How the image is called, e.g. `kinetic.local/hello:latest`. */
  readonly reference: string;
  /** Of the builder, for provenance. */
  readonly version: string;
  /** Default: this machine's, as Linux. */
  readonly platforms?: readonly Platform[];
  /** RFC 3339; default: the beginning of 1970, so that equal source gives equal digests. */
  readonly created?: string;
  /** For functions that build on an image. Without it they are refused. */
  readonly baseImages?: BaseImages;
}

export interface BuiltImage {
  /** Of the index. */
  readonly digest: string;
  readonly reference: string;
  /** Folder with the OCI layout. */
  readonly layout: string;
  readonly platforms: readonly { readonly platform: Platform; readonly digest: string; readonly layers: readonly BuiltLayer[] }[];
}

const NO_TIME = "1970-01-01T00:00:00Z";
const LAYERS_AT_ONCE = 2;

/** Builds for each platform. The earlier image stays until the new one is whole. Rejects when the signal aborts. */
export async function buildFunction(context: BuildContext, options: BuildOptions): Promise<Outcome<BuiltImage>> {
  const pack = packOf(context, options);
  if (pack.kind !== "ok") return pack;
  const before = await hashOfSource(context);
  if (before.kind !== "ok") return before;
  const build: Build = { context, options, cache: new BlobCache(context.cache), created: options.created ?? NO_TIME };
  const images: PlatformImage[] = [];
  for (const platform of platformsOf(options)) {
    const program = await pack.value.program(context, platform);
    if (program.kind !== "ok") return program;
    const image = await buildImage(build, program.value, platform);
    if (image.kind !== "ok") return image;
    images.push(image.value);
  }
  const after = await hashOfSource(context);
  if (after.kind !== "ok") return after;
  const hash = after.value;
  const index = await build.cache.put(MEDIA_TYPES.index, encode(makeIndex(images.map(({ manifest }) => manifest))));
  const referrers = await buildReferrers(build, { index, images, source: hash });
  const layout = layoutOf(context.root);
  const blobs = [...images.flatMap((image) => image.blobs), ...referrers.blobs];
  await writeLayout(build.cache, layout, { manifests: [index, ...referrers.manifests], blobs, reference: options.reference });
  // What was saved meanwhile may be in the image or not: the next build has to look.
  const known = before.value === hash ? fingerprint(context, hash, settingsOf(context, options)) : "";
  await rememberBuild(context.root, known, options.reference);
  const platforms = images.map(({ manifest, layers, platform }) => ({ platform, digest: manifest.digest, layers }));
  return { kind: "ok", value: { digest: index.digest, reference: options.reference, layout, platforms } };
}

/** Whether nothing has changed since the last build. */
export async function isUpToDate(context: BuildContext, options: Omit<BuildOptions, "packs" | "reference">): Promise<boolean> {
  const hash = await hashOfSource(context);
  return hash.kind === "ok" && isBuilt(context.root, fingerprint(context, hash.value, settingsOf(context, options)));
}

async function hashOfSource(context: BuildContext): Promise<Outcome<string>> {
  const source = await sourceOf(context);
  return source.kind === "ok" ? { kind: "ok", value: await sourceHash(context, source.value) } : source;
}

interface Build {
  readonly context: BuildContext;
  readonly options: BuildOptions;
  readonly cache: BlobCache;
  readonly created: string;
}

interface PlatformImage {
  readonly platform: Platform;
  readonly program: Program;
  readonly manifest: Descriptor;
  readonly layers: readonly BuiltLayer[];
  readonly base: PulledBase | undefined;
  /** Everything that the manifest refers to, and itself. */
  readonly blobs: readonly Descriptor[];
}

function packOf({ config }: BuildContext, { packs }: BuildOptions): Outcome<LanguagePack> {
  const pack = packs.find(({ runtime }) => runtime === config.runtime);
  if (pack !== undefined) return { kind: "ok", value: pack };
  const known = packs.map(({ runtime }) => runtime).join(", ");
  return { kind: "refused", message: `${config.runtime} functions cannot be built here`, hint: `languages that can: ${known}` };
}

function platformsOf({ platforms }: Pick<BuildOptions, "platforms">): readonly Platform[] {
  const { os, architecture } = imagePlatform(process.arch);
  return platforms === undefined || platforms.length === 0 ? [{ os, architecture }] : platforms;
}

function settingsOf({ config }: BuildContext, options: Omit<BuildOptions, "packs" | "reference">): Settings {
  const { created = NO_TIME, version } = options;
  return { platforms: platformsOf(options), baseImage: config.build?.baseImage, created, version };
}

async function buildImage(build: Build, program: Program, platform: Platform): Promise<Outcome<PlatformImage>> {
  const { context, cache, created } = build;
  const base = await baseOf(build, program, platform);
  if (base.kind !== "ok") return base;
  const filled = program.layers.filter(({ files }) => files.length > 0);
  const layers = await inTurn(filled, LAYERS_AT_ONCE, (layer) => buildLayer(cache, layer, context.signal));
  const parts = base.value === undefined ? {} : { base: base.value };
  const config = await cache.put(MEDIA_TYPES.config, encode(makeConfig({ program, platform, layers, created, labels: {}, ...parts })));
  const manifest = makeManifest(config, layers, base.value);
  const descriptor = { ...(await cache.put(MEDIA_TYPES.manifest, encode(manifest))), platform };
  const blobs = [config, ...manifest.layers, descriptor];
  return { kind: "ok", value: { platform, program, manifest: descriptor, layers, base: base.value, blobs } };
}

async function baseOf(build: Build, { base }: Program, platform: Platform): Promise<Outcome<PulledBase | undefined>> {
  if (base.kind === "scratch") return { kind: "ok", value: undefined };
  const { context, options, cache } = build;
  if (options.baseImages === undefined) return { kind: "refused", message: `the base image ${base.reference} cannot be pulled here` };
  const request = { reference: base.reference, platform, folder: join(context.cache, "images") };
  return pullBase(options.baseImages, request, cache, context.signal);
}

interface Described {
  readonly index: Descriptor;
  readonly images: readonly PlatformImage[];
  readonly source: string;
}

/** SBOM and provenance, each as a manifest that refers to the index. */
async function buildReferrers({ context, options, cache, created }: Build, { index, images, source }: Described) {
  const packages = images.flatMap(({ program }) => program.packages);
  const { name, runtime } = context.config;
  const common = { name, digest: index.digest, packages };
  const tool = { name: "kinetic", version: options.version };
  const base = [...new Map(images.flatMap((image) => image.base ?? []).map((one) => [one.reference, one])).values()];
  const platforms = images.map(({ platform }) => platform);
  const statements = [
    { artifactType: SPDX_TYPE, content: makeSbom({ ...common, created, tool: `${tool.name}-${tool.version}` }) },
    { artifactType: IN_TOTO_TYPE, content: makeProvenance({ ...common, runtime, platforms, source, base, tool }) },
  ];
  const empty = await cache.put(EMPTY_CONFIG.mediaType, EMPTY_CONFIG.bytes);
  const blobs: Descriptor[] = [empty];
  const manifests: (Descriptor & { artifactType: string })[] = [];
  for (const { artifactType, content } of statements) {
    const blob = await cache.put(artifactType, encode(content));
    const annotations = { "org.opencontainers.image.created": created };
    const referrer = makeReferrer({ artifactType, empty, content: blob, subject: index, annotations });
    blobs.push(blob);
    manifests.push({ ...(await cache.put(MEDIA_TYPES.manifest, encode(referrer))), artifactType });
  }
  return { blobs, manifests };
}
