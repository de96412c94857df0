/** Runs a template over a value; what is wrong is said as Go's text/template says it. */
import { sprint } from "./format.ts";
import { FUNCTIONS } from "./functions.ts";
import { nodeText, type BranchNode, type CommandNode, type Node, type Operand, type PipeNode, type TemplateNode } from "./nodes.ts";
import type { ParsedTemplate } from "./parser.ts";
import { GoError, isList, isMap, isTrue, sortedKeys, typeName, type GoValue } from "./values.ts";

export interface ExecuteOptions {
  /** Whether a key that a map does not have is an error. */
  readonly strict?: boolean;
}

/** A value and whether Go would know it only as an interface: errors name that type. */
interface Cell {
  readonly value: GoValue;
  readonly loose: boolean;
}

interface Variable {
  readonly name: string;
  cell: Cell;
}

interface Scope {
  readonly dot: Cell;
  readonly variables: readonly Variable[];
}

/** Templates that call themselves end here. */
const MAX_DEPTH = 1_000;

/** Where a `{{break}}` or `{{continue}}` goes. */
type Flow = "break" | "continue" | undefined;

/** The text that came out before the template ended or failed, and the failure. */
export interface Execution {
  readonly text: string;
  /** `template: NAME:LINE:COLUMN: executing ...` */
  readonly error?: GoError;
}

export function executeTemplate(template: ParsedTemplate, data: GoValue, options: ExecuteOptions = {}): Execution {
  const run = new Run(template, options);
  try {
    run.start(data);
    return { text: run.text };
  } catch (error) {
    if (!(error instanceof GoError)) throw error;
    return { text: run.text, error: run.placed(error) };
  }
}

class Run {
  readonly #template: ParsedTemplate;
  readonly #strict: boolean;
  #text: string[] = [];
  #name: string;
  /** What is being evaluated: errors are found there. */
  #at: Node | Operand | CommandNode | undefined;
  #depth = 0;

  constructor(template: ParsedTemplate, { strict = false }: ExecuteOptions) {
    this.#template = template;
    this.#strict = strict;
    this.#name = template.name;
  }

  get text(): string {
    return this.#text.join("");
  }

  start(data: GoValue): void {
    const dot = { value: data ?? undefined, loose: false };
    this.#walk(this.#template.body, { dot, variables: [{ name: "$", cell: dot }] });
  }

  /** The error with its place in the template. */
  placed(error: GoError): GoError {
    if (this.#at === undefined) return new GoError(`template: ${this.#name}: ${error.message}`);
    const before = this.#template.source.slice(0, this.#at.at);
    const line = before.split("\n").length;
    const column = Buffer.byteLength(before.slice(before.lastIndexOf("\n") + 1));
    const where = `${this.#template.name}:${line}:${column}: executing ${JSON.stringify(this.#name)}`;
    return new GoError(`template: ${where} at <${nodeText(this.#at)}>: ${error.message}`);
  }

  #walk(nodes: readonly Node[], scope: Scope): Flow {
    const variables = [...scope.variables];
    for (const node of nodes) {
      this.#at = node;
      const flow = this.#step(node, { dot: scope.dot, variables }, variables);
      if (flow !== undefined) return flow;
    }
    return undefined;
  }

