import type { BoundObjectReference, TokenRequest } from "../api/k8s/types.generated.ts";
import { podKind } from "../api/core/pod.ts";
import { serviceAccountKind } from "../api/core/service-account.ts";
import { apiError, invalid, notFound } from "../api/meta/errors.ts";
import type { FieldCause } from "../api/meta/kind.ts";
import type { ObjectKey } from "../api/meta/object.ts";
import { invalidCause, notSupportedCause } from "../api/meta/validation/causes.ts";
import type { Client } from "../client/types.ts";
import { fromRequest } from "../control/apiserver/http/standard.ts";
import { readObject } from "../control/apiserver/negotiation/body.ts";
import type { SubresourceHandler } from "../control/apiserver/routes/handlers.ts";
import { ISSUER, signToken, type TokenKey } from "../security/service-account-tokens.ts";
import { rfc3339, type Clock } from "../std/clock.ts";

const DEFAULT_SECONDS = 3600;
const MIN_SECONDS = 600;
const MAX_SECONDS = 2 ** 32;
const RESOURCE = { group: "authentication.k8s.io", plural: "tokenrequests", kind: "TokenRequest" };

interface Spec {
  readonly audiences: string[];
  readonly expirationSeconds: number;
  readonly boundObjectRef: BoundObjectReference | null;
}

export interface TokenRequestOptions {
  readonly clock: Clock;
  readonly key: TokenKey;
  /** Asked when a request comes: the API server that serves it is started after this. */
  client(): Client;
}

/** `POST serviceaccounts/NAME/token`: a token of the account, for as long as asked, bound to a Pod if one is named. */
export function tokenRequestHandler({ clock, key, client }: TokenRequestOptions): SubresourceHandler {
  return async (request, account) => {
    const { object } = readObject(await fromRequest(request), { kind: RESOURCE.kind });
    const spec = specOf(object as Partial<TokenRequest>);
    const causes = causesOf(spec);
    if (causes.length > 0) throw invalid(RESOURCE, account.name, causes);
    const found = await client().get(serviceAccountKind, account);
    if (found === undefined) throw notFound(serviceAccountKind, account.name);
    const uid = found.metadata.uid ?? "";
    const pod = await podOf(client(), account, spec);
    const now = Math.floor(clock.now() / 1000);
    const end = now + spec.expirationSeconds;
    const token = signToken(key, {
      iss: ISSUER,
      sub: `system:serviceaccount:${account.namespace}:${account.name}`,
      aud: spec.audiences,
      iat: now,
      exp: end,
      "kubernetes.io": {
        namespace: account.namespace,
        serviceaccount: { name: account.name, uid },
        ...(pod === undefined ? {} : { pod }),
      },
    });
    const metadata = { ...account, uid, creationTimestamp: rfc3339(now * 1000) };
    const status = { token, expirationTimestamp: rfc3339(end * 1000) };
    const answer = { kind: RESOURCE.kind, apiVersion: "authentication.k8s.io/v1", metadata, spec, status };
    return Response.json(answer, { status: 201 });
  };
}

/** The spec with its defaults; a reference that is not there is null in the answer, as upstream. */
function specOf({ spec }: Partial<TokenRequest>): Spec {
  const { audiences = [], expirationSeconds = DEFAULT_SECONDS, boundObjectRef = null } = spec ?? {};
  return { audiences: audiences.length === 0 ? [ISSUER] : audiences, expirationSeconds, boundObjectRef };
}

function causesOf({ expirationSeconds: seconds, boundObjectRef }: Spec): FieldCause[] {
  const field = "spec.expirationSeconds";
  return [
    ...(seconds < MIN_SECONDS ? [invalidCause(field, seconds, "may not specify a duration less than 10 minutes")] : []),
    ...(seconds > MAX_SECONDS ? [invalidCause(field, seconds, "may not specify a duration larger than 2^32 seconds")] : []),
    ...(boundObjectRef !== null && boundObjectRef.kind !== "Pod"
      ? [notSupportedCause("spec.boundObjectRef.kind", boundObjectRef.kind ?? "", ["Pod"])]
      : []),
  ];
}

async function podOf(client: Client, { namespace }: ObjectKey, { boundObjectRef: bound }: Spec) {
  if (bound === null) return undefined;
  const name = bound.name ?? "";
  const pod = await client.get(podKind, { namespace, name });
  if (pod === undefined) throw notFound(podKind, name);
  const uid = pod.metadata.uid ?? "";
  if (!bound.uid || bound.uid === uid) return { name, uid };
  const why = `the UID in the bound object reference (${bound.uid}) does not match the UID in record`;
  throw apiError(
    "Conflict",
    `Operation cannot be fulfilled on Pod "${name}": ${why}. The object might have been deleted and then recreated`,
  );
}
