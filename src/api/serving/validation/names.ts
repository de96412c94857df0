const LONGEST_LABEL = 63;
const LONGEST_SUBDOMAIN = 253;
const LABEL_1035 = /^[a-z]([-a-z0-9]*[a-z0-9])?$/;
const SUBDOMAIN_1123 = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/;

const LABEL_1035_TEXT =
  "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, " +
  "and end with an alphanumeric character (e.g. 'my-name',  or 'abc-123', regex used for validation is '[a-z]([-a-z0-9]*[a-z0-9])?')";
const SUBDOMAIN_1123_TEXT =
  "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', " +
  "and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is " +
  "'[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')";

/** What is wrong with a DNS-1035 label, in apimachinery's words; empty when it is one. */
export function dns1035Faults(value: string): readonly string[] {
  return [
    ...(value.length > LONGEST_LABEL ? [`must be no more than ${LONGEST_LABEL} characters`] : []),
    ...(LABEL_1035.test(value) ? [] : [LABEL_1035_TEXT]),
  ];
}

/** `not a DNS 1035 label: [...]`, or undefined for a good one. */
export function notDns1035(value: string): string | undefined {
  const faults = dns1035Faults(value);
  return faults.length === 0 ? undefined : `not a DNS 1035 label: [${faults.join(" ")}]`;
}

/** What is wrong with a DNS-1123 subdomain; empty when it is one. */
export function dns1123SubdomainFaults(value: string): readonly string[] {
  return [
    ...(value.length > LONGEST_SUBDOMAIN ? [`must be no more than ${LONGEST_SUBDOMAIN} characters`] : []),
    ...(SUBDOMAIN_1123.test(value) ? [] : [SUBDOMAIN_1123_TEXT]),
  ];
}
