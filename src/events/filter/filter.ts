import { compileCesql } from "../../api/cesql/compile.ts";
import { parseCesql } from "../../api/cesql/parser.ts";
import { CesqlSyntaxError } from "../../api/cesql/syntax.ts";
import type { CloudEvent } from "../../api/cloudevents/event.ts";
import { comparable, textOf, typedValue } from "./attribute.ts";

/** One entry of `spec.filters`: exactly one dialect. */
export interface SubscriptionsFilter {
  readonly exact?: Readonly<Record<string, string>>;
  readonly prefix?: Readonly<Record<string, string>>;
  readonly suffix?: Readonly<Record<string, string>>;
  readonly all?: readonly SubscriptionsFilter[];
  readonly any?: readonly SubscriptionsFilter[];
  readonly not?: SubscriptionsFilter;
  readonly cesql?: string;
}

export interface FilterSpec {
  /** The older form: equality of all; an empty text asks for the attribute alone. */
  readonly filter?: { readonly attributes?: Readonly<Record<string, string>> };
  /** All must match. When there are some, `filter` does not count. */
  readonly filters?: readonly SubscriptionsFilter[];
}

export interface EventFilter {
  matches(event: CloudEvent): boolean;
  /** Why this event does not match, for people; undefined when it does. */
  explain(event: CloudEvent): string | undefined;
}

/** A filter that is wrong matches nothing: it never lets everything through. The message names the entry. */
export type CompiledFilter = { readonly kind: "ok"; readonly filter: EventFilter } | { readonly kind: "invalid"; readonly message: string };

class InvalidFilter extends Error {}

/** Compiles what a Trigger says, once. */
export function compileFilter(spec: FilterSpec): CompiledFilter {
  try {
    const { filters = [] } = spec;
    if (filters.length > 0) return { kind: "ok", filter: all(filters.map((entry, index) => dialect(entry, `filters[${index}]`))) };
    return { kind: "ok", filter: legacy(spec.filter?.attributes ?? {}) };
  } catch (error) {
    if (error instanceof InvalidFilter) return { kind: "invalid", message: error.message };
    throw error;
  }
}

function filterOf(
  explain: (event: CloudEvent) => string | undefined,
  matches = (event: CloudEvent) => explain(event) === undefined,
): EventFilter {
  return { matches, explain };
}

function legacy(attributes: Readonly<Record<string, string>>): EventFilter {
  return all(
    Object.entries(attributes).map(([name, wanted]) => {
      const compared = comparable(name, wanted);
      const matches = (event: CloudEvent) => {
        const value = typedValue(event, name);
        if (wanted === "") return value !== undefined && value !== "";
        return typeof value === "string" && comparable(name, value) === compared;
      };
      return filterOf(
        (event) => (matches(event) ? undefined : `${name} is ${shown(event, name)}, wanted ${wanted === "" ? "any" : quoted(wanted)}`),
        matches,
      );
    }),
  );
}

const DIALECTS = ["exact", "prefix", "suffix", "all", "any", "not", "cesql"] as const;

function dialect(entry: SubscriptionsFilter, path: string): EventFilter {
  const [name, ...more] = DIALECTS.filter((key) => entry[key] !== undefined);
  if (name === undefined) throw new InvalidFilter(`${path} has no dialect`);
  if (more.length > 0) throw new InvalidFilter(`${path} has more than one dialect: ${[name, ...more].join(", ")}`);
  const nested = (entries: readonly SubscriptionsFilter[] = []) => {
    if (entries.length === 0) throw new InvalidFilter(`${path}.${name} is empty`);
    return entries.map((one, index) => dialect(one, `${path}.${name}[${index}]`));
  };
  switch (name) {
    case "exact":
      return attributes(entry.exact, path, { words: "wanted", test: (value, wanted) => value === wanted, comparable });
    case "prefix":
      return attributes(entry.prefix, path, { words: "wanted to begin with", test: (value, wanted) => value.startsWith(wanted) });
    case "suffix":
      return attributes(entry.suffix, path, { words: "wanted to end with", test: (value, wanted) => value.endsWith(wanted) });
    case "all":
      return all(nested(entry.all));
    case "any":
      return any(nested(entry.any));
    case "not":
      return not(dialect(entry.not ?? {}, `${path}.not`));
    case "cesql":
      return cesql(entry.cesql ?? "", path);
  }
}

interface Comparison {
  readonly words: string;
  /** How the wanted text is brought into the form of the event's; a part of one stays as it is. */
  readonly comparable?: (name: string, wanted: string) => string;
  test(value: string, wanted: string): boolean;
}

function attributes(entries: Readonly<Record<string, string>> = {}, path: string, comparison: Comparison): EventFilter {
  const { words, test, comparable: form = (_name: string, wanted: string) => wanted } = comparison;
  const pairs = Object.entries(entries);
  if (pairs.length === 0) throw new InvalidFilter(`${path} names no attribute`);
  const empty = pairs.find(([, wanted]) => wanted === "");
  if (empty !== undefined) throw new InvalidFilter(`${path}: the value of ${empty[0]} is empty`);
  return all(
    pairs.map(([name, wanted]) => {
      const compared = form(name, wanted);
      const matches = (event: CloudEvent) => {
        const value = textOf(event, name);
        return value !== undefined && test(value, compared);
      };
      return filterOf((event) => (matches(event) ? undefined : `${name} is ${shown(event, name)}, ${words} ${quoted(wanted)}`), matches);
    }),
  );
}

function all(members: readonly EventFilter[]): EventFilter {
  const [only] = members;
  if (only !== undefined && members.length === 1) return only;
  const explain = (event: CloudEvent) => {
    for (const member of members) {
      const why = member.explain(event);
      if (why !== undefined) return why;
    }
    return undefined;
  };
  return filterOf(explain, (event) => members.every((member) => member.matches(event)));
}

function any(members: readonly EventFilter[]): EventFilter {
  const [only] = members;
  if (only !== undefined && members.length === 1) return only;
  const matches = (event: CloudEvent) => members.some((member) => member.matches(event));
  return filterOf(
    (event) => (matches(event) ? undefined : `none of: ${members.map((member) => member.explain(event)).join("; ")}`),
    matches,
  );
}

function not(member: EventFilter): EventFilter {
  return filterOf(
    (event) => (member.matches(event) ? "it matches what is excluded" : undefined),
    (event) => !member.matches(event),
  );
}

/** What fails, or is no truth value, does not match. */
function cesql(text: string, path: string): EventFilter {
  const evaluate = compiledCesql(text, path);
  const evaluated = (event: CloudEvent) => evaluate((name) => typedValue(event, name));
  return filterOf((event) => {
    const { value, error } = evaluated(event);
    if (error !== undefined) return `cesql: ${error.message}`;
    return value === true ? undefined : `cesql is ${JSON.stringify(value)}: ${text}`;
  });
}

function compiledCesql(text: string, path: string): ReturnType<typeof compileCesql> {
  try {
    return compileCesql(parseCesql(text));
  } catch (error) {
    if (error instanceof CesqlSyntaxError) throw new InvalidFilter(`${path}.cesql: ${error.message}`);
    throw error;
  }
}

function shown(event: CloudEvent, name: string): string {
  const value = textOf(event, name);
  return value === undefined ? "missing" : quoted(value);
}

function quoted(text: string): string {
  return JSON.stringify(text.length > 100 ? `${text.slice(0, 100)}…` : text);
}
