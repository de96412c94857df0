import type { Command } from "commander";
import type { DomainMapping } from "../../../api/serving/domainmapping.ts";
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
import { DOMAIN_MAPPING } from "../refs.ts";

export interface DomainDescribeOptions extends DescribeFlags {
  readonly name: string;
}

export function domainDescribeCommand(kn: Kn, run = runDomainDescribe): Command {
  return addPrintFlags(addNamespaceFlag(leaf("describe", "NAME", "Show details of a domain mapping")), ", url")
    .option("-v, --verbose", "More output.")
    .action((words: string[], flags: DescribeFlags, self: Command) => {
      const [name] = words;
      if (name === undefined || words.length > 1)
        throw new UserError("'kn domain describe' requires name of the domain mapping as single argument");
      if (flags.output !== "url") printerOf(flags);
      return inContext(kn, self, (context) => run(context, { ...flags, name }));
    });
}

export async function runDomainDescribe(context: Context, options: DomainDescribeOptions): Promise<void> {
  const mapping = await mustGet(context, DOMAIN_MAPPING, options.name);
  if (options.output === "url") return void context.io.stdout.write(`${mapping.status?.url ?? ""}\n`);
  const print = printerOf(options);
  if (print !== undefined) return print(mapping, context.io);
  context.io.stdout.write(describeDomain(mapping, { verbose: options.verbose === true, now: context.clock.now() }));
}

const NESTED = 2;

function describeDomain({ metadata, spec: { ref }, status }: DomainMapping, view: View): string {
  const sections = new Sections();
  writeMetadata(sections, metadata, view);
  sections
    .line()
    .attribute("URL", status?.url ?? "")
    .line();
  sections.attribute("Reference", "").attribute("APIVersion", ref.apiVersion ?? "", NESTED);
  sections.attribute("Kind", ref.kind, NESTED).attribute("Name", ref.name, NESTED);
  if (ref.namespace !== metadata.namespace) sections.attribute("Namespace", ref.namespace ?? "", NESTED);
  writeConditions(sections.line(), status?.conditions, view);
  return sections.toString();
}
