import type { Platform } from "../../../images/oci/manifest.ts";
import { platformName } from "../../../images/oci/platform.ts";
import type { Program } from "../contract.ts";

export const IN_TOTO_TYPE = "application/vnd.in-toto+json";

export interface ProvenanceInput {
  readonly name: string;
  readonly digest: string;
  readonly runtime: string;
  readonly platforms: readonly Platform[];
  /** Hash of the function's files. */
  readonly source: string;
  readonly base: readonly { readonly reference: string; readonly digest: string }[];
  readonly packages: Program["packages"];
  readonly tool: { readonly name: string; readonly version: string };
}

/** How the image came to be: an in-toto statement with SLSA provenance. Unsigned, and without times: equal source gives equal bytes. */
export function makeProvenance(input: ProvenanceInput): object {
  const { name, digest, runtime, platforms, source, base, packages, tool } = input;
  const purls = [...new Set(packages.map(({ purl }) => purl))].toSorted();
  return {
    _type: "https://in-toto.io/Statement/v1",
    subject: [{ name, digest: digestSet(digest) }],
    predicateType: "https://slsa.dev/provenance/v1",
    predicate: {
      buildDefinition: {
        buildType: "https://kinetic.dev/function-build/v1",
        externalParameters: { runtime, platforms: platforms.map(platformName) },
        internalParameters: {},
        resolvedDependencies: [
          { name: "source", digest: { sha256: source } },
          ...base.map((one) => ({ uri: `docker://${one.reference}`, digest: digestSet(one.digest) })),
          ...purls.map((uri) => ({ uri })),
        ],
      },
      runDetails: { builder: { id: `https://kinetic.dev/${tool.name}`, version: { [tool.name]: tool.version } } },
    },
  };
}

function digestSet(digest: string): Readonly<Record<string, string>> {
  const [algorithm = "", hex = ""] = digest.split(":");
  return { [algorithm]: hex };
}
