import assert from "node:assert/strict";
import { test } from "node:test";
import { ApiError } from "../../../api/meta/errors.ts";
import { checkShape, DISCOVERY_FORMS, negotiate, RESOURCE_FORMS } from "./accept.ts";
import type { AcceptOptions } from "./accept.ts";

const RESOURCE: AcceptOptions = { protobuf: true, forms: RESOURCE_FORMS };
const CUSTOM: AcceptOptions = { protobuf: false, forms: RESOURCE_FORMS };
const DISCOVERY: AcceptOptions = { protobuf: false, forms: DISCOVERY_FORMS };
const PB = "application/vnd.kubernetes.protobuf";
const ONLY = "only the following media types are accepted: application/json, application/yaml, application/vnd.kubernetes.protobuf";
const NONE = "406: Not Acceptable\n\nAvailable representations: application/json, application/yaml, application/vnd.kubernetes.protobuf";
const TABLE = "application/json;as=Table;v=v1;g=meta.k8s.io,application/json;as=Table;v=v1beta1;g=meta.k8s.io,application/json";

function chosen(header: string | null, options: AcceptOptions): string {
  const { mediaType, as, version } = negotiate(header, options);
  return `${mediaType.replace("application/", "")} ${as} ${version}`;
}

const ROWS: readonly (readonly [string | null, AcceptOptions, string])[] = [
  [null, RESOURCE, "json object v1"],
  ["", RESOURCE, "json object v1"],
  ["*/*", RESOURCE, "json object v1"],
  ["application/*", RESOURCE, "json object v1"],
  ["application/json, */*", RESOURCE, "json object v1"],
  ["application/yaml", RESOURCE, "yaml object v1"],
  ["application/json;stream=watch", RESOURCE, "json object v1"],
  [`${PB},application/json`, RESOURCE, "vnd.kubernetes.protobuf object v1"],
  [`${PB},application/json`, CUSTOM, "json object v1"],
  [`${PB};stream=watch`, RESOURCE, "vnd.kubernetes.protobuf object v1"],
  [TABLE, RESOURCE, "json Table v1"],
  ["application/json;as=Table;v=v1beta1;g=meta.k8s.io", RESOURCE, "json Table v1beta1"],
  ["application/json;as=Table;v=v9;g=meta.k8s.io,application/json", RESOURCE, "json object v1"],
  ["application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1", CUSTOM, "json PartialObjectMetadata v1"],
  ["application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList,application/json", DISCOVERY, "json APIGroupDiscoveryList v2"],
  ["application/json;g=apidiscovery.k8s.io;v=v2beta1;as=APIGroupDiscoveryList,application/json", DISCOVERY, "json object v1"],
  ["text/html, application/yaml;q=0.5, application/json;q=0.9", RESOURCE, "json object v1"],
  ["application/json;q=0, application/yaml", RESOURCE, "yaml object v1"],
];

for (const [header, options, expected] of ROWS) {
  test(`Accept ${header ?? "absent"}${options.protobuf ? "" : " without protobuf"} gives ${expected}`, () => {
    assert.equal(chosen(header, options), expected);
  });
}

const REFUSALS: readonly (readonly [string, AcceptOptions, string])[] = [
  ["text/html", RESOURCE, NONE],
  ["application/cbor", RESOURCE, NONE],
  ["application/json;as=Table;g=meta.k8s.io;v=v2", RESOURCE, ONLY],
  ["application/json;as=toString;g=meta.k8s.io;v=v1", RESOURCE, ONLY],
  ["application/json;g=apidiscovery.k8s.io;v=v2beta1;as=APIGroupDiscoveryList", DISCOVERY, ONLY],
  [PB, CUSTOM, ONLY],
  [",;=,;q=x", RESOURCE, NONE],
];

for (const [header, options, message] of REFUSALS) {
  test(`Accept ${header} is refused with 406`, () => {
    assert.throws(
      () => negotiate(header, options),
      (error) => error instanceof ApiError && error.code === 406 && error.message === message,
    );
  });
}

test("a form of one object does not fit a list, nor the other way round", () => {
  const one = negotiate("application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1", RESOURCE);
  const list = negotiate("application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1", RESOURCE);
  const text = "you requested PartialObjectMetadata, but the requested object is a list (*core.ConfigMapList)";
  assert.throws(() => checkShape(one, true, "core.ConfigMap"), { message: text });
  const other = "you requested PartialObjectMetadataList, but the requested object is not a list (*core.ConfigMap)";
  assert.throws(() => checkShape(list, false, "core.ConfigMap"), { message: other });
  checkShape(one, false, "core.ConfigMap");
  checkShape(list, true, "core.ConfigMap");
});
