/** cli.md 7.5: what Knative's suites do with kubectl, with the real kubectl. */
import assert from "node:assert/strict";
import { stringify } from "yaml";
import { eventually } from "../../e2e/harness.ts";
import { knativeService, section, type Api, type Rows } from "./section.ts";

/** stdout of a kubectl that must succeed, its arguments split at spaces. */
const kubectl = (api: Api, command: string, input?: string) => api.kinetic.kubectlOk(command.split(" "), input);
const patch = (api: Api, map: string, data: object) =>
  api.kinetic.kubectlOk(["patch", "configmap", map, "-n", "knative-serving", "--type", "merge", "-p", JSON.stringify({ data })]);

const OBJECTS: Rows = {
  "kubectl create and delete namespace": async (api) => {
    assert.equal(await kubectl(api, "create namespace suite"), "namespace/suite created\n");
    await eventually("a default ServiceAccount", () => kubectl(api, "get serviceaccount default -n suite"));
    assert.equal(await kubectl(api, "delete namespace suite"), 'namespace "suite" deleted\n'); // it waits until it is gone
    assert.match((await api.kinetic.kubectl(["get", "namespace", "suite"])).stderr, /namespaces "suite" not found/);
  },
  "kubectl apply -f validates on the client's side, and says created, configured and unchanged": async (api) => {
    const apply = async (target: string) => kubectl(api, "apply -f -", stringify(knativeService("suite", target)));
    assert.equal(await apply("one"), "service.serving.knative.dev/suite created\n");
    assert.equal(await apply("one"), "service.serving.knative.dev/suite configured\n"); // as the server's defaults are in a list
    assert.equal(await kubectl(api, "get ksvc suite -o jsonpath={.metadata.generation}"), "1");
    assert.equal(await apply("two"), "service.serving.knative.dev/suite configured\n");
    assert.equal(await kubectl(api, "get ksvc suite -o jsonpath={.metadata.generation}"), "2");
    const map = "apiVersion: v1\nkind: ConfigMap\nmetadata: { name: suite }\ndata: { a: b }\n";
    for (const said of ["created", "unchanged"]) assert.equal(await kubectl(api, "apply -f -", map), `configmap/suite ${said}\n`);
    const wrong = stringify({ ...knativeService("wrong"), spec: { tempalte: {} } });
    const refused = await api.kinetic.kubectl(["apply", "-f", "-"], wrong);
    assert.equal(refused.code, 1);
    assert.match(refused.stderr, /unknown field "spec\.tempalte"/);
  },
  "kubectl apply --validate=false": async (api) => {
    const more = stringify({ ...knativeService("suite", "two"), unknown: "field" });
    assert.match(await kubectl(api, "apply --validate=false -f -", more), /service\.serving\.knative\.dev\/suite configured/);
  },
  "kubectl wait --for=condition": async (api) => {
    const said = await kubectl(api, "wait ksvc/suite --for=condition=Ready --timeout=30s");
    assert.equal(said, "service.serving.knative.dev/suite condition met\n");
    const never = await api.kinetic.kubectl(["wait", "ksvc/suite", "--for=condition=Ready=False", "--timeout=1s"]);
    assert.match(never.stderr, /timed out waiting for the condition/);
  },
  "kubectl get -o jsonpath, json and name": async (api) => {
    assert.match(await kubectl(api, "get ksvc suite -o jsonpath={.status.url}"), /^http:\/\/suite\.default\.localhost/);
    assert.equal((JSON.parse(await kubectl(api, "get ksvc suite -o json")) as { kind: string }).kind, "Service");
    assert.equal(await kubectl(api, "get ksvc suite -o name"), "service.serving.knative.dev/suite\n");
  },
  "kubectl logs": async (api) => {
    const { host } = new URL(await kubectl(api, "get ksvc suite -o jsonpath={.status.url}"));
    assert.equal((await api.kinetic.get(host.split(":")[0] ?? "")).status, 200);
    const said = await api.kinetic.kubectl(["logs", "-l", "serving.knative.dev/service=suite", "-c", "user-container"]);
    assert.deepEqual([said.code, said.stderr], [0, ""]);
  },
  "kubectl create serviceaccount, role, rolebinding and clusterrolebinding": async (api) => {
    assert.equal(await kubectl(api, "create serviceaccount robot"), "serviceaccount/robot created\n");
    await kubectl(api, "create role reader --verb=get,list --resource=configmaps");
    await kubectl(api, "create rolebinding robot --role=reader --serviceaccount=default:robot");
    const may = async (what: string) =>
      (await api.kinetic.kubectl(["auth", "can-i", ...what.split(" "), "--as=system:serviceaccount:default:robot"])).stdout;
    assert.deepEqual([await may("list configmaps"), await may("list pods -A")], ["yes\n", "no\n"]);
    await kubectl(api, "create clusterrolebinding robot --clusterrole=view --serviceaccount=default:robot");
    assert.equal(await may("list pods -A"), "yes\n");
  },
};

