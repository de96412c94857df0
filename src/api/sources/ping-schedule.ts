import { Cron } from "croner";

/** When a PingSource fires. */
export interface PingSchedule {
  /** Epoch milliseconds of the next time after `afterMs`; undefined: never again. */
  next(afterMs: number): number | undefined;
}

export type ParsedSchedule =
  | { readonly kind: "ok"; readonly schedule: PingSchedule }
  | { readonly kind: "invalid"; readonly message: string };

const ZONE = /^(?:CRON_TZ|TZ)=(\S+)\s+/;
const DESCRIPTORS: ReadonlySet<string> = new Set(["@yearly", "@annually", "@monthly", "@weekly", "@daily", "@midnight", "@hourly"]);

/**
 * Five fields, or six with seconds first, or a descriptor; a zone by `timezone` or in front (`CRON_TZ=Europe/Berlin`), else UTC.
 * A time that a change of the clocks skips fires at the first moment after it.
 */
export function parsePingSchedule(text: string, timezone?: string): ParsedSchedule {
  const zone = ZONE.exec(text);
  const schedule = text.slice(zone?.[0].length ?? 0).trim();
  if (zone !== null && timezone !== undefined && timezone !== "") return invalid("a zone is given both in schedule and in timezone");
  if (schedule.startsWith("@every"))
    return invalid("@every is not supported: use five or six fields, e.g. */30 * * * * * for every 30 seconds");
  if (schedule.startsWith("@") && !DESCRIPTORS.has(schedule)) return invalid(`${schedule} is not one of ${[...DESCRIPTORS].join(", ")}`);
  if (!schedule.startsWith("@") && ![5, 6].includes(schedule.split(/\s+/).length))
    return invalid(`${JSON.stringify(text)} has not five or six fields`);
  try {
    const cron = new Cron(schedule, { paused: true, timezone: zone?.[1] ?? (timezone || "UTC"), mode: "5-or-6-parts" });
    const next = (afterMs: number) => cron.nextRun(new Date(afterMs))?.getTime();
    next(0); // an unknown zone is noticed here
    return { kind: "ok", schedule: { next } };
  } catch (error) {
    return invalid(reason(error));
  }
}

function invalid(message: string): ParsedSchedule {
  return { kind: "invalid", message };
}

function reason(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  const zone = /Invalid time zone specified: (\S+)/.exec(text)?.[1];
  return zone === undefined ? text.replace(/^Cron\w+: /, "") : `unknown time zone ${zone}`;
}
