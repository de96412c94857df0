import type { Value } from "./value.ts";

export type BinaryOperator = "*" | "/" | "%" | "+" | "-" | "=" | "!=" | "<" | "<=" | ">" | ">=" | "AND" | "OR" | "XOR";

/** An expression of CESQL, as it was read. */
export type Expression =
  | { readonly kind: "literal"; readonly value: Value }
  | { readonly kind: "attribute"; readonly name: string }
  | { readonly kind: "exists"; readonly name: string }
  | { readonly kind: "not"; readonly operand: Expression }
  | { readonly kind: "negate"; readonly operand: Expression }
  | { readonly kind: "like"; readonly operand: Expression; readonly pattern: string; readonly negated: boolean }
  | { readonly kind: "in"; readonly operand: Expression; readonly set: readonly Expression[]; readonly negated: boolean }
  | { readonly kind: "binary"; readonly operator: BinaryOperator; readonly left: Expression; readonly right: Expression }
  /** `name` is in upper case. */
  | { readonly kind: "call"; readonly name: string; readonly args: readonly Expression[] };

/** A text that is not CESQL. `position` counts characters from 0. */
export class CesqlSyntaxError extends Error {
  readonly position: number;
  constructor(message: string, position: number) {
    super(`${message} at position ${position}`);
    this.name = "CesqlSyntaxError";
    this.position = position;
  }
}
