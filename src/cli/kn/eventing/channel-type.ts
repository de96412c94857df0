import { UserError } from "../../shared/io.ts";
import type { KindName, KnConfig } from "../config/config.ts";

const BUILT_IN: Readonly<Record<string, KindName>> = {
  imc: { group: "messaging.knative.dev", version: "v1", kind: "InMemoryChannel" },
  imcv1beta1: { group: "messaging.knative.dev", version: "v1beta1", kind: "InMemoryChannel" },
};

/** `Group:Version:Kind` or an alias. */
export function channelType({ channelTypes }: Pick<KnConfig, "channelTypes">, value: string): KindName {
  const known = channelTypes[value] ?? BUILT_IN[value];
  if (known !== undefined) return known;
  const [group, version, kind, ...rest] = value.split(":");
  if (group && version && kind && rest.length === 0) return { group, version, kind };
  if (value.includes(":"))
    throw new UserError(
      `incorrect value '${value}' for '--type', must be in the format 'Group:Version:Kind' or configure an alias in kn config`,
    );
  throw new UserError(`unknown channel type alias: '${value}'`);
}
