/**
 * What the journal's thread and its users say to each other. A user has a port of its own, so that several threads may use one
 * journal; all operations of one turn of a user's event loop are one message, and so are all answers of one turn of the journal.
 *
 *   owner                          journal's thread
 *   open folder, limits         ->
 *                               <-  opened  or  refused
 *   connect port                ->                          (any number)
 *   close                       ->
 *                               <-  closed
 *
 *   user                           journal's thread
 *   calls                       ->
 *                               <-  report                  (answers, heads that grew, health)
 *   leave                       ->
 *                               <-  left                    (what it asked before is answered)
 */
import type { MessagePort } from "node:worker_threads";
import type { JournalLimits, OpenFailure } from "../contract.ts";
import type { Call, TurnReport } from "../host.ts";

export type ToThread =
  | { readonly type: "open"; readonly folder: string; readonly limits: Partial<JournalLimits> }
  | { readonly type: "connect"; readonly port: MessagePort }
  | { readonly type: "close" };

export type FromThread =
  | { readonly type: "opened" }
  | { readonly type: "refused"; readonly failure: OpenFailure }
  | { readonly type: "closed" };

export type ToJournal = { readonly type: "calls"; readonly calls: readonly Call[] } | { readonly type: "leave" };

export type FromJournal = { readonly type: "report"; readonly report: TurnReport } | { readonly type: "left" };
