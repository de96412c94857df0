import { parseDocument } from "yaml";
import type { DocumentOptions, ParseOptions, ScalarTag, SchemaOptions, Tags, YAMLParseError } from "yaml";

export type YamlOutcome = { readonly kind: "ok"; readonly value: unknown } | { readonly kind: "malformed"; readonly message: string };

/** Values that aliases may repeat in one document; beyond it a small text stands for gigabytes. */
const ALIASES_MAX = 100;

/** Characters of YAML that is not JSON as well. kubectl and client-go send JSON; this is for people with curl. */
const TEXT_MAX = 256 * 1024;

const DEPTH_MAX = 200;
const INDICATORS = new RegExp(`(?:[-?] +){${DEPTH_MAX}}`);
const TOO_DEEP = "yaml: exceeded max depth of 10000";

/** YAML 1.1 as Go's library reads it: `yes` is true and `0644` octal, but there are no dates, sets or base-60 numbers. */
const FOREIGN_TAGS = /timestamp|set|omap|pairs|binary/;

/** `0o644`, which YAML 1.1 does not know but Go does. */
const OCTAL: ScalarTag = {
  tag: "tag:yaml.org,2002:int",
  default: true,
  test: /^[-+]?0o[0-7]+$/,
  resolve: (text) => Number.parseInt(text.replace("0o", ""), 8),
};

const OPTIONS: DocumentOptions & SchemaOptions & ParseOptions = {
  version: "1.1",
  uniqueKeys: false,
  logLevel: "silent",
  prettyErrors: false,
  customTags: (tags: Tags) =>
    [OCTAL, ...tags].filter((tag) => typeof tag === "string" || !(FOREIGN_TAGS.test(tag.tag) || isBaseSixty(tag))),
};

function isBaseSixty(tag: object): boolean {
  return "format" in tag && tag.format === "TIME";
}

/**
 * The first document of a YAML text as a JSON value. Text that is JSON is read as JSON, which is quick at any size; other text
 * is limited, because the parser's time grows with the square of what a hostile sender can make of it.
 */
export function parseYaml(text: string): YamlOutcome {
  const json = asJson(text);
  if (json !== undefined) return { kind: "ok", value: json };
  if (text.length > TEXT_MAX) return { kind: "malformed", message: `yaml: longer than ${TEXT_MAX} characters; send it as JSON` };
  if (nestsTooDeep(text)) return { kind: "malformed", message: TOO_DEEP };
  try {
    const document = parseDocument(text, OPTIONS);
    const error = document.errors.find(({ code }) => code !== "MULTIPLE_DOCS");
    if (error !== undefined) return { kind: "malformed", message: goYamlError(error, text) };
    return { kind: "ok", value: document.toJS({ maxAliasCount: ALIASES_MAX }) as unknown };
  } catch (error) {
    if (error instanceof ReferenceError) return { kind: "malformed", message: "yaml: document contains excessive aliasing" };
    if (error instanceof RangeError) return { kind: "malformed", message: TOO_DEEP };
    throw error;
  }
}

function asJson(text: string): unknown {
  if (!text.startsWith("{")) return undefined;
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

/** Brackets that are never closed, or indicators in a row, more than any object needs. Text in quotes may be counted too. */
function nestsTooDeep(text: string): boolean {
  if (INDICATORS.test(text)) return true;
  let depth = 0;
  for (const [bracket] of text.matchAll(/[[\]{}]/g)) {
    depth += bracket === "[" || bracket === "{" ? 1 : -1;
    if (depth > DEPTH_MAX) return true;
  }
  return false;
}

/** Go counts lines from 1 and leaves the line out when it is the first. */
function goYamlError(error: YAMLParseError, text: string): string {
  const line = text.slice(0, error.pos[0]).split("\n").length;
  const what = error.code === "BLOCK_AS_IMPLICIT_KEY" ? "mapping values are not allowed in this context" : error.message;
  return line <= 1 ? `yaml: ${what}` : `yaml: line ${line}: ${what}`;
}
