import { IMAGE_ARGV_LABEL, IMAGE_RUNTIME_LABEL } from "../api/names/kinetic.ts";
import type { ContentStore } from "./content-store.ts";
import { makeLayer, type LayerFile } from "./oci/layer.ts";
import { descriptorOf, MEDIA_TYPES, type ConfigBlob, type Manifest } from "./oci/manifest.ts";

export interface BuildOptions {
  /** Where the result is tagged, e.g. `kinetic.local/hello:latest`. */
  readonly reference: string;
  readonly files: readonly LayerFile[];
  /** argv of the program with paths relative to the image's root, e.g. `["node", "app/main.mjs"]`. */
  readonly argv: readonly string[];
  /** The language runtime that [0] of argv stands for, e.g. `node26`. */
  readonly runtime: string;
  /** OCI platform architecture, e.g. `amd64`. */
  readonly architecture: string;
  readonly env?: readonly string[];
  readonly port?: number;
}

/** Writes a one-layer OCI image into the store and tags it. Resolves with the digest of its manifest. */
export async function buildImage(store: ContentStore, options: BuildOptions): Promise<string> {
  const parsed = store.parse(options.reference);
  if (parsed.kind === "invalid") throw new Error(parsed.message);
  const layer = await makeLayer(options.files);
  await store.putBlob(layer.bytes);
  const config = encode(makeConfig(options, layer.diffId));
  await store.putBlob(config);
  const manifest: Manifest = {
    schemaVersion: 2,
    mediaType: MEDIA_TYPES.manifest,
    config: descriptorOf(MEDIA_TYPES.config, config),
    layers: [descriptorOf(MEDIA_TYPES.layer, layer.bytes)],
  };
  const bytes = encode(manifest);
  const digest = await store.putBlob(bytes);
  await store.tag(parsed.reference, descriptorOf(MEDIA_TYPES.manifest, bytes));
  return digest;
}

function makeConfig(options: BuildOptions, diffId: string): ConfigBlob {
  const [program = "", ...args] = options.argv;
  return {
    os: "linux",
    architecture: options.architecture,
    config: {
      Entrypoint: [program, ...args.map((arg, index) => (index === 0 ? `/${arg}` : arg))],
      Env: ["PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", ...(options.env ?? [])],
      WorkingDir: "/",
      // A user that no person has: 1000 is often somebody's account on the machine.
      User: "65532:65532",
      Labels: { [IMAGE_ARGV_LABEL]: JSON.stringify(options.argv), [IMAGE_RUNTIME_LABEL]: options.runtime },
      ...(options.port === undefined ? {} : { ExposedPorts: { [`${options.port}/tcp`]: {} } }),
    },
    rootfs: { type: "layers", diff_ids: [diffId] },
    history: [{ created_by: "kinetic build" }],
  };
}

function encode(value: unknown): Uint8Array {
  return Buffer.from(JSON.stringify(value));
}
