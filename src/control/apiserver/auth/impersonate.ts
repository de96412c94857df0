import { apiError, forbidden } from "../../../api/meta/errors.ts";
import type { ApiRequest } from "../../../api/meta/payload.ts";
import type { Rbac } from "./rbac.ts";
import { authenticated, type User } from "./user.ts";

/** The user that the request acts for: `Impersonate-*` headers, if the real one may. @throws ApiError 403. */
export function impersonated(rbac: Rbac, user: User, headers: ApiRequest["headers"]): User {
  const name = headers["impersonate-user"];
  const groups = headers["impersonate-group"]?.split(", ") ?? [];
  if (name === undefined) {
    if (groups.length === 0) return user;
    throw apiError("InternalError", "requested [group] impersonation without impersonating a user");
  }
  check(rbac, user, "users", name);
  for (const group of groups) check(rbac, user, "groups", group);
  const serviceAccount = /^system:serviceaccount:([^:]+):[^:]+$/.exec(name);
  if (serviceAccount === null || groups.length > 0) return authenticated({ name, groups });
  return authenticated({ name, groups: ["system:serviceaccounts", `system:serviceaccounts:${serviceAccount[1]}`] });
}

function check(rbac: Rbac, user: User, resource: string, name: string): void {
  if (rbac.allows(user, { verb: "impersonate", group: "", resource, subresource: "", namespace: "", name })) return;
  const what = `cannot impersonate resource ${JSON.stringify(resource)} in API group "" at the cluster scope`;
  const why = `User ${JSON.stringify(user.name)} ${what}`;
  throw forbidden({ group: "", plural: resource, kind: resource }, name, why);
}
