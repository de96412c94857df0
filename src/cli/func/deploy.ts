import { Command } from "commander";
import { namespaceKind } from "../../api/core/namespace.ts";
import { ApiError, isNotFound } from "../../api/meta/errors.ts";
import { rfc3339 } from "../../std/clock.ts";
import { applyService } from "../../functions/deploy/apply.ts";
import { EnvError } from "../../functions/deploy/env.ts";
import { missingReferences } from "../../functions/deploy/references.ts";
import { makeService } from "../../functions/deploy/service.ts";
import { applyTriggers } from "../../functions/deploy/triggers.ts";
import type { FunctionConfig } from "../../functions/project/config.ts";
import { writeLocal } from "../../functions/project/local-state.ts";
import type { Project } from "../../functions/project/project.ts";
import type { KnativeService } from "../../api/serving/service.ts";
import { causeOf } from "../kn/service/cause.ts";
import { waitReady } from "../kn/service/wait-ready.ts";
import { SERVICE } from "../kn/refs.ts";
import { UserError } from "../shared/io.ts";
import { addBuildFlags } from "./build.ts";
import { imageAtHand } from "./build-image.ts";
import { withCluster, type ClusterContext } from "./cluster.ts";
import { envOfFlags } from "./env-flags.ts";
import { addConfirm, addPath, addSwitch, addVerbose, many, text } from "./flags.ts";
import type { Func } from "./func.ts";
import { chooseImage, type ImageName } from "./image-name.ts";
import { checkBuilder } from "./local-build.ts";
import { isFunction } from "./function-service.ts";
import { addRemoteFlags, refuseRemoteFlags } from "./not-here.ts";
import { changeFunction, functionOf } from "./project.ts";
import { canPush, pushImage } from "./push-image.ts";
import { settingsOf, type Settings } from "./settings.ts";

const READY_TIMEOUT_MS = 120_000;
const ERROR_WINDOW_MS = 2_000;

export function deployCommand(func: Func): Command {
  const command = new Command("deploy").description(
    [
      "Deploy a function",
      "Builds the function if it has changed, pushes its image and brings it to the cluster. Without a registry, the platform's is used.",
      `\tFrom the folder of the function:\n\t${func.name} deploy`,
      `\tTo a registry of yours:\n\t${func.name} deploy --registry ghcr.io/myuser`,
    ].join("\n\n"),
  );
  addBuildFlags(command)
    .addOption(text("--build <string>", "auto, true or false", { default: "auto" }))
    .addOption(text("-n, --namespace <string>", "Namespace to deploy to"))
    .addOption(many("-e, --env <NAME=VALUE>", "Environment variable, NAME- takes one away; may be repeated"))
    .addOption(text("--deployer <string>", "knative; raw and keda are for clusters that have them", { default: "knative" }))
    .addOption(text("--domain <string>", "Domain of the function's route"))
    .addOption(text("--service-account <string>", "ServiceAccount that it runs as"))
    .addOption(text("--image-pull-secret <string>", "Secret with which its image is pulled"));
  addSwitch(command, "-u, --push", "Push the image; on unless --push=false");
  addSwitch(command, "-R, --remote", "Build on the cluster; not available, it is built here");
  addSwitch(command, "--management-disabled", "Keep the function out of the hands of an operator; there is none here");
  addRemoteFlags(command);
  return addVerbose(addConfirm(addPath(command))).action(async () => {
    const settings = settingsOf(command, func.io);
    const project = functionOf(func, settings, "deploy");
    const all = settings.with(project.config);
    refuseWhatIsNotHere(func, all);
    await withCluster(func, all, (context) => deploy(func, all, project, context));
  });
}

/** @throws UserError */
function refuseWhatIsNotHere(func: Func, settings: Settings): void {
  const deployer = settings.text("deployer", "knative");
  if (deployer !== "knative")
    throw new UserError(`--deployer must be knative, not ${JSON.stringify(deployer)}: functions here are Knative Services`);
  if (settings.isOn("remote")) throw new UserError(`--remote builds on a cluster with Tekton; leave it out, and the image is built here`);
  refuseRemoteFlags(settings);
  checkBuilder(func, settings.text("builder"), settings.source("builder"));
}

async function deploy(func: Func, settings: Settings, project: Project, context: ClusterContext): Promise<void> {
  const { io } = func;
  const config = withFlags(project.config, settings);
  await mustBeFree(context, config.name);
  const image = await chooseImage(func, settings, project, context);
  await mustHaveReferences(context, config, io.env);
  const pushes = settings.isOn("push", true);
  if (pushes) await canPush(func, settings, image.reference);
  const reference = await deployedImage(func, settings, project, { image, pushes });
  if (settings.isOn("verbose")) io.stderr.write("⬆️  Deploying\n");
  const desired = makeService({
    config,
    namespace: context.namespace,
    image: reference,
    local: io.env,
    builtAt: rfc3339(func.clock.now()),
  });
  const applied = await applyService(context.client, desired);
  const service = await ready(context, config.name);
  remember(project, settings, { image, reference, namespace: context.namespace });
  await applyTriggersOf(func, context, service, config);
  const done = applied.kind === "created" ? "deployed" : "updated";
  io.stderr.write(`✅ Function ${done} in namespace "${context.namespace}" and exposed at URL: \n   ${service.status?.url ?? ""}\n`);
}

