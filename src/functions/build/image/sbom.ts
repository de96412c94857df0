import { createHash } from "node:crypto";
import type { Program } from "../contract.ts";

export const SPDX_TYPE = "application/spdx+json";

type Package = Program["packages"][number];

export interface SbomInput {
  /** Of the function. */
  readonly name: string;
  /** Of the image's index. */
  readonly digest: string;
  readonly packages: readonly Package[];
  readonly created: string;
  /** Of the builder, e.g. `kinetic-0.1.0`. */
  readonly tool: string;
}

/** What is inside the image, as SPDX 2.3. */
export function makeSbom({ name, digest, packages, created, tool }: SbomInput): object {
  const unique = [...new Map(packages.map((one) => [one.purl, one])).values()].toSorted((a, b) => (a.purl < b.purl ? -1 : 1));
  const image = "SPDXRef-Image";
  return {
    spdxVersion: "SPDX-2.3",
    dataLicense: "CC0-1.0",
    SPDXID: "SPDXRef-DOCUMENT",
    name,
    documentNamespace: `https://kinetic.dev/spdx/${name}/${digest.replace(":", "-")}`,
    creationInfo: { created, creators: [`Tool: ${tool}`] },
    packages: [
      {
        SPDXID: image,
        name,
        downloadLocation: "NOASSERTION",
        filesAnalyzed: false,
        primaryPackagePurpose: "CONTAINER",
        checksums: [{ algorithm: "SHA256", checksumValue: digest.slice("sha256:".length) }],
      },
      ...unique.map(packageOf),
    ],
    relationships: [
      { spdxElementId: "SPDXRef-DOCUMENT", relationshipType: "DESCRIBES", relatedSpdxElement: image },
      ...unique.map((one) => ({ spdxElementId: image, relationshipType: "CONTAINS", relatedSpdxElement: idOf(one) })),
    ],
  };
}

function packageOf(one: Package): object {
  return {
    SPDXID: idOf(one),
    name: one.name,
    versionInfo: one.version,
    downloadLocation: "NOASSERTION",
    filesAnalyzed: false,
    externalRefs: [{ referenceCategory: "PACKAGE-MANAGER", referenceType: "purl", referenceLocator: one.purl }],
  };
}

/** Letters, digits, dots and dashes alone are allowed, so the rest is told apart by a hash. */
function idOf({ name, purl }: Package): string {
  const plain = name.replace(/[^A-Za-z0-9.-]+/g, "-").replace(/^-+/, "");
  return `SPDXRef-Package-${plain}-${createHash("sha256").update(purl).digest("hex").slice(0, 12)}`;
}
