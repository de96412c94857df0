/** Appends a field to a path: `spec` + `foo` -> `spec.foo`. */
export function fieldPath(parent: string, field: string): string {
  return parent === "" ? field : `${parent}.${field}`;
}
