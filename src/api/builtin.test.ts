import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { builtinKinds } from "./builtin.ts";
import { columnTexts } from "./meta/kind-table.contract.ts";

const AGE = "Age (string, 0)";
const NAME = "Name (string/name, 0)";
const WORKLOAD = "Containers (string, 1), Images (string, 1), Selector (string, 1)";
const EVENT =
  "Last Seen (string, 0), Type (string, 0), Reason (string, 0), Object (string, 0), Subobject (string, " +
  "1), Source (string, 1), Message (string, 0), First Seen (string, 1), Count (string, 1), Name (string/name, 1)";
const BINDING = `${NAME}, Role (string, 0), ${AGE}, Users (string, 1), Groups (string, 1), ServiceAccounts (string, 1)`;
const CREATED = `${NAME}, Created At (date, 0)`;

/** As a real server answered them. */
const COLUMNS: Record<string, string> = {
  "namespaces.": `${NAME}, Status (string, 0), ${AGE}`,
  "configmaps.": `${NAME}, Data (string, 0), ${AGE}`,
  "secrets.": `${NAME}, Type (string, 0), Data (string, 0), ${AGE}`,
  "serviceaccounts.": `${NAME}, Secrets (string, 0), ${AGE}`,
  "services.":
    `${NAME}, Type (string, 0), Cluster-IP (string, 0), External-IP (string, 0), Port(s) (string, 0), ` + `${AGE}, Selector (string, 1)`,
  "endpoints.": `${NAME}, Endpoints (string, 0), ${AGE}`,
  "pods.":
    `${NAME}, Ready (string, 0), Status (string, 0), Restarts (string, 0), ${AGE}, IP (string, 1), Node ` +
    "(string, 1), Nominated Node (string, 1), Readiness Gates (string, 1)",
  "persistentvolumeclaims.":
    `${NAME}, Status (string, 0), Volume (string, 0), Capacity (string, 0), Access Modes (string, 0), ` +
    `StorageClass (string, 0), VolumeAttributesClass (string, 0), ${AGE}, VolumeMode (string, 1)`,
  "nodes.":
    `${NAME}, Status (string, 0), Roles (string, 0), ${AGE}, Version (string, 0), Internal-IP (string, ` +
    "1), External-IP (string, 1), OS-Image (string, 1), Kernel-Version (string, 1), Container-Runtime (string, 1)",
  "events.": EVENT,
  "events.events.k8s.io": EVENT,
  "deployments.apps": `${NAME}, Ready (string, 0), Up-to-date (string, 0), Available (string, 0), ${AGE}, ${WORKLOAD}`,
  "replicasets.apps": `${NAME}, Desired (integer, 0), Current (integer, 0), Ready (integer, 0), ${AGE}, ${WORKLOAD}`,
  "endpointslices.discovery.k8s.io": `${NAME}, AddressType (string, 0), Ports (string, 0), Endpoints (string, 0), ${AGE}`,
  "leases.coordination.k8s.io": `${NAME}, Holder (string, 0), ${AGE}`,
  "roles.rbac.authorization.k8s.io": CREATED,
  "rolebindings.rbac.authorization.k8s.io": BINDING,
  "clusterroles.rbac.authorization.k8s.io": CREATED,
  "clusterrolebindings.rbac.authorization.k8s.io": BINDING,
  "customresourcedefinitions.apiextensions.k8s.io": CREATED,
};

/** Field selectors beside those of the metadata, as a real server took them. */
const SELECTORS: Record<string, string> = {
  "pods.":
    "spec.nodeName spec.restartPolicy spec.schedulerName spec.serviceAccountName spec.hostNetwork " +
    "status.phase status.podIP status.podIPs status.nominatedNodeName",
  "secrets.": "type",
  "events.":
    "type involvedObject.kind involvedObject.name involvedObject.namespace involvedObject.uid " +
    "involvedObject.apiVersion involvedObject.resourceVersion involvedObject.fieldPath reason reportingComponent source",
  "events.events.k8s.io": "type reason reportingController regarding.kind regarding.name",
  "namespaces.": "status.phase",
  "nodes.": "spec.unschedulable",
  "services.": "spec.clusterIP spec.type",
};

describe("built-in kinds", () => {
  for (const kind of builtinKinds) {
    const resource = `${kind.plural}.${kind.group}`;
    if (kind.virtual) it(`${resource} is only created`, () => assert.deepEqual(kind.verbs, ["create"]));
    else it(`columns of ${resource}`, () => assert.equal(columnTexts(kind), COLUMNS[resource]));

    it(`field selectors of ${resource}`, () => {
      const fields = kind.strategy.selectableFields?.({ metadata: {} }) ?? {};
      assert.deepEqual(Object.keys(fields).toSorted(), (SELECTORS[resource]?.split(" ") ?? []).toSorted());
      assert.ok(Object.values(fields).every((value) => typeof value === "string"));
    });

    it(`the printer of ${resource} survives an object with metadata alone`, () => {
      for (const column of kind.columns) assert.doesNotThrow(() => column.cell({ metadata: {} }, 0), column.name);
    });
  }

  it("short names belong to one resource name each", () => {
    const owners = new Map<string, string>();
    for (const { shortNames, plural } of builtinKinds) {
      for (const name of shortNames) {
        assert.equal(owners.get(name) ?? plural, plural, name);
        owners.set(name, plural);
      }
    }
    assert.equal(owners.get("po"), "pods");
  });
});
