/** The program that serves Node and TypeScript functions, as one file. */
import { createHash } from "node:crypto";
import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build, version, type Plugin } from "esbuild";
import { MEDIA_TYPES } from "../../../images/oci/manifest.ts";
import type { Program } from "../contract.ts";
import { BlobCache } from "../image/blob-cache.ts";
import { describe, packageOfFile } from "./packages.ts";

/** From src/ and from dist/ it is equally far. */
const SOURCE = fileURLToPath(new URL("../../../../packages/function-runtime/src", import.meta.url));

export interface RuntimeBundle {
  readonly path: string;
  /** What is inside. */
  readonly packages: Program["packages"];
}

interface Remembered extends Pick<RuntimeBundle, "packages"> {
  readonly digest: string;
  readonly size: number;
}

/** The file, made when it is not in the cache yet. */
export async function runtimeBundle(cacheFolder: string): Promise<RuntimeBundle> {
  const cache = new BlobCache(cacheFolder);
  const key = `function runtime ${sourceKey()}`;
  const known = await cache.fact<Remembered>(key);
  if (known !== undefined && (await cache.has(known.digest, known.size)))
    return { path: cache.pathOf(known.digest), packages: known.packages };
  const { code, packages } = await make();
  const { digest, size } = await cache.put(MEDIA_TYPES.layer, code);
  await cache.remember(key, { digest, size, packages } satisfies Remembered);
  return { path: cache.pathOf(digest), packages };
}

function sourceKey(): string {
  const hash = createHash("sha256").update(version);
  for (const path of globSync("*.ts", { cwd: SOURCE, exclude: ["*.test.ts"] }).toSorted())
    hash.update(path).update(readFileSync(join(SOURCE, path)));
  return hash.digest("hex");
}

/** Minified: no path of this machine stays inside. */
async function make(): Promise<{ readonly code: Uint8Array } & Pick<RuntimeBundle, "packages">> {
  const { outputFiles, metafile } = await build({
    entryPoints: [join(SOURCE, "main.ts")],
    outfile: "runtime.cjs",
    bundle: true,
    absWorkingDir: SOURCE,
    write: false,
    metafile: true,
    platform: "node",
    target: "node26",
    format: "cjs",
    minify: true,
    legalComments: "none",
    logLevel: "silent",
    plugins: [bundledSdk()],
  });
  const [file] = outputFiles;
  if (file === undefined) throw new Error("esbuild has written no runtime");
  const inside = Object.keys(metafile.inputs).flatMap((path) => packageOfFile(join(SOURCE, path)) ?? []);
  const others = new Map(inside.filter(({ name }) => !SOURCE.includes(name)).map((one) => [one.folder, one]));
  return { code: file.contents, packages: describe([...others.values()]) };
}

/** The SDK is inside, and runs when the first event needs it. */
function bundledSdk(): Plugin {
  return {
    name: "bundled-sdk",
    setup({ onResolve, onLoad }) {
      onResolve({ filter: /\/load-sdk\.ts$/ }, () => ({ path: "load-sdk", namespace: "kinetic" }));
      onLoad({ filter: /^load-sdk$/, namespace: "kinetic" }, () => ({
        contents: 'exports.loadSdk = () => require("cloudevents");',
        resolveDir: SOURCE,
      }));
    },
  };
}
