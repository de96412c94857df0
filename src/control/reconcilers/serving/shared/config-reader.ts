import { configMapKind } from "../../../../api/core/config-map.ts";
import type { ConfigMap } from "../../../../api/k8s/types.generated.ts";
import type { ObjectKey } from "../../../../api/meta/object.ts";
import { SERVING_NAMESPACE } from "../../../../api/names/kinetic.ts";
import { ConfigError, type ConfigData } from "../../../../api/config/parse.ts";
import type { Informer } from "../../../../client/types.ts";
import type { ControllerDeps } from "../../../controller/deps.ts";
import { changeSource } from "../../../controller/sources.ts";
import type { Source } from "../../../controller/types.ts";

/** Of `knative-serving` unless said otherwise. */
interface Place {
  readonly namespace: string;
}

const SERVING: Place = { namespace: SERVING_NAMESPACE };

/**
 * The settings of one well-known ConfigMap, read from the cache. Settings that cannot be read (admission refuses them,
 * but a store may be older than admission) leave the last good ones in force.
 */
export function configReader<T>(
  deps: Pick<ControllerDeps, "informers">,
  name: string,
  parse: (data?: ConfigData) => T,
  { namespace }: Place = SERVING,
): () => T {
  const configMaps: Informer<ConfigMap> = deps.informers.of(configMapKind);
  let source: ConfigMap | undefined;
  let value = parse();
  return () => {
    const found = configMaps.get({ namespace, name });
    if (found === source) return value;
    source = found;
    value = parsedOr(value, () => parse(found?.data));
    return value;
  };
}

function parsedOr<T>(last: T, parse: () => T): T {
  try {
    return parse();
  } catch (error) {
    if (error instanceof ConfigError) return last;
    throw error;
  }
}

/** Wakes `keys()` when one of these ConfigMaps changes. */
export function configSource(
  deps: Pick<ControllerDeps, "informers">,
  names: readonly string[],
  keys: () => readonly ObjectKey[],
  { namespace }: Place = SERVING,
): Source {
  return changeSource(deps.informers.of<ConfigMap>(configMapKind), ({ object }) =>
    object.metadata?.namespace === namespace && names.includes(object.metadata.name ?? "") ? keys() : [],
  );
}
