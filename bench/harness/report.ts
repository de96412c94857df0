import type { FigureSpec, Readings, Row, Unit } from "./row.ts";
import { spreadOf, verdictOf, type Spread, type Verdict } from "./statistics.ts";

export interface FigureResult {
  readonly spec: FigureSpec;
  readonly ours: Spread | undefined;
  readonly peer: { readonly name: string; readonly spread: Spread } | undefined;
  readonly verdict: Verdict | "not measured";
}

export interface RowResult {
  readonly row: Pick<Row, "name" | "title">;
  readonly figures: readonly FigureResult[];
  readonly notes: readonly string[];
}

export interface Rounds {
  readonly ours: readonly Readings[];
  readonly peer: readonly Readings[];
  readonly peerName: string;
}

export function resultOf(row: Row, rounds: Rounds, notes: readonly string[]): RowResult {
  return { row: { name: row.name, title: row.title }, figures: row.figures.map((spec) => figureOf(spec, rounds)), notes };
}

function figureOf(spec: FigureSpec, rounds: Rounds): FigureResult {
  const ours = spreadOf(valuesOf(rounds.ours, spec.key));
  const peer = spreadOf(valuesOf(rounds.peer, spec.key));
  return {
    spec,
    ours,
    peer: peer === undefined ? undefined : { name: rounds.peerName, spread: peer },
    verdict: ours === undefined ? "not measured" : verdictOf(ours.median, spec),
  };
}

function valuesOf(rounds: readonly Readings[], key: string): number[] {
  return rounds.map((readings) => readings[key]).filter((value): value is number => value !== undefined && Number.isFinite(value));
}

const VERDICTS: Readonly<Record<FigureResult["verdict"], string>> = {
  goal: "reaches the goal",
  bar: "meets the bar",
  missed: "BELOW THE BAR",
  "no bar": "no bar set",
  "not measured": "NOT MEASURED",
};

/** One block for a row: a line for each figure with its peers below. */
export function formatRow(result: RowResult): string {
  const lines = result.figures.flatMap(formatFigure);
  return [`${result.row.name}: ${result.row.title}`, ...lines, ...result.notes.map((note) => `  ! ${note}`), ""].join("\n");
}

function formatFigure({ spec, ours, peer, verdict }: FigureResult): string[] {
  const limits = [limit("bar", spec.bar, spec.unit), limit("goal", spec.goal, spec.unit)].filter((text) => text !== "").join(", ");
  const judged = [limits, VERDICTS[verdict]].filter((text) => text !== "").join("; ");
  const head = `  ${spec.what.padEnd(52)} ${formatSpread(ours, spec.unit).padEnd(34)} ${judged}`;
  const below = [
    ...(peer === undefined ? [] : [`measured now, ${peer.name}: ${formatSpread(peer.spread, spec.unit)}`]),
    ...(spec.recorded === undefined ? [] : [`recorded, ${spec.recorded}`]),
  ];
  return [head.trimEnd(), ...below.map((text) => `      ${text}`)];
}

function limit(name: string, value: number | undefined, unit: Unit): string {
  return value === undefined ? "" : `${name} ${formatValue(value, unit)}`;
}

function formatSpread(spread: Spread | undefined, unit: Unit): string {
  if (spread === undefined) return "-";
  const { median, min, max, n } = spread;
  const range = n === 1 ? "1 round" : `${formatValue(min, "")}-${formatValue(max, "")}, ${n} rounds`;
  return `${formatValue(median, unit)} (${range})`;
}

/** Three significant digits below a thousand, whole numbers above. */
export function formatValue(value: number, unit: Unit): string {
  const number = Math.abs(value) >= 1000 ? Math.round(value).toLocaleString("en-US") : String(Number(value.toPrecision(3)));
  return unit === "" || unit === "/s" ? `${number}${unit}` : `${number} ${unit}`;
}
