import { badRequest } from "../../api/meta/errors.ts";

export type Matches = (labels: Readonly<Record<string, string>>) => boolean;

const TERM = /^(?:(!)\s*([^\s=!]+)|([^\s=!]+)\s*(?:(==|=|!=)\s*([^\s=!]*))?)$/;

/** `a=b,c!=d,e,!f`. undefined for a selector that is not there. @throws ApiError 400 for others than equality and existence. */
export function labelMatcher(text: string | null | undefined): Matches | undefined {
  if (text === null || text === undefined || text.trim() === "") return undefined;
  const terms = text.split(",").map((term) => matcherOf(term.trim()));
  return (labels) => terms.every((matches) => matches(labels));
}

function matcherOf(term: string): Matches {
  const match = TERM.exec(term);
  if (match === null) throw badRequest(`labelSelector ${JSON.stringify(term)} is not understood: use key=value, key!=value, key or !key`);
  const [, absent, absentKey = "", key = "", operator, value = ""] = match;
  if (absent !== undefined) return (labels) => labels[absentKey] === undefined;
  if (operator === undefined) return (labels) => labels[key] !== undefined;
  return operator === "!=" ? (labels) => labels[key] !== value : (labels) => labels[key] === value;
}
