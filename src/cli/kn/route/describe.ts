import type { Command } from "commander";
import { SERVICE_LABEL } from "../../../api/names/labels.ts";
import type { Route } from "../../../api/serving/route.ts";
import type { TrafficTarget } from "../../../api/serving/traffic.ts";
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
import { ROUTE } from "../refs.ts";

export interface RouteDescribeOptions extends DescribeFlags {
  readonly name: string;
}

export function routeDescribeCommand(kn: Kn, run = runRouteDescribe): Command {
  return addPrintFlags(addNamespaceFlag(leaf("describe", "NAME", "Show details of a route")))
    .option("-v, --verbose", "More output.")
    .action((words: string[], flags: DescribeFlags, self: Command) => {
      const [name] = words;
      if (name === undefined || words.length > 1)
        throw new UserError(`'${kn.name} route describe' requires name of the route as single argument`);
      printerOf(flags);
      return inContext(kn, self, (context) => run(context, { ...flags, name }));
    });
}

export async function runRouteDescribe(context: Context, options: RouteDescribeOptions): Promise<void> {
  const route = await mustGet(context, ROUTE, options.name);
  const print = printerOf(options);
  if (print !== undefined) return print(route, context.io);
  context.io.stdout.write(describeRoute(route, { verbose: options.verbose === true, now: context.clock.now() }));
}

export function describeRoute(route: Route, view: View): string {
  const sections = new Sections();
  writeMetadata(sections, route.metadata, view);
  sections.attribute("URL", route.status?.url ?? "");
  const service = route.metadata.labels?.[SERVICE_LABEL];
  if (service !== undefined) sections.attribute("Service", service);
  sections.line().attribute("Traffic Targets", "");
  for (const target of route.status?.traffic ?? []) writeTarget(sections, target);
  writeConditions(sections.line(), route.status?.conditions, view);
  return sections.toString();
}

function writeTarget(sections: Sections, { percent, revisionName = "", latestRevision, tag, url }: TrafficTarget): void {
  const name = latestRevision === true ? `@latest (${revisionName})` : revisionName;
  const suffix = tag === undefined || tag === "" ? "" : ` #${tag}`;
  sections.line(`  ${`${percent ?? 0}%`.padStart(4)}  ${name}${suffix}`);
  if (url !== undefined && url !== "") sections.attribute("URL", url, 8);
}
