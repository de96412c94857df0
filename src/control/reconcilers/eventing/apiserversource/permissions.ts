import { subjectAccessReviewKind } from "../../../../api/authorization/subject-access-review.ts";
import type { SubjectAccessReview } from "../../../../api/k8s/types.generated.ts";
import type { Client } from "../../../../client/types.ts";

const VERBS = ["get", "list", "watch"] as const;

export interface PermissionCase {
  readonly user: string;
  /** `""`: all. */
  readonly namespaces: readonly string[];
  readonly resources: readonly { readonly group: string; readonly plural: string }[];
}

/** What the user may not do and would have to, in words; `""`: nothing is missing. */
export async function missingPermissions(client: Client, { user, namespaces, resources }: PermissionCase): Promise<string> {
  const asked = namespaces.flatMap((namespace) => resources.map((resource) => ({ namespace, ...resource })));
  const answers = await Promise.all(
    asked.map(async (where) => {
      const allowed = await Promise.all(VERBS.map((verb) => isAllowed(client, user, { ...where, verb })));
      const verbs = VERBS.filter((_verb, index) => !allowed[index]);
      if (verbs.length === 0) return [];
      const resource = `resource ${JSON.stringify(where.plural)} in API group ${JSON.stringify(where.group)}`;
      return [`User ${user} cannot ${verbs.join(", ")} ${resource} in Namespace ${JSON.stringify(where.namespace)}`];
    }),
  );
  return answers.flat().join(", ");
}

async function isAllowed(
  client: Client,
  user: string,
  { namespace, group, plural, verb }: { namespace: string; group: string; plural: string; verb: string },
): Promise<boolean> {
  const [, , account = "", name = ""] = user.split(":");
  const review: SubjectAccessReview = {
    metadata: {},
    spec: {
      user,
      groups: ["system:serviceaccounts", `system:serviceaccounts:${account}`, "system:authenticated"],
      resourceAttributes: { namespace, group, resource: plural, verb },
    },
  };
  if (name === "") return false;
  const answer = await client.create(subjectAccessReviewKind, review as SubjectAccessReview & { metadata: object });
  return answer.status?.allowed === true;
}
