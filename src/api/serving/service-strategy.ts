import type { Strategy } from "../meta/kind.ts";
import type { KnativeService } from "./service.ts";

export const serviceStrategy: Strategy<KnativeService> = {};
