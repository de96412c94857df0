import type { SecurityRequest } from "../contract.ts";

export interface ContainerUser {
  readonly uid: number;
  readonly gid: number;
  /** Beside the first. */
  readonly groups: readonly number[];
}

export type UserResult =
  | { readonly kind: "ok"; readonly user: ContainerUser }
  | { readonly kind: "no"; readonly reason: string; readonly message: string };

export interface UserFiles {
  /** Texts of the image's /etc/passwd and /etc/group; undefined when it has none. */
  readonly passwd: string | undefined;
  readonly group: string | undefined;
}

interface Account {
  readonly name: string;
  readonly uid: number;
  readonly gid: number;
}

/** Who runs the program: the Pod's word, else the image's `uid`, `uid:gid` or names, else root. */
export function resolveUser(imageUser: string, security: SecurityRequest, files: UserFiles): UserResult {
  const [who = "", which = ""] = imageUser.split(":");
  if (security.runAsNonRoot === true && security.runAsUser === undefined && !isNumber(who) && who !== "")
    return no(
      "CreateContainerConfigError",
      `container has runAsNonRoot and image has non-numeric user (${who}), cannot verify user is non-root`,
    );
  const account = accountOf(security.runAsUser === undefined ? who || "0" : String(security.runAsUser), files);
  if (account === undefined) return no("CreateContainerError", `unable to find user ${who}: no matching entries in passwd file`);
  const named = security.runAsUser === undefined && which !== "" ? groupOf(which, files) : account.gid;
  if (named === undefined) return no("CreateContainerError", `unable to find group ${which}: no matching entries in group file`);
  if (security.runAsNonRoot === true && account.uid === 0) return no("CreateContainerConfigError", rootMessage(security));
  const gid = security.runAsGroup ?? named;
  const own = which === "" ? membershipsOf(account.name, files) : [];
  const extra = [...own, ...(security.supplementalGroups ?? []), ...(security.fsGroup === undefined ? [] : [security.fsGroup])];
  return { kind: "ok", user: { gid, uid: account.uid, groups: [...new Set(extra)].filter((group) => group !== gid) } };
}

function rootMessage({ runAsUser }: SecurityRequest): string {
  return runAsUser === 0 ? "container's runAsUser breaks non-root policy" : "container has runAsNonRoot and image will run as root";
}

function no(reason: string, message: string): Extract<UserResult, { kind: "no" }> {
  return { kind: "no", reason, message };
}

/** A number needs no entry. */
function accountOf(who: string, { passwd = "" }: UserFiles): Account | undefined {
  const accounts = rows(passwd).map(([name = "", , uid, gid]) => ({ name, uid: Number(uid), gid: Number(gid) }));
  if (!isNumber(who)) return accounts.find(({ name }) => name === who);
  return accounts.find(({ uid }) => uid === Number(who)) ?? { name: "", uid: Number(who), gid: 0 };
}

function groupOf(which: string, { group = "" }: UserFiles): number | undefined {
  if (isNumber(which)) return Number(which);
  const gid = rows(group).find(([name]) => name === which)?.[2];
  return gid === undefined ? undefined : Number(gid);
}

function membershipsOf(name: string, { group = "" }: UserFiles): readonly number[] {
  if (name === "") return [];
  return rows(group).flatMap(([, , gid, members = ""]) => (members.split(",").includes(name) ? [Number(gid)] : []));
}

function rows(text: string): readonly string[][] {
  return text.split("\n").flatMap((line) => (line.startsWith("#") || line === "" ? [] : [line.trim().split(":")]));
}

function isNumber(text: string): boolean {
  return /^\d{1,10}$/.test(text);
}
