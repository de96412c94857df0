import { deploymentKind } from "../../../api/apps/deployment.ts";
import { podAutoscalerKind } from "../../../api/autoscaling-internal/podautoscaler.ts";
import { podKind } from "../../../api/core/pod.ts";
import type { ConfigMap, Pod, PodStatus } from "../../../api/k8s/types.generated.ts";
import { ingressKind } from "../../../api/networking-internal/ingress.ts";
import { knativeServiceKind, type KnativeService } from "../../../api/serving/service.ts";
import { shippedConfigMaps } from "../../../api/config/shipped.ts";
import type { Condition } from "../../../api/meta/conditions.ts";
import { isConflict } from "../../../api/meta/errors.ts";
import type { Kind, KindRef } from "../../../api/meta/kind.ts";
import { formatKey, type KubeObject, type ObjectKey } from "../../../api/meta/object.ts";
import { REVISION_LABEL, REVISION_UID_LABEL } from "../../../api/names/labels.ts";
import { deploymentName } from "../../../api/names/serving.ts";
import type { DigestResult } from "../../../api/ports/images.ts";
import { World } from "../../../testing/world.ts";
import type { Controller } from "../../controller/types.ts";
import { configurationController } from "./configuration/controller.ts";
import { gcController } from "./gc/controller.ts";
import { labelerController } from "./labeler/controller.ts";
import { revisionController } from "./revision/controller.ts";
import { routeController } from "./route/controller.ts";
import { serviceController } from "./service/controller.ts";

export const NAMESPACE = "life";

export interface LifeOptions {
  readonly externalPort?: number;
  readonly configMaps?: readonly ConfigMap[];
  resolveDigest?(reference: string): Promise<DigestResult>;
}

/** Serving's controllers in a world where the test plays the autoscaler, the node and the gateway. */
export class Life {
  readonly world: World;
  /** Changes of the Service's conditions, one line a write: `Ready=Unknown/OutOfDate "..."; ...`. */
  readonly said: string[] = [];
  readonly #controllers: readonly Controller[];
  readonly #queue = new Map<string, { readonly controller: Controller; readonly key: ObjectKey }>();

  constructor({ externalPort = 80, configMaps = shippedConfigMaps({ domain: "example.com" }), resolveDigest }: LifeOptions = {}) {
    this.world = new World({ objects: configMaps.map((configMap) => configMap as KubeObject) });
    const images = { resolveDigest: resolveDigest ?? (async () => ({ kind: "ok", digest: `sha256:${"a".repeat(64)}` }) as const) };
    this.#controllers = [
      serviceController(this.world),
      configurationController(this.world),
      revisionController(this.world, { images }),
      routeController(this.world, { externalPort }),
      labelerController(this.world),
      gcController(this.world),
    ];
    for (const controller of this.#controllers) {
      for (const source of controller.sources) source.start((key) => this.#add(controller, key));
    }
    let before = "";
    this.world.informers.of<KnativeService>(knativeServiceKind).subscribe(({ object }) => {
      const now = (object.status?.conditions ?? []).map(conditionText).join("; ");
      if (now !== before && now !== "") this.said.push(now);
      before = now;
    });
  }

