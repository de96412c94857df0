const PART = "(\\d+(?:[.,]\\d+)?)";
const PERIOD = new RegExp(`^([+-]?)P(?:${PART}Y)?(?:${PART}M)?(?:${PART}W)?(?:${PART}D)?(?:T(?:${PART}H)?(?:${PART}M)?(?:${PART}S)?)?$`);
const DAY_MS = 86_400_000;
/** Of years, months, weeks, days, hours, minutes and seconds; a month has 30 days and a year 365. */
const UNITS_MS = [365 * DAY_MS, 30 * DAY_MS, 7 * DAY_MS, DAY_MS, 3_600_000, 60_000, 1000];

/** Milliseconds of an ISO 8601 duration such as `PT0.2S` or `P1DT12H`, or undefined if the text is not one. */
export function parseIsoDuration(text: string): number | undefined {
  const match = PERIOD.exec(text);
  if (match === null) return undefined;
  const [, sign, ...parts] = match;
  if (parts.every((part) => part === undefined) || text.endsWith("T")) return undefined;
  const total = parts.reduce((sum, part, index) => sum + number(part) * (UNITS_MS[index] ?? 0), 0);
  return sign === "-" ? -total : total;
}

function number(part: string | undefined): number {
  return part === undefined ? 0 : Number(part.replace(",", "."));
}
