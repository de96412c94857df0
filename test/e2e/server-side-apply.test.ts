/** From client-side to server-side apply of a Knative Service, with the real kubectl. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { requires } from "../../src/testing/requirements.ts";
import { startKinetic } from "./harness.ts";

const service = (value: string) => `
apiVersion: serving.knative.dev/v1
kind: Service
metadata:
  name: one
spec:
  template:
    spec:
      containers:
        - image: kinetic.local/nobody-built-this
          env:
            - name: VALUE
              value: "${value}"
`;

test("kubectl apply --server-side over a Service of kubectl apply", { skip: requires("kubectl", "linux"), timeout: 120_000 }, async (t) => {
  const kinetic = await startKinetic(t);
  const apply = (value: string, ...flags: string[]) => kinetic.kubectl(["apply", ...flags, "-f", "-"], service(value));
  assert.equal((await apply("1")).code, 0);

  await t.test("asks for --force-conflicts, because the webhook's defaults make another list of containers", async () => {
    const refused = await apply("2", "--server-side");
    assert.equal(refused.code, 1);
    assert.match(
      refused.stderr,
      /conflict with "kubectl-client-side-apply" using serving\.knative\.dev\/v1: \.spec\.template\.spec\.containers/,
    );
  });

  await t.test("with it the manager moves, and the creator stays", async () => {
    const forced = await apply("2", "--server-side", "--force-conflicts");
    assert.equal(forced.code, 0, forced.stderr);
    assert.doesNotMatch(forced.stderr, /failed to re-apply|denied/);
    const found = JSON.parse(await kinetic.kubectlOk(["get", "ksvc", "one", "-o", "json", "--show-managed-fields"])) as Found;
    assert.equal(found.metadata.annotations["serving.knative.dev/creator"], "kubernetes-admin");
    assert.equal(found.metadata.annotations["kubectl.kubernetes.io/last-applied-configuration"] !== undefined, true);
    const managers = found.metadata.managedFields.map(({ manager, operation }) => `${manager} ${operation}`);
    assert.ok(managers.includes("kubectl Apply"), managers.join());
    assert.ok(!managers.includes("kubectl-client-side-apply Update"), managers.join());
  });

  await t.test("from then on a change needs no flag, also of another field", async () => {
    for (const value of ["3", "4"]) {
      const changed = await apply(value, "--server-side");
      assert.equal(changed.code, 0, changed.stderr);
    }
    assert.match(await kinetic.kubectlOk(["get", "ksvc", "one", "-o", "jsonpath={.spec.template.spec.containers[0].env}"]), /"value":"4"/);
  });
});

interface Found {
  readonly metadata: {
    readonly annotations: Readonly<Record<string, string>>;
    readonly managedFields: readonly { readonly manager: string; readonly operation: string }[];
  };
}
