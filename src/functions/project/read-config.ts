import { checkConfig } from "./check/check.ts";
import type { FunctionConfig } from "./config.ts";
import { parseText } from "./document.ts";
import { FUNCTION_SHAPE } from "./fields.ts";
import { migrate, versionOf, type FileFacts } from "./migrations.ts";
import { readAsOurs } from "./newer.ts";
import { readShape, type Finding } from "./shape.ts";
import { compareVersions, isVersion, SPEC_VERSION } from "./version.ts";

export type ReadConfig =
  | {
      readonly kind: "ok";
      readonly config: FunctionConfig;
      /** One line each, for people: fields that are unknown, a version that is newer. */
      readonly notices: readonly string[];
      /** Written by a later program: to be read, not to be written. */
      readonly newer: boolean;
    }
  | { readonly kind: "invalid"; readonly problems: readonly Finding[] };

/** func.yaml from its text: migrated in memory, checked as a whole. */
export function readConfig(text: string, facts: FileFacts): ReadConfig {
  const { document, counter, problems } = parseText(text);
  if (problems.length > 0) return { kind: "invalid", problems };
  const version = versionOf(document);
  if (version !== undefined && !isVersion(version)) {
    return { kind: "invalid", problems: [{ text: `specVersion is ${JSON.stringify(version)}: must be a version, as ${SPEC_VERSION}` }] };
  }
  const newer = version !== undefined && compareVersions(version, SPEC_VERSION) > 0;
  if (newer) readAsOurs(document);
  else migrate(document, facts);
  const reading = readShape(document, counter, FUNCTION_SHAPE);
  if (reading.value === undefined && reading.problems.length === 0) return { kind: "invalid", problems: [{ text: "the file is empty" }] };
  const config = (reading.value ?? {}) as FunctionConfig;
  const found = [...reading.problems, ...checkConfig(config).map((problem) => withLine(problem.text, reading.lineOf(problem.path)))];
  if (found.length > 0) return { kind: "invalid", problems: inOrder(found) };
  return { kind: "ok", config, newer, notices: newer ? [newerNotice(version ?? "")] : reading.unknown.map(unknownNotice) };
}

function withLine(text: string, line: number | undefined): Finding {
  return line === undefined ? { text } : { text, line };
}

/** By line; what is missing comes first. */
function inOrder(findings: readonly Finding[]): Finding[] {
  return findings.toSorted((a, b) => (a.line ?? 0) - (b.line ?? 0));
}

function unknownNotice({ text, line }: Finding): string {
  return `func.yaml:${line ?? 1}: ${text} is ignored`;
}

function newerNotice(version: string): string {
  return `func.yaml has the specVersion ${version}, newer than ${SPEC_VERSION}: it is read as far as it is known, and not written`;
}
