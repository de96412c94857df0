import type { Pod } from "../../../api/k8s/types.generated.ts";
import { badRequest } from "../../../api/meta/errors.ts";

/** The container meant when none is named. @throws ApiError 400 when that could be several. */
export function onlyContainer({ metadata, spec }: Pod): string {
  const names = (spec?.containers ?? []).map(({ name }) => name);
  const chosen = metadata.annotations?.["kubectl.kubernetes.io/default-container"];
  if (chosen !== undefined && names.includes(chosen)) return chosen;
  const [first = ""] = names;
  if (names.length === 1) return first;
  const init = (spec?.initContainers ?? []).map(({ name }) => name);
  const others = init.length === 0 ? "" : ` or one of the init containers: [${init.join(" ")}]`;
  throw badRequest(`a container name must be specified for pod ${metadata.name ?? ""}, choose one of: [${names.join(" ")}]${others}`);
}
