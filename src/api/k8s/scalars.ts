import { schemaRef, type JsonSchema } from "../meta/schema.ts";

const META = "io.k8s.apimachinery.pkg.apis.meta.v1.";
const EXTENSIONS = "io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.";

/** Names of the definitions that are one JSON value although Go has a struct. */
export const SCALAR = {
  time: `${META}Time`,
  microTime: `${META}MicroTime`,
  fieldsV1: `${META}FieldsV1`,
  quantity: "io.k8s.apimachinery.pkg.api.resource.Quantity",
  intOrString: "io.k8s.apimachinery.pkg.util.intstr.IntOrString",
  rawExtension: "io.k8s.apimachinery.pkg.runtime.RawExtension",
  jsonSchemaProps: `${EXTENSIONS}JSONSchemaProps`,
} as const;

const JSON_VALUE = `${EXTENSIONS}JSON`;
const PROPS_OR_ARRAY = `${EXTENSIONS}JSONSchemaPropsOrArray`;
const PROPS_OR_BOOL = `${EXTENSIONS}JSONSchemaPropsOrBool`;
const PROPS_OR_STRINGS = `${EXTENSIONS}JSONSchemaPropsOrStringArray`;

export const scalarDefinitions: Readonly<Record<string, JsonSchema>> = {
  [SCALAR.time]: { type: "string", format: "date-time" },
  [SCALAR.microTime]: { type: "string", format: "date-time" },
  [SCALAR.fieldsV1]: { type: "object" },
  [SCALAR.quantity]: { type: "string" },
  [SCALAR.intOrString]: { type: "string", format: "int-or-string" },
  [SCALAR.rawExtension]: { type: "object" },
  [JSON_VALUE]: {},
  [PROPS_OR_ARRAY]: {},
  [PROPS_OR_BOOL]: {},
  [PROPS_OR_STRINGS]: {},
  [`${EXTENSIONS}ExternalDocumentation`]: { type: "object", properties: { description: { type: "string" }, url: { type: "string" } } },
  [`${EXTENSIONS}ValidationRule`]: {
    type: "object",
    properties: {
      fieldPath: { type: "string" },
      message: { type: "string" },
      messageExpression: { type: "string" },
      optionalOldSelf: { type: "boolean" },
      reason: { type: "string" },
      rule: { type: "string" },
    },
    required: ["rule"],
  },
};

/** The schema of a schema, as CustomResourceDefinitions carry it. */
export function jsonSchemaProps(): JsonSchema {
  const self = schemaRef(SCALAR.jsonSchemaProps);
  return {
    type: "object",
    properties: {
      ...each(["$ref", "$schema", "description", "format", "id", "pattern", "title", "type"], { type: "string" }),
      ...each(["x-kubernetes-list-type", "x-kubernetes-map-type"], { type: "string" }),
      ...each(["exclusiveMaximum", "exclusiveMinimum", "nullable", "uniqueItems"], { type: "boolean" }),
      ...each(["x-kubernetes-embedded-resource", "x-kubernetes-int-or-string", "x-kubernetes-preserve-unknown-fields"], {
        type: "boolean",
      }),
      ...each(["maximum", "minimum", "multipleOf"], { type: "number", format: "double" }),
      ...each(["maxItems", "maxLength", "maxProperties", "minItems", "minLength", "minProperties"], { type: "integer", format: "int64" }),
      ...each(["allOf", "anyOf", "oneOf"], { type: "array", items: self, "x-kubernetes-list-type": "atomic" }),
      ...each(["definitions", "patternProperties", "properties"], { type: "object", additionalProperties: self }),
      ...each(["required", "x-kubernetes-list-map-keys"], { type: "array", items: { type: "string" }, "x-kubernetes-list-type": "atomic" }),
      ...each(["additionalItems", "additionalProperties"], schemaRef(PROPS_OR_BOOL)),
      ...each(["default", "example"], schemaRef(JSON_VALUE)),
      dependencies: { type: "object", additionalProperties: schemaRef(PROPS_OR_STRINGS) },
      enum: { type: "array", items: schemaRef(JSON_VALUE), "x-kubernetes-list-type": "atomic" },
      externalDocs: schemaRef(`${EXTENSIONS}ExternalDocumentation`),
      items: schemaRef(PROPS_OR_ARRAY),
      not: self,
      "x-kubernetes-validations": {
        type: "array",
        items: schemaRef(`${EXTENSIONS}ValidationRule`),
        "x-kubernetes-list-type": "map",
        "x-kubernetes-list-map-keys": ["rule"],
        "x-kubernetes-patch-strategy": "merge",
        "x-kubernetes-patch-merge-key": "rule",
      },
    },
  };
}

function each(names: readonly string[], schema: JsonSchema): Record<string, JsonSchema> {
  return Object.fromEntries(names.map((name) => [name, schema]));
}
