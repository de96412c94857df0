import type { Pod } from "../../../api/k8s/types.generated.ts";
import { podKind } from "../../../api/core/pod.ts";
import { openDrainGate } from "../../../api/ports/drain.ts";
import type { KubeObject } from "../../../api/meta/object.ts";
import { systemClock } from "../../../std/clock.ts";
import { seededRandom } from "../../../std/random.ts";
import { silentLogger } from "../../../std/logger.ts";
import { World } from "../../../testing/world.ts";
import { createNodeAgent, type NodeAgent } from "../agent.ts";
import type { NodeAgentOptions } from "../types.ts";
import { eventually, openFolder, processDriver, scriptImages, SERVER } from "./fixtures.ts";

export interface AgentUnderTest extends AsyncDisposable {
  readonly world: World;
  readonly agent: NodeAgent;
  readonly folder: string;
  pod(name: string): Pod | undefined;
  /** The Pod once `condition` holds. */
  until(name: string, what: string, condition: (pod: Pod) => unknown): Promise<Pod>;
  /** As the API server does it: with grace, the object stays. */
  remove(name: string, graceSeconds?: number): void;
}

export interface AgentTestOptions {
  readonly objects?: readonly KubeObject[];
  readonly scripts?: Readonly<Record<string, string>>;
  readonly options?: Partial<NodeAgentOptions>;
}

let seed = process.pid;

/** An agent with real processes and an API server in memory. */
export async function startAgent({ objects = [], scripts = {}, options = {} }: AgentTestOptions = {}): Promise<AgentUnderTest> {
  const folder = await openFolder();
  const world = new World({ objects, now: Date.parse("2025-01-01T00:00:00Z") });
  const agent = await createNodeAgent({
    client: world.client,
    informers: world.informers,
    clock: systemClock,
    random: seededRandom(seed++),
    logger: silentLogger,
    images: await scriptImages(folder.path, { server: SERVER, ...scripts }),
    drainGate: openDrainGate,
    events: world.recorder("kubelet"),
    tokens: { token: async ({ pod }) => `token of ${pod.name}` },
    drivers: [processDriver(folder.path)],
    folder: folder.path,
    node: { name: "kinetic", ip: "127.0.0.1", cpuMilli: 2000, memoryBytes: 4e9 },
    bootLimit: 2,
    ...options,
  });
  const pod = (name: string) => world.get(podKind, { namespace: "default", name });
  return {
    world,
    agent,
    folder: folder.path,
    pod,
    until: (name, what, condition) =>
      eventually(`${what}: ${JSON.stringify(pod(name)?.status)}`, () => {
        const found = pod(name);
        return found !== undefined && condition(found) ? found : undefined;
      }),
    remove: (name, graceSeconds = 5) => {
      const found = pod(name);
      if (found === undefined) throw new Error(`no pod ${name}`);
      const deletionTimestamp = new Date(world.clock.now() + graceSeconds * 1000).toISOString();
      world.put({ ...found, metadata: { ...found.metadata, deletionTimestamp, deletionGracePeriodSeconds: graceSeconds } });
    },
    [Symbol.asyncDispose]: async () => {
      await agent.stop(2000);
      await folder[Symbol.asyncDispose]();
    },
  };
}

export function isReady(pod: Pod): boolean {
  return pod.status?.conditions?.some(({ type, status }) => type === "Ready" && status === "True") ?? false;
}
