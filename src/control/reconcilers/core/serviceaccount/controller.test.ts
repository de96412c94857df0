import { alreadyExists } from "../../../../api/meta/errors.ts";
import { serviceAccountKind } from "../../../../api/core/service-account.ts";
import { failNth, matching } from "../../../../client/faults.ts";
import { reconcileTable } from "../../../../testing/reconcile-table.ts";
import { serviceAccountController } from "./controller.ts";
import { makeDefaultAccount, makeRootCa } from "./resources.ts";

const namespace = (metadata: object = {}) => ({ apiVersion: "v1", kind: "Namespace", metadata: { name: "ns", ...metadata } });
const account = { verb: "create", kind: "ServiceAccount", key: "ns/default" } as const;
const map = { verb: "create", kind: "ConfigMap", key: "ns/kube-root-ca.crt" } as const;

reconcileTable(
  (world) => serviceAccountController(world, "PEM"),
  [
    {
      name: "serviceaccount: a namespace gets its account and the CA",
      world: [namespace()],
      key: "ns",
      writes: [
        { ...account, body: { apiVersion: "v1", kind: "ServiceAccount", metadata: { namespace: "ns", name: "default" } } },
        { ...map, body: makeRootCa("ns", "PEM") },
      ],
      settles: true,
    },
    {
      name: "serviceaccount: a CA that somebody changed is put right",
      world: [namespace(), makeDefaultAccount("ns"), makeRootCa("ns", "OLD")],
      key: "ns",
      writes: [{ ...map, verb: "update", partial: { data: { "ca.crt": "PEM" } } }],
      settles: true,
    },
    {
      name: "serviceaccount: a namespace on its way out gets nothing",
      world: [namespace({ deletionTimestamp: "2025-01-01T00:00:00Z" })],
      key: "ns",
    },
    {
      name: "serviceaccount: another one was quicker",
      world: [namespace(), makeRootCa("ns", "PEM")],
      key: "ns",
      faults: [failNth(1, matching("ServiceAccount", "create"), alreadyExists(serviceAccountKind, "default"))],
    },
  ],
);
