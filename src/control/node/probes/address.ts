export interface Address {
  readonly ip: string;
  readonly port: number;
}

export function formatAddress({ ip, port }: Address): string {
  return `${ip.includes(":") ? `[${ip}]` : ip}:${port}`;
}

/** A dial error in the words of Go's net package, which people know from kubelets. */
export function dialError(error: unknown, address: Address): string {
  const where = `dial tcp ${formatAddress(address)}`;
  const code = (error as { code?: string }).code ?? "";
  if (code === "ECONNREFUSED") return `${where}: connect: connection refused`;
  if (code === "ECONNRESET") return `read tcp ${formatAddress(address)}: read: connection reset by peer`;
  return `${where}: ${error instanceof Error ? error.message : String(error)}`;
}
