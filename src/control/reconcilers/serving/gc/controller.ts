import { configurationKind } from "../../../../api/serving/configuration.ts";
import { revisionKind } from "../../../../api/serving/revision.ts";
import { GC_CONFIG, parseGcConfig } from "../../../../api/config/gc.ts";
import { keyOf } from "../../../../api/meta/object.ts";
import { childrenOf, indexByController } from "../../../controller/claim.ts";
import type { ControllerDeps } from "../../../controller/deps.ts";
import { changeSource, ECHO_MS, informerSource, isMoreThanStatus, settled } from "../../../controller/sources.ts";
import { done, requeueAfter, type Controller } from "../../../controller/types.ts";
import { controllerOf } from "../../../controller/owners.ts";
import { configReader, configSource } from "../shared/config-reader.ts";
import { decideCleanup } from "./stale.ts";

/** Deletes revisions that nobody has routed to for long, as config-gc says. */
export function gcController(deps: ControllerDeps): Controller {
  const { client, clock } = deps;
  const configurations = deps.informers.of(configurationKind);
  const revisions = deps.informers.of(revisionKind);
  indexByController(revisions);
  const config = configReader(deps, GC_CONFIG, parseGcConfig);
  const changed = changeSource(revisions, (change) => {
    const owner = isMoreThanStatus(change) ? controllerOf(change.object) : undefined;
    return owner === undefined ? [] : [{ namespace: change.object.metadata.namespace ?? "", name: owner.name }];
  });
  return {
    name: "gc-controller",
    sources: [
      settled(informerSource(configurations), ECHO_MS),
      settled(changed, ECHO_MS),
      configSource(deps, [GC_CONFIG], () => configurations.list().map(keyOf)),
    ],
    async reconcile(key) {
      const configuration = configurations.get(key);
      if (configuration === undefined || configuration.metadata.deletionTimestamp !== undefined) return done;
      const kept = configuration.status?.latestReadyRevisionName;
      const { remove, lookAgainAt } = decideCleanup(childrenOf(revisions, configuration), kept, config(), clock.now());
      for (const revision of remove) {
        const { uid } = revision.metadata;
        await client.delete(revisionKind, keyOf(revision), uid === undefined ? {} : { preconditions: { uid } });
      }
      return lookAgainAt === undefined ? done : requeueAfter(lookAgainAt - clock.now());
    },
  };
}
