/** The program that serves Node and TypeScript functions, as one file. */
import { createHash } from "node:crypto";
import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build, version, type Plugin } from "esbuild";
import { MEDIA_TYPES } from "../../../images/oci/manifest.ts";
import { BlobCache } from "../image/blob-cache.ts";

/** From src/ and from dist/ it is equally far. */
const SOURCE = fileURLToPath(new URL("../../../../packages/function-runtime/src", import.meta.url));

/** Resolves with the path of the file, made when it is not in the cache yet. */
export async function runtimeBundle(cacheFolder: string): Promise<string> {
  const cache = new BlobCache(cacheFolder);
  const key = `function runtime ${sourceKey()}`;
  const known = await cache.fact<{ readonly digest: string; readonly size: number }>(key);
  if (known !== undefined && (await cache.has(known.digest, known.size))) return cache.pathOf(known.digest);
  const { digest, size } = await cache.put(MEDIA_TYPES.layer, await make());
  await cache.remember(key, { digest, size });
  return cache.pathOf(digest);
}

function sourceKey(): string {
  const hash = createHash("sha256").update(version);
  for (const path of globSync("*.ts", { cwd: SOURCE }).toSorted()) hash.update(path).update(readFileSync(join(SOURCE, path)));
  return hash.digest("hex");
}

/** Minified: no path of this machine stays inside. */
async function make(): Promise<Uint8Array> {
  const { outputFiles } = await build({
    entryPoints: [join(SOURCE, "main.ts")],
    outfile: "runtime.cjs",
    bundle: true,
    write: false,
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
  return file.contents;
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
