import { HeaderList } from "../proxy/header-list.ts";
import type { HostRoute } from "../routes/routes.ts";

export interface ProbeQuestion {
  /** Value of K-Network-Probe. */
  readonly probe: string;
  /** Value of K-Network-Hash. */
  readonly hash: string | undefined;
  readonly route: HostRoute | undefined;
  /** Whether every backend of the host is known. */
  readonly known: () => boolean;
  /** Whether an instance of the host can take requests. */
  readonly ready: () => boolean;
}

export interface ProbeAnswer {
  readonly status: number;
  readonly headers: HeaderList;
  readonly body: Buffer;
}

/** Network probes never reach user code: the gateway is ingress, activator and queue-proxy at once. */
export function answerProbe(question: ProbeQuestion): ProbeAnswer {
  const { probe, route } = question;
  if (route === undefined) return answer(404, "no route for this host");
  if (probe === "probe") return echoHash(question, route);
  if (probe === "activator") return answer(200, "activator");
  if (probe === "queue") return question.ready() ? answer(200, "queue") : answer(503, "no instance is ready");
  return answer(400, `unexpected probe header value: ${probe}`);
}

/** `override` asks which version of the Ingress is served; only once a request would find its backend. */
function echoHash({ hash, known }: ProbeQuestion, route: HostRoute): ProbeAnswer {
  if (hash === undefined || hash === "") return answer(400, "a probe request must contain a non-empty K-Network-Hash header");
  if (!known()) return answer(503, "a backend of this host is not known yet");
  const echoed = hash === "override" ? route.hash : hash;
  return answer(200, echoed, { "K-Network-Hash": echoed });
}

function answer(status: number, text: string, more: Readonly<Record<string, string>> = {}): ProbeAnswer {
  const body = Buffer.from(text);
  return {
    status,
    body,
    headers: HeaderList.of({ "Content-Type": "text/plain; charset=utf-8", "Content-Length": String(body.length), ...more }),
  };
}
