import { badRequest } from "../../../api/meta/errors.ts";
import { labelValueErrors, qualifiedNameErrors } from "../../../api/meta/validation/names.ts";

type Labels = Readonly<Record<string, string>>;

export interface LabelRequirement {
  readonly key: string;
  readonly operator: "=" | "!=" | "in" | "notin" | "exists" | "!" | "gt" | "lt";
  readonly values: readonly string[];
}

export type LabelSelector = readonly LabelRequirement[];

type Token = { readonly kind: "word" | "op" | "end"; readonly text: string };

const TOKEN = /\s*(==|!=|[=!<>(),]|[^\s=!<>(),]+)/y;

/**
 * Parses `labelSelector`, equality based (`a=b,c!=d,e`) and set based (`a in (b, c),d notin (e),!f`).
 * @throws ApiError 400 with Kubernetes' text.
 */
export function parseLabelSelector(text: string): LabelSelector {
  const parser = new Parser(tokenize(text));
  const requirements = parser.requirements();
  for (const requirement of requirements) check(requirement);
  return requirements;
}

export function matchesLabels(selector: LabelSelector, labels: Labels | undefined): boolean {
  return selector.every((requirement) => matches(requirement, labels ?? {}));
}

function matches({ key, operator, values }: LabelRequirement, labels: Labels): boolean {
  const value = Object.hasOwn(labels, key) ? labels[key] : undefined;
  switch (operator) {
    case "exists":
      return value !== undefined;
    case "!":
      return value === undefined;
    case "=":
    case "in":
      return value !== undefined && values.includes(value);
    case "!=":
    case "notin":
      return value === undefined || !values.includes(value);
    case "gt":
      return compareIntegers(value, values[0]) > 0;
    case "lt":
      return compareIntegers(value, values[0]) < 0;
  }
}

/** 0 (no match either way) when one of them is not an integer. */
function compareIntegers(a: string | undefined, b: string | undefined): number {
  if (a === undefined || b === undefined || !/^-?\d+$/.test(a) || !/^-?\d+$/.test(b)) return 0;
  return Number(a) - Number(b);
}

function tokenize(text: string): Token[] {
  const tokens: Token[] = [];
  TOKEN.lastIndex = 0;
  for (let match = TOKEN.exec(text); match !== null; match = TOKEN.exec(text)) {
    const token = match[1] ?? "";
    tokens.push({ kind: /^[=!<>(),]/.test(token) ? "op" : "word", text: token });
  }
  tokens.push({ kind: "end", text: "" });
  return tokens;
}

class Parser {
  readonly #tokens: readonly Token[];
  #at = 0;

  constructor(tokens: readonly Token[]) {
    this.#tokens = tokens;
  }

  requirements(): LabelRequirement[] {
    const list: LabelRequirement[] = [];
    if (this.#peek().kind === "end") return list;
    for (;;) {
      list.push(this.#requirement());
      const token = this.#next();
      if (token.kind === "end") return list;
      if (token.text !== ",") throw refuse(`found '${token.text}', expected: ',' or 'end of string'`);
      const following = this.#peek();
      if (following.text !== "!" && following.kind !== "word") throw refuse(`found '${following.text}', expected: identifier after ','`);
    }
  }

  #requirement(): LabelRequirement {
    const negated = this.#peek().text === "!";
    if (negated) this.#next();
    const token = this.#next();
    if (token.kind !== "word") throw refuse(`found '${token.text}', expected: !, identifier, or 'end of string'`);
    if (negated) return { key: token.text, operator: "!", values: [] };
    if (this.#peek().kind === "end" || this.#peek().text === ",") return { key: token.text, operator: "exists", values: [] };
    return this.#comparison(token.text);
  }

  #comparison(key: string): LabelRequirement {
    const { text, kind } = this.#next();
    if (text === "=" || text === "==") return { key, operator: "=", values: [this.#value()] };
    if (text === "!=") return { key, operator: "!=", values: [this.#value()] };
    if (text === ">") return { key, operator: "gt", values: [this.#value()] };
    if (text === "<") return { key, operator: "lt", values: [this.#value()] };
    if (kind === "word" && (text === "in" || text === "notin")) return { key, operator: text, values: this.#set() };
    throw refuse(`found '${text}', expected: in, notin, =, ==, !=, gt, lt`);
  }

  /** A single value; it may be empty. */
  #value(): string {
    const token = this.#peek();
    if (token.kind === "end" || token.text === ",") return "";
    if (token.kind !== "word") throw refuse(`found '${token.text}', expected: identifier`);
    return this.#next().text;
  }

  #set(): string[] {
    if (this.#next().text !== "(") throw refuse(`found '${this.#tokens[this.#at - 1]?.text}', expected: '('`);
    const values: string[] = [];
    for (;;) {
      values.push(this.#peek().text === ")" ? "" : this.#value());
      const token = this.#next();
      if (token.text === ")") return values;
      if (token.text !== ",") throw refuse(`found '${token.text}', expected: ',', or ')'`);
    }
  }

  #peek(): Token {
    return this.#tokens[this.#at] ?? { kind: "end", text: "" };
  }

  #next(): Token {
    const token = this.#peek();
    this.#at += 1;
    return token;
  }
}

function check({ key, operator, values }: LabelRequirement): void {
  const keyProblem = qualifiedNameErrors(key)[0];
  if (keyProblem !== undefined) throw refuse(`key: Invalid value: ${JSON.stringify(key)}: ${keyProblem}`);
  if (operator === "gt" || operator === "lt") {
    if (!/^-?\d+$/.test(values[0] ?? ""))
      throw refuse(
        `values[0][${key}]: Invalid value: ${JSON.stringify(values[0])}: for 'Gt', 'Lt' operators, the value must be an integer`,
      );
    return;
  }
  for (const [i, value] of values.entries()) {
    const problem = labelValueErrors(value)[0];
    if (problem !== undefined) throw refuse(`values[${i}][${key}]: Invalid value: ${JSON.stringify(value)}: ${problem}`);
  }
}

function refuse(why: string): Error {
  return badRequest(`unable to parse requirement: ${why}`);
}
