import { anonymous, authenticated, type User } from "./user.ts";

/** What a connection and a request say about who asks. */
export interface Credentials {
  /** Subject of a client certificate that our CA has signed; `unverified` for one that it has not, or whose time is over. */
  readonly certificate?: ClientSubject | "unverified" | undefined;
  /** Value of the Authorization header. */
  readonly authorization?: string | undefined;
}

export interface ClientSubject {
  readonly commonName: string;
  readonly organizations: readonly string[];
}

/** Whose bearer token it is and for which of the asked audiences it was made, or why it is nobody's. */
export type TokenAnswer =
  | { readonly kind: "user"; readonly user: User; readonly audiences: readonly string[] }
  | { readonly kind: "refused"; readonly why: string };

/** Asked with the audiences of which one must fit; without any it is this API server's own. */
export type TokenUser = (token: string, audiences?: readonly string[]) => Promise<TokenAnswer> | TokenAnswer;

export const UNKNOWN_TOKEN = "invalid bearer token";

export const nobodysToken: TokenUser = () => ({ kind: "refused", why: UNKNOWN_TOKEN });

export type Authentication = { readonly kind: "user"; readonly user: User } | { readonly kind: "unauthorized" };

/**
 * Certificate first, then token. Who shows nothing that could identify a user is the anonymous one (also with a scheme other
 * than Bearer); who shows something that does not hold is nobody, unless a token beside it does.
 */
export async function authenticate({ certificate, authorization }: Credentials, tokenUser: TokenUser): Promise<Authentication> {
  if (typeof certificate === "object" && certificate.commonName !== "") {
    return { kind: "user", user: authenticated({ name: certificate.commonName, groups: certificate.organizations }) };
  }
  const token = /^\s*Bearer ([^\s]+)/i.exec(authorization ?? "")?.[1];
  const answer = token === undefined ? undefined : await tokenUser(token);
  if (answer?.kind === "user") return { kind: "user", user: authenticated(answer.user) };
  const failed = certificate === "unverified" || token !== undefined;
  return failed ? { kind: "unauthorized" } : { kind: "user", user: anonymous };
}
