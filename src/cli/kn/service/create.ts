import type { Command } from "commander";
import type { KnativeService } from "../../../api/serving/service.ts";
import { UserError } from "../../shared/io.ts";
import { commaList, text, waitSettings, type WaitFlags } from "../flags.ts";
import { leaf } from "../group.ts";
import { inContext, type Context, type Kn } from "../kn.ts";
import { SERVICE } from "../refs.ts";
import { updateService } from "../write-service.ts";
import { withFlags } from "./spec/apply-flags.ts";
import { checkAutoscaling } from "./spec/check-autoscaling.ts";
import { addServiceFlags, type ServiceFlags } from "./flags.ts";
import { withFiles } from "./flag-files.ts";
import { readServiceFile } from "./manifest.ts";
import { printAddress, waitWithProgress } from "./progress.ts";
import { computeTraffic } from "./traffic.ts";

export interface ServiceCreateOptions {
  /** As the flags made it, without namespace. */
  readonly service: KnativeService;
  readonly flags: ServiceFlags;
}

export function serviceCreateCommand(kn: Kn, run = runServiceCreate): Command {
  const command = addServiceFlags(leaf("create", "NAME --image IMAGE", "Create a service"))
    .addOption(
      text(
        "-f, --filename <string>",
        "Create a service from file. The created service can be further modified by combining with other options.",
      ),
    )
    .option("--force", "Create service forcefully, replaces existing service if any.")
    .addOption(commaList("--tag <strings>", "Set tag (format: --tag @latest=tagName) of the new revision."));
  return command.action(async (words: string[], flags: ServiceFlags, self: Command) => {
    const options = await parseServiceCreate(kn, words, await withFiles(kn, flags));
    return inContext(kn, self, (context) => run(context, options));
  });
}

/** Everything that can be said without the server. */
export async function parseServiceCreate(
  kn: Pick<Kn, "clock" | "random">,
  words: readonly string[],
  flags: ServiceFlags,
): Promise<ServiceCreateOptions> {
  const service = await newService("create", words, flags);
  const change = { flags, mode: "create", now: kn.clock.now(), random: kn.random } as const;
  const created = withFlags(service, change);
  await checkAutoscaling(created);
  if (flags.tag !== undefined) {
    created.spec.traffic = computeTraffic(
      [{ latestRevision: true, percent: 100 }],
      { tag: flags.tag },
      { service: created, revisions: [] },
    );
  }
  return { service: created, flags };
}

/** The Service that create and apply start from: the file's, or an empty one of this name. */
export async function newService(verb: "create" | "apply", words: readonly string[], flags: ServiceFlags): Promise<KnativeService> {
  const [name] = words;
  if (words.length > 1 || (name === undefined && flags.filename === undefined)) {
    throw new UserError(`'service ${verb}' requires the service name given as single argument`);
  }
  if (flags.filename !== undefined) return readServiceFile(flags.filename, name);
  if (flags.image === undefined) {
    throw new UserError(`'service ${verb}' requires the image name to run provided with the --image option`);
  }
  return {
    apiVersion: "serving.knative.dev/v1",
    kind: "Service",
    metadata: { name: name ?? "" },
    spec: { template: { spec: { containers: [] } } },
  };
}

export async function runServiceCreate(context: Context, { service, flags }: ServiceCreateOptions): Promise<void> {
  const name = service.metadata.name ?? "";
  const { namespace, client } = context;
  const placed = { ...service, metadata: { ...service.metadata, namespace } };
  const existing = await client.get(SERVICE, { namespace, name });
  if (existing !== undefined && flags.force !== true) {
    throw new UserError(
      `cannot create service '${name}' in namespace '${namespace}' because the service already exists and no --force option was given`,
    );
  }
  if (existing === undefined) await client.create(SERVICE, placed);
  else await updateService(context, name, async (old) => replacement(old, placed), existing);
  await finish(context, name, {
    flags,
    doing: existing === undefined ? "Creating" : "Replacing",
    done: existing === undefined ? "created" : "replaced",
  });
}

/** The new object in the old one's place: its version, and the annotations that nobody may change. */
function replacement(existing: KnativeService, service: KnativeService): KnativeService {
  const kept = Object.entries(existing.metadata.annotations ?? {}).filter(([key]) =>
    /^serving\.knative\.dev\/(creator|lastModifier)$/.test(key),
  );
  const annotations = { ...service.metadata.annotations, ...Object.fromEntries(kept) };
  return { ...service, metadata: { ...service.metadata, annotations, resourceVersion: existing.metadata.resourceVersion } };
}

export interface Finish {
  readonly flags: WaitFlags;
  /** "Creating" */
  readonly doing: string;
  /** "created" */
  readonly done: string;
  readonly before?: string | undefined;
}

/** Waits, unless told not to, and says where the service is. */
export async function finish(context: Context, name: string, { flags, doing, done, before }: Finish): Promise<void> {
  const { io, namespace } = context;
  if (flags.wait === false || context.offline) return void io.stdout.write(`Service '${name}' ${done} in namespace '${namespace}'.\n`);
  io.stdout.write(`${doing} ${doing === "Updating" ? "Service" : "service"} '${name}' in namespace '${namespace}':\n\n`);
  await waitWithProgress(context, name, waitSettings(flags));
  await printAddress(context, name, { verb: done, before });
}
