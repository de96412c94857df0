import {
  dns1035LabelErrors,
  dnsLabelErrors,
  dnsSubdomainErrors,
  labelValueErrors,
  qualifiedNameErrors,
} from "../../../api/meta/validation/names.ts";

/** What is wrong with a function's name: it becomes the name of a Service. Empty: nothing. */
export function functionNameErrors(name: string): readonly string[] {
  return dns1035LabelErrors(name);
}

export function namespaceErrors(name: string): readonly string[] {
  return dnsLabelErrors(name);
}

export function domainErrors(name: string): readonly string[] {
  return dnsSubdomainErrors(name);
}

export function labelKeyErrors(key: string): readonly string[] {
  return qualifiedNameErrors(key);
}

export function labelTextErrors(value: string): readonly string[] {
  return labelValueErrors(value);
}

const ENV_NAME = /^[-._a-zA-Z][-._a-zA-Z0-9]*$/;

export function envNameErrors(name: string): readonly string[] {
  if (ENV_NAME.test(name)) return [];
  return ["a name has letters, digits, '-', '_' and '.' and does not start with a digit"];
}
