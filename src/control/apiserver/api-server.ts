import { ApiError, apiError } from "../../api/meta/errors.ts";
import type { ConfigMap, ServiceAccount } from "../../api/k8s/types.generated.ts";
import type { AdmissionContext, Kind } from "../../api/meta/kind.ts";
import { offerExchange, type ApiReply, type ApiRequest } from "../../api/meta/payload.ts";
import type { Definitions } from "../../api/meta/schema.ts";
import type { Clock } from "../../std/clock.ts";
import type { SinkBinding } from "../../api/sources/sink-binding.ts";
import { deepFreeze } from "../../std/json.ts";
import type { Logger } from "../../std/logger.ts";
import type { Random } from "../../std/random.ts";
import { Admission } from "./admission/admission.ts";
import { newUid } from "./admission/metadata.ts";
import { ServiceAccountAdmission, type AccountLookup } from "./admission/service-account.ts";
import { SinkInjection, type SinkBindings } from "./admission/sink-injection.ts";
import { ServiceAddresses } from "./admission/service-addresses.ts";
import { nobodysToken, type TokenUser } from "./auth/authenticate.ts";
import { authorize } from "./auth/authorize.ts";
import { impersonated } from "./auth/impersonate.ts";
import { Rbac, rbacKind } from "./auth/rbac.ts";
import { authenticated, type User } from "./auth/user.ts";
import type { Core } from "./core.ts";
import { builtinCrds } from "./discovery/crds.ts";
import { Discovery } from "./discovery/discovery.ts";
import { healthAnswer, type VersionInfo } from "./discovery/health.ts";
import { makeCall, type Call, type ResourceCall } from "./http/call.ts";
import { flag } from "./http/query.ts";
import { requestInfo } from "./http/request-info.ts";
import { errorReply, unknownPathReply, withWarnings } from "./http/respond.ts";
import { fromRequest, fromResponse, toRequest, toResponse } from "./http/standard.ts";
import { metricsReply } from "./metrics/metrics.ts";
import { RequestMetrics } from "./metrics/request-metrics.ts";
import type { SessionHandler } from "./routes/connect.ts";
import type { SubresourceHandler } from "./routes/handlers.ts";
import { openApiHandler, type OpenApiHandler } from "./openapi/handler.ts";
import { Delegation, type DelegatedGroup } from "./routes/delegated.ts";
import { KindIndex } from "./routes/kind-index.ts";
import { routeOf, unknownResource } from "./routes/routes.ts";
import { schemaOf, type ObjectSchema } from "./schema/schema.ts";
import { ResourceStore } from "./storage/resource-store.ts";
import type { Durability, Store } from "./store/contract.ts";
import { WatchCache } from "./watch-cache/watch-cache.ts";

export interface ApiServerOptions {
  readonly store: Store;
  readonly kinds: readonly Kind[];
  readonly definitions: Definitions;
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
  readonly version: VersionInfo;
  /** Subresources that others serve, by `plural/subresource`, e.g. `pods/log`, `serviceaccounts/token`. */
  readonly subresources?: Readonly<Record<string, SubresourceHandler>>;
  /** Subresources that leave HTTP, by `plural/subresource`, e.g. `pods/exec`. */
  readonly sessions?: Readonly<Record<string, SessionHandler>>;
  /** For TokenReview. */
  readonly tokenUser?: TokenUser;
  readonly delegated?: readonly DelegatedGroup[];
}

/** Requests of clients in this process: who they are and how durable their writes must be. */
export interface TransportOptions {
  readonly user: string;
  readonly groups: readonly string[];
  readonly durability: Durability;
}

export interface ApiServer extends AsyncDisposable {
  /** Answers one request of an authenticated user; never rejects. */
  handle(request: Request, user: User, durability?: Durability): Promise<Response>;
  /** The same without the fetch standard around it (see api/meta/payload.ts). */
  exchange(request: ApiRequest, user: User, durability?: Durability): Promise<ApiReply>;
  transport(options: TransportOptions): (request: Request) => Promise<Response>;
  /** Resolves once the cache is loaded. */
  readonly ready: Promise<void>;
}

const ENDPOINTS_DEPRECATED = "v1 Endpoints is deprecated in v1.33+; use discovery.k8s.io/v1 EndpointSlice";

export function createApiServer(options: ApiServerOptions): ApiServer {
  return new Server(options);
}

