import { textOfBase64 } from "../../std/base64.ts";
import { isRecord } from "../../std/json.ts";
import { parsePingDefaults, PING_DEFAULTS_CONFIG } from "../config/eventing/ping-defaults.ts";
import { defaultDestination, validateDestination } from "../duck/destination.ts";
import { invalidValue, multipleOneOf, viaField, type FieldErrors } from "../duck/field-error.ts";
import { failsEarlier } from "../duck/refusals.ts";
import { validateOverrides } from "../duck/source.ts";
import { denied, destinationRules, eventingConfig, featuresOf } from "../eventing/webhook.ts";
import type { AdmissionContext, Refusal, Strategy } from "../meta/kind.ts";
import { dropStatus } from "../meta/strategy.ts";
import { utf8Length } from "../meta/validation/labels.ts";
import { parsePingSchedule } from "./ping-schedule.ts";
import type { PingSource } from "./ping-source.ts";

export const EVERY_MINUTE = "* * * * *";

export const pingSourceStrategy: Strategy<PingSource> = {
  prepare: dropStatus,
  default(draft, context) {
    if (context.subresource !== "") return;
    draft.spec ??= {};
    draft.spec.schedule ||= EVERY_MINUTE;
    defaultDestination(draft.spec.sink, draft.metadata.namespace);
  },
  validate: (source, context) => (context.subresource === "" ? validate(source, context) : undefined),
};

function validate(source: PingSource, context: AdmissionContext): Refusal | undefined {
  if (failsEarlier({ group: "sources.knative.dev", kind: "PingSource" }, source, context)) return undefined;
  const { spec } = source;
  const { dataMaxSize } = eventingConfig(context, PING_DEFAULTS_CONFIG, parsePingDefaults);
  return denied(
    viaField("spec", [
      ...scheduleFaults(spec.schedule ?? EVERY_MINUTE, spec.timezone),
      ...viaField("sink", validateDestination(spec.sink, destinationRules(featuresOf(context)))),
      ...validateOverrides(spec.ceOverrides),
      ...dataFaults(spec, dataMaxSize),
    ]),
  );
}

function scheduleFaults(schedule: string, timezone: string | undefined): FieldErrors {
  if (schedule.includes("@every")) return invalidValue("unsupported descriptor @every", "schedule");
  const parsed = parsePingSchedule(schedule, timezone);
  if (parsed.kind === "ok") return [];
  return invalidValue(parsed.message, timezone && parsed.message.includes("time zone") ? "timezone" : "schedule");
}

function dataFaults({ data, dataBase64, contentType }: PingSource["spec"], limit: number): FieldErrors {
  if (data && dataBase64) return multipleOneOf("data", "dataBase64");
  const field = dataBase64 ? "dataBase64" : "data";
  const text = dataBase64 || data || "";
  if (text === "") return [];
  const size = utf8Length(text);
  const tooLong = `the ${field} length of ${size} bytes exceeds limit set at ${limit}.`;
  return [
    ...(limit > -1 && size > limit ? invalidValue(tooLong, field) : []),
    ...contentFaults(field, dataBase64 ? decoded(text) : text, contentType),
  ];
}

/** JSON must be an object: upstream takes neither lists nor scalars. */
function contentFaults(field: string, text: string | undefined, contentType: string | undefined): FieldErrors {
  if (text === undefined) return invalidValue("illegal base64 data", field);
  if (contentType !== "application/json") return [];
  try {
    const value: unknown = JSON.parse(text);
    return isRecord(value) || value === null
      ? []
      : invalidValue(`json: cannot unmarshal ${typeName(value)} into Go value of type map[string]interface {}`, field);
  } catch (error) {
    return invalidValue((error as Error).message, field);
  }
}

function typeName(value: unknown): string {
  if (Array.isArray(value)) return "array";
  return typeof value === "boolean" ? "bool" : typeof value;
}

/** Undefined: the text is no base64. */
function decoded(text: string): string | undefined {
  try {
    return textOfBase64(text);
  } catch {
    return undefined;
  }
}
