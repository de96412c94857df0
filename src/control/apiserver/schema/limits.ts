/** Deeper than any object of the API needs, shallower than the stack: everything later recurses. */
export const MAX_DEPTH = 128;

/**
 * Why a decoded body must not be walked further, or undefined. Refuses nesting beyond MAX_DEPTH and keys named
 * `__proto__`, which a careless copy would turn into a prototype.
 */
export function hostileShape(value: unknown): string | undefined {
  return inspect(value, 0);
}

function inspect(value: unknown, depth: number): string | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  if (depth >= MAX_DEPTH) return "exceeded max depth";
  if (Array.isArray(value)) return inspectAll(value, depth);
  if (Object.hasOwn(value, "__proto__")) return 'the key "__proto__" is not allowed';
  return inspectAll(Object.values(value), depth);
}

function inspectAll(values: readonly unknown[], depth: number): string | undefined {
  for (const value of values) {
    const why = inspect(value, depth + 1);
    if (why !== undefined) return why;
  }
  return undefined;
}
