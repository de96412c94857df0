import type { Strategy } from "../meta/kind.ts";
import type { Revision } from "./revision.ts";

export const revisionStrategy: Strategy<Revision> = {};
