/** Narrowest column and the spaces between columns, as kn and kubectl print tables. */
const MIN_WIDTH = 6;
const PADDING = 3;

/**
 * Rows as aligned text, each ended by a newline. The last cell of a row is not padded.
 * Widths count code points.
 */
export function renderTable(rows: readonly (readonly string[])[]): string {
  const widths = columnWidths(rows, { minWidth: MIN_WIDTH, padding: PADDING });
  return rows.map((row) => `${alignRow(row, widths)}\n`).join("");
}

interface Spacing {
  readonly minWidth: number;
  readonly padding: number;
}

/** The width of every column but the last. */
export function columnWidths(rows: readonly (readonly string[])[], { minWidth, padding }: Spacing): number[] {
  const widths: number[] = [];
  for (const row of rows) {
    row.slice(0, -1).forEach((cell, column) => {
      widths[column] = Math.max(widths[column] ?? minWidth, textWidth(cell) + padding);
    });
  }
  return widths;
}

export function alignRow(row: readonly string[], widths: readonly number[]): string {
  return row.map((cell, column) => (column === row.length - 1 ? cell : padEnd(cell, widths[column] ?? 0))).join("");
}

function padEnd(text: string, width: number): string {
  return text + " ".repeat(Math.max(0, width - textWidth(text)));
}

function textWidth(text: string): number {
  return [...text].length;
}
