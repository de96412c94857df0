import { AUTOSCALING, CLUSTER_LOCAL, VISIBILITY_LABEL } from "../../../../api/names/labels.ts";
import type { KnativeService } from "../../../../api/serving/service.ts";
import { UserError } from "../../../shared/io.ts";
import type { Profile } from "../../config/config.ts";
import { applyPairs, parsePairs, type Pairs } from "./pairs.ts";
import { scaleAnnotations, type ScaleFlags } from "./scale.ts";

export interface MetadataFlags extends ScaleFlags {
  readonly label?: readonly string[];
  readonly labelService?: readonly string[];
  readonly labelRevision?: readonly string[];
  readonly annotation?: readonly string[];
  readonly annotationService?: readonly string[];
  readonly annotationRevision?: readonly string[];
  readonly clusterLocal?: boolean;
  readonly profile?: string;
  /** Of the configuration file; they go before those that are built in. */
  readonly profiles?: Readonly<Record<string, Profile>>;
}

/** Labels and annotations of the service and of its template. `-l` and `-a` go to both. */
export function applyMetadata(service: KnativeService, flags: MetadataFlags): void {
  const template = (service.spec.template.metadata ??= {});
  const profile = profileOf(flags.profile, { ...PROFILES, ...flags.profiles });
  const labels = parsePairs("label", flags.label ?? []);
  service.metadata.labels = applied(service.metadata.labels, labels, parsePairs("label-service", flags.labelService ?? []));
  template.labels = applied(template.labels, labels, parsePairs("label-revision", flags.labelRevision ?? []), profile.labels);
  const annotations = parsePairs("annotation", flags.annotation ?? []);
  const forService = parsePairs("annotation-service", flags.annotationService ?? []);
  refuseAutoscaling(forService);
  service.metadata.annotations = applied(service.metadata.annotations, withoutAutoscaling(annotations), forService);
  const forRevision = parsePairs("annotation-revision", flags.annotationRevision ?? []);
  const scale = { set: scaleAnnotations(flags), remove: [] };
  template.annotations = applied(template.annotations, annotations, forRevision, scale, profile.annotations);
  if (flags.clusterLocal !== undefined) applyVisibility(service, flags.clusterLocal);
}

function applied(map: Readonly<Record<string, string>> | undefined, ...changes: readonly Pairs[]): Record<string, string> | undefined {
  return changes.reduce<Record<string, string> | undefined>((result, pairs) => applyPairs(result, pairs), { ...map });
}

function withoutAutoscaling({ set, remove }: Pairs): Pairs {
  const ours = (key: string) => !key.startsWith(`${AUTOSCALING}/`);
  return { set: new Map([...set].filter(([key]) => ours(key))), remove: remove.filter(ours) };
}

function refuseAutoscaling({ set }: Pairs): void {
  const key = [...set.keys()].find((name) => name.startsWith(`${AUTOSCALING}/`));
  if (key !== undefined)
    throw new UserError(`service can not have auto-scaling related annotation: ${key} , please update using 'annotation-revision'`);
}

function applyVisibility(service: KnativeService, local: boolean): void {
  const pairs = local ? { set: new Map([[VISIBILITY_LABEL, CLUSTER_LOCAL]]), remove: [] } : { set: new Map(), remove: [VISIBILITY_LABEL] };
  service.metadata.labels = applyPairs(service.metadata.labels, pairs);
}

const PROFILES: Readonly<Record<string, Profile>> = {
  istio: {
    labels: { "sidecar.istio.io/inject": "true" },
    annotations: { "sidecar.istio.io/rewriteAppHTTPProbers": "true", "serving.knative.openshift.io/enablePassthrough": "true" },
  },
};

const NOTHING: Pairs = { set: new Map(), remove: [] };

/** `istio` adds the profile's labels and annotations, `istio-` takes them away. */
function profileOf(text: string | undefined, profiles: Readonly<Record<string, Profile>>): { labels: Pairs; annotations: Pairs } {
  if (text === undefined || text === "") return { labels: NOTHING, annotations: NOTHING };
  const removing = text.endsWith("-");
  const name = removing ? text.slice(0, -1) : text;
  const profile = Object.hasOwn(profiles, name) ? profiles[name] : undefined;
  if (profile === undefined) throw new UserError(`profile ${name} doesn't exist`);
  const pairs = (map: Readonly<Record<string, string>>): Pairs =>
    removing ? { set: new Map(), remove: Object.keys(map) } : { set: new Map(Object.entries(map)), remove: [] };
  return { labels: pairs(profile.labels), annotations: pairs(profile.annotations) };
}
