import type { Condition } from "../../../api/meta/conditions.ts";
import type { Context } from "../kn.ts";
import { REVISION, SERVICE } from "../refs.ts";

/**
 * Why a service is not ready, in lines `Cause: ...`, as far as its own conditions and those of its latest revision say
 * more than `said`. Never fails: an explanation that cannot be had is left out.
 */
export async function causeOf(context: Context, name: string, said: string): Promise<string[]> {
  try {
    const key = { namespace: context.namespace, name };
    const service = await context.client.get(SERVICE, key);
    const latest = service?.status?.latestCreatedRevisionName;
    const revision = latest === undefined ? undefined : await context.client.get(REVISION, { ...key, name: latest });
    const ofRevision = statements(revision?.status?.conditions, latest);
    // What the service says of a revision that speaks for itself adds nothing.
    return mostTelling(ofRevision.length > 0 ? ofRevision : statements(service?.status?.conditions, undefined), said);
  } catch {
    return [];
  }
}

interface Statement {
  readonly text: string;
  readonly message: string;
}

/** What is not True, and says so in words. Informational conditions explain nothing. */
function statements(conditions: readonly Condition[] | undefined, revision: string | undefined): Statement[] {
  return (conditions ?? [])
    .filter((condition) => condition.status !== "True" && (condition.severity ?? "") === "")
    .flatMap(({ reason = "", message = "" }) => {
      const text = message === "" ? reason : `${reason}: ${message}`;
      const where = revision === undefined ? "" : `Revision "${revision}" is not ready: `;
      return text === "" ? [] : [{ text: `Cause: ${where}${text}`, message }];
    });
}

/** The first of equal messages; nothing that has been said. */
function mostTelling(statements: readonly Statement[], said: string): string[] {
  const seen: string[] = [];
  for (const { text, message } of statements) {
    const known = message !== "" && (said.includes(message) || seen.some((other) => other.includes(message)));
    if (!known && !seen.includes(text)) seen.push(text);
  }
  return seen.slice(0, 3);
}
