import { join } from "node:path";
import type { Plugin } from "esbuild";

const NAMESPACE = "kinetic";
/** Marks the questions of plugins themselves: asked again by a plugin they would never end. */
export const ASKED_BY_PLUGIN = Symbol("asked by a plugin");

/**
 * Packages that a function may use without installing them, because they are part of the runtime: the SDK of CloudEvents and
 * upstream's runtime. An SDK that the function brings is made known to the runtime, so that events are of its classes.
 */
export function supplied(): Plugin {
  return {
    name: "supplied",
    setup({ onResolve, onLoad, resolve }) {
      onResolve({ filter: /^(?:cloudevents|faas-js-runtime)$/ }, async ({ path, resolveDir, importer, namespace, pluginData }) => {
        if (pluginData === ASKED_BY_PLUGIN || namespace === NAMESPACE) return undefined;
        const found = await resolve(path, { kind: "require-call", resolveDir, importer, namespace, pluginData: ASKED_BY_PLUGIN });
        const isInstalled = found.errors.length === 0 && !found.external;
        if (path === "faas-js-runtime") return isInstalled ? undefined : { path, namespace: NAMESPACE };
        return { path, namespace: NAMESPACE, pluginData: isInstalled ? found.path : undefined };
      });
      onLoad({ filter: /^cloudevents$/, namespace: NAMESPACE }, ({ pluginData }) => {
        const path = pluginData as string | undefined;
        const contents = path === undefined ? FROM_RUNTIME : announce(path);
        return { contents, loader: "js", ...(path === undefined ? {} : { resolveDir: join(path, "..") }) };
      });
      onLoad({ filter: /^faas-js-runtime$/, namespace: NAMESPACE }, () => ({ contents: NO_START, loader: "js" }));
    },
  };
}

const FROM_RUNTIME = 'module.exports = globalThis[Symbol.for("dev.kinetic.sdk")]();';
const NO_START = 'exports.start = () => { throw new Error("the platform starts this function by itself"); };';

function announce(path: string): string {
  return `const sdk = require(${JSON.stringify(path)}); globalThis[Symbol.for("dev.kinetic.cloudevents")] ??= sdk; module.exports = sdk;`;
}
