import { SCALAR } from "../../../api/k8s/scalars.ts";
import { refName, resolveSchema, type Definitions, type JsonSchema } from "../../../api/meta/schema.ts";

export type NodeType =
  | "object"
  | "map"
  | "array"
  | "string"
  | "integer"
  | "number"
  | "boolean"
  | "any"
  | "intOrString"
  | "quantity"
  | "time"
  | "bytes";

/** Definitions that stand for one JSON value. */
const SPECIAL: Readonly<Record<string, NodeType>> = {
  [SCALAR.time]: "time",
  [SCALAR.microTime]: "time",
  [SCALAR.quantity]: "quantity",
  [SCALAR.intOrString]: "intOrString",
  [SCALAR.rawExtension]: "any",
  [SCALAR.fieldsV1]: "any",
};

/**
 * A schema with its references followed and its fields in a Map, so that no key of a hostile object can reach a
 * prototype. Children are made when they are first needed: definitions may be recursive, and most are never visited.
 */
export class SchemaNode {
  readonly schema: JsonSchema;
  readonly type: NodeType;
  /** Name of the definition that it is, if it has one. */
  readonly definition: string | undefined;
  /** Unknown fields are kept. */
  readonly preserves: boolean;
  /** Decoded by Go's rules: null means absent. */
  readonly isGo: boolean;
  readonly #compiler: Compiler;
  #fields: ReadonlyMap<string, SchemaNode> | undefined;
  #element: SchemaNode | undefined;
  #hasDefaults: boolean | undefined;
  #struct: string | undefined;

  constructor(compiler: Compiler, source: JsonSchema, parentIsGo: boolean) {
    this.#compiler = compiler;
    this.definition = refName(source);
    this.schema = resolveSchema(compiler.definitions, source);
    this.type = typeOf(this.schema, this.definition);
    this.preserves = this.schema["x-kubernetes-preserve-unknown-fields"] === true;
    this.isGo = parentIsGo || this.definition?.startsWith("io.k8s.") === true;
  }

  /** The name of the Go struct, e.g. `PodSpec`; "" without one. */
  get struct(): string {
    return (this.#struct ??= this.definition?.split(".").at(-1) ?? "");
  }

  get fields(): ReadonlyMap<string, SchemaNode> {
    return (this.#fields ??= new Map(
      Object.entries(this.schema.properties ?? {}).map(([name, child]) => [name, this.#compiler.node(child, this.isGo)]),
    ));
  }

  /** Of an array its items, of a map its values. */
  get element(): SchemaNode {
    return (this.#element ??= this.#compiler.node(this.#elementSchema(), this.isGo));
  }

  #elementSchema(): JsonSchema {
    if (this.type === "array") return this.schema.items ?? {};
    return typeof this.schema.additionalProperties === "object" ? this.schema.additionalProperties : {};
  }

  /** Whether anything below can be defaulted: most subtrees need no walk. */
  get hasDefaults(): boolean {
    return (this.#hasDefaults ??= reachesDefault(this, new Set()));
  }
}

function reachesDefault(node: SchemaNode, seen: Set<SchemaNode>): boolean {
  if (seen.has(node)) return false;
  seen.add(node);
  if (node.type === "array" || node.type === "map") return reachesDefault(node.element, seen);
  if (node.type !== "object") return false;
  for (const child of node.fields.values()) {
    if (child.schema.default !== undefined || reachesDefault(child, seen)) return true;
  }
  return false;
}

function typeOf(schema: JsonSchema, definition: string | undefined): NodeType {
  const special = definition === undefined ? undefined : SPECIAL[definition];
  if (special !== undefined) return special;
  if (schema["x-kubernetes-int-or-string"] === true || schema.format === "int-or-string") return "intOrString";
  if (schema.type === undefined) return schema.properties === undefined ? "any" : "object";
  if (schema.type === "string") return schema.format === "byte" ? "bytes" : "string";
  if (schema.type !== "object") return schema.type;
  return isMap(schema) ? "map" : "object";
}

function isMap(schema: JsonSchema): boolean {
  return schema.properties === undefined && (typeof schema.additionalProperties === "object" || schema.additionalProperties === true);
}

/** Makes the nodes of one set of definitions; a definition is compiled once. */
class Compiler {
  readonly definitions: Definitions;
  readonly #isGo: boolean;
  readonly #byName = new Map<string, SchemaNode>();

  constructor(definitions: Definitions, isGo: boolean) {
    this.definitions = definitions;
    this.#isGo = isGo;
  }

  node(schema: JsonSchema, parentIsGo: boolean): SchemaNode {
    const name = Object.keys(schema).length === 1 ? refName(schema) : undefined;
    if (name === undefined) return new SchemaNode(this, schema, parentIsGo);
    const known = this.#byName.get(name);
    if (known !== undefined) return known;
    const made = new SchemaNode(this, schema, this.#isGo);
    this.#byName.set(name, made);
    return made;
  }
}

const compilers = { go: new WeakMap<Definitions, Compiler>(), plain: new WeakMap<Definitions, Compiler>() };

/**
 * The compiled definition; the same one for the same arguments. An unknown name compiles to "anything goes".
 * `isGo`: all of it is decoded by Go's rules, not only what Kubernetes' own definitions describe.
 */
export function compileNode(definitions: Definitions, schema: JsonSchema, isGo = false): SchemaNode {
  const known = isGo ? compilers.go : compilers.plain;
  let compiler = known.get(definitions);
  if (compiler === undefined) {
    compiler = new Compiler(definitions, isGo);
    known.set(definitions, compiler);
  }
  return compiler.node(schema, isGo);
}
