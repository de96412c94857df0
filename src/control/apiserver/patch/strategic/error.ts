import { goText, goType } from "../go-text.ts";

/** A patch that strategic merge refuses. Caught at the entry of the module, where it becomes part of the result. */
export class StrategicMergeError extends Error {
  /** `other` answers 500, as the real server does for these. */
  readonly reason: "badRequest" | "unprocessable" | "other";

  constructor(message: string, reason: StrategicMergeError["reason"] = "other") {
    super(message);
    this.reason = reason;
  }
}

export const badFormat = {
  primitiveList: () => new StrategicMergeError("invalid patch format of primitive list", "badRequest"),
  retainKeys: () => new StrategicMergeError("invalid patch format of retainKeys", "badRequest"),
  elementOrder: () => new StrategicMergeError("invalid patch format of setElementOrder list", "badRequest"),
} as const;

export function noMergeKey(item: unknown, mergeKey: string): StrategicMergeError {
  return new StrategicMergeError(`map: ${goText(item)} does not contain declared merge key: ${mergeKey}`);
}

export function unknownDirective(directive: unknown, map: unknown): StrategicMergeError {
  return new StrategicMergeError(`unknown patch type: ${goText(directive)} in map: ${goText(map)}`);
}

export function wrongType(expected: unknown, actual: unknown): StrategicMergeError {
  return new StrategicMergeError(`expected a ${goType(expected)}, but received a ${goType(actual)}`);
}
