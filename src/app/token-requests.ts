import type { BoundObjectReference, TokenRequest } from "../api/k8s/types.generated.ts";
import { podKind } from "../api/core/pod.ts";
import { serviceAccountKind } from "../api/core/service-account.ts";
import { secretKind } from "../api/core/secret.ts";
import { badRequest, conflict, invalid, notFound } from "../api/meta/errors.ts";
import type { FieldCause } from "../api/meta/kind.ts";
import type { ObjectKey } from "../api/meta/object.ts";
import { invalidCause } from "../api/meta/validation/causes.ts";
import type { Client } from "../client/types.ts";
import { fromRequest } from "../control/apiserver/http/standard.ts";
import { readObject } from "../control/apiserver/negotiation/body.ts";
import type { SubresourceHandler } from "../control/apiserver/routes/handlers.ts";
import { ISSUER, type BoundTo, type TokenKey } from "../security/service-account-tokens.ts";
import { rfc3339 } from "../std/clock.ts";
import { issueToken, nodeClaim } from "./token-issuer.ts";
import type { World } from "./world.ts";

const DEFAULT_SECONDS = 3600;
const MIN_SECONDS = 600;
const MAX_SECONDS = 2 ** 32;
const RESOURCE = { group: "authentication.k8s.io", plural: "tokenrequests", kind: "TokenRequest" };

interface Spec {
  readonly audiences: string[];
  readonly expirationSeconds: number;
  readonly boundObjectRef: BoundObjectReference | null;
}

export interface TokenRequestOptions extends Pick<World, "clock" | "random"> {
  readonly key: TokenKey;
  /** Asked when a request comes: the API server that serves it is started after this. */
  client(): Client;
}

/** `POST serviceaccounts/NAME/token`: a token of the account, for as long as asked, bound to a Pod or Secret if one is named. */
export function tokenRequestHandler({ key, client, ...world }: TokenRequestOptions): SubresourceHandler {
  return async (request, account) => {
    const { object } = readObject(await fromRequest(request), { kind: RESOURCE.kind });
    const spec = specOf(object as Partial<TokenRequest>);
    const causes = causesOf(spec);
    if (causes.length > 0) throw invalid(RESOURCE, account.name, causes);
    const found = await client().get(serviceAccountKind, account);
    if (found === undefined) throw notFound(serviceAccountKind, account.name);
    const uid = found.metadata.uid ?? "";
    const { token, claims } = issueToken(world, key, {
      namespace: account.namespace,
      account: { name: account.name, uid },
      audiences: spec.audiences,
      lifeSeconds: spec.expirationSeconds,
      bound: await boundOf(client(), account, spec.boundObjectRef),
    });
    const metadata = { ...account, uid, creationTimestamp: rfc3339(claims.iat * 1000) };
    const status = { token, expirationTimestamp: rfc3339(claims.exp * 1000) };
    const answer = { kind: RESOURCE.kind, apiVersion: "authentication.k8s.io/v1", metadata, spec, status };
    return Response.json(answer, { status: 201 });
  };
}

/** The spec with its defaults; a reference that is not there is null in the answer, as upstream. */
function specOf({ spec }: Partial<TokenRequest>): Spec {
  const { audiences = [], expirationSeconds = DEFAULT_SECONDS, boundObjectRef = null } = spec ?? {};
  return { audiences: audiences.length === 0 ? [ISSUER] : audiences, expirationSeconds, boundObjectRef };
}

function causesOf({ expirationSeconds: seconds }: Spec): FieldCause[] {
  const field = "spec.expirationSeconds";
  return [
    ...(seconds < MIN_SECONDS ? [invalidCause(field, seconds, "may not specify a duration less than 10 minutes")] : []),
    ...(seconds > MAX_SECONDS ? [invalidCause(field, seconds, "may not specify a duration larger than 2^32 seconds")] : []),
  ];
}

/** What the token shall die with. Only the core group has kinds that it may be. */
async function boundOf(client: Client, { namespace, name: account }: ObjectKey, ref: BoundObjectReference | null): Promise<BoundTo> {
  if (ref === null) return {};
  const { kind = "", apiVersion = "", name = "" } = ref;
  if (apiVersion.includes("/") || (kind !== "Pod" && kind !== "Secret")) {
    const [group, version] = apiVersion.includes("/") ? apiVersion.split("/") : ["", apiVersion];
    throw badRequest(`cannot bind token to object of type ${group}/${version}, Kind=${kind}`);
  }
  if (kind === "Secret") {
    const secret = await client.get(secretKind, { namespace, name });
    if (secret === undefined) throw notFound(secretKind, name);
    return { secret: { name, uid: sameUid(ref, secret.metadata.uid) } };
  }
  const pod = await client.get(podKind, { namespace, name });
  if (pod === undefined) throw notFound(podKind, name);
  const { serviceAccountName = "", nodeName = "" } = pod.spec ?? {};
  if (serviceAccountName !== account) throw badRequest(wrongAccount(account, serviceAccountName));
  const bound = { pod: { name, uid: sameUid(ref, pod.metadata.uid) } };
  return nodeName === "" ? bound : { ...bound, node: await nodeClaim(client, nodeName) };
}

function wrongAccount(asked: string, used: string): string {
  return `cannot bind token for serviceaccount ${JSON.stringify(asked)} to pod running with serviceaccount ${JSON.stringify(used)}`;
}

/** @throws ApiError 409 when the reference means an object that is no more. */
function sameUid({ kind = "", name = "", uid: wanted }: BoundObjectReference, uid = ""): string {
  if (!wanted || wanted === uid) return uid;
  const why = `the UID in the bound object reference (${wanted}) does not match the UID in record (${uid})`;
  throw conflict({ group: "", plural: kind, kind }, name, `${why}. The object might have been deleted and then recreated`);
}
