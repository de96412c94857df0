import { tokenize, type Token } from "./lexer.ts";
import { CesqlSyntaxError, type BinaryOperator, type Expression } from "./syntax.ts";
import { MAX_INTEGER } from "./value.ts";

/** A filter is evaluated for every event: bounds on what one may cost. */
const MAX_LENGTH = 16_384;
const MAX_DEPTH = 128;

/** Binding powers; a higher one binds tighter. */
const POWER: Readonly<Record<string, number>> = {
  ...{ OR: 1, XOR: 1, AND: 1 },
  ...{ "=": 2, "!=": 2, "<>": 2, "<": 2, "<=": 2, ">": 2, ">=": 2 },
  ...{ "+": 3, "-": 3, "*": 4, "/": 4, "%": 4 },
  ...{ LIKE: 5, IN: 5, NOT: 5 },
};
/** NOT and the minus sign bind tighter than everything with two sides. */
const PREFIX_POWER = 6;

/**
 * Reads an expression of CESQL 1.0. AND, OR and XOR share one precedence and go from left to right, as the specification's text says.
 * @throws CesqlSyntaxError with the position
 */
export function parseCesql(text: string): Expression {
  if (text.length > MAX_LENGTH) throw new CesqlSyntaxError(`the expression has more than ${MAX_LENGTH} characters`, MAX_LENGTH);
  const parser = new Parser(tokenize(text));
  const expression = parser.expression(0);
  parser.expectEnd();
  return expression;
}

class Parser {
  readonly #tokens: readonly Token[];
  #index = 0;
  #depth = 0;

  constructor(tokens: readonly Token[]) {
    this.#tokens = tokens;
  }

  expectEnd(): void {
    if (this.#peek().kind !== "end") throw this.#unexpected();
  }

  /** Everything that binds tighter than `power`. */
  expression(power: number): Expression {
    if (++this.#depth > MAX_DEPTH) throw new CesqlSyntaxError("the expression is nested too deeply", this.#peek().position);
    let left = this.#prefix();
    for (let next = this.#operator(); (POWER[next] ?? 0) > power; next = this.#operator()) left = this.#infix(left, next);
    this.#depth -= 1;
    return left;
  }

  #prefix(): Expression {
    const token = this.#take();
    if (token.kind === "integer") return { kind: "literal", value: integer(token.text, 1, token.position) };
    if (token.kind === "string") return { kind: "literal", value: token.text };
    if (token.kind === "word") return this.#word(token);
    if (token.text === "-") return this.#negate();
    if (token.text !== "(") throw this.#unexpected(token);
    const inner = this.expression(0);
    this.#expect(")");
    return inner;
  }

  /** The smallest integer has no positive twin, so the sign belongs to the literal. */
  #negate(): Expression {
    const next = this.#peek();
    if (next.kind !== "integer") return { kind: "negate", operand: this.expression(PREFIX_POWER) };
    this.#take();
    return { kind: "literal", value: integer(next.text, -1, next.position) };
  }

  #word(token: Token): Expression {
    const keyword = token.text.toUpperCase();
    if (this.#peek().text === "(" && /^[A-Z][A-Z_]*$/.test(keyword) && !KEYWORDS.has(keyword)) return this.#call(keyword);
    if (keyword === "TRUE" || keyword === "FALSE") return { kind: "literal", value: keyword === "TRUE" };
    if (keyword === "NOT") return { kind: "not", operand: this.expression(PREFIX_POWER) };
    if (keyword === "EXISTS") return { kind: "exists", name: this.#attribute(this.#take()) };
    return { kind: "attribute", name: this.#attribute(token) };
  }

  #attribute(token: Token): string {
    const isName = token.kind === "word" && /^[a-z][a-z0-9]*$/i.test(token.text) && !KEYWORDS.has(token.text.toUpperCase());
    if (!isName) throw this.#unexpected(token);
    return token.text.toLowerCase();
  }

  #call(name: string): Expression {
    this.#take();
    if (this.#accept(")")) return { kind: "call", name, args: [] };
    return { kind: "call", name, args: this.#list() };
  }

  /** Up to and with the closing parenthesis; at least one. */
  #list(): Expression[] {
    const members = [this.expression(0)];
    while (this.#accept(",")) members.push(this.expression(0));
    this.#expect(")");
    return members;
  }

  #infix(left: Expression, operator: string): Expression {
    this.#take();
    const negated = operator === "NOT";
    const name = negated ? this.#take().text.toUpperCase() : operator;
    if (name === "LIKE") return { kind: "like", operand: left, pattern: this.#pattern(), negated };
    if (name === "IN") {
      this.#expect("(");
      return { kind: "in", operand: left, set: this.#list(), negated };
    }
    if (negated) throw this.#unexpected(this.#tokens[this.#index - 1]);
    const right = this.expression(POWER[operator] ?? 0);
    return { kind: "binary", operator: (operator === "<>" ? "!=" : operator) as BinaryOperator, left, right };
  }

  #pattern(): string {
    const token = this.#take();
    if (token.kind !== "string") throw new CesqlSyntaxError("LIKE needs a string literal", token.position);
    return token.text;
  }

  #operator(): string {
    const token = this.#peek();
    return token.kind === "symbol" || token.kind === "word" ? token.text.toUpperCase() : "";
  }

  #peek(): Token {
    return this.#tokens[this.#index] ?? { kind: "end", text: "", position: 0 };
  }

  #take(): Token {
    const token = this.#peek();
    if (token.kind !== "end") this.#index += 1;
    return token;
  }

  #accept(symbol: string): boolean {
    const isNext = this.#peek().kind === "symbol" && this.#peek().text === symbol;
    if (isNext) this.#take();
    return isNext;
  }

  #expect(symbol: string): void {
    if (!this.#accept(symbol)) throw this.#unexpected();
  }

  #unexpected(token: Token = this.#peek()): CesqlSyntaxError {
    return new CesqlSyntaxError(token.kind === "end" ? "unexpected end" : `unexpected ${JSON.stringify(token.text)}`, token.position);
  }
}

const KEYWORDS: ReadonlySet<string> = new Set(["AND", "OR", "XOR", "NOT", "LIKE", "EXISTS", "IN", "TRUE", "FALSE"]);

function integer(digits: string, sign: 1 | -1, position: number): number {
  const value = sign * Number(digits);
  if (value > MAX_INTEGER || value < -MAX_INTEGER - 1) throw new CesqlSyntaxError(`${digits} does not fit into 32 bits`, position);
  return value;
}
