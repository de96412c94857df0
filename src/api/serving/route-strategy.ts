import type { Strategy } from "../meta/kind.ts";
import type { Route } from "./route.ts";

export const routeStrategy: Strategy<Route> = {};
