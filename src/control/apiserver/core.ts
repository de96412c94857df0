import type { Kind } from "../../api/meta/kind.ts";
import type { Definitions } from "../../api/meta/schema.ts";
import type { Clock } from "../../std/clock.ts";
import type { Logger } from "../../std/logger.ts";
import type { Random } from "../../std/random.ts";
import type { Admission } from "./admission/admission.ts";
import type { TokenUser } from "./auth/authenticate.ts";
import type { Rbac } from "./auth/rbac.ts";
import type { RequestMetrics } from "./metrics/request-metrics.ts";
import type { SessionHandler } from "./routes/connect.ts";
import type { SubresourceHandler } from "./routes/handlers.ts";
import type { KindIndex } from "./routes/kind-index.ts";
import type { ObjectSchema } from "./schema/schema.ts";
import type { ResourceStore } from "./storage/resource-store.ts";

/** The parts that every route works with. */
export interface Core {
  readonly kinds: KindIndex;
  readonly resources: ResourceStore;
  readonly admission: Admission;
  /** Of all kinds together. */
  readonly definitions: Definitions;
  readonly rbac: Rbac;
  readonly schema: (kind: Kind) => ObjectSchema;
  readonly tokenUser: TokenUser;
  readonly handlers: Readonly<Record<string, SubresourceHandler>>;
  readonly sessions: Readonly<Record<string, SessionHandler>>;
  readonly requests: RequestMetrics;
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
  /** Aborts when the server closes: watches end. */
  readonly closing: AbortSignal;
}