  #add(controller: Controller, key: ObjectKey): void {
    this.#queue.set(`${controller.name} ${formatKey(key)}`, { controller, key });
  }

  /** Runs the controllers, one key after another, until nothing is left to do. */
  async quiet(): Promise<void> {
    for (let rounds = 0; this.#queue.size > 0; rounds += 1) {
      if (rounds > 1000) throw new Error(`never quiet: ${[...this.#queue.keys()].join(", ")}`);
      const [next] = this.#queue;
      if (next === undefined) return;
      const [id, { controller, key }] = next;
      this.#queue.delete(id);
      try {
        await controller.reconcile(key, new AbortController().signal);
      } catch (error) {
        if (!isConflict(error)) throw error;
        this.#add(controller, key);
      }
      if (this.#queue.size === 0) await new Promise((resolve) => setImmediate(resolve));
    }
  }

  /** Every controller looks at each of these names once more, as after a restart. */
  async again(...names: readonly string[]): Promise<void> {
    for (const controller of this.#controllers) for (const name of names) this.#add(controller, { namespace: NAMESPACE, name });
    await this.quiet();
  }

  /** Stores an object as admission would let it through, and runs the controllers. */
  async apply(kind: Kind, object: KubeObject): Promise<void> {
    const key = { namespace: NAMESPACE, name: object.metadata.name ?? "" };
    const old = this.world.get(kind as KindRef, key);
    const draft = { ...old, ...structuredClone(object) } as KubeObject & { spec?: unknown };
    draft.metadata = { ...old?.metadata, ...object.metadata, namespace: NAMESPACE };
    const context = {
      operation: old === undefined ? "CREATE" : "UPDATE",
      subresource: "",
      user: "admin",
      now: 0,
      configMap: () => undefined,
    } as const;
    kind.strategy.default?.(draft, old === undefined ? context : { ...context, old });
    if (old === undefined) await this.world.client.create(kind, draft);
    else await this.world.client.update(kind, draft);
    await this.quiet();
  }

  async applyService(spec: object, metadata: object = {}): Promise<void> {
    await this.apply(knativeServiceKind as unknown as Kind, { metadata: { name: "hello", ...metadata }, spec } as unknown as KubeObject);
  }

  get<T extends KubeObject>(kind: KindRef<T>, name: string): T {
    const found = this.world.get(kind, { namespace: NAMESPACE, name });
    if (found === undefined) throw new Error(`there is no ${kind.kind} ${name}`);
    return found;
  }

  async #status<T extends KubeObject>(kind: KindRef<T>, name: string, status: object): Promise<void> {
    const object = this.get(kind, name);
    await this.world.client.updateStatus(kind, { ...object, status: { observedGeneration: object.metadata.generation, ...status } });
  }

  /** The Deployment runs what it should and the autoscaler has seen it. */
  async instancesReady(revision: string, replicas = 1): Promise<void> {
    await this.#status(deploymentKind, deploymentName(revision), { replicas, availableReplicas: replicas, readyReplicas: replicas });
    await this.#status(podAutoscalerKind, revision, {
      actualScale: replicas,
      desiredScale: replicas,
      serviceName: revision,
      metricsServiceName: `${revision}-private`,
      conditions: ["Active", "Ready", "SKSReady", "ScaleTargetInitialized"].map((type) => ({ type, status: "True" })),
    });
    await this.quiet();
  }

  /** The autoscaler has given the revision up, or sees no traffic: no instances, the Deployment at zero. */
  async scaledToZero(revision: string, isInitialized: boolean): Promise<void> {
    const deployment = this.get(deploymentKind, deploymentName(revision));
    const spec = deployment.spec;
    if (spec !== undefined) await this.world.client.update(deploymentKind, { ...deployment, spec: { ...spec, replicas: 0 } });
    const noTraffic = { status: "False", reason: "NoTraffic", message: "The target is not receiving traffic." };
    await this.#status(podAutoscalerKind, revision, {
      actualScale: 0,
      desiredScale: 0,
      serviceName: revision,
      conditions: [
        { type: "Active", ...noTraffic },
        { type: "Ready", ...noTraffic },
        { type: "ScaleTargetInitialized", status: isInitialized ? "True" : "Unknown" },
      ],
    });
    await this.quiet();
  }

  async deploymentSays(revision: string, status: object): Promise<void> {
    await this.#status(deploymentKind, deploymentName(revision), status);
    await this.quiet();
  }

  /** A pod of the revision is in this state. */
  async pod(revision: string, status: PodStatus): Promise<void> {
    const uid =
      this.get({ group: "serving.knative.dev", version: "v1", kind: "Revision", plural: "revisions", namespaced: true }, revision).metadata
        .uid ?? "";
    const name = `${deploymentName(revision)}-x`;
    const labels = { [REVISION_LABEL]: revision, [REVISION_UID_LABEL]: uid };
    this.world.put({ apiVersion: "v1", kind: "Pod", metadata: { name, namespace: NAMESPACE, labels }, status } as Pod as KubeObject);
    await this.quiet();
  }

  async noPods(revision: string): Promise<void> {
    this.world.remove(podKind, { namespace: NAMESPACE, name: `${deploymentName(revision)}-x` });
    await this.quiet();
  }

  /** The gateway serves the Ingress as it is now. */
  async programmed(name = "hello"): Promise<void> {
    await this.#status(ingressKind, name, {
      conditions: ["LoadBalancerReady", "NetworkConfigured", "Ready"].map((type) => ({ type, status: "True" })),
      privateLoadBalancer: { ingress: [{ domainInternal: "gateway.inside" }] },
    });
    await this.quiet();
  }
}

/** `Type=Status/Reason "message"` */
export function conditionText({ type, status, reason, message }: Condition): string {
  return `${type}=${status}${reason ? `/${reason}` : ""}${message ? ` "${message}"` : ""}`;
}

export function texts(object: { readonly status?: { readonly conditions?: readonly Condition[] | undefined } | undefined }): string[] {
  return (object.status?.conditions ?? []).map(conditionText);
}

export const HELLO = { template: { spec: { containers: [{ image: "dev.local/hello:v1" }] } } };