const KNOWN_EVENTING = [
  "config-br-defaults",
  "config-br-default-channel",
  "default-ch-webhook",
  "config-ping-defaults",
  "config-sugar",
  "config-features",
  "config-kreference-mapping",
  "config-leader-election",
  "config-logging",
  "config-observability",
  "config-tracing",
];
const KNOWN = [
  "config-autoscaler",
  "config-defaults",
  "config-deployment",
  "config-domain",
  "config-features",
  "config-gc",
  "config-network",
];

const CONFIGURATION: Rows = {
  "the namespaces knative-serving and knative-eventing": async (api) => {
    for (const name of ["knative-serving", "knative-eventing"]) {
      assert.equal(await kubectl(api, `get namespace ${name} -o jsonpath={.status.phase}`), "Active");
    }
  },
  "the well-known ConfigMaps of knative-serving": async (api) => {
    const found = (await kubectl(api, "get configmaps -n knative-serving -o name")).split("\n");
    for (const name of KNOWN) assert.ok(found.includes(`configmap/${name}`), name);
  },
  "the well-known ConfigMaps of knative-eventing": async (api) => {
    const found = (await kubectl(api, "get configmaps -n knative-eventing -o name")).split("\n");
    for (const name of KNOWN_EVENTING) assert.ok(found.includes(`configmap/${name}`), name);
  },
  "kubectl patch configmap config-domain: the domain is honoured": async (api) => {
    assert.equal(await patch(api, "config-domain", { "example.test": "" }), "configmap/config-domain patched\n");
    await eventually("URLs of the domain", async () => {
      assert.match(await kubectl(api, "get ksvc suite -o jsonpath={.status.url}"), /^http:\/\/suite\.default\.example\.test/);
    });
    assert.equal((await api.kinetic.get("suite.default.example.test")).status, 200);
  },
  "kubectl patch configmap config-network: the template of domains is honoured": async (api) => {
    await patch(api, "config-network", { "domain-template": "{{.Name}}--{{.Namespace}}.{{.Domain}}" });
    await eventually("URLs of the template", async () => {
      assert.match(await kubectl(api, "get ksvc suite -o jsonpath={.status.url}"), /^http:\/\/suite--default\.example\.test/);
    });
  },
  "kubectl patch configmap config-features: a feature is off until it is enabled": async (api) => {
    const service = structuredClone(knativeService("selective")) as { spec: { template: { spec: Record<string, unknown> } } };
    service.spec.template.spec["nodeSelector"] = { disk: "fast" };
    const apply = () => api.kinetic.kubectl(["apply", "-f", "-"], stringify(service));
    assert.match((await apply()).stderr, /must not set the field\(s\): spec\.template\.spec\.nodeSelector/);
    await patch(api, "config-features", { "kubernetes.podspec-nodeselector": "enabled" });
    await eventually("it is taken", async () => assert.equal((await apply()).code, 0));
  },
  "a value that cannot be is refused": async (api) => {
    const refused = await api.kinetic.kubectl([
      ..."patch configmap config-features -n knative-serving --type merge -p".split(" "),
      JSON.stringify({ data: { "multi-container": 7 } }),
    ]);
    assert.equal(refused.code, 1);
    const autoscaler = await api.kinetic.kubectl([
      ..."patch configmap config-autoscaler -n knative-serving --type merge -p".split(" "),
      JSON.stringify({ data: { "stable-window": "1s" } }),
    ]);
    assert.match(autoscaler.stderr, /admission webhook "config.webhook.serving.knative.dev" denied the request: validation failed: /);
  },
};

section("cli.md 7.5", { ...OBJECTS, ...CONFIGURATION }, { needs: "kubectl" });
