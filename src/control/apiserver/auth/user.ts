/** Who asks, after authentication. */
export interface User {
  readonly name: string;
  readonly groups: readonly string[];
  readonly uid?: string;
  /** What else an authenticator or impersonation says, by key. */
  readonly extra?: Readonly<Record<string, readonly string[]>>;
}

export const MASTERS = "system:masters";
export const AUTHENTICATED = "system:authenticated";
export const UNAUTHENTICATED = "system:unauthenticated";

export const anonymous: User = { name: "system:anonymous", groups: [UNAUTHENTICATED] };

/** The user with the group that every authenticated user has; the anonymous one stays as it is. */
export function authenticated(user: User): User {
  return user.groups.includes(AUTHENTICATED) || user.groups.includes(UNAUTHENTICATED)
    ? user
    : { ...user, groups: [...user.groups, AUTHENTICATED] };
}

export function isMaster(user: User): boolean {
  return user.groups.includes(MASTERS);
}
