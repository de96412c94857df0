import { deepClone } from "../../std/json.ts";
import type { Event, EventsV1Event } from "../k8s/types.generated.ts";

/** The same event as `events.k8s.io/v1` shows it: fields are renamed, nothing is lost. */
export function eventsV1Of(event: Event): EventsV1Event {
  const { involvedObject, message, source, firstTimestamp, lastTimestamp, count, reportingComponent, eventTime, ...rest } = event;
  const { apiVersion: _apiVersion, series, ...same } = rest;
  return deepClone({
    ...same,
    apiVersion: "events.k8s.io/v1",
    series: series && { count: series.count ?? 0, lastObservedTime: series.lastObservedTime ?? "" },
    eventTime: eventTime ?? "",
    regarding: involvedObject,
    note: message,
    reportingController: reportingComponent,
    deprecatedSource: source,
    deprecatedFirstTimestamp: firstTimestamp,
    deprecatedLastTimestamp: lastTimestamp,
    deprecatedCount: count,
  });
}

/** The same event as `v1` shows it. */
export function coreEventOf(event: EventsV1Event): Event {
  const { regarding, note, reportingController, eventTime, apiVersion: _apiVersion, ...rest } = event;
  const { deprecatedSource, deprecatedFirstTimestamp, deprecatedLastTimestamp, deprecatedCount, ...same } = rest;
  return deepClone({
    ...same,
    apiVersion: "v1",
    eventTime: eventTime || undefined,
    involvedObject: regarding ?? {},
    message: note,
    reportingComponent: reportingController,
    source: deprecatedSource,
    firstTimestamp: deprecatedFirstTimestamp,
    lastTimestamp: deprecatedLastTimestamp,
    count: deprecatedCount,
  });
}
