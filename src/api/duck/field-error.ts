/**
 * Faults of an object in the words of Knative's `apis.FieldError`: a message, the fields it is about, perhaps details.
 * A list of faults is a plain array; an empty one is no fault.
 */
export interface FieldError {
  readonly message: string;
  /** Paths such as `spec.template.spec.containers[0].image`, relative to where the fault was found. */
  readonly paths: readonly string[];
  readonly details?: string | undefined;
}

export type FieldErrors = readonly FieldError[];

export function fieldError(message: string, paths: readonly string[] | string, details?: string): FieldErrors {
  return [{ message, paths: typeof paths === "string" ? [paths] : paths, ...(details === undefined ? {} : { details }) }];
}

export function missingField(...paths: string[]): FieldErrors {
  return fieldError("missing field(s)", paths);
}

export function disallowedFields(...paths: string[]): FieldErrors {
  return fieldError("must not set the field(s)", paths);
}

export function invalidValue(value: unknown, path: string, details?: string): FieldErrors {
  return fieldError(`invalid value: ${String(value)}`, path, details);
}

export function outOfBounds(value: unknown, low: unknown, high: unknown, path: string): FieldErrors {
  return fieldError(`expected ${String(low)} <= ${String(value)} <= ${String(high)}`, path);
}

export function missingOneOf(...paths: string[]): FieldErrors {
  return fieldError("expected exactly one, got neither", paths);
}

export function multipleOneOf(...paths: string[]): FieldErrors {
  return fieldError("expected exactly one, got both", paths);
}

export function invalidKeyName(key: string, path: string, details: string): FieldErrors {
  return fieldError(`invalid key name ${JSON.stringify(key)}`, path, details);
}

/** The same faults seen from the object that holds `field`. */
export function viaField(field: string, errors: FieldErrors): FieldErrors {
  return errors.map((error) => ({ ...error, paths: error.paths.map((path) => joinPath(field, path)) }));
}

export function viaIndex(index: number, errors: FieldErrors): FieldErrors {
  return viaField(`[${index}]`, errors);
}

export function viaFieldIndex(field: string, index: number, errors: FieldErrors): FieldErrors {
  return viaField(field, viaIndex(index, errors));
}

/** The faults of each member of a list, with their indexes. */
export function eachOf<T>(field: string, list: readonly T[] | undefined, check: (item: T, index: number) => FieldErrors): FieldErrors {
  return (list ?? []).flatMap((item, index) => viaFieldIndex(field, index, check(item, index)));
}

function joinPath(field: string, path: string): string {
  if (path === "") return field;
  return isIndexed(path) ? field + path : `${field}.${path}`;
}

/** Whether the path goes on with an index: `[0]`, `[0].image`; not `[some.annotation/key]`. */
function isIndexed(path: string): boolean {
  const [first = ""] = path.split(".");
  return first.startsWith("[") && first.endsWith("]");
}

/** One line a fault (two with details): faults of the same text share a line, lines are sorted. */
export function formatErrors(errors: FieldErrors): string {
  const merged = new Map<string, FieldError>();
  for (const error of errors) {
    const id = JSON.stringify([error.message, error.details ?? ""]);
    merged.set(id, { ...error, paths: [...(merged.get(id)?.paths ?? []), ...error.paths] });
  }
  return [...merged.values()]
    .toSorted((a, b) => compare(a.message, b.message))
    .map(formatError)
    .join("\n");
}

function formatError({ message, paths, details }: FieldError): string {
  const line = `${message}: ${[...new Set(paths)].toSorted(compare).join(", ")}`;
  return details === undefined || details === "" ? line : `${line}\n${details}`;
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
