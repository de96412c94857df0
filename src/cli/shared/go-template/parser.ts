/** Tokens into a tree, with the refusals of Go's parser. */
import { FUNCTIONS } from "./functions.ts";
import { tokenize, type Token, type TokenKind } from "./lexer.ts";
import { characterValue, numberValue, unquote } from "./literals.ts";
import { nodeText, type BranchNode, type CommandNode, type Node, type Operand, type PipeNode, type VariableNode } from "./nodes.ts";
import { GoError } from "./values.ts";

export interface ParsedTemplate {
  readonly name: string;
  readonly source: string;
  readonly body: readonly Node[];
  /** By name, from `define` and `block`. */
  readonly definitions: ReadonlyMap<string, readonly Node[]>;
}

/** Throws GoError `template: NAME:LINE: ...`. */
export function parseTemplate(name: string, source: string): ParsedTemplate {
  return new Parser(name, source).parse();
}

/** How a list of nodes ended: with the source, `{{end}}` or `{{else ...}}`. */
type Ending = "eof" | "end" | "else";

class Parser {
  readonly #name: string;
  readonly #source: string;
  readonly #tokens: readonly Token[];
  readonly #definitions = new Map<string, readonly Node[]>();
  #next = 0;
  #variables = ["$"];
  #loops = 0;

  constructor(name: string, source: string) {
    this.#name = name;
    this.#source = source;
    this.#tokens = tokenize(source);
  }

  parse(): ParsedTemplate {
    const { nodes, ending } = this.#list();
    if (ending !== "eof") throw this.#fault(`unexpected {{${ending}}}`);
    return { name: this.#name, source: this.#source, body: nodes, definitions: this.#definitions };
  }

  #peek(skip = 0): Token {
    return this.#tokens[Math.min(this.#next + skip, this.#tokens.length - 1)] ?? { kind: "eof", text: "", at: 0, line: 1 };
  }

