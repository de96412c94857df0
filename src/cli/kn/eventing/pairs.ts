import type { Option } from "commander";
import type { CloudEventOverrides } from "../../../api/duck/source.ts";
import { many } from "../flags.ts";
import { applyPairs, parsePairs } from "../service/spec/pairs.ts";

export interface OverrideFlags {
  readonly ceOverride?: readonly string[];
}

export function overrideOption(): Option {
  return many(
    "--ce-override <stringArray>",
    "Cloud Event overrides to apply before sending event to sink. Example: '--ce-override key=value'. " +
      "Can be used multiple times. To unset, append '-' to the key: --ce-override key-.",
  );
}

/** The overrides with the flags applied, as a member of a spec. */
export function withOverrides(
  old: CloudEventOverrides | undefined,
  { ceOverride }: OverrideFlags,
): { readonly ceOverrides?: CloudEventOverrides } {
  if (ceOverride === undefined) return old === undefined ? {} : { ceOverrides: old };
  const extensions = applyPairs(old?.extensions, parsePairs("ce-override", ceOverride));
  return extensions === undefined ? {} : { ceOverrides: { extensions } };
}
