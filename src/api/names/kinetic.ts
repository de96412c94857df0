/** Annotations and environment names of our own. */

/** On a Pod, written by the node agent: JSON object from containerPort to the port it really has on podIP, e.g. `{"8080":41013}`. */
export const PORTS_ANNOTATION = "kinetic.dev/ports";
/** On a Pod, written by the node agent: `parked`, `warm` or `fresh`. */
export const START_TIER_ANNOTATION = "kinetic.dev/start-tier";
/** On a Pod: which driver runs it, `process` or `oci`, when the user wants to choose. */
export const DRIVER_ANNOTATION = "kinetic.dev/driver";
/** On a Pod template: `false` keeps its instances from being parked, `true` asks for it. */
export const PARKING_ANNOTATION = "kinetic.dev/parking";
/** On an image (OCI config label): JSON array, the argv relative to the image's tree, for the process driver. */
export const IMAGE_ARGV_LABEL = "dev.kinetic.process.argv";
/** On an image (OCI config label): runtime that the process driver substitutes, e.g. `node26`. */
export const IMAGE_RUNTIME_LABEL = "dev.kinetic.process.runtime";
/** In the environment of every sandbox process: JSON `{instance, pod, container}`; orphans are found by it. */
export const SANDBOX_ENV = "KINETIC_SANDBOX";
/** Name of the one Node object of the embedded home. */
export const NODE_NAME = "kinetic";
/** On a Lease, `true`: when its holder no longer renews it, it is deleted, and with it everything that it owns. */
export const EXPIRES_LABEL = "kinetic.dev/expires";
/** On a Trigger: `ordered` delivers one event at a time for each `partitionkey`. */
export const DELIVERY_ORDER_ANNOTATION = "kinetic.dev/delivery-order";
/** On an ordered Trigger: `halt` keeps a key waiting while an event of it is parked. */
export const AFTER_GIVING_UP_ANNOTATION = "kinetic.dev/after-giving-up";
/** On a Trigger: how many undelivered events it may have before its oldest are parked. */
export const BACKLOG_LIMIT_ANNOTATION = "kinetic.dev/backlog-limit";
/** On a PingSource: `latest` makes up for the last time that was missed while nothing ran. */
export const CATCH_UP_ANNOTATION = "kinetic.dev/catch-up";
/** On a Trigger, when it is created: `oldest` begins with the events that are still there. */
export const START_ANNOTATION = "kinetic.dev/start";
/** The ingress class that our gateway serves. */
export const INGRESS_CLASS = "kinetic.ingress.networking.knative.dev";
/** The certificate class that the platform's own authority fulfils. */
export const CERTIFICATE_CLASS = "kinetic.certificate.networking.knative.dev";
/** Where the well-known ConfigMaps of Serving live. */
export const SERVING_NAMESPACE = "knative-serving";
export const EVENTING_NAMESPACE = "knative-eventing";
