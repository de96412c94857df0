import { apiError, forbidden } from "../../../api/meta/errors.ts";
import { groupResource } from "../../../api/meta/kind.ts";
import type { RequestInfo, ResourceInfo } from "../http/request-info.ts";
import type { Rbac } from "./rbac.ts";
import type { User } from "./user.ts";

/** @throws ApiError 403 with Kubernetes' text. */
export function authorize(rbac: Rbac, user: User, info: RequestInfo, selected: string | undefined): void {
  if (!info.isResource) {
    if (rbac.allows(user, { verb: info.verb, path: info.path })) return;
    throw apiError("Forbidden", `forbidden: User ${JSON.stringify(user.name)} cannot ${info.verb} path ${JSON.stringify(info.path)}`, {});
  }
  const { verb, group, resource, subresource, namespace } = info;
  const name = info.name === "" ? (selected ?? "") : info.name;
  if (!rbac.allows(user, { verb, group, resource, subresource, namespace, name })) throw refusal(user, info);
}

function refusal(user: User, info: ResourceInfo): Error {
  const resource = info.subresource === "" ? info.resource : `${info.resource}/${info.subresource}`;
  const scope =
    info.namespace !== "" && info.resource !== "namespaces" ? `in the namespace ${JSON.stringify(info.namespace)}` : "at the cluster scope";
  const what = `cannot ${info.verb} resource ${JSON.stringify(resource)} in API group ${JSON.stringify(info.group)} ${scope}`;
  const why = `User ${JSON.stringify(user.name)} ${what}`;
  const kind = { group: info.group, plural: info.resource, kind: info.resource };
  if (info.name !== "") return forbidden(kind, info.name, why);
  const details = { ...(info.group === "" ? {} : { group: info.group }), kind: info.resource };
  return apiError("Forbidden", `${groupResource(kind)} is forbidden: ${why}`, details);
}
