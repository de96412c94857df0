/** The version of func.yaml that this program writes. */
export const SPEC_VERSION = "0.36.0";

const VERSION = /^v?(\d+)\.(\d+)\.(\d+)(?:[-+].*)?$/;

export function isVersion(text: string): boolean {
  return VERSION.test(text);
}

/** Negative if `a` is older than `b`; pre-releases count as their release. @throws Error if one is no version */
export function compareVersions(a: string, b: string): number {
  const [left, right] = [parts(a), parts(b)];
  const index = left.findIndex((part, at) => part !== right[at]);
  return index < 0 ? 0 : (left[index] ?? 0) - (right[index] ?? 0);
}

function parts(text: string): number[] {
  const match = VERSION.exec(text);
  if (match === null) throw new Error(`${text} is no version`);
  return match.slice(1, 4).map(Number);
}
