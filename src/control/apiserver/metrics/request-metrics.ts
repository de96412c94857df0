import type { Kind } from "../../../api/meta/kind.ts";
import { Histogram, type Labels, type MetricFamily, type MetricSample } from "../../../std/metrics.ts";
import type { Call } from "../http/call.ts";
import type { ResourceInfo } from "../http/request-info.ts";
import type { WatchMeter } from "../watch-cache/watch-feed.ts";
import { PATCH_TYPES } from "../patch/patch.ts";

/** Upper bounds in seconds, those of a kube-apiserver. */
const BOUNDS = [0.005, 0.025, 0.05, 0.1, 0.2, 0.4, 0.6, 0.8, 1, 1.25, 1.5, 2, 3, 4, 5, 6, 8, 10, 15, 20, 30, 45, 60];
const COMPONENT = "apiserver";
const VERBS: Readonly<Record<string, string>> = { create: "POST", update: "PUT" };
const CONNECTIONS = new Set(["attach", "exec", "portforward", "proxy"]);
/** Paths that are counted by themselves; others share one series, so nobody can make as many as they like. */
const PATHS = new Set(["/healthz", "/livez", "/metrics", "/openapi/v2", "/openapi/v3", "/readyz", "/version"]);

/** Requests of one kind, verb, subresource, scope and dry run. */
interface Series {
  readonly labels: Labels;
  readonly codes: Map<number, number>;
  /** Undefined for what lasts as long as somebody looks. */
  readonly seconds: Histogram | undefined;
}

export interface InFlight {
  count: number;
}

/** Watches of one kind and scope: how many there are, and how many events they were given. */
class WatchSeries implements WatchMeter {
  readonly labels: Labels;
  open = 0;
  events = 0;

  constructor(labels: Labels) {
    this.labels = labels;
  }

  began(): Disposable {
    this.open += 1;
    return { [Symbol.dispose]: () => void (this.open -= 1) };
  }

  gave(): void {
    this.events += 1;
  }
}

/** Counts requests and watches. It is asked on every request: no text is made before somebody reads. */
export class RequestMetrics {
  readonly #ofKinds = new Map<Kind, Map<string, Series>>();
  readonly #ofPaths = new Map<string, Series>();
  readonly #watches = new Map<string, WatchSeries>();
  readonly #mutating: InFlight = { count: 0 };
  readonly #readOnly: InFlight = { count: 0 };

  /** Where a request counts while it is answered; a watch until it has begun. */
  inFlightOf(method: string): InFlight {
    return method === "GET" || method === "HEAD" ? this.#readOnly : this.#mutating;
  }

  /** `kind` is undefined for what names none that is served. */
  answered(call: Call, kind: Kind | undefined, { status, ms }: { readonly status: number; readonly ms: number }): void {
    const series = kind !== undefined && call.info.isResource ? this.#ofKind(call, call.info, kind) : this.#ofPath(call);
    series.codes.set(status, (series.codes.get(status) ?? 0) + 1);
    series.seconds?.observe(ms / 1000);
  }

  watches({ group, version, plural }: Kind, info: ResourceInfo): WatchMeter {
    const scope = scopeOf(info);
    const key = `${group}/${version}/${plural} ${scope}`;
    const known = this.#watches.get(key);
    if (known !== undefined) return known;
    const labels = { component: COMPONENT, group, resource: plural, scope, subresource: "", verb: "WATCH", version };
    const series = new WatchSeries(labels);
    this.#watches.set(key, series);
    return series;
  }