/** @throws UserError when deploying would replace what is no function, or has nowhere to go */
async function mustBeFree({ client, namespace }: ClusterContext, name: string): Promise<void> {
  const service = await client.get(SERVICE, { namespace, name });
  if (service !== undefined && !isFunction(service)) {
    throw new UserError(
      `Service '${name}' in namespace '${namespace}' is not a function, and stays as it is\n\n` +
        `Try this: another name in func.yaml, another namespace (--namespace), or 'kn service delete ${name}'`,
    );
  }
  if (service !== undefined || (await hasNamespace(client, namespace))) return;
  throw new UserError(`there is no namespace '${namespace}'\n\nTry this: kubectl create namespace ${namespace}`);
}

/** Who may not look at namespaces hears of a missing one when the function is created. */
async function hasNamespace(client: ClusterContext["client"], name: string): Promise<boolean> {
  try {
    return (await client.get(namespaceKind, { namespace: "", name })) !== undefined;
  } catch (error) {
    if (error instanceof ApiError && error.code === 403) return true;
    throw error;
  }
}

/** What func.yaml says, with what the command line says instead. */
function withFlags(config: FunctionConfig, settings: Settings): FunctionConfig {
  const { deploy, run } = config;
  const chosen = { serviceAccountName: settings.text("service-account"), imagePullSecret: settings.text("image-pull-secret") };
  const domain = settings.text("domain");
  return {
    ...config,
    ...(domain === undefined ? {} : { domain }),
    run: { ...run, envs: envOfFlags(run?.envs, settings.list("env")) },
    deploy: { ...deploy, ...Object.fromEntries(Object.entries(chosen).filter(([, value]) => value !== undefined)) },
  };
}

async function mustHaveReferences({ client, namespace }: ClusterContext, config: FunctionConfig, env: Func["io"]["env"]): Promise<void> {
  try {
    const missing = await missingReferences(client, namespace, config, env);
    if (missing.length > 0) throw new UserError(missing.join("\n"));
  } catch (error) {
    throw error instanceof EnvError ? new UserError(error.message) : error;
  }
}

/** The image as the Service names it: with its digest. */
async function deployedImage(
  func: Func,
  settings: Settings,
  project: Project,
  { image, pushes }: { readonly image: ImageName; readonly pushes: boolean },
): Promise<string> {
  if (image.reference.includes("@sha256:")) {
    if (pushes) throw new UserError("--image with a digest names an image that is there already: say --push=false as well");
    return image.reference;
  }
  const built = await imageAtHand(func, settings, project, image.reference);
  if (pushes) await pushImage(func, settings, { layout: built.layout, reference: image.reference });
  return `${image.reference.replace(/:[^:/]+$/, "")}@${built.digest}`;
}

/** @throws UserError with the reason, and its cause */
async function ready(context: ClusterContext, name: string): Promise<KnativeService> {
  const wait = { kind: SERVICE, name, timeoutMs: READY_TIMEOUT_MS, windowMs: ERROR_WINDOW_MS, onMessage: () => {} };
  const outcome = await waitReady(context, wait);
  if (outcome.kind !== "ready") {
    const said =
      outcome.kind === "failed"
        ? `${outcome.reason}: ${outcome.message}`
        : `timeout: function '${name}' is not ready after ${READY_TIMEOUT_MS / 1000} seconds`;
    const causes = await causeOf(context, name, said);
    throw new UserError([`the function was deployed and does not get ready: ${said}`, ...causes].join("\n"));
  }
  const service = await context.client.get(SERVICE, { namespace: context.namespace, name });
  if (service === undefined) throw new UserError(`function '${name}' was deleted while it was deployed`);
  return service;
}

/** What we chose stays out of func.yaml, so that other programs can use the project. */
function remember(
  project: Project,
  settings: Settings,
  { image, reference, namespace }: { image: ImageName; reference: string; namespace: string },
): void {
  if (image.source === "built-in")
    writeLocal(project.root, { image: reference, registry: image.reference.split("/").slice(0, -1).join("/"), builder: "host" });
  const registry = settings.source("registry") === "flag" || settings.source("registry") === "env" ? settings.text("registry") : undefined;
  changeFunction(project, (editor) => {
    editor.set(["deploy", "namespace"], namespace);
    if (image.source !== "built-in") editor.set(["deploy", "image"], reference);
    if (registry !== undefined) editor.set(["registry"], registry);
  });
}

async function applyTriggersOf({ io }: Func, { client }: ClusterContext, service: KnativeService, config: FunctionConfig): Promise<void> {
  const subscriptions = config.deploy?.subscriptions ?? [];
  try {
    const touched = await applyTriggers(client, service, subscriptions);
    if (touched > 0) io.stderr.write("🎯 Creating Triggers on the cluster\n");
  } catch (error) {
    if (subscriptions.length > 0 || !isNotFound(error)) throw error; // a cluster without Eventing, and nothing to subscribe to
  }
}
