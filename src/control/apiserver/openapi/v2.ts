import type { Describe } from "../../../api/descriptions/describe.ts";
import type { Kind } from "../../../api/meta/kind.ts";
import type { Definitions, JsonSchema } from "../../../api/meta/schema.ts";
import { definitionsFor, mapSchema } from "./closure.ts";
import { pathsOf, type GroupVersionKind, type Method, type Operation } from "./operations.ts";
import type { Parameter } from "./parameters.ts";
import { INFO } from "./v3.ts";

export interface DocumentV2 {
  readonly swagger: "2.0";
  readonly info: { readonly title: string; readonly version: string };
  readonly paths: Readonly<Record<string, PathItemV2>>;
  readonly definitions: Definitions;
}

export type PathItemV2 = { readonly [method in Method]?: OperationV2 } & { readonly parameters: readonly ParameterV2[] };

export interface OperationV2 {
  readonly description: string;
  readonly operationId: string;
  readonly tags: readonly string[];
  readonly consumes: readonly string[];
  readonly produces: readonly string[];
  readonly schemes: readonly string[];
  readonly parameters: readonly ParameterV2[];
  readonly responses: Readonly<Record<string, { readonly description: string; readonly schema?: JsonSchema }>>;
  readonly "x-kubernetes-action": string;
  readonly "x-kubernetes-group-version-kind": GroupVersionKind;
}

export type ParameterV2 =
  | (Omit<Parameter, "type"> & { readonly type: Parameter["type"]; readonly uniqueItems: boolean })
  | { readonly name: "body"; readonly in: "body"; readonly required: boolean; readonly schema: JsonSchema };

/** The OpenAPI v2 document of all kinds. */
export function documentV2(kinds: readonly Kind[], definitions: Definitions, describe: Describe): DocumentV2 {
  const paths = kinds.flatMap(pathsOf);
  const schemas = Object.entries(definitionsFor(paths, kinds, definitions));
  return {
    swagger: "2.0",
    info: INFO,
    paths: Object.fromEntries(paths.map((entry) => [entry.path, pathItem(entry.operations, entry.parameters)])),
    definitions: Object.fromEntries(schemas.map(([name, schema]) => [name, mapSchema(describe(name, schema), toV2)])),
  };
}

/** References point elsewhere, and what v2 does not know is left out. */
function toV2(node: JsonSchema): JsonSchema {
  const { $ref, nullable: _nullable, allOf, ...rest } = node;
  const target = $ref ?? allOf?.[0]?.$ref;
  const { "x-kubernetes-int-or-string": intOrString, type, ...others } = rest;
  if (target !== undefined) return { ...rest, $ref: target.replace("#/components/schemas/", "#/definitions/") };
  return intOrString === true ? { ...others, "x-kubernetes-int-or-string": true } : { ...others, ...(type === undefined ? {} : { type }) };
}

function ref(definition: string): JsonSchema {
  return { $ref: `#/definitions/${definition}` };
}

function pathItem(operations: readonly Operation[], parameters: readonly Parameter[]): PathItemV2 {
  const methods = Object.fromEntries(operations.map((operation) => [operation.method, operationV2(operation)]));
  return { ...methods, parameters: parameters.map(parameterV2) };
}

function operationV2({ description, id, tag, consumes, parameters, body, answer, action, kind }: Operation): OperationV2 {
  const bodies: ParameterV2[] = body === undefined ? [] : [{ name: "body", in: "body", required: action !== "delete", schema: ref(body) }];
  return {
    description,
    operationId: id,
    tags: [tag],
    consumes,
    produces: ["application/json", "application/yaml"],
    schemes: ["https"],
    parameters: [...bodies, ...parameters.map(parameterV2)],
    responses: { 200: { description: "OK", schema: ref(answer) }, 401: { description: "Unauthorized" } },
    "x-kubernetes-action": action,
    "x-kubernetes-group-version-kind": kind,
  };
}

function parameterV2(parameter: Parameter): ParameterV2 {
  return { ...parameter, uniqueItems: true };
}
