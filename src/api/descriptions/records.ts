import type { DescribedGroup } from "./describe.ts";

/** Events of the newer group, and Leases. */
export const eventTexts: DescribedGroup = {
  prefix: "io.k8s.api.events.v1.",
  types: {
    Event: {
      "": "Something that happened to an object. The same events as in the core group, with newer names.",
      eventTime: "When it happened first.",
      series: "Repetitions. Absent for a single event.",
      reportingController: "Who reports it, e.g. default-scheduler.",
      reportingInstance: "Which instance of it.",
      action: "What was done about it.",
      reason: "What happened, as one CamelCase word.",
      regarding: "What it happened to.",
      related: "A second object that it is about.",
      note: "What happened, as a sentence.",
      type: "Normal or Warning.",
      deprecatedSource: "`source` of the core group's event.",
      deprecatedFirstTimestamp: "`firstTimestamp` of the core group's event.",
      deprecatedLastTimestamp: "`lastTimestamp` of the core group's event.",
      deprecatedCount: "`count` of the core group's event.",
    },
    EventSeries: { "": "Repetitions of an event.", count: "How often so far.", lastObservedTime: "When it happened last." },
  },
};

export const leaseTexts: DescribedGroup = {
  prefix: "io.k8s.api.coordination.v1.",
  types: {
    Lease: {
      "": "Says who holds something for the time being: the leadership of a controller, or a node its own liveness.",
      spec: "Who holds it, and until when.",
    },
    LeaseSpec: {
      "": "Who holds a lease, and until when.",
      holderIdentity: "The holder. Empty: nobody.",
      leaseDurationSeconds: "Seconds from renewTime after which others may take it.",
      acquireTime: "When the holder took it.",
      renewTime: "When the holder last renewed it.",
      leaseTransitions: "How often it has changed hands.",
      strategy: "How holders are chosen, for coordinated elections. Not used by Kinetic.",
      preferredHolder: "Who had better take it next. Needs strategy; not used by Kinetic.",
    },
  },
};
