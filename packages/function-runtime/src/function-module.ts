import type { FunctionModule, Handle } from "./types.ts";

type Exports = Readonly<Record<string, unknown>>;

/** The function of a module: its `handle`, its default export's, or the module or default export itself. Throws if there is none. */
export function functionIn(loaded: unknown): FunctionModule {
  const forms = [loaded, defaultOf(loaded), defaultOf(defaultOf(loaded))].filter((form) => form !== undefined && form !== null);
  for (const form of forms) {
    const handle = (form as Exports)["handle"];
    if (typeof handle === "function") return { ...(form as Exports), handle: handle as Handle };
  }
  const bare = forms.find((form) => typeof form === "function");
  if (bare !== undefined) return { ...(bare as unknown as Exports), handle: bare as Handle };
  const names = Object.keys((forms.at(-1) ?? {}) as object);
  throw new Error(`the function exports no handle${names.length === 0 ? "" : `; it exports ${names.join(", ")}`}`);
}

function defaultOf(value: unknown): unknown {
  return (value as Exports | undefined | null)?.["default"];
}
