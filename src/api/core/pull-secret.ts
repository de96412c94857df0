import { textOfBase64 } from "../../std/base64.ts";
import type { Secret } from "../k8s/types.generated.ts";
import type { PullSecret } from "../ports/images.ts";

const FORMATS = { ".dockerconfigjson": "dockerconfigjson", ".dockercfg": "dockercfg" } as const;

/** The registry credentials of a Secret; undefined when it holds none. */
export function pullSecretOf({ metadata, data }: Secret): PullSecret | undefined {
  for (const [key, format] of Object.entries(FORMATS)) {
    const encoded = data?.[key];
    const json = encoded === undefined ? undefined : decoded(encoded);
    if (json !== undefined) return { name: `${metadata.namespace ?? ""}/${metadata.name ?? ""}`, format, json };
  }
  return undefined;
}

function decoded(base64: string): string | undefined {
  try {
    return textOfBase64(base64);
  } catch {
    return undefined;
  }
}
