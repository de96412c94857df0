import type { Diagnostic } from "../contract.ts";
import { MAIN_FOLDER } from "./overlay.ts";

const PLACE = /^(?:\.\/)?([^\s:]+\.(?:go|mod|sum)):(\d+)(?::(\d+))?: (.+)$/;

/** The places in what the compiler printed; a line without one belongs to the error above it. */
export function goDiagnostics(output: string): Diagnostic[] {
  return output.split("\n").flatMap((line) => {
    const match = PLACE.exec(line.trimEnd());
    if (match === null) return [];
    const [, file = "", row, column, text = ""] = match;
    if (file.startsWith(`${MAIN_FOLDER}/`)) return [];
    return [{ file, line: Number(row), ...(column === undefined ? {} : { column: Number(column) }), text }];
  });
}

/** Our own main does not compile: New makes something else than was to be seen in the source. */
export function mistakenExport(output: string): string | undefined {
  const error = new RegExp(`^${MAIN_FOLDER}/target\\.go:\\d+:\\d+: (.+)$`, "m").exec(output)?.[1];
  if (error === undefined) return undefined;
  const type = /f\.Handle undefined \(type (\S+) has no/.exec(error)?.[1];
  return type === undefined ? `New and Handle do not fit together: ${error}` : `New() returns ${type}, which has no method Handle`;
}
