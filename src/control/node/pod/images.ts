import type { Container, Pod } from "../../../api/k8s/types.generated.ts";
import type { ImageRequest, PullFacts, PullSecret } from "../../../api/ports/images.ts";
import { readPullSecrets } from "../../../client/pull-secrets.ts";
import type { Client } from "../../../client/types.ts";
import { formatGoDuration } from "../../../std/duration.ts";
import type { Tell } from "../world.ts";

export interface PullContext {
  readonly pod: Pod;
  readonly client: Pick<Client, "get">;
  readonly tell: Tell;
}

/** What the image store is asked for a container; registry credentials are looked up when a registry wants to know. */
export function imageRequest({ image = "", imagePullPolicy }: Container, context: PullContext): ImageRequest {
  const isLatest = !image.includes("@") && (image.endsWith(":latest") || !/:[^/]+$/.test(image));
  const policy = imagePullPolicy ?? (isLatest ? "Always" : "IfNotPresent");
  return {
    reference: image,
    pullPolicy: policy === "Always" || policy === "Never" ? policy : "IfNotPresent",
    pullSecrets: () => pullSecretsOf(context),
    onPull: () => context.tell("Normal", "Pulling", `Pulling image "${image}"`),
  };
}

async function pullSecretsOf({ pod, client, tell }: PullContext): Promise<readonly PullSecret[]> {
  const { serviceAccountName, imagePullSecrets } = pod.spec ?? {};
  const { secrets, missing } = await readPullSecrets(client, {
    namespace: pod.metadata.namespace ?? "",
    ...(serviceAccountName === undefined ? {} : { serviceAccountName }),
    ...(imagePullSecrets === undefined ? {} : { imagePullSecrets }),
  });
  if (missing.length > 0) {
    const names = missing.join(", ");
    const message = `Unable to retrieve some image pull secrets (${names}); attempting to pull the image may not succeed.`;
    tell("Warning", "FailedToRetrieveImagePullSecret", message);
  }
  return secrets;
}

/** The text of the event `Pulled`. */
export function pulledText(image: string, pulled: PullFacts | undefined): string {
  if (pulled === undefined) return `Container image "${image}" already present on machine`;
  const took = formatGoDuration(Math.round(pulled.durationMs));
  return `Successfully pulled image "${image}" in ${took} (${took} including waiting). Image size: ${pulled.bytes} bytes.`;
}
