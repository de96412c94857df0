import type { Container, Pod } from "../../../api/k8s/types.generated.ts";
import type { ImageResult, LocalImage, PullFacts } from "../../../api/ports/images.ts";
import type { Driver, EnvEntry, RunningContainer } from "../drivers/contract.ts";
import type { AgentWorld, Tell } from "../world.ts";
import { baseEnv, containerSpec } from "./container-spec.ts";
import { INITIAL_BACKOFF_MS, MAX_BACKOFF_MS } from "./decide.ts";
import { resolveEnv } from "./env.ts";
import { imageRequest, pulledText } from "./images.ts";
import { placeSandbox } from "./placement.ts";
import type { Sandbox } from "./sandbox.ts";

/** What a container needs to start, or why it has to wait. */
export type Prepared =
  | {
      readonly kind: "ready";
      readonly image: LocalImage;
      /** undefined when the sandbox was not asked for. */
      readonly driver: Driver | undefined;
      readonly pulled?: PullFacts;
      readonly env: readonly EnvEntry[];
      readonly perPodEnv: boolean;
    }
  | Blocked;

export interface Blocked {
  readonly kind: "blocked";
  readonly reason: string;
  readonly message: string;
  /** Infinity: nothing but a new Pod will help. */
  readonly retryAfterMs: number;
}

const CONFIG_RETRY_MS = 10_000;

export interface PrepareInput {
  readonly pod: Pod;
  readonly container: Container;
  /** Failed tries so far. */
  readonly attempts: number;
  readonly tell: Tell;
  /** Gets its place once the image is there; undefined to look only at what the container needs. */
  readonly sandbox?: Sandbox;
}

/** Image, place and environment. */
export async function prepareContainer(world: AgentWorld, input: PrepareInput, signal: AbortSignal): Promise<Prepared> {
  const { pod, container, tell } = input;
  const request = imageRequest(container, { pod, tell, client: world.options.client });
  const result = await world.images.ensure(request, signal);
  if (result.kind === "failed") return imageBlocked(request.reference, result, input);
  const place = await placeOf(world, input, result.image, signal);
  if (place.kind === "blocked") return place;
  const podIp = input.sandbox?.network?.ip;
  const resolved = resolveEnv({
    pod,
    container,
    lookup: world.lookup,
    node: { ...world.options.node, ...(podIp === undefined ? {} : { podIp }) },
    base: baseEnv(pod, result.image),
  });
  const { image, pulled } = result;
  const { driver } = place;
  if (resolved.kind === "ok")
    return { kind: "ready", image, driver, ...(pulled === undefined ? {} : { pulled }), env: resolved.env, perPodEnv: resolved.perPod };
  tell("Warning", "Failed", `Error: ${resolved.message}`);
  return { kind: "blocked", reason: "CreateContainerConfigError", message: resolved.message, retryAfterMs: CONFIG_RETRY_MS };
}

type Place = { readonly kind: "placed"; readonly driver: Driver | undefined } | Blocked;

async function placeOf(world: AgentWorld, input: PrepareInput, image: LocalImage, signal: AbortSignal): Promise<Place> {
  const { pod, container, sandbox, tell } = input;
  if (sandbox === undefined) return { kind: "placed", driver: undefined };
  const placed = await placeSandbox(world, { pod, container, image, sandbox, tell }, signal);
  if (placed.kind === "placed") return placed;
  if (placed.kind === "no driver") return refused("DriverUnsupported", noDriver(world), tell);
  tell("Warning", "FailedCreatePodSandBox", `Failed to create pod sandbox: ${placed.message}`);
  return { kind: "blocked", reason: "ContainerCreating", message: placed.message, retryAfterMs: START_RETRY_MS };
}

type ImageFailure = Extract<ImageResult, { kind: "failed" }>;

function imageBlocked(reference: string, { reason, message }: ImageFailure, { attempts, tell }: PrepareInput): Blocked {
  if (reason === "ErrImagePull") tell("Warning", "Failed", pullFailure(reference, message));
  if (reason === "InvalidImageName") tell("Warning", "InspectFailed", `Failed to apply default image tag "${reference}": ${message}`);
  tell("Warning", "Failed", `Error: ${reason}`);
  return { kind: "blocked", reason, message, retryAfterMs: Math.min(MAX_BACKOFF_MS, INITIAL_BACKOFF_MS * 2 ** attempts) };
}

/** Registries' messages often begin with the same words. */
function pullFailure(reference: string, message: string): string {
  const words = `ailed to pull image "${reference}": `;
  return message.startsWith(`f${words}`) ? `F${message.slice(1)}` : `F${words}${message}`;
}

export interface LaunchInput {
  readonly pod: Pod;
  readonly container: Container;
  readonly sandbox: Sandbox;
  readonly prepared: Extract<Prepared, { kind: "ready" }>;
  readonly driver: Driver;
  readonly containerId: string;
  readonly logPath: string;
  readonly tell: Tell;
}

export type Launched = { readonly kind: "started"; readonly running: RunningContainer } | Blocked;

const START_RETRY_MS = 10_000;
/** Reasons that stay until the Pod is replaced. */
const FINAL = new Set(["DriverUnsupported", "VolumeUnsupported"]);

/** Starts the process or container. */
export async function launchContainer(world: AgentWorld, input: LaunchInput, signal: AbortSignal): Promise<Launched> {
  const { container, prepared, driver, tell } = input;
  tell("Normal", "Pulled", pulledText(container.image ?? "", prepared.pulled));
  const notes = prepared.pulled === undefined ? [] : (prepared.image.notes ?? []);
  for (const note of notes) tell("Warning", "NotAsRequested", `Image of container ${container.name}: ${note}`);
  const { sandboxEnv = [], networkEnv = [] } = world.options;
  const env = [...(driver.network === undefined ? sandboxEnv : networkEnv), ...prepared.env];
  const spec = containerSpec({ ...input, image: prepared.image, env });
  const result = await driver.start(spec, signal);
  if (result.kind === "failed") return refused(result.reason, advised(world, driver, result), tell);
  tell("Normal", "Created", `Created container: ${container.name}`);
  tell("Normal", "Started", `Started container ${container.name}`);
  for (const note of result.notes ?? []) tell("Warning", "NotAsRequested", `Container ${container.name}: ${note}`);
  return { kind: "started", running: result.container };
}

function noDriver({ options }: AgentWorld): string {
  const names = options.drivers.map(({ name }) => name);
  const why = options.noContainers === undefined ? "" : `; ${options.noContainers}`;
  return names.length === 0
    ? `this image needs a container, and this node has no driver for any${why}`
    : `this node has only the drivers: ${names.join(", ")}${why}`;
}

/** What a process cannot do a container could: say why there is none. */
function advised({ options }: AgentWorld, { name }: Driver, failure: { readonly reason: string; readonly message: string }): string {
  const isAdvised = name === "process" && failure.reason === "DriverUnsupported" && options.noContainers !== undefined;
  return isAdvised ? `${failure.message}; ${options.noContainers}` : failure.message;
}

function refused(reason: string, message: string, tell: Tell): Blocked {
  tell("Warning", "Failed", `Error: ${message}`);
  return { kind: "blocked", reason, message, retryAfterMs: FINAL.has(reason) ? Infinity : START_RETRY_MS };
}
