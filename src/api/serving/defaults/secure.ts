import type { Container } from "../../k8s/types.generated.ts";
import type { SecurePodDefaults } from "../../config/features.ts";

const PRIVILEGED_PORTS_END = 1024;

/** The secure-pod-defaults. Changes `container`. */
export function secureContainer(container: Container, mode: SecurePodDefaults): void {
  if (mode === "Disabled") return;
  const context = (container.securityContext ??= {});
  context.allowPrivilegeEscalation ??= false;
  context.seccompProfile ??= { type: "RuntimeDefault" };
  if (context.capabilities === undefined) {
    const port = container.ports?.[0]?.containerPort ?? 0;
    const needsBind = port > 0 && port < PRIVILEGED_PORTS_END;
    context.capabilities = { drop: ["ALL"], ...(needsBind ? { add: ["NET_BIND_SERVICE"] } : {}) };
  }
  if (mode === "Enabled") context.runAsNonRoot ??= true;
}
