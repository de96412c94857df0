import { ConfigError, type ConfigData } from "./parse.ts";

export const DOMAIN_CONFIG = "config-domain";

/** One domain of `config-domain` and the labels that choose it. */
export interface Domain {
  readonly name: string;
  readonly selector: Readonly<Record<string, string>>;
}

export interface DomainConfig {
  readonly domains: readonly Domain[];
}

/** Throws ConfigError. */
export function parseDomainConfig(data: ConfigData = {}): DomainConfig {
  const domains = Object.entries(data)
    .filter(([key]) => key !== "_example")
    .map(([name, text]) => ({ name, selector: parseSelector(name, text) }));
  return { domains };
}

/** The domain for an object with these labels: the most specific selector wins, then the name; `fallback` when none matches. */
export function domainFor(config: DomainConfig, labels: Readonly<Record<string, string>> | undefined, fallback: string): string {
  const matching = config.domains.filter((domain) => Object.entries(domain.selector).every(([key, value]) => labels?.[key] === value));
  const [best] = matching.toSorted((a, b) => size(b) - size(a) || (a.name < b.name ? -1 : 1));
  return best?.name ?? fallback;
}

function size(domain: Domain): number {
  return Object.keys(domain.selector).length;
}

/**
 * `selector:` followed by indented `key: value` lines, and perhaps `type: wildcard`: the only YAML that this ConfigMap
 * knows. Anything else is refused.
 */
function parseSelector(domain: string, text: string): Record<string, string> {
  const selector: Record<string, string> = {};
  let inside = false;
  for (const line of text.split("\n")) {
    const content = line.replace(/(^|\s)#.*$/, "").trimEnd();
    if (content.trim() === "" || content.trim() === "{}" || content.trim() === "---") continue;
    const entry = /^(\s*)([^\s:]+):\s*(.*)$/.exec(content);
    if (entry === null)
      throw new ConfigError(`failed to parse selector of domain ${JSON.stringify(domain)}: cannot read line ${JSON.stringify(line)}`);
    const [, indent, key = "", value = ""] = entry;
    if (indent === "") inside = key === "selector";
    else if (inside) selector[key] = value.replace(/^(["'])(.*)\1$/, "$2");
  }
  return selector;
}
