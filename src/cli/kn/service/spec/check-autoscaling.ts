import { AUTOSCALING } from "../../../../api/names/labels.ts";
import type { KnativeService } from "../../../../api/serving/service.ts";
import { UserError } from "../../../shared/io.ts";

/**
 * Refuses autoscaling annotations that no server takes, in its words, before anything is sent.
 * How they go together is the server's to judge.
 */
export async function checkAutoscaling(service: KnativeService): Promise<void> {
  const annotations = service.spec.template.metadata?.annotations ?? {};
  if (!Object.keys(annotations).some((key) => key.startsWith(`${AUTOSCALING}/`))) return;
  const { validateAutoscaling } = await import("../../../../api/serving/validation/autoscaling-annotations.ts");
  const { parseAutoscalerConfig } = await import("../../../../api/config/autoscaler.ts");
  const faults = validateAutoscaling(parseAutoscalerConfig({ "allow-zero-initial-scale": "true" }), annotations);
  const fault = faults.find(({ paths }) => paths.length === 1);
  if (fault === undefined) return;
  throw new UserError(`${fault.message}: ${fault.paths[0] ?? ""}${fault.details === undefined ? "" : `\n${fault.details}`}`);
}