  #step(node: Node, scope: Scope, variables: Variable[]): Flow {
    switch (node.kind) {
      case "text":
        this.#text.push(node.text);
        return undefined;
      case "action": {
        const { cell, declared } = this.#pipe(node.pipe, scope);
        variables.push(...declared);
        if (node.pipe.variables.length === 0) this.#text.push(printed(cell.value));
        return undefined;
      }
      case "template":
        return this.#call(node, scope);
      case "range":
        return this.#range(node, scope);
      case "break":
      case "continue":
        return node.kind;
      default:
        return this.#branch(node, scope);
    }
  }

  #branch({ kind, pipe, body, otherwise }: BranchNode, scope: Scope): Flow {
    const { cell, declared } = this.#pipe(pipe, scope);
    const variables = [...scope.variables, ...declared];
    if (!isTrue(cell.value)) return this.#walk(otherwise, { dot: scope.dot, variables });
    return this.#walk(body, { dot: kind === "with" ? cell : scope.dot, variables });
  }

  #range(node: BranchNode, scope: Scope): undefined {
    const { cell } = this.#pipe(node.pipe, { ...scope }, true);
    if (typeof cell.value === "bigint" && node.pipe.variables.length > 1) {
      throw new GoError(`can't use ${cell.value} to iterate over more than one variable`);
    }
    const entries = this.#entries(cell.value);
    if (entries.length === 0) this.#walk(node.otherwise, scope);
    for (const [key, value] of entries) {
      const item = { value, loose: typeof cell.value !== "bigint" };
      const variables = [...scope.variables, ...this.#loopVariables(node.pipe, scope, { value: key, loose: false }, item)];
      if (this.#walk(node.body, { dot: item, variables }) === "break") break;
    }
  }

  #entries(value: GoValue): readonly (readonly [GoValue, GoValue])[] {
    if (value === undefined || value === null) return [];
    if (isList(value)) return value.map((item, index) => [BigInt(index), item]);
    if (isMap(value)) return sortedKeys(value).map((key) => [key, value[key]]);
    if (typeof value === "bigint") return Array.from({ length: Math.max(Number(value), 0) }, (_, index) => [BigInt(index), BigInt(index)]);
    throw new GoError(`range can't iterate over ${printed(value)}`);
  }

  #loopVariables({ variables, assigns }: PipeNode, scope: Scope, ...[key, item]: [Cell, Cell]): Variable[] {
    const cells = variables.length === 2 ? [key, item] : [item];
    const named = variables.map(({ name }, index) => ({ name, cell: cells[index] ?? item }));
    if (!assigns) return named;
    for (const { name, cell } of named) assign(scope, name, cell);
    return [];
  }

  #call({ name, pipe }: TemplateNode, scope: Scope): undefined {
    const body = this.#template.definitions.get(name) ?? (name === this.#template.name ? this.#template.body : undefined);
    if (body === undefined) throw new GoError(`template ${JSON.stringify(name)} not defined`);
    if (this.#depth >= MAX_DEPTH) throw new GoError(`exceeded maximum template depth (${MAX_DEPTH})`);
    const dot = pipe === undefined ? { value: undefined, loose: false } : this.#pipe(pipe, scope).cell;
    const outer = this.#name;
    this.#depth += 1;
    this.#name = name;
    this.#walk(body, { dot, variables: [{ name: "$", cell: dot }] });
    this.#name = outer;
    this.#depth -= 1;
  }

  /** `ranging`: the variables are set by each turn, not here. */
  #pipe(pipe: PipeNode, scope: Scope, ranging = false): { cell: Cell; declared: Variable[] } {
    this.#at = pipe;
    let cell: Cell | undefined;
    for (const command of pipe.commands) {
      const value = this.#command(command, scope, cell?.value, cell !== undefined);
      cell = { value: value ?? undefined, loose: false };
    }
    const result = cell ?? { value: undefined, loose: false };
    if (ranging) return { cell: result, declared: [] };
    if (!pipe.assigns) return { cell: result, declared: pipe.variables.map(({ name }) => ({ name, cell: result })) };
    for (const { name } of pipe.variables) assign(scope, name, result);
    return { cell: result, declared: [] };
  }

  #command(command: CommandNode, scope: Scope, ...[final, piped]: [GoValue, boolean]): GoValue {
    const [first] = command.args;
    if (first === undefined) return undefined;
    if (first.kind === "function") return this.#function(command, scope, final, piped);
    this.#at = first;
    if (command.args.length > 1 || piped) return this.#withArguments(first, scope);
    if (first.kind === "nil") throw new GoError("nil is not a command");
    return this.#operand(first, scope).value;
  }

  /** Nothing here is a method; but of what is missing, arguments are not even looked at. */
  #withArguments(operand: Operand, scope: Scope): undefined {
    if (operand.kind === "field" || operand.kind === "chain" || operand.kind === "variable") {
      const name = operand.path.at(-1);
      if (name !== undefined) {
        const owner = this.#operand({ ...operand, path: operand.path.slice(0, -1) }, scope);
        this.#at = operand;
        if (!isMap(owner.value)) return void this.#field(owner, name);
        throw new GoError(`${name} is not a method but has arguments`);
      }
    }
    throw new GoError(`can't give argument to non-function ${nodeText(operand)}`);
  }

  #operand(operand: Operand, scope: Scope): Cell {
    this.#at = operand;
    switch (operand.kind) {
      case "dot":
        return scope.dot;
      case "nil":
        return { value: undefined, loose: false };
      case "pipe":
        return this.#pipe(operand, scope).cell;
      case "field":
        return this.#fields(scope.dot, operand.path);
      case "variable":
        return this.#fields(lookup(scope, operand.name), operand.path);
      case "chain": {
        return this.#fields(this.#operand(operand.of, scope), operand.path);
      }
      case "function": {
        const command: CommandNode = { kind: "command", args: [operand], at: operand.at };
        return { value: this.#function(command, scope, undefined, false), loose: false };
      }
      default:
        return { value: operand.value, loose: false };
    }
  }

  #fields(base: Cell, path: readonly string[]): Cell {
    return path.reduce<Cell>((cell, name) => this.#field(cell, name), base);
  }

  #field({ value, loose }: Cell, name: string): Cell {
    if (value === undefined) {
      if (this.#strict) throw new GoError(`nil data; no entry for key ${JSON.stringify(name)}`);
      return { value: undefined, loose: false };
    }
    if (value === null) throw new GoError(`nil pointer evaluating interface {}.${name}`);
    if (!isMap(value)) throw new GoError(`can't evaluate field ${name} in type ${loose ? "interface {}" : typeName(value)}`);
    if (Object.hasOwn(value, name)) return { value: value[name], loose: true };
    if (this.#strict) throw new GoError(`map has no entry for key ${JSON.stringify(name)}`);
    return { value: undefined, loose: false };
  }

  #function(command: CommandNode, scope: Scope, ...[final, piped]: [GoValue, boolean]): GoValue {
    const [head, ...operands] = command.args;
    const name = head?.kind === "function" ? head.name : "";
    const { least, most, textFirst, call } = FUNCTIONS[name] ?? { least: 0, call: () => undefined };
    this.#at = head;
    checkCount(name, operands.length + (piped ? 1 : 0), { least, most });
    if (name === "and" || name === "or") return this.#shortCircuit(name, operands, scope, ...([final, piped] as const));
    const values = operands.map((operand, index) => {
      const { value } = this.#operand(operand, scope);
      if (textFirst === true && index === 0) mustBeText(operand, value);
      return value;
    });
    if (piped && textFirst === true && values.length === 0) mustBeText(undefined, final);
    try {
      return call(...values, ...(piped ? [final] : []));
    } catch (error) {
      if (!(error instanceof GoError)) throw error;
      this.#at = command;
      throw new GoError(`error calling ${name}: ${error.message}`);
    }
  }

  #shortCircuit(name: "and" | "or", operands: readonly Operand[], scope: Scope, ...[final, piped]: readonly [GoValue, boolean]): GoValue {
    let value: GoValue;
    for (const operand of operands) {
      value = this.#operand(operand, scope).value;
      if (isTrue(value) === (name === "or")) return value;
    }
    return piped ? final : value;
  }
}

