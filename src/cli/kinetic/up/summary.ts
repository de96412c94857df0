import { styled, type Io } from "../../shared/io.ts";
import type { RunningPlatform } from "../running.ts";

export function summary(io: Io, running: RunningPlatform, elapsedMs: number): string {
  const row = (label: string, value: string) => `  ${label.padEnd(13)}${value}\n`;
  return [
    `\n${styled(io, "bold", `Kinetic is usable after ${(elapsedMs / 1000).toFixed(2)} s`)}\n`,
    row("Kubernetes", running.apiServer),
    row("Services", `${running.gateway}  (http://NAME.NAMESPACE.${running.domain})`),
    row("over HTTPS", `${running.gatewayTls}  (curl --cacert ${running.authority})`),
    row("Registry", running.registry),
    row("Kubeconfig", running.kubeconfig),
    "\n",
  ].join("");
}
