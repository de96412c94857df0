/**
 * What the event plane's thread and the main thread say to each other. Resources, and what people ask, go over ports of their own.
 *
 *   main                         events
 *   start config, ports      ->
 *                            <-  listening port  or  failed
 *                            <-  state                     (any number)
 *   stop                     ->
 *                            <-  stopped
 */
import type { MessagePort } from "node:worker_threads";
import type { EventPlaneState } from "../../api/ports/events.ts";

/** The part of the plane's options that can travel. */
export interface EventThreadConfig {
  /** Of the journal. */
  readonly folder: string;
  readonly ingress: { readonly host: string; readonly port: number };
}

export type ToEvents =
  /** `observe`: what people ask the plane. */
  | { readonly type: "start"; readonly config: EventThreadConfig; readonly transport: MessagePort; readonly observe: MessagePort }
  | { readonly type: "stop" };

export type FromEvents =
  | { readonly type: "listening"; readonly port: number }
  | { readonly type: "failed"; readonly message: string }
  | { readonly type: "state"; readonly state: EventPlaneState }
  | { readonly type: "stopped" };
