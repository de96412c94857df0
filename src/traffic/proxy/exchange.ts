/**
 * One request from arrival to its end: waits in the dispatcher, connects, streams both ways, ends.
 *
 * I1 the dispatcher hears exactly one end for each entry: `done` with an instance, or `withdraw` while waiting; none after
 * it has `refused`.
 * I2 a request is sent again only if nothing of an answer has come, all of its body so far can be sent again, and either
 * the instance cannot have acted on it (no connection, nothing written, refused) or the method is idempotent (RFC 9110
 * 9.2.2, RFC 9112 9.3.1) and a kept connection broke, or a new one to an instance that is just going down.
 * I3 after `#finish` no event changes anything. I4 the client gets one head; a failure after that cuts the response.
 * I5 once protocols were switched no limit on the whole applies; idleTimeoutSeconds does, to bytes of either side.
 */
import type { Dispatcher } from "../dispatch/dispatcher.ts";
import type { Instance, Ticket } from "../dispatch/instance.ts";
import type { Deadlined, Deadlines } from "./deadlines.ts";
import type { ForwardRules } from "./forward-headers.ts";
import { toClient, toInstance } from "./forward-headers.ts";
import type { GatewayError } from "./gateway-error.ts";
import { endWithError, gatewayErrors, sendError } from "./gateway-error.ts";
import { HeaderList } from "./header-list.ts";
import type { Downstream, DownstreamEvents, PendingConnect, ResponseHead, Upstream } from "./message.ts";
import type { UpstreamEvents, UpstreamFailure, UpstreamPool } from "./message.ts";
import { UNKNOWN_LENGTH } from "./message.ts";
import { KEPT_BODY_BYTES, SentBody } from "./sent-body.ts";
import { joinConnections } from "./tunnel.ts";
import type { BackendProtocol } from "../routes/backend.ts";
import type { StartFailure } from "../../api/serving/revision-lifecycle.ts";
import type { Clock } from "../../std/clock.ts";

export interface ProxyWorld {
  readonly clock: Clock;
  readonly deadlines: Deadlines;
  readonly pools: Readonly<Record<BackendProtocol, UpstreamPool>>;
}

/** Where the request goes and how it is dressed. */
export interface Destination {
  readonly dispatcher: Dispatcher;
  readonly rules: ForwardRules;
}

/** RFC 9110 9.2.2. */
const IDEMPOTENT = new Set(["GET", "HEAD", "OPTIONS", "PUT", "DELETE", "TRACE"]);
const MAX_REPETITIONS = 3;
/** For so long after an instance broke a connection, others that break are part of the same end. */
const GOING_DOWN_MS = 1_000;
/** For backends that state no timeout. */
const DEFAULT_WAIT_MS = 300_000;

export class Exchange implements Ticket, DownstreamEvents, UpstreamEvents, Deadlined {
  readonly #world: ProxyWorld;
  readonly #downstream: Downstream;
  readonly #dispatcher: Dispatcher;
  readonly #rules: ForwardRules;
  readonly #arrivedAt: number;
  #state: "waiting" | "connecting" | "sending" | "responding" | "tunnel" | "over" = "waiting";
  #instance: Instance | undefined;
  #pending: PendingConnect | undefined;
  #upstream: Upstream | undefined;
  #tunnel: { cut(): void } | undefined;
  /** When the first instance was found. */
  #assignedAt = 0;
  #startedAt = 0;
  #lastWriteAt = 0;
  #waited = false;
  #repetitions = 0;
  readonly #sentBody: SentBody | undefined;
  #continued = false;
  /** The client was told how long the answer is: an early end is a broken one. */
  #lengthSaid = false;

  constructor(world: ProxyWorld, downstream: Downstream, destination: Destination) {
    this.#world = world;
    this.#downstream = downstream;
    this.#dispatcher = destination.dispatcher;
    this.#rules = destination.rules;
    this.#arrivedAt = world.clock.monotonicMs();
    if (downstream.request.bodyLength !== 0) this.#sentBody = new SentBody();
  }

