import { alignRow, columnWidths } from "./table.ts";

const PADDING = 2;

/**
 * The key and value layout of `describe`. Neighbouring attributes are aligned with each other; a line without a key,
 * or an empty line, starts a new alignment.
 */
export class Sections {
  #text = "";
  #pending: [string, string][] = [];

  /** `Key:  value`; further values go below the first. Values of "" print the key alone. */
  attribute(key: string, value: string | readonly string[], indent = 0): this {
    const [first = "", ...rest] = typeof value === "string" ? [value] : value;
    this.#pending.push([`${" ".repeat(indent)}${key}:`, first], ...rest.map((line): [string, string] => ["", line]));
    return this;
  }

  /** A line as it is. */
  line(text = ""): this {
    this.#flush();
    this.#text += `${text}\n`;
    return this;
  }

  toString(): string {
    this.#flush();
    return this.#text;
  }

  #flush(): void {
    const widths = columnWidths(this.#pending, { minWidth: 0, padding: PADDING });
    this.#text += this.#pending.map((row) => `${alignRow(row, widths)}\n`).join("");
    this.#pending = [];
  }
}
