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

/** The user of a bearer token, or undefined when nobody knows it. */
export type TokenUser = (token: string) => Promise<User | undefined> | User | undefined;

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
  const user = token === undefined ? undefined : await tokenUser(token);
  if (user !== undefined) return { kind: "user", user: authenticated(user) };
  const failed = certificate === "unverified" || token !== undefined;
  return failed ? { kind: "unauthorized" } : { kind: "user", user: anonymous };
}
