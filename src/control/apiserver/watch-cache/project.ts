import type { KubeObject } from "../../../api/meta/object.ts";
import type { CacheEvent } from "./kind-cache.ts";

export interface ProjectedEvent {
  readonly type: "ADDED" | "MODIFIED" | "DELETED";
  readonly object: KubeObject;
}

export type Matcher = (object: KubeObject) => boolean;

/**
 * What a watcher with a selector sees of a change: an object that begins to match is ADDED, one that stops is DELETED
 * (in its last matching state, with the revision of the change); undefined when it never saw the object.
 */
export function project(event: CacheEvent, matches: Matcher): ProjectedEvent | undefined {
  const now = event.type !== "DELETED" && matches(event.object);
  const before = matchedBefore(event, matches);
  if (now) return { type: before ? "MODIFIED" : "ADDED", object: event.object };
  if (!before) return undefined;
  return { type: "DELETED", object: event.type === "DELETED" ? event.object : lastMatching(event) };
}

function matchedBefore(event: CacheEvent, matches: Matcher): boolean {
  if (event.type === "ADDED") return false;
  if (event.previous !== undefined) return matches(event.previous);
  // The state before is unknown (read from history): the watcher may have seen it. A change it saw must not be lost.
  return !event.previousKnown;
}

function lastMatching(event: CacheEvent): KubeObject {
  if (event.previous === undefined) return event.object;
  const metadata = { ...event.previous.metadata, resourceVersion: String(event.revision) };
  return { ...event.previous, metadata };
}
