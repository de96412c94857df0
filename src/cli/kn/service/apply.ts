import type { Command } from "commander";
import { LAST_APPLIED_ANNOTATION } from "../../../api/names/labels.ts";
import type { KnativeService } from "../../../api/serving/service.ts";
import { canonicalJson, isRecord } from "../../../std/json.ts";
import { text } from "../flags.ts";
import { leaf } from "../group.ts";
import { inContext, type Context, type Kn } from "../kn.ts";
import { SERVICE } from "../refs.ts";
import { finish, newService } from "./create.ts";
import { addServiceFlags, type ServiceFlags } from "./flags.ts";
import { withFiles } from "./flag-files.ts";
import { threeWayMergePatch } from "./merge-patch.ts";
import { goService } from "./target/go-shape.ts";
import { printAddress } from "./progress.ts";
import { withFlags } from "./spec/apply-flags.ts";
import { checkAutoscaling } from "./spec/check-autoscaling.ts";

export interface ServiceApplyOptions {
  readonly service: KnativeService;
  readonly flags: ServiceFlags;
}

export function serviceApplyCommand(kn: Kn, run = runServiceApply): Command {
  const command = addServiceFlags(leaf("apply", "NAME", "Apply a service declaration"))
    .addOption(
      text(
        "-f, --filename <string>",
        "Create a service from file. The created service can be further modified by combining with other options.",
      ),
    )
    .option("--force", "Create service forcefully, replaces existing service if any.");
  return command.action(async (words: string[], given: ServiceFlags, self: Command) => {
    const flags = await withFiles(kn, given);
    const empty = await newService("apply", words, flags);
    const service = withFlags(empty, { flags, mode: "apply", now: kn.clock.now(), random: kn.random });
    await checkAutoscaling(service);
    return inContext(kn, self, (context) => run(context, { service, flags }));
  });
}

export async function runServiceApply(context: Context, { service, flags }: ServiceApplyOptions): Promise<void> {
  const { client, namespace, io } = context;
  const name = service.metadata.name ?? "";
  const wanted = withLastApplied({ ...service, metadata: { ...service.metadata, namespace } });
  const current = await client.get(SERVICE, { namespace, name });
  if (current === undefined) {
    await client.create(SERVICE, wanted);
    return finish(context, name, { flags, doing: "Creating", done: "created" });
  }
  const before = current.status?.latestReadyRevisionName;
  const patch = threeWayMergePatch(lastApplied(current), context.offline ? goService(wanted) : wanted, current);
  const patched = patch === undefined ? current : await client.patch(SERVICE, { namespace, name }, { type: "merge", body: patch });
  const unchanged = context.offline ? patch === undefined : patched.metadata.generation === current.metadata.generation;
  if (unchanged) {
    io.stdout.write(`No changes to apply to service '${name}'.\n`);
    return context.offline ? undefined : printAddress(context, name, { verb: "applied", before });
  }
  await finish(context, name, { flags, doing: "Applying", done: "applied", before });
}

/** The object with itself, as it was given, in an annotation: what a later apply compares with. */
function withLastApplied(service: KnativeService): KnativeService {
  const { [LAST_APPLIED_ANNOTATION]: _old, ...annotations } = service.metadata.annotations ?? {};
  const plain = { ...service, metadata: { ...service.metadata, ...(Object.keys(annotations).length === 0 ? {} : { annotations }) } };
  const configuration = `${canonicalJson(plain)}\n`;
  return { ...plain, metadata: { ...plain.metadata, annotations: { ...annotations, [LAST_APPLIED_ANNOTATION]: configuration } } };
}

function lastApplied(service: KnativeService): Record<string, unknown> {
  const configuration = service.metadata.annotations?.[LAST_APPLIED_ANNOTATION];
  const parsed: unknown = configuration === undefined ? {} : JSON.parse(configuration);
  return isRecord(parsed) ? parsed : {};
}
