/**
 * What a gateway's thread and the main thread say to each other. Resources go over a port of their own.
 *
 *   main                         gateway
 *   start config, port       ->
 *                            <-  listening addresses  or  failed
 *                            <-  stats report              (any number)
 *   drain id, pod            ->
 *                            <-  drained id                (once idle)
 *   forget id                ->                            (the asker's grace is over)
 *   stop                     ->
 *                            <-  stopped
 */
import type { MessagePort } from "node:worker_threads";
import type { StatReport } from "../../../api/ports/stats.ts";
import type { Gateway, GatewayTls } from "../gateway.ts";
import type { BindAddress } from "../listener.ts";

/** The part of a gateway's options that can travel. */
export interface GatewayThreadConfig {
  readonly name: string;
  readonly external: readonly BindAddress[];
  readonly internal: readonly BindAddress[];
  readonly tls?: GatewayTls;
  readonly drainMs?: number;
  readonly maxConnections?: number;
}

export type ToGateway =
  | { readonly type: "start"; readonly config: GatewayThreadConfig; readonly transport: MessagePort }
  | { readonly type: "drain"; readonly id: number; readonly podUid: string }
  | { readonly type: "forget"; readonly id: number }
  | { readonly type: "stop" };

export type FromGateway =
  | { readonly type: "listening"; readonly addresses: Gateway["addresses"] }
  | { readonly type: "failed"; readonly message: string }
  | { readonly type: "stats"; readonly report: StatReport }
  | { readonly type: "drained"; readonly id: number }
  | { readonly type: "stopped" };
