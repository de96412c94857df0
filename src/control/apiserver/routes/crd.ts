import { forbidden } from "../../../api/meta/errors.ts";
import type { ApiReply } from "../../../api/meta/payload.ts";
import type { Core } from "../core.ts";
import type { ResourceCall } from "../http/call.ts";
import { writeQuery } from "../http/query.ts";
import { decodeBody } from "./decode.ts";
import { objectReply } from "./reply.ts";

/** CustomResourceDefinitions are those of the kinds that Kinetic brings along: they are read, and writes change nothing. */

const BUILT_IN = "this CustomResourceDefinition is built into Kinetic: nothing was changed";

/** An installer's apply of a definition that is there anyway succeeds with a warning. */
export async function createCrd(core: Core, call: ResourceCall): Promise<ApiReply> {
  const body = decodeBody(core, call, writeQuery(call.query, "CreateOptions").fieldValidation);
  return unchanged(core, call, body.metadata.name ?? "", 201);
}

export async function changeCrd(core: Core, call: ResourceCall): Promise<ApiReply> {
  return unchanged(core, call, call.info.name, 200);
}

export async function deleteCrd(_core: Core, call: ResourceCall): Promise<ApiReply> {
  throw forbidden(call.kind, call.info.name, "it is built into Kinetic and cannot be deleted");
}

function unchanged(core: Core, call: ResourceCall, name: string, status: number): ApiReply {
  const known = core.resources.get(call.kind, { namespace: "", name });
  if (known === undefined) throw forbidden(call.kind, name, "Kinetic does not serve custom resources of other projects yet");
  call.warnings.push(BUILT_IN);
  return objectReply(core, call, known, status);
}
