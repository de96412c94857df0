/** Where callers from outside find the gateway's listeners. */
export interface PublicPorts {
  readonly http: number;
  readonly https: number;
}

const WELL_KNOWN: Readonly<Record<string, number>> = { http: 80, https: 443 };

/** `scheme://host`, with the port unless the scheme implies it. */
export function publicUrl(scheme: string, host: string, ports: PublicPorts): string {
  const port = scheme === "https" ? ports.https : ports.http;
  return port === WELL_KNOWN[scheme] ? `${scheme}://${host}` : `${scheme}://${host}:${port}`;
}
