import { anonymous, authenticated, type User } from "./user.ts";

/** What a connection and a request say about who asks. */
export interface Credentials {
  /** Subject of a client certificate that our CA has signed. */
  readonly certificate?: { readonly commonName: string; readonly organizations: readonly string[] } | undefined;
  /** Value of the Authorization header. */
  readonly authorization?: string | undefined;
}

/** The user of a bearer token, or undefined when nobody knows it. */
export type TokenUser = (token: string) => Promise<User | undefined> | User | undefined;

export type Authentication = { readonly kind: "user"; readonly user: User } | { readonly kind: "unauthorized" };

/** Certificate first, then token; neither is the anonymous user, a wrong token is nobody. */
export async function authenticate(credentials: Credentials, tokenUser: TokenUser): Promise<Authentication> {
  const { certificate, authorization } = credentials;
  if (certificate !== undefined && certificate.commonName !== "") {
    return { kind: "user", user: authenticated({ name: certificate.commonName, groups: certificate.organizations }) };
  }
  if (authorization === undefined) return { kind: "user", user: anonymous };
  const token = /^Bearer\s+(\S+)\s*$/i.exec(authorization)?.[1];
  const user = token === undefined ? undefined : await tokenUser(token);
  return user === undefined ? { kind: "unauthorized" } : { kind: "user", user: authenticated(user) };
}
