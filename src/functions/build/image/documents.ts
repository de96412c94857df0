/** The documents of an image: pure, with a fixed order of fields, so that equal input gives equal bytes. */
import { IMAGE_ARGV_LABEL, IMAGE_RUNTIME_LABEL } from "../../../api/names/kinetic.ts";
import { MEDIA_TYPES, type ConfigBlob, type Descriptor, type Manifest, type Platform } from "../../../images/oci/manifest.ts";
import type { Program } from "../contract.ts";
import type { BuiltLayer } from "./layers.ts";

const PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
const PORT = 8080;

/** What a base image contributes. */
export interface BaseParts {
  readonly config: ConfigBlob;
  readonly layers: readonly Descriptor[];
}

export interface ConfigInput {
  readonly program: Program;
  readonly platform: Platform;
  readonly layers: readonly BuiltLayer[];
  readonly base?: BaseParts;
  /** RFC 3339: the same for equal source. */
  readonly created: string;
  readonly labels: Readonly<Record<string, string>>;
}

type Config = ConfigBlob & { readonly config: NonNullable<ConfigBlob["config"]> & { readonly StopSignal: string } };

export function makeConfig({ program, platform, layers, base, created, labels }: ConfigInput): Config {
  const before = base?.config;
  return {
    created,
    architecture: platform.architecture,
    os: platform.os,
    ...(platform.variant === undefined ? {} : { variant: platform.variant }),
    config: {
      User: before?.config?.User || "1000:1000",
      ExposedPorts: { [`${PORT}/tcp`]: {} },
      Env: environment(program, before?.config?.Env ?? [], created),
      Entrypoint: program.command,
      WorkingDir: "/func/",
      Labels: sorted({ ...before?.config?.Labels, ...labels, ...processLabels(program) }),
      StopSignal: "SIGTERM",
    },
    rootfs: { type: "layers", diff_ids: [...(before?.rootfs.diff_ids ?? []), ...layers.map(({ diffId }) => diffId)] },
    history: [...(before?.history ?? []), ...layers.map(({ createdBy }) => ({ created, created_by: createdBy }))],
  };
}

function environment(program: Program, before: readonly string[], created: string): readonly string[] {
  const own = { FUNC_CREATED: created, LISTEN_ADDRESS: `[::]:${PORT}`, ...sorted(program.env) };
  const values = new Map([["PATH", PATH], ...before.map(split), ...Object.entries(own)]);
  return Array.from(values, ([name, value]) => `${name}=${value}`);
}

function split(pair: string): [string, string] {
  const equals = pair.indexOf("=");
  return equals < 0 ? [pair, ""] : [pair.slice(0, equals), pair.slice(equals + 1)];
}

/** With a base image its own program runs, whatever the host has. */
function processLabels({ process }: Program): Readonly<Record<string, string>> {
  if (process === undefined) return {};
  return { [IMAGE_ARGV_LABEL]: JSON.stringify(process.argv), [IMAGE_RUNTIME_LABEL]: process.runtime };
}

function sorted(values: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(values).toSorted(([a], [b]) => (a < b ? -1 : 1)));
}

export function makeManifest(config: Descriptor, layers: readonly BuiltLayer[], base: BaseParts | undefined): Manifest {
  const own = layers.map(({ digest, size }) => ({ mediaType: MEDIA_TYPES.layer, digest, size }));
  return { schemaVersion: 2, mediaType: MEDIA_TYPES.manifest, config, layers: [...(base?.layers ?? []), ...own] };
}

export function makeIndex(manifests: readonly Descriptor[]): object {
  return { schemaVersion: 2, mediaType: MEDIA_TYPES.index, manifests };
}

/** The config of an artifact that has none. */
export const EMPTY_CONFIG = { mediaType: "application/vnd.oci.empty.v1+json", bytes: Buffer.from("{}") };

export interface ReferrerInput {
  readonly artifactType: string;
  readonly empty: Descriptor;
  readonly content: Descriptor;
  readonly subject: Descriptor;
  readonly annotations: Readonly<Record<string, string>>;
}

/** A manifest that says something about another one. */
export function makeReferrer({ artifactType, empty, content, subject, annotations }: ReferrerInput): object {
  return {
    schemaVersion: 2,
    mediaType: MEDIA_TYPES.manifest,
    artifactType,
    config: empty,
    layers: [content],
    subject,
    annotations: sorted(annotations),
  };
}

export function encode(value: unknown): Uint8Array {
  return Buffer.from(JSON.stringify(value));
}
