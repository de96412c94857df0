import type { Binding, Pod } from "../../../api/k8s/types.generated.ts";
import { badRequest, conflict } from "../../../api/meta/errors.ts";
import { rfc3339 } from "../../../std/clock.ts";
import { deepClone } from "../../../std/json.ts";
import type { ApiReply } from "../../../api/meta/payload.ts";
import type { Core } from "../core.ts";
import { readOptionalObject } from "../negotiation/body.ts";
import type { ResourceCall } from "../http/call.ts";
import { writeQuery } from "../http/query.ts";
import { jsonReply } from "../http/respond.ts";
import { existing } from "./get.ts";
import { changeObject, writeOf } from "./writing.ts";

/** `POST pods/NAME/binding`: how a scheduler gives a Pod its node. */
export async function bindPod(core: Core, call: ResourceCall): Promise<ApiReply> {
  const query = writeQuery(call.query, "CreateOptions");
  const body = readOptionalObject(call.request, { kind: "Binding" });
  const target = (body?.object as Partial<Binding> | undefined)?.target;
  existing(core, call);
  if (!target?.name) throw badRequest("binding: target.name is required");
  const now = rfc3339(core.clock.now());
  await changeObject(core, call, { ...writeOf(call, query), subresource: "binding" }, (old) => {
    const pod = deepClone(old) as Pod & typeof old;
    if (pod.metadata.deletionTimestamp !== undefined)
      throw conflict(call.kind, call.info.name, `pod ${call.info.name} is being deleted, cannot be assigned to a host`);
    if (pod.spec?.nodeName)
      throw conflict(call.kind, call.info.name, `pod ${call.info.name} is already assigned to node ${JSON.stringify(pod.spec.nodeName)}`);
    pod.spec = { ...pod.spec, containers: pod.spec?.containers ?? [], nodeName: target.name };
    const others = (pod.status?.conditions ?? []).filter((condition) => condition.type !== "PodScheduled");
    pod.status = { ...pod.status, conditions: [...others, { type: "PodScheduled", status: "True", lastTransitionTime: now }] };
    return pod;
  });
  return jsonReply({ kind: "Status", apiVersion: "v1", metadata: {}, status: "Success", code: 201 }, { status: 201, pretty: call.pretty });
}
