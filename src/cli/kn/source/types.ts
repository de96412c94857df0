import { UserError } from "../../shared/io.ts";
import { definitionsOf } from "../eventing/definitions.ts";
import type { Context } from "../kn.ts";

export interface SourceType {
  readonly group: string;
  readonly version: string;
  readonly kind: string;
  readonly plural: string;
}

/** What `kn` has commands for. */
export const KNOWN: Readonly<Record<string, string>> = {
  ApiServerSource: "Watch and send Kubernetes API events to a sink",
  ContainerSource: "Generate events by Container image and send to a sink",
  PingSource: "Periodically send ping events to a sink",
  SinkBinding: "Binding for connecting a PodSpecable to a sink",
};

/** The kinds that say they are sources; the four known ones where we may not look. */
export async function sourceTypes(context: Context): Promise<readonly SourceType[]> {
  const found = await definitionsOf(context, "duck.knative.dev/source=true");
  if (found === undefined) {
    return Object.keys(KNOWN).map((kind) => ({ group: "sources.knative.dev", version: "v1", kind, plural: `${kind.toLowerCase()}s` }));
  }
  const types = found.map(({ spec }) => ({
    group: spec.group,
    version: spec.versions.find(({ served }) => served)?.name ?? "v1",
    kind: spec.names.kind,
    plural: spec.names.plural,
  }));
  if (types.length === 0) throw new UserError("no sources found on the backend, please verify the installation");
  return types;
}
