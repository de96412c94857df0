/** Syntax of names. Every function answers with what is wrong in Kubernetes' words; an empty list is good. */

export type NameRule = (name: string, isPrefix: boolean) => readonly string[];

interface Syntax {
  readonly pattern: RegExp;
  readonly maxLength: number;
  readonly message: string;
}

const LABEL_CHARS = "[a-z0-9]([-a-z0-9]*[a-z0-9])?";
const SUBDOMAIN_CHARS = `${LABEL_CHARS}(\\.${LABEL_CHARS})*`;
const LABEL_1035_CHARS = "[a-z]([-a-z0-9]*[a-z0-9])?";
const QUALIFIED_CHARS = "([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]";
const KEY_CHARS = "[-._a-zA-Z0-9]+";

const DNS_LABEL: Syntax = {
  pattern: whole(LABEL_CHARS),
  maxLength: 63,
  message: syntaxText(
    "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start " +
      "and end with an alphanumeric character",
    LABEL_CHARS,
    ["my-name", "123-abc"],
  ),
};
const DNS_SUBDOMAIN: Syntax = {
  pattern: whole(SUBDOMAIN_CHARS),
  maxLength: 253,
  message: syntaxText(
    "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and " +
      "must start and end with an alphanumeric character",
    SUBDOMAIN_CHARS,
    ["example.com"],
  ),
};
const DNS_1035: Syntax = {
  pattern: whole(LABEL_1035_CHARS),
  maxLength: 63,
  message: syntaxText(
    "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic " +
      "character, and end with an alphanumeric character",
    LABEL_1035_CHARS,
    ["my-name", "abc-123"],
  ),
};
const QUALIFIED_TEXT = syntaxText(
  "must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character",
  QUALIFIED_CHARS,
  ["MyName", "my.name", "123-abc"],
);
const QUALIFIED: Syntax = { pattern: whole(QUALIFIED_CHARS), maxLength: 63, message: QUALIFIED_TEXT };
const LABEL_VALUE: Syntax = {
  pattern: whole(`(${QUALIFIED_CHARS})?`),
  maxLength: 63,
  message: syntaxText(
    "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and " +
      "must start and end with an alphanumeric character",
    `(${QUALIFIED_CHARS})?`,
    ["MyValue", "my_value", "12345"],
  ),
};
const CONFIG_KEY: Syntax = {
  pattern: whole(KEY_CHARS),
  maxLength: 253,
  message: syntaxText("a valid config key must consist of alphanumeric characters, '-', '_' or '.'", KEY_CHARS, [
    "key.name",
    "KEY_NAME",
    "key-name",
  ]),
};

function whole(chars: string): RegExp {
  return new RegExp(`^(?:${chars})$`);
}

function syntaxText(rule: string, chars: string, examples: readonly string[]): string {
  const list = examples.map((example) => `'${example}', `).join(" or ");
  return `${rule} (e.g. ${list}regex used for validation is '${chars}')`;
}

function errors(syntax: Syntax, value: string): string[] {
  return [
    ...(value.length > syntax.maxLength ? [tooLongText(syntax.maxLength)] : []),
    ...(syntax.pattern.test(value) ? [] : [syntax.message]),
  ];
}

export function tooLongText(characters: number): string {
  return `must be no more than ${characters} characters`;
}

export function rangeText(low: number, high: number): string {
  return `must be between ${low} and ${high}, inclusive`;
}

export function dnsLabelErrors(value: string): string[] {
  return errors(DNS_LABEL, value);
}

export function dnsSubdomainErrors(value: string): string[] {
  return errors(DNS_SUBDOMAIN, value);
}

export function dns1035LabelErrors(value: string): string[] {
  return errors(DNS_1035, value);
}

export function labelValueErrors(value: string): string[] {
  return errors(LABEL_VALUE, value);
}

/** `name` or `prefix/name`: keys of labels and annotations, finalizers. */
export function qualifiedNameErrors(value: string): string[] {
  const parts = value.split("/");
  if (parts.length > 2)
    return [`a qualified name ${QUALIFIED_TEXT} with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')`];
  const [name = "", prefix] = parts.toReversed();
  return [...prefixErrors(prefix), ...nameErrors(name).map((text) => `name part ${text}`)];
}

function prefixErrors(prefix: string | undefined): string[] {
  if (prefix === undefined) return [];
  return (prefix === "" ? ["must be non-empty"] : dnsSubdomainErrors(prefix)).map((text) => `prefix part ${text}`);
}

function nameErrors(name: string): string[] {
  return name === "" ? ["must be non-empty", QUALIFIED_TEXT] : errors(QUALIFIED, name);
}

/** Keys of ConfigMaps and Secrets, which become file names. */
export function configKeyErrors(value: string): string[] {
  return [...errors(CONFIG_KEY, value), ...parentDirectoryErrors(value)];
}

function parentDirectoryErrors(value: string): string[] {
  if (value === "." || value === "..") return [`must not be '${value}'`];
  return value.startsWith("..") ? ["must not start with '..'"] : [];
}

/** What a container's environment takes since Kubernetes 1.32. */
export function relaxedEnvNameErrors(value: string): string[] {
  if (value === "") return ["environment variable name must be non-empty"];
  if (/^[\x20-\x3c\x3e-\x7e]+$/.test(value)) return [];
  return ["a valid environment variable name must consist only of printable ASCII characters other than '='"];
}

export function portNameErrors(value: string): string[] {
  return [
    ...(value.length > 15 ? [tooLongText(15)] : []),
    ...(/^[-a-z0-9]+$/.test(value) ? [] : ["must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)"]),
    ...(/[a-z]/.test(value) ? [] : ["must contain at least one letter (a-z)"]),
    ...(value.includes("--") ? ["must not contain consecutive hyphens"] : []),
    ...(/^-|-$/.test(value) ? ["must not begin or end with a hyphen"] : []),
  ];
}

/** A prefix for generateName may end with what a name may not. */
function maskTrailingDash(name: string, isPrefix: boolean): string {
  return isPrefix && name.length > 1 && name.endsWith("-") ? `${name.slice(0, -2)}a` : name;
}

export const subdomainName: NameRule = (name, isPrefix) => dnsSubdomainErrors(maskTrailingDash(name, isPrefix));
export const labelName: NameRule = (name, isPrefix) => dnsLabelErrors(maskTrailingDash(name, isPrefix));
export const label1035Name: NameRule = (name, isPrefix) => dns1035LabelErrors(maskTrailingDash(name, isPrefix));

/** Anything that can stand in a URL path: RBAC kinds. */
export const pathSegmentName: NameRule = (name, isPrefix) => {
  if (!isPrefix && (name === "." || name === "..")) return [`may not be '${name}'`];
  return ["/", "%"].filter((illegal) => name.includes(illegal)).map((illegal) => `may not contain '${illegal}'`);
};
