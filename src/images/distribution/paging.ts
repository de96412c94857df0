/** One page of sorted names, and the query of the next one when more follow. */
export interface Page {
  readonly names: readonly string[];
  readonly next: string | undefined;
}

/**
 * Cuts the page that `n` (how many) and `last` (after which name) ask for. Undefined when `n` is not a whole number.
 */
export function pageOf(all: readonly string[], query: URLSearchParams, compare: (a: string, b: string) => number): Page | undefined {
  const n = query.get("n");
  const last = query.get("last");
  if (n !== null && !/^\d{1,9}$/.test(n)) return undefined;
  const from = last === null ? 0 : all.findIndex((name) => compare(name, last) > 0);
  const rest = from < 0 ? [] : all.slice(from);
  const names = n === null ? rest : rest.slice(0, Number(n));
  const more = names.length > 0 && names.length < rest.length;
  return { names, next: more ? `n=${n ?? ""}&last=${encodeURIComponent(names.at(-1) ?? "")}` : undefined };
}

/** Header that leads to the next page. */
export function nextLink(path: string, page: Page): Readonly<Record<string, string>> {
  return page.next === undefined ? {} : { link: `<${path}?${page.next}>; rel="next"` };
}
