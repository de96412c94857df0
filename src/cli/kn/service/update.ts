import type { Command } from "commander";
import { SERVICE_LABEL } from "../../../api/names/labels.ts";
import type { Revision } from "../../../api/serving/revision.ts";
import type { KnativeService } from "../../../api/serving/service.ts";
import { UserError } from "../../shared/io.ts";
import { commaList } from "../flags.ts";
import { leaf } from "../group.ts";
import { inContext, type Context, type Kn } from "../kn.ts";
import { REVISION } from "../refs.ts";
import { updateService } from "../write-service.ts";
import { finish } from "./create.ts";
import { addServiceFlags, type ServiceFlags } from "./flags.ts";
import { withFiles } from "./flag-files.ts";
import { makesRevision, withFlags } from "./spec/apply-flags.ts";
import { checkAutoscaling } from "./spec/check-autoscaling.ts";
import { computeTraffic } from "./traffic.ts";

export interface ServiceUpdateOptions {
  readonly name: string;
  readonly flags: ServiceFlags;
}

export function serviceUpdateCommand(kn: Kn, run = runServiceUpdate): Command {
  const command = addServiceFlags(leaf("update", "NAME", "Update a service"))
    .addOption(
      commaList("--tag <strings>", "Set tag (format: --tag revisionRef=tagName) where revisionRef can be a revision or '@latest'."),
    )
    .addOption(commaList("--untag <strings>", "Untag revision (format: --untag tagName)."))
    .addOption(
      commaList(
        "--traffic <strings>",
        "Set traffic distribution (format: --traffic revisionRef=percent) where revisionRef can be a revision, a tag or '@latest'.",
      ),
    );
  return command.action(async (words: string[], given: ServiceFlags, self: Command) => {
    const [name] = words;
    if (name === undefined || words.length > 1) {
      throw new UserError("'service update' requires the service name given as single argument");
    }
    const flags = await withFiles(kn, given);
    return inContext(kn, self, (context) => run(context, { name, flags }));
  });
}

export async function runServiceUpdate(context: Context, { name, flags }: ServiceUpdateOptions): Promise<void> {
  const { io, namespace } = context;
  const { old, updated } = await updateService(context, name, (current) => changed(context, current, flags));
  if (flags.wait !== false && !context.offline && old.metadata.generation === updated.metadata.generation) {
    io.stdout.write(`Service '${name}' updated in namespace '${namespace}'.\nNo new revision has been created.\n`);
    return;
  }
  await finish(context, name, { flags, doing: "Updating", done: "updated", before: old.status?.latestReadyRevisionName });
}

async function changed(context: Context, old: KnativeService, flags: ServiceFlags): Promise<KnativeService> {
  const base = flags.image === undefined && flags.lockToDigest !== false && !context.offline ? await baseRevision(context, old) : undefined;
  const service = withFlags(old, { flags, mode: "update", now: context.clock.now(), random: context.random, base });
  await checkAutoscaling(service);
  if ((flags.traffic ?? flags.tag ?? flags.untag) === undefined) return service;
  const name = old.metadata.name ?? "";
  const { items } = await context.client.list(REVISION, { namespace: context.namespace, labelSelector: `${SERVICE_LABEL}=${name}` });
  const world = { service: old, revisions: items, makesRevision: makesRevision(flags) };
  return { ...service, spec: { ...service.spec, traffic: computeTraffic(old.spec.traffic ?? [], flags, world) } };
}

/** The revision that the template stands for: the one it names, else the latest created one. */
async function baseRevision(context: Context, service: KnativeService): Promise<Revision | undefined> {
  const names = [service.spec.template.metadata?.name, service.status?.latestCreatedRevisionName];
  for (const name of names) {
    if (name === undefined || name === "") continue;
    const revision = await context.client.get(REVISION, { namespace: context.namespace, name });
    if (revision !== undefined) return revision;
  }
  return undefined;
}
