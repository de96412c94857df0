import type { SelfSubjectRulesReview, SubjectAccessReview, SubjectAccessReviewSpec, UserInfo } from "../../../api/k8s/types.generated.ts";
import type { KubeObject } from "../../../api/meta/object.ts";
import { rfc3339 } from "../../../std/clock.ts";
import type { Attributes, Rbac } from "./rbac.ts";
import { authenticated, type User } from "./user.ts";

export interface ReviewContext {
  readonly rbac: Rbac;
  readonly user: User;
  /** Of the path, for reviews that belong to one. */
  readonly namespace: string;
  /** Epoch milliseconds. */
  readonly now: number;
}

/** The answer to a review, by kind; undefined for kinds that are no review of ours. */
export function review(kind: string, body: KubeObject, context: ReviewContext): KubeObject | undefined {
  switch (kind) {
    case "SelfSubjectReview":
      return whoAmI(body, context);
    case "SelfSubjectAccessReview":
      return accessReview(body as SubjectAccessReview & KubeObject, context.user, context);
    case "SubjectAccessReview":
    case "LocalSubjectAccessReview":
      return accessReview(body as SubjectAccessReview & KubeObject, subjectOf((body as SubjectAccessReview).spec), context);
    case "SelfSubjectRulesReview":
      return rulesReview(body as SelfSubjectRulesReview & KubeObject, context);
    default:
      return undefined;
  }
}

function whoAmI(body: KubeObject, { user, now }: ReviewContext): KubeObject {
  const answer = { ...body, metadata: { creationTimestamp: rfc3339(now) }, status: { userInfo: userInfo(user) } };
  return answer as KubeObject;
}

/** A user as reviews show one. */
export function userInfo({ name: username, uid, groups, extra }: User): UserInfo {
  return {
    username,
    ...(uid === undefined ? {} : { uid }),
    groups: [...groups],
    ...(extra === undefined ? {} : { extra: extraOf(extra) }),
  };
}

function extraOf(extra: NonNullable<User["extra"]>): Record<string, string[]> {
  return Object.fromEntries(Object.entries(extra).map(([key, values]) => [key, [...values]]));
}

function accessReview(body: SubjectAccessReview & KubeObject, user: User, { rbac, namespace }: ReviewContext): KubeObject {
  const attributes = attributesOf(body.spec, namespace);
  const allowed = attributes !== undefined && rbac.allows(user, attributes);
  return { ...body, metadata: {}, status: { allowed } } as KubeObject;
}

function subjectOf(spec: SubjectAccessReviewSpec | undefined): User {
  return authenticated({ name: spec?.user ?? "", groups: spec?.groups ?? [] });
}

function attributesOf(spec: SubjectAccessReviewSpec | undefined, namespace: string): Attributes | undefined {
  const { resourceAttributes: resource, nonResourceAttributes: path } = spec ?? {};
  if (path !== undefined) return { verb: path.verb ?? "", path: path.path ?? "" };
  if (resource === undefined) return undefined;
  return {
    verb: resource.verb ?? "",
    group: resource.group ?? "",
    resource: resource.resource ?? "",
    subresource: resource.subresource ?? "",
    namespace: namespace || (resource.namespace ?? ""),
    name: resource.name ?? "",
  };
}

function rulesReview(body: SelfSubjectRulesReview & KubeObject, { rbac, user }: ReviewContext): KubeObject {
  const rules = rbac.rulesFor(user, body.spec?.namespace ?? "");
  const resourceRules = rules
    .filter((rule) => rule.nonResourceURLs === undefined)
    .map(({ verbs, apiGroups, resources, resourceNames }) => ({
      verbs,
      apiGroups,
      resources,
      ...(resourceNames === undefined ? {} : { resourceNames }),
    }));
  const nonResourceRules = rules.flatMap(({ verbs, nonResourceURLs }) =>
    nonResourceURLs === undefined ? [] : [{ verbs, nonResourceURLs }],
  );
  return { ...body, metadata: {}, spec: {}, status: { resourceRules, nonResourceRules, incomplete: false } } as KubeObject;
}