/** What an action puts out. */
function printed(value: GoValue): string {
  return value === undefined || value === null ? "<no value>" : sprint([value]);
}

function mustBeText(operand: Operand | undefined, value: GoValue): void {
  if (typeof value === "string") return;
  if (value === undefined || value === null) throw new GoError("invalid value; expected string");
  const literal = operand?.kind === "number" || operand?.kind === "bool";
  throw new GoError(
    literal ? `expected string; found ${nodeText(operand)}` : `wrong type for value; expected string; got ${typeName(value)}`,
  );
}

function lookup({ variables }: Scope, name: string): Cell {
  const variable = variables.findLast((candidate) => candidate.name === name);
  if (variable === undefined) throw new GoError(`undefined variable: ${name}`);
  return variable.cell;
}

function assign({ variables }: Scope, name: string, cell: Cell): void {
  const variable = variables.findLast((candidate) => candidate.name === name);
  if (variable === undefined) throw new GoError(`undefined variable: ${name}`);
  variable.cell = cell;
}

function checkCount(name: string, got: number, { least, most }: { least: number; most: number | undefined }): void {
  if (got < least && most !== least) throw new GoError(`wrong number of args for ${name}: want at least ${least} got ${got}`);
  if (got < least || (most !== undefined && got > most)) {
    throw new GoError(`wrong number of args for ${name}: want ${least} got ${got}`);
  }
}
