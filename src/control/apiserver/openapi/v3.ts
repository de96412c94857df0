import type { Describe } from "../../../api/descriptions/describe.ts";
import type { Kind } from "../../../api/meta/kind.ts";
import { schemaRef, type Definitions, type JsonSchema } from "../../../api/meta/schema.ts";
import { definitionsFor, mapSchema } from "./closure.ts";
import { pathsOf, type Operation, type PathEntry } from "./operations.ts";
import type { Parameter } from "./parameters.ts";

export const INFO = { title: "Kubernetes", version: "1.34" } as const;

const ANSWERS = ["application/json", "application/yaml"];

/** The OpenAPI v3 document of one group and version. */
export function documentV3(kinds: readonly Kind[], definitions: Definitions, describe: Describe): object {
  const paths = kinds.flatMap(pathsOf);
  const schemas = Object.entries(definitionsFor(paths, kinds, definitions));
  return {
    openapi: "3.0.0",
    info: INFO,
    paths: Object.fromEntries(paths.map((entry) => [entry.path, pathItem(entry)])),
    components: { schemas: Object.fromEntries(schemas.map(([name, schema]) => [name, mapSchema(describe(name, schema), toV3)])) },
  };
}

/** Nothing may stand beside a reference, so it moves into an `allOf` when something does. */
function toV3(node: JsonSchema): JsonSchema {
  if (node.format === "int-or-string") return intOrString(node);
  const { $ref, ...beside } = node;
  return $ref === undefined || Object.keys(beside).length === 0 ? node : { allOf: [{ $ref }], ...beside };
}

/** Version 3 can say that there are two types; that is how `kubectl explain` comes to name the definition. */
function intOrString({ type: _type, ...rest }: JsonSchema): JsonSchema {
  return { ...rest, oneOf: [{ type: "integer" }, { type: "string" }] } as JsonSchema;
}

function pathItem({ parameters, operations }: PathEntry): object {
  return {
    ...Object.fromEntries(operations.map((operation) => [operation.method, operationV3(operation)])),
    parameters: parameters.map(parameterV3),
  };
}

function operationV3(operation: Operation): object {
  const { tag, description, id, parameters, body, consumes, answer, action, kind } = operation;
  const content = (types: readonly string[], definition: string) =>
    Object.fromEntries(types.map((type) => [type, { schema: schemaRef(definition) }]));
  return {
    tags: [tag],
    description,
    operationId: id,
    ...(parameters.length === 0 ? {} : { parameters: parameters.map(parameterV3) }),
    ...(body === undefined ? {} : { requestBody: { content: content(consumes, body), required: action !== "delete" } }),
    responses: { 200: { description: "OK", content: content(ANSWERS, answer) }, 401: { description: "Unauthorized" } },
    "x-kubernetes-action": action,
    "x-kubernetes-group-version-kind": kind,
  };
}

function parameterV3({ name, in: where, type, description, required }: Parameter): object {
  return { name, in: where, description, ...(required === true ? { required } : {}), schema: { type, uniqueItems: true } };
}
