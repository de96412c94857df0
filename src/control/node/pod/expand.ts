const REFERENCE = /\$\$|\$\(([^)]*)\)/g;

/** Kubernetes' `$(NAME)`: known names are replaced, `$$` is a literal `$`, unknown references stay as they are. */
export function expandVariables(text: string, values: ReadonlyMap<string, string>): string {
  if (!text.includes("$")) return text;
  return text.replace(REFERENCE, (whole: string, name: string | undefined) => {
    if (name === undefined) return "$";
    return values.get(name) ?? whole;
  });
}
