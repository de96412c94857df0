import type { CloudEvent } from "../../api/cloudevents/event.ts";

/** How many more times an event may pass through a broker. */
export const TTL_ATTRIBUTE = "knativebrokerttl";
/** For an event that comes from outside. */
export const INITIAL_TTL = 255;

/** Hops that are left; an event that does not say, or says nonsense, has all of them. */
export function hopsLeft({ attributes }: CloudEvent): number {
  const value = Number(attributes[TTL_ATTRIBUTE] ?? INITIAL_TTL);
  return Number.isInteger(value) ? value : INITIAL_TTL;
}

export function withHops(event: CloudEvent, hops: number): CloudEvent {
  return { ...event, attributes: { ...event.attributes, [TTL_ATTRIBUTE]: hops } };
}

/** Subscribers never see it. */
export function withoutHops(event: CloudEvent): CloudEvent {
  if (event.attributes[TTL_ATTRIBUTE] === undefined) return event;
  const { [TTL_ATTRIBUTE]: _, ...attributes } = event.attributes;
  return { ...event, attributes };
}
