import type { Strategy } from "../meta/kind.ts";
import type { Configuration } from "./configuration.ts";

export const configurationStrategy: Strategy<Configuration> = {};
