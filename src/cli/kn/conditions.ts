import { findCondition, type Condition } from "../../api/meta/conditions.ts";
import { ageMs, shortDuration } from "../shared/age.ts";
import type { Sections } from "../shared/sections.ts";

type Conditions = readonly Condition[] | undefined;

/** `3 OK / 3` */
export function conditionsCell(conditions: Conditions): string {
  const all = conditions ?? [];
  return `${all.filter((condition) => condition.status === "True").length} OK / ${all.length}`;
}

export function readyCell(conditions: Conditions): string {
  return findCondition(conditions, "Ready")?.status ?? "<unknown>";
}

/** `Reason : Message` of a Ready that is not True. */
export function reasonCell(conditions: Conditions): string {
  const ready = findCondition(conditions, "Ready");
  if (ready === undefined || ready.status === "True") return "";
  const { reason = "", message = "" } = ready;
  return message === "" ? reason : `${reason} : ${message}`;
}

/** The table of conditions that `describe` ends with: Ready first, then by type. */
export function writeConditions(sections: Sections, conditions: Conditions, { verbose, now }: { verbose: boolean; now: number }): void {
  const sorted = (conditions ?? []).toSorted((a, b) => rank(a) - rank(b) || (a.type < b.type ? -1 : 1));
  const width = Math.max(...sorted.map((condition) => condition.type.length), 0);
  const row = (...[mark, type, age, reason]: [string, string, string, string]) =>
    `  ${mark.padEnd(2)} ${type.padEnd(width)} ${age.padStart(6)} ${reason}`;
  sections.attribute("Conditions", "").line(row("OK", "TYPE", "AGE", "REASON"));
  for (const condition of sorted) {
    const age = shortDuration(ageMs(condition.lastTransitionTime, now));
    sections.line(row(markOf(condition), condition.type, age, reasonText(condition, verbose)));
  }
}

function rank(condition: Condition): number {
  return condition.type === "Ready" ? 0 : 1;
}

function markOf(condition: Condition): string {
  if (condition.status === "True") return "++";
  if (condition.status === "Unknown") return "??";
  const marks: Record<string, string> = { "": "!!", Warning: " W", Info: " I" };
  return marks[condition.severity ?? ""] ?? " !";
}

function reasonText({ reason = "", message = "" }: Condition, verbose: boolean): string {
  return verbose && message !== "" ? `${reason} (${message})` : reason;
}
