import { AUTOSCALER_CONFIG, parseAutoscalerConfig } from "../config/autoscaler.ts";
import { ConfigError } from "../config/parse.ts";
import type { AdmissionContext, Strategy } from "../meta/kind.ts";
import { CLASS_ANNOTATION, HPA_CLASS, KPA_CLASS, METRIC_ANNOTATION } from "../names/labels.ts";
import { SERVING_NAMESPACE } from "../names/kinetic.ts";
import type { PodAutoscaler } from "./podautoscaler.ts";

const METRIC_OF_CLASS: Readonly<Record<string, string>> = { [KPA_CLASS]: "concurrency", [HPA_CLASS]: "cpu" };

/** Says which autoscaler looks after it, and by what. */
export const podAutoscalerStrategy: Strategy<PodAutoscaler> = {
  default(draft, context) {
    if (context.subresource !== "") return;
    const annotations = (draft.metadata.annotations ??= {});
    const scaler = (annotations[CLASS_ANNOTATION] ??= defaultClass(context));
    const metric = METRIC_OF_CLASS[scaler];
    if (metric !== undefined) annotations[METRIC_ANNOTATION] ??= metric;
  },
};

function defaultClass(context: AdmissionContext): string {
  try {
    return parseAutoscalerConfig(context.configMap(SERVING_NAMESPACE, AUTOSCALER_CONFIG)).podAutoscalerClass;
  } catch (error) {
    if (error instanceof ConfigError) return KPA_CLASS;
    throw error;
  }
}
