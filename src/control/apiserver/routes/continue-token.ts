import { badRequest } from "../../../api/meta/errors.ts";
import { isRecord } from "../../../std/json.ts";

/** Where a chunked list goes on. */
export interface Position {
  /** The revision of the whole list; undefined is the present state (an inconsistent rest that the client asked for). */
  readonly revision: number | undefined;
  /** The last key that was given, relative to the listed prefix. */
  readonly after: string | undefined;
}

/** Kubernetes' form: base64url JSON with the key after which to go on. `revision` -1 asks for the present state. */
export function encodeContinue({ revision, after }: Position): string {
  const token = { v: "meta.k8s.io/v1", rv: revision ?? -1, start: `/${after ?? ""}\u0000` };
  return Buffer.from(JSON.stringify(token)).toString("base64url");
}

/** @throws ApiError 400 when the token is not one of ours. */
export function decodeContinue(text: string): Position {
  const token = parse(text);
  const { v, rv, start } = isRecord(token) ? token : {};
  if (v !== "meta.k8s.io/v1") throw refuse("server does not recognize this encoded version");
  if (typeof rv !== "number" || typeof start !== "string" || start.includes("..")) throw refuse("incorrect encoded start resourceVersion");
  return { revision: rv < 0 ? undefined : rv, after: start.replace(/^\//, "").replace(/\0$/, "") };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(Buffer.from(text, "base64url").toString("utf8"));
  } catch {
    const first = Buffer.from(text, "base64url").toString("latin1").charAt(0);
    throw refuse(`invalid character '${first}' looking for beginning of value`);
  }
}

function refuse(why: string): Error {
  return badRequest(`invalid continue token: continue key is not valid: ${why}`);
}
