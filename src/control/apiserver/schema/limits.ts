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
  return Array.isArray(value) ? inspectItems(value, depth) : inspectFields(value as Record<string, unknown>, depth);
}

function inspectItems(items: readonly unknown[], depth: number): string | undefined {
  for (const item of items) {
    const why = inspect(item, depth + 1);
    if (why !== undefined) return why;
  }
  return undefined;
}

function inspectFields(fields: Readonly<Record<string, unknown>>, depth: number): string | undefined {
  if (Object.hasOwn(fields, "__proto__")) return 'the key "__proto__" is not allowed';
  for (const key in fields) {
    const why = inspect(fields[key], depth + 1);
    if (why !== undefined) return why;
  }
  return undefined;
}
