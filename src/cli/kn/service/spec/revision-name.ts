import type { Random } from "../../../../std/random.ts";
import { UserError } from "../../../shared/io.ts";

const CONSONANTS = "bcdfghjklmnpqrstvwxyz";

export interface NameContext {
  readonly service: string;
  /** Of the service after this change. */
  readonly generation: number;
  readonly random: Random;
}

/**
 * Expands `{{.Service}}`, `{{.Generation}}` and `{{.Random n}}`. The service's name is put in front when it is missing;
 * the empty text leaves the name to the server.
 */
export function revisionNameOf(template: string, context: NameContext): string {
  const expanded = template.replaceAll(/\{\{(.*?)\}\}/g, (_all, expression: string) => evaluate(expression.trim(), context));
  if (expanded.trim() === "") return "";
  const prefix = `${context.service}-`;
  return expanded.startsWith(prefix) ? expanded : prefix + expanded;
}

function evaluate(expression: string, { service, generation, random }: NameContext): string {
  if (expression === ".Service") return service;
  if (expression === ".Generation") return String(generation);
  const length = /^\.Random\s+(\d+)$/.exec(expression)?.[1];
  if (length === undefined)
    throw new UserError(`could not parse revision name template: can't evaluate {{${expression}}}; use .Service, .Generation or .Random N`);
  return Array.from({ length: Number(length) }, () => CONSONANTS[Math.floor(random() * CONSONANTS.length)]).join("");
}
