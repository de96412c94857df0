import type { Command } from "commander";
import { CONFIGURATION_GENERATION_LABEL, SERVICE_LABEL } from "../../../api/names/labels.ts";
import type { Revision } from "../../../api/serving/revision.ts";
import type { KnativeService } from "../../../api/serving/service.ts";
import { UserError } from "../../shared/io.ts";
import { printerOf } from "../../shared/print-object.ts";
import { Sections } from "../../shared/sections.ts";
import { writeConditions } from "../conditions.ts";
import { writeMetadata, type DescribeFlags, type View } from "../describe.ts";
import { addNamespaceFlag } from "../flags.ts";
import { mustGet } from "../get.ts";
import { leaf } from "../group.ts";
import { inContext, type Context, type Kn } from "../kn.ts";
import { addPrintFlags } from "../list.ts";
import { REVISION, SERVICE } from "../refs.ts";
import { writeContainerDetails, writeImageAndReplicas } from "../revision-facts.ts";

export interface RevisionDescribeOptions extends DescribeFlags {
  readonly name: string;
}

export function revisionDescribeCommand(kn: Kn, run = runRevisionDescribe): Command {
  return addPrintFlags(addNamespaceFlag(leaf("describe", "NAME", "Show details of a revision")))
    .option("-v, --verbose", "More output.")
    .action((words: string[], flags: DescribeFlags, self: Command) => {
      const [name] = words;
      if (name === undefined || words.length > 1)
        throw new UserError(`'${kn.name} revision describe' requires name of the revision as single argument`);
      printerOf(flags);
      return inContext(kn, self, (context) => run(context, { ...flags, name }));
    });
}

export async function runRevisionDescribe(context: Context, options: RevisionDescribeOptions): Promise<void> {
  const revision = await mustGet(context, REVISION, options.name);
  const print = printerOf(options);
  if (print !== undefined) return print(revision, context.io);
  const name = revision.metadata.labels?.[SERVICE_LABEL];
  const verbose = options.verbose === true;
  const service = name === undefined || !verbose ? undefined : await context.client.get(SERVICE, { namespace: context.namespace, name });
  context.io.stdout.write(describeRevision(revision, service, { verbose, now: context.clock.now() }));
}

export function describeRevision(revision: Revision, service: KnativeService | undefined, view: View): string {
  const sections = new Sections();
  writeMetadata(sections, revision.metadata, view);
  writeImageAndReplicas(sections, revision, 0);
  writeContainerDetails(sections, revision, { indent: 0, verbose: view.verbose });
  writeService(sections, revision, service);
  writeConditions(sections.line(), revision.status?.conditions, view);
  return sections.toString();
}

function writeService(sections: Sections, { metadata }: Revision, service: KnativeService | undefined): void {
  const { [SERVICE_LABEL]: name, [CONFIGURATION_GENERATION_LABEL]: generation } = metadata.labels ?? {};
  if (name === undefined) return;
  sections.attribute("Service", name);
  if (service === undefined) return;
  sections.attribute("Configuration Generation", generation ?? "", 2);
  sections.attribute("Latest Created", String(service.status?.latestCreatedRevisionName === metadata.name), 2);
  sections.attribute("Latest Ready", String(service.status?.latestReadyRevisionName === metadata.name), 2);
}
