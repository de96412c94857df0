import { once } from "node:events";
import { createServer } from "node:net";
import { UserError } from "../shared/io.ts";

export interface Address {
  readonly host: string;
  readonly port: number;
}

const DEFAULT: Address = { host: "127.0.0.1", port: 8080 };
const TRIES = 100;

/** `HOST:PORT`, `:PORT` or a port. @throws UserError */
export function parseAddress(text: string): Address {
  const [, host = "", port = ""] = /^(?:(.*):)?(\d+)$/.exec(text) ?? [];
  const number = Number(port);
  if (port === "" || number > 65_535) throw new UserError(`--address must be HOST:PORT, not ${JSON.stringify(text)}`);
  return { host: host.replace(/^\[|\]$/g, "") || DEFAULT.host, port: number };
}

/** The address that is asked for, or 127.0.0.1:8080 or the next port that is free. @throws UserError when the one asked for is taken */
export async function chooseAddress(asked: string | undefined): Promise<Address> {
  if (asked !== undefined) {
    const address = parseAddress(asked);
    if (address.port === 0 || (await isFree(address))) return address;
    throw new UserError(`port ${address.port} is in use on ${address.host}; choose another with --address ${address.host}:PORT`);
  }
  for (let port = DEFAULT.port; port < DEFAULT.port + TRIES; port++) if (await isFree({ ...DEFAULT, port })) return { ...DEFAULT, port };
  throw new UserError(`no port between ${DEFAULT.port} and ${DEFAULT.port + TRIES} is free; choose one with --address`);
}

async function isFree({ host, port }: Address): Promise<boolean> {
  const server = createServer();
  try {
    server.listen(port, host);
    await once(server, "listening");
    server.close();
    await once(server, "close");
    return true;
  } catch {
    return false;
  }
}