  start(): void {
    const failure = this.#dispatcher.startFailure;
    if (failure !== undefined) return this.refused(failure);
    this.#world.deadlines.add(this);
    const entry = this.#dispatcher.enter(this);
    if (entry === "waiting") this.#waited = true;
    if (entry !== "full") return;
    this.#over();
    sendError(this.#downstream, gatewayErrors.queueFull, this.#rules.requestId);
  }

  assigned(instance: Instance): void {
    const now = this.#world.clock.monotonicMs();
    if (this.#assignedAt === 0) this.#assignedAt = now;
    this.#startedAt = now;
    this.#lastWriteAt = now;
    this.#instance = instance;
    this.#connect(instance);
  }

  refused({ reason, message }: StartFailure): void {
    this.#over();
    sendError(this.#downstream, gatewayErrors.startFailed, this.#rules.requestId, `${reason}: ${message}`);
  }

  #connect(instance: Instance): void {
    this.#state = "connecting";
    const pool = this.#world.pools[this.#dispatcher.settings.protocol];
    const pending = pool.connect(instance.spec, this, this.#isRepeatable());
    if (this.#state === "connecting") this.#pending = pending;
  }

  onUpstreamReady(upstream: Upstream): void {
    const { request } = this.#downstream;
    this.#pending = undefined;
    this.#upstream = upstream;
    this.#state = "sending";
    const headers = toInstance(request, this.#rules, this.#instance?.spec.podName ?? "");
    const { method, target, bodyLength, upgrade } = request;
    upstream.sendHead({ method, target, authority: headers.get("host") ?? "", headers, bodyLength, upgrade });
    if (bodyLength === 0) return upstream.flush();
    if (this.#repetitions > 0) this.#sentBody?.sendAgain(upstream);
    if (request.expectContinue && !this.#continued) this.#sendContinue();
    this.#downstream.resumeBody();
  }

  #sendContinue(): void {
    this.#continued = true;
    this.#downstream.sendInformational(100, emptyHeaders);
    this.#downstream.flush();
  }

  onRequestData(chunk: Buffer): boolean {
    this.#sentBody?.add(chunk);
    return this.#upstream?.sendData(chunk) ?? true;
  }

  onRequestEnd(trailers: HeaderList | undefined): void {
    this.#sentBody?.end(trailers);
    this.#upstream?.sendEnd(trailers);
  }

  onDownstreamTurn(): void {
    this.#upstream?.flush();
  }

  onDownstreamDrain(): void {
    this.#upstream?.resumeBody();
  }

  onDownstreamGone(): void {
    this.#finish();
  }

  onUpstreamDrain(): void {
    this.#downstream.resumeBody();
  }

  onInformational(status: number, headers: HeaderList): void {
    if (status === 100) return; // the gateway has said it itself
    this.#downstream.sendInformational(status, toClient(headers));
    this.#downstream.flush();
  }

  onResponseHead(head: ResponseHead): void {
    this.#state = "responding";
    this.#sentBody?.drop();
    this.#lengthSaid = head.bodyLength !== UNKNOWN_LENGTH;
    this.#lastWriteAt = this.#world.clock.monotonicMs();
    const headers = toClient(head.headers);
    if (this.#waited) headers.append("Server-Timing", this.#timing());
    this.#downstream.sendHead({ status: head.status, reason: head.reason, headers, bodyLength: head.bodyLength });
  }

  /** How long the request waited for an instance, and how long that took to answer. */
  #timing(): string {
    const queued = this.#assignedAt - this.#arrivedAt;
    const started = this.#lastWriteAt - this.#assignedAt;
    return `queue;dur=${queued.toFixed(1)}, start;dur=${started.toFixed(1)}`;
  }

  onResponseData(chunk: Buffer): boolean {
    if (this.#dispatcher.settings.idleTimeoutMs > 0) this.#lastWriteAt = this.#world.clock.monotonicMs();
    return this.#downstream.sendData(chunk);
  }

  onResponseEnd(trailers: HeaderList | undefined): void {
    this.#upstream = undefined; // it went back to its pool
    this.#downstream.sendEnd(trailers);
    this.#finish();
  }

  onUpstreamTurn(): void {
    this.#downstream.flush();
  }

  onUpgraded(head: ResponseHead): void {
    const upstream = this.#upstream;
    if (upstream === undefined) return;
    this.#upstream = undefined;
    this.#state = "tunnel";
    const headers = toClient(head.headers);
    headers.append("Connection", "Upgrade");
    headers.append("Upgrade", head.headers.get("upgrade") ?? "");
    this.#downstream.sendHead({ status: 101, reason: head.reason, headers, bodyLength: 0 });
    this.#downstream.flush();
    this.#lastWriteAt = this.#world.clock.monotonicMs();
    this.#tunnel = joinConnections(this.#downstream.takeOver(), upstream.takeOver(), {
      onBytes: () => void (this.#lastWriteAt = this.#world.clock.monotonicMs()),
      onClosed: () => this.#finish(),
    });
  }

  onUpstreamFailure(failure: UpstreamFailure): void {
    const instance = this.#instance;
    this.#pending = undefined;
    this.#upstream = undefined;
    if (instance === undefined || this.#state === "over") return;
    if (failure.stage === "connect") return this.#tryAnother(instance);
    // A kept connection may have been closed for its age, or because its process ends: the next request will see.
    if (failure.stage === "stale") instance.brokeAt = this.#world.clock.monotonicMs();
    if (this.#meetsItsEnd(failure.stage, instance)) return this.#waitForItsSuccessor(instance);
    if (this.#mayRepeat(failure.stage)) return this.#connectAnew(instance);
    if (failure.stage === "broken") instance.brokeAt = this.#world.clock.monotonicMs();
    this.#fail(gatewayErrors.backendFailed, failure.message, failure.resetCode);
  }

  /** The instance did not take the connection at all. */ // I2
  #tryAnother(instance: Instance): void {
    this.#instance = undefined;
    this.#state = "waiting";
    this.#waited = true;
    this.#dispatcher.retry(this, instance);
  }

  /** The same instance, a new connection: its other kept ones are as old. A session of HTTP/2 knows itself that it is over. */ // I2
  #connectAnew(instance: Instance): void {
    this.#repetitions++;
    this.#world.pools.http1.forget(instance.spec);
    this.#connect(instance);
  }

  /** A process that ends may take connections for a moment more, to break them: it is left until it can be dialled again. */ // I2
  #waitForItsSuccessor(instance: Instance): void {
    this.#repetitions++;
    this.#world.pools.http1.forget(instance.spec);
    this.#tryAnother(instance);
  }

  #meetsItsEnd(stage: UpstreamFailure["stage"], instance: Instance): boolean {
    const goingDown = this.#state === "sending" && this.#world.clock.monotonicMs() - instance.brokeAt < GOING_DOWN_MS;
    const repeatable = IDEMPOTENT.has(this.#downstream.request.method) && (this.#sentBody?.isWhole ?? true);
    return stage === "broken" && goingDown && repeatable;
  }

  #mayRepeat(stage: UpstreamFailure["stage"]): boolean {
    const harmless = stage === "refused" || (stage === "stale" && IDEMPOTENT.has(this.#downstream.request.method));
    return harmless && this.#repetitions < MAX_REPETITIONS && (this.#sentBody?.isWhole ?? true);
  }

  /** Whether a kept connection that breaks would cost nothing. */
  #isRepeatable(): boolean {
    const { method, bodyLength } = this.#downstream.request;
    return IDEMPOTENT.has(method) && bodyLength !== UNKNOWN_LENGTH && bodyLength <= KEPT_BODY_BYTES;
  }

  checkDeadline(now: number): void {
    const { timeoutMs, responseStartTimeoutMs, idleTimeoutMs, kind } = this.#dispatcher.settings;
    if (this.#state === "waiting") {
      if (now - this.#arrivedAt < (timeoutMs || DEFAULT_WAIT_MS)) return;
      return this.#fail(kind === "unknown" ? gatewayErrors.backendUnknown : gatewayErrors.waitTimeout);
    }
    const unanswered = this.#state === "connecting" || this.#state === "sending";
    const expired =
      (this.#state !== "tunnel" && isPast(now - this.#startedAt, timeoutMs)) || // I5
      (unanswered && isPast(now - this.#startedAt, responseStartTimeoutMs)) ||
      isPast(now - this.#lastWriteAt, idleTimeoutMs);
    if (expired) this.#fail(gatewayErrors.requestTimeout);
  }

  #fail(error: GatewayError, detail?: string, resetCode?: number): void {
    const headSent = this.#state === "responding" || this.#state === "tunnel";
    const downstream = this.#downstream;
    const { requestId } = this.#rules;
    this.#finish();
    if (!headSent) return sendError(downstream, error, requestId, detail);
    const told = resetCode === undefined && !this.#lengthSaid && endWithError(downstream, error, requestId, detail);
    if (!told) downstream.cut(resetCode); // I4
  }

  /** Gives back everything that the request held. */
  #finish(): void {
    if (this.#state === "over") return; // I3
    const waiting = this.#state === "waiting";
    this.#over();
    this.#pending?.cancel();
    this.#upstream?.abort();
    this.#tunnel?.cut();
    this.#pending = undefined;
    this.#upstream = undefined;
    if (waiting) this.#dispatcher.withdraw(this); // I1
    else if (this.#instance !== undefined) this.#dispatcher.done(this.#instance); // I1
  }

  #over(): void {
    this.#state = "over";
    this.#world.deadlines.delete(this);
  }
}

const emptyHeaders = new HeaderList();

function isPast(elapsedMs: number, limitMs: number): boolean {
  return limitMs > 0 && elapsedMs >= limitMs;
}