  #take(): Token {
    const token = this.#peek();
    this.#next += 1;
    if (token.kind === "error") throw this.#fault(token.text);
    return token;
  }

  #peekWord(): Token {
    while (this.#peek().kind === "space") this.#next += 1;
    return this.#peek();
  }

  #takeWord(): Token {
    this.#peekWord();
    return this.#take();
  }

  #expect(kind: TokenKind, where: string): Token {
    const token = this.#takeWord();
    if (token.kind !== kind) throw this.#unexpected(token, where);
    return token;
  }

  #fault(text: string): GoError {
    const line = this.#tokens[Math.min(this.#next, this.#tokens.length) - 1]?.line ?? 1;
    return new GoError(`template: ${this.#name}:${line}: ${text}`);
  }

  #unexpected(token: Token, where: string): GoError {
    return this.#fault(token.kind === "error" ? token.text : `unexpected ${shown(token)} in ${where}`);
  }

  #list(): { nodes: Node[]; ending: Ending; token: Token } {
    const nodes: Node[] = [];
    for (;;) {
      const token = this.#take();
      if (token.kind === "eof") return { nodes, ending: "eof", token };
      if (token.kind === "text") {
        nodes.push({ kind: "text", text: token.text, at: token.at });
        continue;
      }
      const word = this.#peekWord();
      if (word.kind === "keyword" && (word.text === "end" || word.text === "else")) {
        this.#take();
        const chained = word.text === "else" && ["if", "with"].includes(this.#peekWord().text);
        if (!chained) this.#expect("right", word.text);
        return { nodes, ending: word.text, token: word };
      }
      const node = this.#action();
      if (node !== undefined) nodes.push(node);
    }
  }

  #action(): Node | undefined {
    const word = this.#peekWord();
    if (word.kind !== "keyword") return { kind: "action", pipe: this.#pipeline("command", "right"), at: word.at };
    this.#take();
    switch (word.text) {
      case "if":
      case "with":
      case "range":
        return this.#branch(word.text, word.at);
      case "break":
      case "continue":
        return this.#jump(word.text, word.at);
      case "template":
        return this.#call();
      case "block":
        return this.#block();
      default:
        return this.#define();
    }
  }

  #jump(kind: "break" | "continue", at: number): Node {
    const token = this.#takeWord();
    if (token.kind !== "right") throw this.#unexpected(token, `{{${kind}}}`);
    if (this.#loops === 0) throw this.#fault(`{{${kind}}} outside {{range}}`);
    return { kind, at };
  }

  #branch(kind: BranchNode["kind"], at: number): BranchNode {
    const known = this.#variables.length;
    const pipe = this.#pipeline(kind, "right");
    if (kind === "range") this.#loops += 1;
    const first = this.#list();
    if (kind === "range") this.#loops -= 1;
    if (first.ending === "eof") throw this.#fault("unexpected EOF");
    const otherwise = first.ending === "end" ? [] : this.#otherwise(kind);
    this.#variables.length = known;
    return { kind, pipe, body: first.nodes, otherwise, at };
  }

  /** What follows `{{else`: `}}` and a list, or `if` and `with` for a chain with one `{{end}}`. */
  #otherwise(kind: BranchNode["kind"]): readonly Node[] {
    const word = this.#peekWord();
    if (kind !== "range" && word.kind === "keyword" && word.text === kind) {
      this.#take();
      return [this.#branch(kind, word.at)];
    }
    if (word.kind === "keyword" && (word.text === "if" || word.text === "with")) this.#expect("right", "else");
    const second = this.#list();
    if (second.ending === "eof") throw this.#fault("unexpected EOF");
    if (second.ending === "else") throw this.#fault(`expected end; found {{else}}`);
    return second.nodes;
  }

  #call(): Node {
    const { name, at } = this.#templateName("template clause");
    if (this.#peekWord().kind === "right") {
      this.#take();
      return { kind: "template", name, pipe: undefined, at };
    }
    return { kind: "template", name, pipe: this.#pipeline("template clause", "right"), at };
  }

  #templateName(where: string): { name: string; at: number } {
    const token = this.#takeWord();
    if (token.kind !== "string" && token.kind !== "raw") throw this.#unexpected(token, where);
    return { name: unquote(token.text), at: token.at };
  }

  #block(): Node {
    const { name, at } = this.#templateName("block clause");
    const pipe = this.#pipeline("block clause", "right");
    this.#definitionOf(name);
    return { kind: "template", name, pipe, at };
  }

  #define(): undefined {
    const { name } = this.#templateName("define clause");
    this.#expect("right", "define clause");
    this.#definitionOf(name);
  }

  #definitionOf(name: string): void {
    const outer = { variables: this.#variables, loops: this.#loops };
    this.#variables = ["$"];
    this.#loops = 0;
    const { nodes, ending } = this.#list();
    if (ending === "eof") throw this.#fault("unexpected EOF");
    if (ending === "else") throw this.#fault("unexpected {{else}} in define clause");
    this.#variables = outer.variables;
    this.#loops = outer.loops;
    this.#definitions.set(name, nodes);
  }

  #pipeline(where: string, end: "right" | "close"): PipeNode {
    const { at } = this.#peekWord();
    const declared = this.#declarations(where);
    const commands: CommandNode[] = [];
    for (;;) {
      const token = this.#peekWord();
      if (token.kind === end) {
        this.#take();
        break;
      }
      if (!STARTS.has(token.kind)) throw this.#unexpected(this.#takeWord(), where);
      commands.push(this.#command());
    }
    this.#check(commands, where);
    return { kind: "pipe", ...declared, commands, at };
  }

  #check(commands: readonly CommandNode[], where: string): void {
    if (commands.length === 0) throw this.#fault(`missing value for ${where}`);
    for (const [index, command] of commands.slice(1).entries()) {
      const first = command.args[0];
      if (first !== undefined && ["bool", "dot", "nil", "number", "string"].includes(first.kind)) {
        throw this.#fault(`non executable command in pipeline stage ${index + 2}`);
      }
    }
  }

  /** `$x :=`, `$x =` and, for range, `$i, $x :=`. */
  #declarations(where: string): Pick<PipeNode, "variables" | "assigns"> {
    const variables: VariableNode[] = [];
    let at = 0;
    for (;;) {
      const variable = this.#peek(at);
      const gap = this.#peek(at + 1).kind === "space" ? 1 : 0;
      const sign = this.#peek(at + 1 + gap);
      if (variable.kind !== "variable") break;
      const { text: name } = variable;
      if (sign.kind === "declare" || sign.kind === "assign") {
        this.#next += at + 2 + gap;
        variables.push({ kind: "variable", name, path: [], at: variable.at });
        if (sign.kind === "declare") this.#variables.push(...variables.map((declared) => declared.name));
        return { variables, assigns: sign.kind === "assign" };
      }
      if (sign.kind !== "comma") break;
      if (where !== "range" || variables.length > 0) throw this.#fault(`too many declarations in ${where}`);
      variables.push({ kind: "variable", name, path: [], at: variable.at });
      at += 2 + gap + (this.#peek(at + 2 + gap).kind === "space" ? 1 : 0);
    }
    return { variables: [], assigns: false };
  }

  #mustKnow(name: string): void {
    if (!this.#variables.includes(name)) throw this.#fault(`undefined variable ${JSON.stringify(name)}`);
  }

  #command(): CommandNode {
    const args: Operand[] = [];
    const { at } = this.#peekWord();
    for (;;) {
      this.#peekWord();
      const operand = this.#operand();
      if (operand !== undefined) args.push(operand);
      const token = this.#take();
      if (token.kind === "space") continue;
      if (token.kind === "right" || token.kind === "close") this.#next -= 1;
      else if (token.kind !== "pipe") throw this.#unexpected(token, "operand");
      break;
    }
    if (args.length === 0) throw this.#fault("empty command");
    return { kind: "command", args, at };
  }

  #operand(): Operand | undefined {
    const node = this.#term();
    if (node === undefined || this.#peek().kind !== "field") return node;
    const { at } = this.#peek();
    const path: string[] = [];
    while (this.#peek().kind === "field") path.push(this.#take().text.slice(1));
    switch (node.kind) {
      case "field":
      case "variable":
        return { ...node, path: [...node.path, ...path], at };
      case "bool":
      case "string":
      case "number":
      case "nil":
      case "dot":
        throw this.#fault(`unexpected . after term ${JSON.stringify(nodeText(node))}`);
      default:
        return { kind: "chain", of: node, path, at };
    }
  }

  #term(): Operand | undefined {
    const token = this.#peek();
    const { kind, text, at } = token;
    if (kind === "open") {
      this.#take();
      return this.#pipeline("parenthesized pipeline", "close");
    }
    const node = this.#literal(() => simpleTerm(token));
    if (node === undefined) return undefined;
    this.#take();
    if (node.kind === "variable") this.#mustKnow(text);
    if (node.kind === "function" && FUNCTIONS[text] === undefined) throw this.#fault(`function ${JSON.stringify(text)} not defined`);
    return { ...node, at };
  }

  /** A literal that is none is refused with its line. */
  #literal<T>(read: () => T): T {
    try {
      return read();
    } catch (error) {
      throw error instanceof GoError ? this.#fault(error.message) : error;
    }
  }
}

function simpleTerm({ kind, text, at }: Token): Operand | undefined {
  switch (kind) {
    case "identifier":
      return { kind: "function", name: text, at };
    case "dot":
    case "nil":
      return { kind, at };
    case "variable":
      return { kind, name: text, path: [], at };
    case "field":
      return { kind, path: [text.slice(1)], at };
    case "bool":
      return { kind, value: text === "true", at };
    case "char":
      return { kind: "number", value: characterValue(text), text, at };
    case "number":
      return { kind, value: numberValue(text), text, at };
    case "string":
    case "raw":
      return { kind: "string", value: unquote(text), text, at };
    default:
      return undefined;
  }
}

/** What a command may begin with. */
const STARTS: ReadonlySet<TokenKind> = new Set([
  "bool",
  "char",
  "dot",
  "field",
  "identifier",
  "number",
  "nil",
  "raw",
  "string",
  "variable",
  "open",
]);

/** A token as errors quote it. */
function shown({ kind, text }: Token): string {
  if (kind === "eof") return "EOF";
  if (kind === "keyword" || kind === "dot" || kind === "nil") return `<${text}>`;
  return text.length > 10 ? `${JSON.stringify(text.slice(0, 10))}...` : JSON.stringify(text);
}
