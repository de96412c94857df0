import type { LanguagePack } from "../../functions/build/contract.ts";

/** The languages that can be built here; each is loaded when it is meant. */
const PACKS: Readonly<Record<string, () => Promise<LanguagePack>>> = {
  go: async () => (await import("../../functions/build/go/go-pack.ts")).goPack,
  node: async () => (await import("../../functions/build/node/node-pack.ts")).nodePack,
  python: async () => (await import("../../functions/build/python/python-pack.ts")).pythonPack,
  typescript: async () => (await import("../../functions/build/node/node-pack.ts")).typescriptPack,
};

export const BUILT_HERE = Object.keys(PACKS);

export function packFor(runtime: string): Promise<LanguagePack> | undefined {
  return Object.hasOwn(PACKS, runtime) ? PACKS[runtime]?.() : undefined;
}