class Server implements ApiServer {
  readonly ready: Promise<void>;
  readonly #options: ApiServerOptions;
  readonly #closing = new AbortController();
  readonly #delegation: Delegation;
  readonly #discovery: Discovery;
  readonly #openApi: OpenApiHandler;
  readonly #definitions: Definitions;
  readonly #metrics = new RequestMetrics();
  readonly #startedAt: number;
  #core: Core | undefined;

  constructor(options: ApiServerOptions) {
    this.#options = options;
    this.#startedAt = options.clock.now();
    this.#delegation = new Delegation(options.delegated ?? []);
    this.#discovery = new Discovery([...options.kinds, ...this.#delegation.kinds]);
    this.#definitions = allDefinitions(options);
    this.#openApi = openApiHandler({ kinds: () => options.kinds, definitions: this.#definitions }, options.clock);
    this.ready = this.#start();
    this.ready.catch(() => {}); // whoever waits for it hears of it
  }

  async handle(request: Request, user: User, durability?: Durability): Promise<Response> {
    const read = await fromRequest(request).catch(errorOf);
    return toResponse(read instanceof ApiError ? errorReply(read) : await this.exchange(read, user, durability));
  }

  async exchange(request: ApiRequest, user: User, durability: Durability = "durable"): Promise<ApiReply> {
    const { clock } = this.#options;
    const beganMs = clock.monotonicMs();
    const inFlight = this.#metrics.inFlightOf(request.method);
    inFlight.count += 1;
    let call: Call | undefined;
    let kind: Kind | undefined;
    let reply: ApiReply;
    try {
      if (this.#core === undefined) await this.ready;
      const core = this.#core as Core;
      call = readCall(request, impersonated(core.rbac, authenticated(user), request.headers), durability);
      kind = this.#kindOf(core, call);
      reply = withWarnings(await this.#answer(core, call, kind), call.warnings);
    } catch (error) {
      reply = this.#failure(error, request, call);
    }
    inFlight.count -= 1;
    if (call !== undefined) this.#metrics.answered(call, kind, { status: reply.status, ms: clock.monotonicMs() - beganMs });
    return reply;
  }

  transport({ user, groups, durability }: TransportOptions): (request: Request) => Promise<Response> {
    const known: User = authenticated({ name: user, groups });
    const transport = (request: Request) => this.handle(request, known, durability);
    return offerExchange(transport, (request) => this.exchange(request, known, durability));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closing.abort();
    await this.ready.catch(() => {});
    this.#core?.resources.cache[Symbol.dispose]();
  }

  async #start(): Promise<void> {
    const { store } = this.#options;
    const cache = await WatchCache.start(store);
    const options = { ...this.#options, definitions: this.#definitions, requests: this.#metrics };
    this.#core = makeCore(options, cache, this.#closing.signal);
  }

  #answer(core: Core, call: Call, kind: Kind | undefined): ApiReply | Promise<ApiReply> {
    authorize(core.rbac, call.user, call.info, askedName(call.query));
    const { info } = call;
    if (!info.isResource) return this.#document(core, call);
    if (kind === undefined) {
      if (!core.kinds.serves(info.group, info.version)) return unknownPathReply();
      throw unknownResource();
    }
    if (kind.group === "" && kind.plural === "endpoints") call.warnings.push(ENDPOINTS_DEPRECATED);
    const resourceCall: ResourceCall = { ...call, info, kind };
    return this.#delegation.answer(core, resourceCall) ?? routeOf(resourceCall)(core, resourceCall);
  }

  /** Undefined for paths that are no resource of ours. */
  #kindOf({ kinds }: Core, { info }: Call): Kind | undefined {
    if (!info.isResource) return undefined;
    const { group, version, resource } = info;
    return kinds.find(group, version, resource) ?? this.#delegation.find(group, version, resource);
  }

  /** What is answered about the API itself. */
  async #document(core: Core, call: Call): Promise<ApiReply> {
    if (call.info.path === "/metrics" && call.info.verb === "get")
      return metricsReply({ requests: this.#metrics, core, version: this.#options.version, startedAt: this.#startedAt });
    const known = healthAnswer(call, this.#options.version) ?? this.#discovery.answer(call);
    if (known !== undefined) return known;
    const document = await this.#openApi(toRequest(call.request));
    return document === undefined ? unknownPathReply() : fromResponse(document);
  }

  #failure(error: unknown, request: ApiRequest, call: Call | undefined): ApiReply {
    const pretty = call?.pretty ?? false;
    if (error instanceof ApiError) return withWarnings(errorReply(error, { pretty }), call?.warnings ?? []);
    const id = newUid(this.#options.random);
    this.#options.logger.error("request failed", {
      component: "apiserver",
      requestId: id,
      method: request.method,
      url: request.target,
      error,
    });
    return errorReply(apiError("InternalError", `Internal error occurred: see the log of the server, request ${id}`), { pretty });
  }
}

