import type { Acceptance, SecurityRequest } from "../contract.ts";

/** The platform's own user: `root` may choose whom a container runs as, others run it as themselves. */
export interface PlatformUser {
  readonly uid: number;
  readonly gid: number;
}

export interface RunAs {
  readonly uid?: number;
  readonly gid?: number;
}

/** Whom containers run as when the platform is root and neither Pod nor image says. */
export const NOBODY = 65534;

const yes: Acceptance = { kind: "yes" };

function no(what: string, why = "needs a container, and this node runs programs as processes"): Acceptance {
  return { kind: "no", reason: "DriverUnsupported", message: `${what} ${why}; leave it out` };
}

/** `runAsNonRoot` itself always holds (see `runAs`); a kubelet refuses the contradiction with this reason. */
const BREAKS_NON_ROOT: Acceptance = {
  kind: "no",
  reason: "CreateContainerConfigError",
  message: "container's runAsUser breaks non-root policy",
};

/** What of a security context a plain process can honour. */
export function acceptsSecurity(request: SecurityRequest, platform: PlatformUser): Acceptance {
  if (request.privileged === true) return no("securityContext.privileged");
  if (request.readOnlyRootFilesystem === true) return no("securityContext.readOnlyRootFilesystem");
  if (request.hostNamespaces === true) return no("hostNetwork, hostPID or hostIPC");
  const { runAsUser } = request;
  if (request.runAsNonRoot === true && runAsUser === 0) return BREAKS_NON_ROOT;
  if (runAsUser === undefined) return yes;
  if (platform.uid !== 0 && runAsUser !== platform.uid)
    return no(`runAsUser ${runAsUser}`, `needs a platform of root, and this one has uid ${platform.uid}`);
  return runAsUser === 0 ? no("runAsUser 0") : yes;
}

/** The user of a container: never root. */
export function runAs(request: SecurityRequest, imageUser: string, platform: PlatformUser): RunAs {
  if (platform.uid !== 0) return {};
  const [user = "", group = ""] = imageUser.split(":");
  const uid = request.runAsUser ?? numeric(user) ?? NOBODY;
  return { uid, gid: request.runAsGroup ?? numeric(group) ?? uid };
}

function numeric(text: string): number | undefined {
  const id = /^\d+$/.test(text) ? Number(text) : 0;
  return id === 0 ? undefined : id;
}
