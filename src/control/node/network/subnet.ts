/** IPv4 networks as numbers: `{ base, bits }` covers `base ... base + 2 ** (32 - bits) - 1`. */
export interface Subnet {
  readonly base: number;
  readonly bits: number;
}

const PREFIX_BITS = 20;

/** `10.1.0.0/16`, a bare address, or `default` (which covers nothing that matters here); undefined for other text. */
export function parseSubnet(text: string): Subnet | undefined {
  const [address = "", bits = "32"] = text.split("/");
  const base = parseAddress(address);
  return base === undefined || !/^\d{1,2}$/.test(bits) ? undefined : { base, bits: Number(bits) };
}

export function formatSubnet({ base, bits }: Subnet): string {
  return `${addressIn({ base, bits }, 0)}/${bits}`;
}

/** The address number `index` of a network. */
export function addressIn({ base }: Subnet, index: number): string {
  const value = base + index;
  return [24, 16, 8, 0].map((shift) => Math.floor(value / 2 ** shift) % 256).join(".");
}

export function sizeOf({ bits }: Subnet): number {
  return 2 ** (32 - bits);
}

export function overlaps(a: Subnet, b: Subnet): boolean {
  return a.base < b.base + sizeOf(b) && b.base < a.base + sizeOf(a);
}

/**
 * The first private network of 4096 addresses that no route of this machine touches. The candidates are those that home
 * routers, companies' networks and container engines choose least often. `start` is where the search begins: platforms that
 * start in the same moment should not choose alike.
 */
export function freeSubnet(routes: readonly Subnet[], start = 0): Subnet | undefined {
  const all = candidates();
  const rotated = [...all.slice(start % all.length), ...all.slice(0, start % all.length)];
  return rotated.find((candidate) => !routes.some((route) => route.bits > 0 && overlaps(route, candidate)));
}

function candidates(): Subnet[] {
  const tens = Array.from({ length: 256 }, (_, index) => ({ base: quad(10, 112) + index * 4096, bits: PREFIX_BITS }));
  const others = Array.from({ length: 4 }, (_, index) => ({ base: quad(172, 28 + index), bits: PREFIX_BITS }));
  const last = Array.from({ length: 8 }, (_, index) => ({ base: quad(192, 168) + (index + 8) * 4096, bits: PREFIX_BITS }));
  return [...tens, ...others, ...last];
}

function quad(first: number, second: number): number {
  return first * 2 ** 24 + second * 2 ** 16;
}

function parseAddress(text: string): number | undefined {
  const parts = text.split(".");
  if (parts.length !== 4 || parts.some((part) => !/^\d{1,3}$/.test(part) || Number(part) > 255)) return undefined;
  return parts.reduce((value, part) => value * 256 + Number(part), 0);
}
