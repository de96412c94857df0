import { AUTOSCALING, MAX_SCALE_ANNOTATION, METRIC_ANNOTATION, MIN_SCALE_ANNOTATION } from "../../../../api/names/labels.ts";
import { UserError } from "../../../shared/io.ts";

export interface ScaleFlags {
  readonly scale?: string;
  readonly scaleMin?: number;
  readonly scaleMax?: number;
  readonly scaleInit?: number;
  readonly scaleActivation?: number;
  readonly scaleTarget?: number;
  readonly scaleMetric?: string;
  readonly scaleUtilization?: number;
  readonly scaleWindow?: string;
}

/** The template's annotations that these flags stand for. */
export function scaleAnnotations(flags: ScaleFlags): Map<string, string> {
  const { min, max } = range(flags);
  const values: [string, string | number | undefined][] = [
    [MIN_SCALE_ANNOTATION, flags.scaleMin ?? min],
    [MAX_SCALE_ANNOTATION, flags.scaleMax ?? max],
    [`${AUTOSCALING}/initial-scale`, flags.scaleInit],
    [`${AUTOSCALING}/activation-scale`, flags.scaleActivation],
    [`${AUTOSCALING}/target`, flags.scaleTarget],
    [METRIC_ANNOTATION, flags.scaleMetric],
    [`${AUTOSCALING}/target-utilization-percentage`, flags.scaleUtilization],
    [`${AUTOSCALING}/window`, flags.scaleWindow],
  ];
  return new Map(values.flatMap(([key, value]): [string, string][] => (value === undefined ? [] : [[key, String(value)]])));
}

/** `3`, `1..5`, `..5`, `1..` */
function range({ scale, scaleMin, scaleMax }: ScaleFlags): { min?: number; max?: number } {
  if (scale === undefined) return {};
  if (scaleMin !== undefined) throw new UserError("only --scale or --scale-min can be specified");
  if (scaleMax !== undefined) throw new UserError("only --scale or --scale-max can be specified");
  const match = /^(\d*)(\.\.)?(\d*)$/.exec(scale);
  if (match === null || (match[1] === "" && match[3] === "")) throw new UserError("Scale must be of the format x..y or x");
  const [, low = "", dots, high = ""] = match;
  if (dots === undefined) return { min: Number(low), max: Number(low) };
  return { ...(low === "" ? {} : { min: Number(low) }), ...(high === "" ? {} : { max: Number(high) }) };
}