/** A list or watch of one name is judged by that name. */
function askedName(query: URLSearchParams): string | undefined {
  return /^metadata\.name==?([^,=!\\]+)$/.exec(query.get("fieldSelector") ?? "")?.[1];
}

/** A bug is thrown on. */
function errorOf(error: unknown): ApiError {
  if (error instanceof ApiError) return error;
  throw error;
}

const NO_QUERY = new URLSearchParams();

function readCall(request: ApiRequest, user: User, durability: Durability): Call {
  const { method, target } = request;
  const mark = target.indexOf("?");
  const path = mark < 0 ? target : target.slice(0, mark);
  const query = mark < 0 ? NO_QUERY : new URLSearchParams(target.slice(mark + 1));
  return makeCall({ request, info: requestInfo(method, path, flag(query.get("watch"))), query, user, durability });
}

function makeCore(options: ApiServerOptions & Pick<Core, "requests">, cache: WatchCache, closing: AbortSignal): Core {
  const { store, definitions, clock, random, logger, requests } = options;
  const schema = schemas(definitions);
  loadCrds(options, cache, definitions);
  const addresses = new ServiceAddresses(cache.of({ group: "", plural: "services" }), random);
  const plugins = [new ServiceAccountAdmission(accounts(cache), random), new SinkInjection(sinkBindings(cache)), addresses];
  const admission = new Admission({ schema, definitions, plugins, clock, random, configMap: configMaps(cache) });
  const rbac = new Rbac((plural, namespace) => cache.of(rbacKind(plural)).list(namespace === "" ? "" : `${namespace}/`));
  const resources = new ResourceStore(store, cache);
  const { subresources: handlers = {}, sessions = {}, tokenUser = nobodysToken } = options;
  const kinds = new KindIndex(options.kinds);
  const services = { tokenUser, handlers, sessions, requests };
  return { kinds, resources, admission, definitions, rbac, schema, ...services, clock, random, logger, closing };
}

/** They live in the cache alone: lists and watches show them like everything else. */
function loadCrds({ kinds, version }: ApiServerOptions, cache: WatchCache, definitions: Definitions): void {
  const crds = builtinCrds(kinds, definitions, version.buildDate).map((crd) => ({ key: crd.metadata.name ?? "", object: deepFreeze(crd) }));
  cache.of({ group: "apiextensions.k8s.io", plural: "customresourcedefinitions" }).load(crds);
}

function accounts(cache: WatchCache): AccountLookup {
  const kind = cache.of({ group: "", plural: "serviceaccounts" });
  return (namespace, name) => {
    const account = kind.get(`${namespace}/${name}`) as ServiceAccount | undefined;
    return account === undefined ? undefined : { automount: account.automountServiceAccountToken };
  };
}

function sinkBindings(cache: WatchCache): SinkBindings {
  const bindings = cache.of({ group: "sources.knative.dev", plural: "sinkbindings" });
  const namespaces = cache.of({ group: "", plural: "namespaces" });
  return {
    bindings: (namespace) => bindings.list(`${namespace}/`) as unknown as readonly SinkBinding[],
    namespaceLabels: (name) => namespaces.get(name)?.metadata.labels,
  };
}

/** Those of the built-in kinds and what other kinds bring along. */
function allDefinitions({ definitions, kinds }: ApiServerOptions): Definitions {
  return Object.assign({}, definitions, ...kinds.map((kind) => kind.definitions ?? {})) as Definitions;
}

function configMaps(cache: WatchCache): AdmissionContext["configMap"] {
  const kind = cache.of({ group: "", plural: "configmaps" });
  return (namespace, name) => {
    const found = kind.get(`${namespace}/${name}`) as ConfigMap | undefined;
    return found === undefined ? undefined : (found.data ?? {});
  };
}

/** Schemas are compiled when they are first needed. */
function schemas(definitions: Definitions): (kind: Kind) => ObjectSchema {
  const compiled = new Map<Kind, ObjectSchema>();
  return (kind) => {
    const known = compiled.get(kind);
    if (known !== undefined) return known;
    const schema = schemaOf(kind, definitions);
    compiled.set(kind, schema);
    return schema;
  };
}
