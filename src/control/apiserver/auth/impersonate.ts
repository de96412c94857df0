import { apiError, forbidden } from "../../../api/meta/errors.ts";
import type { ApiRequest } from "../../../api/meta/payload.ts";
import type { Rbac } from "./rbac.ts";
import { authenticated, type User } from "./user.ts";

/** Group of the resources that uids and extra values are to the authorizer. */
const IDENTITY = "authentication.k8s.io";
const EXTRA = "impersonate-extra-";

/** The user that the request acts for: `Impersonate-*` headers, if the real one may. @throws ApiError 403. */
export function impersonated(rbac: Rbac, user: User, headers: ApiRequest["headers"]): User {
  const name = headers["impersonate-user"];
  const groups = headers["impersonate-group"]?.split(", ") ?? [];
  const uid = headers["impersonate-uid"];
  const extra = extraOf(headers);
  if (name === undefined) {
    const asked = [
      ...(groups.length > 0 ? ["group"] : []),
      ...(uid === undefined ? [] : ["uid"]),
      ...(extra === undefined ? [] : ["extra"]),
    ];
    if (asked.length === 0) return user;
    throw apiError("InternalError", `requested [${asked.join(" ")}] impersonation without impersonating a user`);
  }
  check(rbac, user, { resource: "users", name });
  for (const group of groups) check(rbac, user, { resource: "groups", name: group });
  if (uid !== undefined) check(rbac, user, { group: IDENTITY, resource: "uids", name: uid });
  for (const [key, values] of Object.entries(extra ?? {})) {
    for (const value of values) check(rbac, user, { group: IDENTITY, resource: "userextras", subresource: key, name: value });
  }
  const beside = { ...(uid === undefined ? {} : { uid }), ...(extra === undefined ? {} : { extra }) };
  return authenticated({ name, groups: groups.length > 0 ? groups : groupsOf(name), ...beside });
}

/** A ServiceAccount is in its groups without saying so. */
function groupsOf(name: string): string[] {
  const serviceAccount = /^system:serviceaccount:([^:]+):[^:]+$/.exec(name);
  return serviceAccount === null ? [] : ["system:serviceaccounts", `system:serviceaccounts:${serviceAccount[1]}`];
}

/** Values by the decoded key of `Impersonate-Extra-KEY`; undefined without any. */
function extraOf(headers: ApiRequest["headers"]): User["extra"] {
  const found = Object.entries(headers).filter(([header, value]) => header.startsWith(EXTRA) && value !== undefined);
  if (found.length === 0) return undefined;
  return Object.fromEntries(found.map(([header, value = ""]) => [decodedKey(header.slice(EXTRA.length)), value.split(", ")]));
}

/** A key that is no proper encoding stands for itself. */
function decodedKey(key: string): string {
  try {
    return decodeURIComponent(key).toLowerCase();
  } catch {
    return key;
  }
}

interface Impersonated {
  readonly group?: string;
  readonly resource: string;
  readonly subresource?: string;
  readonly name: string;
}

function check(rbac: Rbac, user: User, { group = "", resource, subresource = "", name }: Impersonated): void {
  if (rbac.allows(user, { verb: "impersonate", group, resource, subresource, namespace: "", name })) return;
  const plural = subresource === "" ? resource : `${resource}/${subresource}`;
  const what = `cannot impersonate resource ${JSON.stringify(plural)} in API group ${JSON.stringify(group)} at the cluster scope`;
  throw forbidden({ group, plural, kind: plural }, name, `User ${JSON.stringify(user.name)} ${what}`);
}
