import { request, Agent } from "node:http";
import type { GatewayProber } from "../control/reconcilers/serving/ingress/controller.ts";

const TIMEOUT_MS = 1000;

/** Asks the gateway's listeners which version of a host's routes they serve, over HTTP as any ingress prober does. */
export function createGatewayProber(ports: { readonly external: number; readonly internal: number }): GatewayProber & Disposable {
  const agent = new Agent({ keepAlive: true, maxSockets: 16 });
  return {
    probe: (listener, host, signal) => {
      const port = listener === "external" ? ports.external : ports.internal;
      const { promise, resolve } = Promise.withResolvers<string | undefined>();
      const headers = {
        host,
        "user-agent": "Knative-Ingress-Probe",
        "k-network-probe": "probe",
        "k-network-hash": "override",
      };
      const sent = request({ host: "127.0.0.1", port, path: "/healthz", headers, agent, signal, timeout: TIMEOUT_MS }, (answer) => {
        answer.resume();
        const hash = answer.headers["k-network-hash"];
        resolve(answer.statusCode === 200 && typeof hash === "string" ? hash : undefined);
      });
      sent.on("timeout", () => sent.destroy());
      sent.on("error", () => resolve(undefined)); // a gateway that cannot be reached serves nothing
      sent.end();
      return promise;
    },
    [Symbol.dispose]: () => agent.destroy(),
  };
}