  families(): MetricFamily[] {
    return [
      {
        name: "apiserver_request_total",
        type: "counter",
        help: "Requests by verb, dry run, group, version, resource, scope, component and HTTP code of the answer.",
        samples: () => this.#totals(),
      },
      {
        name: "apiserver_request_duration_seconds",
        type: "histogram",
        help: "Time until the answer is known, for each verb, group, version, resource and scope; without watches.",
        samples: () => this.#durations(),
      },
      {
        name: "apiserver_current_inflight_requests",
        type: "gauge",
        help: "Requests that are being answered now, mutating and read-only.",
        samples: () => [
          { labels: { request_kind: "mutating" }, value: this.#mutating.count },
          { labels: { request_kind: "readOnly" }, value: this.#readOnly.count },
        ],
      },
      {
        name: "apiserver_longrunning_requests",
        type: "gauge",
        help: "Watches that are open now.",
        samples: () => Array.from(this.#watches.values(), ({ labels, open }) => ({ labels, value: open })),
      },
      {
        name: "apiserver_watch_events_total",
        type: "counter",
        help: "Events that were given to watches.",
        samples: () => this.#watchEvents(),
      },
    ];
  }

  *#all(): Iterable<Series> {
    for (const series of this.#ofKinds.values()) yield* series.values();
    yield* this.#ofPaths.values();
  }

  *#totals(): Iterable<MetricSample> {
    for (const { labels, codes } of this.#all())
      for (const [code, value] of codes) yield { labels: { code: String(code), ...labels }, value };
  }

  *#durations(): Iterable<MetricSample> {
    for (const { labels, seconds } of this.#all()) if (seconds !== undefined) yield* seconds.samples(labels);
  }

  *#watchEvents(): Iterable<MetricSample> {
    const sums = Map.groupBy(this.#watches.values(), ({ labels: { group, version, resource } }) => `${group}/${version}/${resource}`);
    for (const [first, ...others] of sums.values()) {
      if (first === undefined) continue;
      const { group = "", version = "", resource = "" } = first.labels;
      yield { labels: { group, resource, version }, value: others.reduce((sum, { events }) => sum + events, first.events) };
    }
  }

  #ofKind(call: Call, info: ResourceInfo, kind: Kind): Series {
    const verb = isApply(call, info) ? "apply" : info.verb;
    const scope = scopeOf(info);
    const dryRun = call.query.has("dryRun") ? "All" : "";
    const key = `${verb} ${info.subresource} ${scope}${dryRun}`;
    let ofKind = this.#ofKinds.get(kind);
    if (ofKind === undefined) this.#ofKinds.set(kind, (ofKind = new Map<string, Series>()));
    const known = ofKind.get(key);
    if (known !== undefined) return known;
    if (!hasSubresource(kind, info.subresource)) return this.#ofPath(call); // everybody can make some up
    const { group, version, plural: resource } = kind;
    const { subresource } = info;
    const isConnection = CONNECTIONS.has(subresource);
    const names = { dry_run: dryRun, group, resource, scope, subresource, verb: isConnection ? "CONNECT" : verbText(verb), version };
    const series = makeSeries(names, verb !== "watch" && !isConnection);
    ofKind.set(key, series);
    return series;
  }

  #ofPath({ info: { path, verb } }: Call): Series {
    const subresource = PATHS.has(path) ? path : "";
    const key = `${verb} ${subresource}`;
    const known = this.#ofPaths.get(key);
    if (known !== undefined) return known;
    const names = { dry_run: "", group: "", resource: "", scope: "", subresource, verb: verbText(verb), version: "" };
    const series = makeSeries(names, true);
    this.#ofPaths.set(key, series);
    return series;
  }
}

function makeSeries(names: Labels, isTimed: boolean): Series {
  const seconds = isTimed ? new Histogram(BOUNDS) : undefined;
  return { labels: { component: COMPONENT, ...names }, codes: new Map(), seconds };
}

function verbText(verb: string): string {
  return VERBS[verb] ?? verb.toUpperCase();
}

function isApply({ request }: Call, { verb }: ResourceInfo): boolean {
  return verb === "patch" && (request.headers["content-type"]?.startsWith(PATCH_TYPES.apply) ?? false);
}

/** What is created has no name in its path, and is one object all the same. */
function scopeOf({ name, namespace, verb }: ResourceInfo): string {
  if (name !== "" || verb === "create") return "resource";
  return namespace === "" ? "cluster" : "namespace";
}

function hasSubresource({ subresources }: Kind, subresource: string): boolean {
  if (subresource === "") return true;
  if (subresource === "status") return subresources?.status === true;
  if (subresource === "scale") return subresources?.scale !== undefined;
  return subresources?.others?.includes(subresource) ?? false;
}
