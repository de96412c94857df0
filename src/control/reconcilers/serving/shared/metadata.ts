/** Members of `map` whose key is not among `keys`. */
export function without(map: Readonly<Record<string, string>> | undefined, ...keys: readonly string[]): Record<string, string> {
  return Object.fromEntries(Object.entries(map ?? {}).filter(([key]) => !keys.includes(key)));
}

/** The entry, or nothing when there is no value. */
export function entry(key: string, value: string | undefined): Record<string, string> {
  return value === undefined ? {} : { [key]: value };
}
