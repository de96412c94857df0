/** What a 401 asks for. Parameter names are in lower case. */
export interface Challenge {
  /** `bearer`, `basic` ... */
  readonly scheme: string;
  readonly parameters: ReadonlyMap<string, string>;
}

const TOKEN = "[!#$%&'*+.^_`|~0-9A-Za-z-]+";
const PARAMETER = new RegExp(`^\\s*(${TOKEN})\\s*=\\s*(?:"((?:[^"\\\\]|\\\\.)*)"|([^\\s,"]*))\\s*(?:,|$)`);
const SCHEME = new RegExp(`^[\\s,]*(${TOKEN})(?:\\s+|$|,)`);

/** Reads a WWW-Authenticate header: one or more challenges, each a scheme with parameters (RFC 9110, 11.6.1). */
export function parseChallenges(header: string): Challenge[] {
  const challenges: Challenge[] = [];
  for (let rest = header; ;) {
    const scheme = SCHEME.exec(rest);
    if (scheme === null) return challenges;
    rest = rest.slice(scheme[0].length);
    const parameters = new Map<string, string>();
    for (let found = PARAMETER.exec(rest); found !== null; found = PARAMETER.exec(rest)) {
      parameters.set((found[1] ?? "").toLowerCase(), found[3] ?? (found[2] ?? "").replace(/\\(.)/g, "$1"));
      rest = rest.slice(found[0].length);
    }
    challenges.push({ scheme: (scheme[1] ?? "").toLowerCase(), parameters });
  }
}
