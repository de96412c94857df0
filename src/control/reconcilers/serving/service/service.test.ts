import { knativeServiceKind, type KnativeService } from "../../../../api/serving/service.ts";
import type { AdmissionContext } from "../../../../api/meta/kind.ts";
import { reconcileTable, type TableRow } from "../../../../testing/reconcile-table.ts";
import { makeConfiguration } from "./resources/configuration.ts";
import { makeRoute } from "./resources/route.ts";
import { serviceController } from "./controller.ts";

const ADMISSION: AdmissionContext = { operation: "CREATE", subresource: "", user: "admin", now: 0, configMap: () => undefined };

function service(): KnativeService {
  const draft: KnativeService = {
    apiVersion: "serving.knative.dev/v1",
    kind: "Service",
    metadata: { name: "hello", namespace: "life", uid: "service-hello", generation: 1 },
    spec: { template: { spec: { containers: [{ name: "", image: "dev.local/hello:v1" }] } } },
  };
  knativeServiceKind.strategy.default?.(draft, ADMISSION);
  return draft;
}

/** A child that its controller has looked at, with what it says. */
function settled<T extends object>(child: T, status: object): T {
  return { ...child, status: { observedGeneration: 1, ...status } };
}

const READY = [{ type: "Ready", status: "True" as const }];
const configuration = settled(makeConfiguration(service()), {
  conditions: READY,
  latestCreatedRevisionName: "hello-00002",
  latestReadyRevisionName: "hello-00002",
});
const routeTo = (revisionName: string) =>
  settled(makeRoute(service()), {
    conditions: READY,
    url: "http://hello.life.localhost",
    traffic: [{ latestRevision: true, percent: 100, revisionName }],
  });

const ROWS: readonly TableRow[] = [
  {
    name: "a Service that is gone asks for nothing",
    world: [],
    key: "life/hello",
  },
  {
    name: "a new Service gets its Configuration and its Route, and waits for both",
    world: [service()],
    key: "life/hello",
    writes: [
      { verb: "create", kind: "Configuration", key: "life/hello" },
      {
        verb: "create",
        kind: "Route",
        key: "life/hello",
        partial: { spec: { traffic: [{ configurationName: "hello", latestRevision: true }] } },
      },
      { verb: "status", kind: "Service", key: "life/hello", partial: { status: { observedGeneration: 1 } } },
    ],
    events: ['Normal Created Created Configuration "hello"', 'Normal Created Created Route "hello"'],
    settles: true,
  },
  {
    name: "a Route that still leads to the older revision is TrafficNotMigrated",
    world: [service(), configuration, routeTo("hello-00001")],
    key: "life/hello",
    writes: [{ verb: "status", kind: "Service", key: "life/hello" }],
    settles: true,
    check: (world) => {
      const found = world.get(knativeServiceKind, { namespace: "life", name: "hello" });
      const ready = found?.status?.conditions?.find(({ type }) => type === "RoutesReady");
      if (ready?.reason !== "TrafficNotMigrated") throw new Error(`RoutesReady is ${JSON.stringify(ready)}`);
    },
  },
  {
    name: "a Service whose children are Ready becomes Ready in one write",
    world: [service(), configuration, routeTo("hello-00002")],
    key: "life/hello",
    writes: [{ verb: "status", kind: "Service", key: "life/hello", partial: { status: { latestReadyRevisionName: "hello-00002" } } }],
    settles: true,
  },
];

reconcileTable((world) => serviceController(world), ROWS);
