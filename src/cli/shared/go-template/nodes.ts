/** The tree of a template, and its text as errors quote it. */

export type Node = TextNode | ActionNode | BranchNode | TemplateNode | JumpNode;

export interface TextNode {
  readonly kind: "text";
  readonly text: string;
  readonly at: number;
}

export interface ActionNode {
  readonly kind: "action";
  readonly pipe: PipeNode;
  readonly at: number;
}

export interface BranchNode {
  readonly kind: "if" | "with" | "range";
  readonly pipe: PipeNode;
  readonly body: readonly Node[];
  readonly otherwise: readonly Node[];
  readonly at: number;
}

export interface TemplateNode {
  readonly kind: "template";
  readonly name: string;
  readonly pipe: PipeNode | undefined;
  readonly at: number;
}

export interface JumpNode {
  readonly kind: "break" | "continue";
  readonly at: number;
}

export interface PipeNode {
  readonly kind: "pipe";
  /** `$a` or `$a, $b`, with what is assigned to them. */
  readonly variables: readonly VariableNode[];
  readonly assigns: boolean;
  readonly commands: readonly CommandNode[];
  readonly at: number;
}

export interface CommandNode {
  readonly kind: "command";
  readonly args: readonly Operand[];
  readonly at: number;
}

export type Operand =
  | PipeNode
  | FieldNode
  | VariableNode
  | ChainNode
  | { readonly kind: "dot" | "nil"; readonly at: number }
  | { readonly kind: "function"; readonly name: string; readonly at: number }
  | { readonly kind: "bool"; readonly value: boolean; readonly at: number }
  | { readonly kind: "number"; readonly value: number | bigint; readonly text: string; readonly at: number }
  | { readonly kind: "string"; readonly value: string; readonly text: string; readonly at: number };

export interface FieldNode {
  readonly kind: "field";
  /** Without dots. */
  readonly path: readonly string[];
  readonly at: number;
}

export interface VariableNode {
  readonly kind: "variable";
  readonly name: string;
  readonly path: readonly string[];
  readonly at: number;
}

/** `(pipe).field` */
export interface ChainNode {
  readonly kind: "chain";
  readonly of: Operand;
  readonly path: readonly string[];
  readonly at: number;
}

export function nodeText(node: Node | Operand | CommandNode): string {
  switch (node.kind) {
    case "pipe":
      return pipeText(node);
    case "command":
      return node.args.map((arg) => (arg.kind === "pipe" ? `(${nodeText(arg)})` : nodeText(arg))).join(" ");
    case "field":
      return dotted(node.path);
    case "variable":
      return node.name + dotted(node.path);
    case "chain":
      return `${node.of.kind === "pipe" ? `(${nodeText(node.of)})` : nodeText(node.of)}${dotted(node.path)}`;
    case "dot":
      return ".";
    case "nil":
      return "nil";
    case "function":
      return node.name;
    case "bool":
      return String(node.value);
    case "number":
    case "string":
    case "text":
      return node.text;
    case "template":
      return `{{template ${JSON.stringify(node.name)}${node.pipe === undefined ? "" : ` ${nodeText(node.pipe)}`}}}`;
    case "break":
    case "continue":
      return `{{${node.kind}}}`;
    case "action":
      return `{{${nodeText(node.pipe)}}}`;
    default:
      return branchText(node);
  }
}

function dotted(path: readonly string[]): string {
  return path.map((name) => `.${name}`).join("");
}

function pipeText({ variables, assigns, commands }: PipeNode): string {
  const left = variables.length === 0 ? "" : `${variables.map(nodeText).join(", ")} ${assigns ? "=" : ":="} `;
  return left + commands.map(nodeText).join(" | ");
}

function branchText({ kind, pipe, body, otherwise }: BranchNode): string {
  const rest = otherwise.length === 0 ? "" : `{{else}}${otherwise.map(nodeText).join("")}`;
  return `{{${kind} ${nodeText(pipe)}}}${body.map(nodeText).join("")}${rest}{{end}}`;
}
