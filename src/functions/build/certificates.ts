import { rootCertificates } from "node:tls";
import type { ProgramLayer } from "./contract.ts";

/** Where programs of all languages look for the authorities that they trust. */
const PLACES = ["etc/ssl/certs/ca-certificates.crt", "etc/pki/tls/certs/ca-bundle.crt"];

/** The authorities that this release of Node trusts: the same on every machine, whatever it has installed. */
export function certificatesLayer(): ProgramLayer {
  const bytes = Buffer.from(`${rootCertificates.map((pem) => pem.trim()).join("\n")}\n`);
  return { name: "certificates", createdBy: "certificate authorities", files: PLACES.map((path) => ({ path, content: { bytes } })) };
}
