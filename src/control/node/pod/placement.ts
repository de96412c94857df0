import type { Container, Pod } from "../../../api/k8s/types.generated.ts";
import type { LocalImage } from "../../../api/ports/images.ts";
import type { Driver } from "../drivers/contract.ts";
import { chooseDriver, type AgentWorld, type Tell } from "../world.ts";
import { imageRequest } from "./images.ts";
import type { Sandbox } from "./sandbox.ts";
import type { NodeAgentOptions } from "../types.ts";

/** Whose image asks, and for what. */
export interface PlaceInput {
  readonly pod: Pod;
  readonly container: Container;
  readonly image: LocalImage;
  readonly sandbox: Sandbox;
  readonly tell: Tell;
}

export type Placed =
  | { readonly kind: "placed"; readonly driver: Driver }
  | { readonly kind: "no driver" }
  /** The machine refused an address. */
  | { readonly kind: "failed"; readonly message: string };

/** Gives a sandbox its driver and its address, once: all containers of a pod share both. */
export async function placeSandbox(world: AgentWorld, input: PlaceInput, signal: AbortSignal): Promise<Placed> {
  const { sandbox, pod } = input;
  if (sandbox.driver !== undefined) return { kind: "placed", driver: sandbox.driver };
  const driver = chooseDriver(pod, await imagesOf(world, input, signal), world.options.drivers);
  if (driver === undefined) return { kind: "no driver" };
  try {
    return { kind: "placed", driver: await sandbox.place(driver, pod, signal) };
  } catch (error) {
    signal.throwIfAborted();
    return { kind: "failed", message: error instanceof Error ? error.message : String(error) };
  }
}

/** The address of a pod: its own, or the node's where no driver gives any. */
export function podIpOf({ driver, network }: Sandbox, { drivers, node }: Pick<NodeAgentOptions, "drivers" | "node">): string | undefined {
  const isSure = driver !== undefined || drivers.every((one) => one.network === undefined);
  return network?.ip ?? (isSure ? node.ip : undefined);
}

/** Images of all containers: one that is not there yet could need anything. */
async function imagesOf(
  world: AgentWorld,
  { pod, container, image }: PlaceInput,
  signal: AbortSignal,
): Promise<readonly (LocalImage | undefined)[]> {
  const all = [...(pod.spec?.initContainers ?? []), ...(pod.spec?.containers ?? [])];
  const quiet = { pod, client: world.options.client, tell: () => {} };
  const others = all.filter(({ name, image: reference }) => name !== container.name && reference !== container.image);
  const results = await Promise.all(others.map((other) => world.images.ensure(imageRequest(other, quiet), signal)));
  return [image, ...results.map((result) => (result.kind === "ok" ? result.image : undefined))];
}
