import { isConflict, isNotFound } from "../../api/meta/errors.ts";
import { knativeServiceKind, type KnativeService } from "../../api/serving/service.ts";
import type { Client } from "../../client/types.ts";
import type { Random } from "../../std/random.ts";
import type { Target } from "./clients.ts";
import { between, oneOf, type SimContext } from "./context.ts";
import { USER_NAMESPACE } from "./control-plane.ts";
import type { Ledger } from "./ledger.ts";

const AUTOSCALING = "autoscaling.knative.dev";
const NAMES = ["alpha", "beta", "gamma"] as const;
const PATCH_TRIES = 5;

type Traffic = NonNullable<NonNullable<KnativeService["spec"]>["traffic"]>;
type Template = NonNullable<NonNullable<KnativeService["spec"]>["template"]>;

/** One service of a user, as the user knows it. */
export interface Owned {
  readonly name: string;
  readonly target: Target;
  /** It was Ready once: clients may come. */
  open: boolean;
}

/** People who create, edit and delete services. Their calls do not fail; what they do is decided by the seed. */
export class Users {
  readonly owned = new Map<string, Owned>();
  readonly #context: SimContext;
  readonly #client: Client;
  readonly #ledger: Ledger;
  readonly #random: Random;
  #edits = 0;

  constructor(context: SimContext, client: Client, ledger: Ledger) {
    this.#context = context;
    this.#client = client;
    this.#ledger = ledger;
    this.#random = context.stream("users");
  }

  async create(): Promise<void> {
    const free = NAMES.filter((name) => this.#ledger.get("KnativeService", `${USER_NAMESPACE}/${name}`) === undefined);
    const name = free[0];
    if (name === undefined) return;
    const service: KnativeService = { metadata: { name, namespace: USER_NAMESPACE }, spec: { template: this.#template() } };
    this.#context.note(`user: create ${name} ${JSON.stringify(service.spec?.template?.metadata?.annotations)}`);
    await this.#client.create(knativeServiceKind, service);
    this.owned.set(name, { name, target: { host: `${name}.${USER_NAMESPACE}.example.com`, expected: true }, open: false });
  }

  /** A new revision. */
  async edit(): Promise<void> {
    const owned = this.#pick();
    if (owned === undefined) return;
    const template = this.#template();
    this.#context.note(`user: edit ${owned.name} ${JSON.stringify(template.metadata?.annotations)}`);
    await this.#change(owned, (service) => ({ ...service, spec: { ...service.spec, template } }));
  }

  /** Splits the traffic between the latest revision and one before it. */
  async split(): Promise<void> {
    const owned = this.#pick();
    if (owned === undefined) return;
    await this.#change(owned, (service) => {
      const traffic = this.#traffic(service);
      this.#context.note(`user: split ${owned.name} ${JSON.stringify(traffic)}`);
      return { ...service, spec: { ...service.spec, traffic } };
    });
  }

  /** Asks for another minimum of instances: another revision of the same program. */
  async minScale(): Promise<void> {
    const owned = this.#pick();
    if (owned === undefined) return;
    const scale = String(between(this.#random, 0, 2));
    this.#context.note(`user: min-scale of ${owned.name} becomes ${scale}`);
    const key = { namespace: USER_NAMESPACE, name: owned.name };
    const annotations = { [`${AUTOSCALING}/min-scale`]: scale, [`${AUTOSCALING}/max-scale`]: null };
    const body = { spec: { template: { metadata: { annotations } } } };
    await this.#client.patch(knativeServiceKind, key, { type: "merge", body });
  }

  async remove(): Promise<void> {
    const owned = this.#pick();
    if (owned !== undefined) await this.delete(owned);
  }

  async delete(owned: Owned): Promise<void> {
    this.#context.note(`user: delete ${owned.name}`);
    owned.target.expected = false;
    this.owned.delete(owned.name);
    await this.#client.delete(knativeServiceKind, { namespace: USER_NAMESPACE, name: owned.name });
  }

  #pick(): Owned | undefined {
    const all = [...this.owned.values()];
    return all[Math.floor(this.#random() * all.length)];
  }

  async #change(owned: Owned, change: (service: KnativeService) => KnativeService): Promise<void> {
    for (let attempt = 0; attempt < PATCH_TRIES; attempt++) {
      const service = await this.#client.get(knativeServiceKind, { namespace: USER_NAMESPACE, name: owned.name });
      if (service === undefined) return;
      try {
        await this.#client.update(knativeServiceKind, change(service));
        return;
      } catch (error) {
        if (isNotFound(error)) return;
        if (!isConflict(error)) throw error;
      }
    }
  }

  #template(): Template {
    const random = this.#random;
    const concurrency = oneOf(random, [0, 1, 2, 10]);
    const min = oneOf(random, [0, 0, 0, 1, 2]);
    const max = oneOf(random, [0, 2, 3, 6]);
    const annotations: Record<string, string> = { [`${AUTOSCALING}/window`]: oneOf(random, ["6s", "10s", "20s", "60s"]) };
    if (min > 0) annotations[`${AUTOSCALING}/min-scale`] = String(min);
    if (max > 0) annotations[`${AUTOSCALING}/max-scale`] = String(max);
    if (concurrency === 0) annotations[`${AUTOSCALING}/target`] = String(between(random, 1, 8));
    if (random() < 0.2) annotations[`${AUTOSCALING}/initial-scale`] = oneOf(random, ["0", "2"]);
    if (random() < 0.2) annotations[`${AUTOSCALING}/scale-down-delay`] = "8s";
    this.#edits += 1;
    const env = [
      { name: "SIM_EDIT", value: String(this.#edits) },
      { name: "SIM_WORK_MS", value: String(oneOf(random, [5, 40, 150, 600])) },
      { name: "SIM_CONCURRENCY", value: String(concurrency) },
    ];
    return {
      metadata: { annotations },
      spec: { containerConcurrency: concurrency, containers: [{ name: "", image: "dev.local/sim:v1", env }] },
    };
  }

  #traffic(service: KnativeService): Traffic {
    const revisions = this.#ledger
      .list("Revision")
      .filter(({ metadata }) => metadata.labels?.["serving.knative.dev/service"] === service.metadata.name)
      .filter(({ metadata }) => metadata.deletionTimestamp === undefined)
      .map(({ metadata }) => metadata.name ?? "");
    const latest = service.status?.latestReadyRevisionName;
    const others = revisions.filter((name) => name !== latest && this.#isReady(name));
    const other = others[Math.floor(this.#random() * others.length)];
    if (other === undefined || this.#random() < 0.25) return [{ latestRevision: true, percent: 100 }];
    const percent = oneOf(this.#random, [0, 5, 25, 50, 90, 100]);
    return [
      { latestRevision: true, percent },
      { latestRevision: false, revisionName: other, percent: 100 - percent, tag: "old" },
    ];
  }

  #isReady(revision: string): boolean {
    const { status } =
      this.#ledger.get<{ metadata: object; status?: KnativeService["status"] }>("Revision", `${USER_NAMESPACE}/${revision}`) ?? {};
    return (status?.conditions ?? []).some(({ type, status: value }) => type === "Ready" && value === "True");
  }
}
