import type { DescribedGroup } from "./describe.ts";

const appProtocol = "What is spoken, e.g. http, https or kubernetes.io/h2c. For information.";
const condition = {
  type: "Name of the aspect.",
  status: "True, False or Unknown.",
  lastTransitionTime: "When `status` last changed.",
  reason: "Why, as one CamelCase word for programs.",
  message: "Why, as a sentence for people.",
};

export const networkTexts: DescribedGroup = {
  prefix: "io.k8s.api.core.v1.",
  types: {
    Service: {
      "":
        "A name for a set of Pods. Kinetic keeps its Endpoints and EndpointSlices; " +
        "nothing listens on cluster IPs. For a program with a URL see services.serving.knative.dev.",
      spec: "Which Pods, on which ports.",
      status: "Addresses of a load balancer.",
    },
    ServiceSpec: {
      "": "Which Pods, on which ports.",
      ports: "Ports of the Service.",
      selector: "Labels of its Pods. Empty: others write its endpoints.",
      clusterIP:
        "Virtual address, chosen by the server; None for a headless Service. Kinetic gives one and shows it, and nothing answers there.",
      clusterIPs: "All virtual addresses; the first is clusterIP.",
      type: "ClusterIP (default), NodePort, LoadBalancer or ExternalName. Only the numbers differ here: no port is opened.",
      externalIPs: "Addresses that lead to a node. Kept, without effect.",
      sessionAffinity: "None (default) or ClientIP. Kept, without effect.",
      sessionAffinityConfig: "Details of sessionAffinity.",
      loadBalancerIP: "Address wanted from the load balancer. Kept, without effect.",
      loadBalancerSourceRanges: "Networks that may use the load balancer. Kept, without effect.",
      externalName: "Host name that the Service stands for; for ExternalName only.",
      externalTrafficPolicy: "Cluster or Local: whether traffic from outside may go to other nodes. Kept, without effect.",
      healthCheckNodePort: "Port for a load balancer's health checks. Kept, without effect.",
      publishNotReadyAddresses: "Whether Pods that are not ready count as ready endpoints. Default false.",
      ipFamilies: "IPv4, IPv6 or both. Kinetic has IPv4.",
      ipFamilyPolicy: "SingleStack, PreferDualStack or RequireDualStack. Kinetic has one family.",
      allocateLoadBalancerNodePorts: "Whether a LoadBalancer gets node ports too. Default true.",
      loadBalancerClass: "Which load balancer takes care. There is none here.",
      internalTrafficPolicy: "Cluster (default) or Local. Kept, without effect.",
      trafficDistribution: "Preference for near endpoints. Kept, without effect.",
    },
    ServicePort: {
      "": "A port of a Service.",
      name: "Its name, a DNS label; required when there are several.",
      protocol: "TCP (default), UDP or SCTP.",
      appProtocol,
      port: "Its number, 1 to 65535.",
      targetPort: "Port of the Pods, by number or name. Default: the same number.",
      nodePort: "Port of the nodes, chosen by the server from 30000 to 32767 for NodePort and LoadBalancer. Not opened by Kinetic.",
    },
    ServiceStatus: {
      "": "Addresses of a Service.",
      loadBalancer: "Addresses of its load balancer. Empty here.",
      conditions: "Its state by aspect.",
    },
    SessionAffinityConfig: { "": "Details of sessionAffinity.", clientIP: "For ClientIP." },
    ClientIPConfig: {
      "": "Stickiness by client address.",
      timeoutSeconds: "Seconds that a client stays with a Pod, at most 86400. Default 10800.",
    },
    LoadBalancerStatus: { "": "Addresses of a load balancer.", ingress: "The addresses." },
    LoadBalancerIngress: {
      "": "An address of a load balancer.",
      ip: "IP address.",
      hostname: "Host name.",
      ipMode: "VIP or Proxy: whether connections arrive with the original address.",
      ports: "State of its ports.",
    },
    PortStatus: {
      "": "A port of a load balancer.",
      port: "Its number.",
      protocol: "TCP, UDP or SCTP.",
      error: "Why it does not work, in one word.",
    },
    Endpoints: {
      "": "Addresses of a Service's Pods in one object. Deprecated in favour of EndpointSlice; Kinetic keeps it up to date.",
      subsets: "Addresses with the ports that they have in common.",
    },
    EndpointSubset: {
      "": "Every address with every port.",
      addresses: "Those that are ready.",
      notReadyAddresses: "Those that are not, or not any more.",
      ports: "Ports of all these addresses.",
    },
    EndpointAddress: {
      "": "An address.",
      ip: "IP address. Kinetic allows loopback addresses, as its Pods have them.",
      hostname: "Name of the Pod.",
      nodeName: "Its node.",
      targetRef: "The Pod.",
    },
    EndpointPort: {
      "": "A port.",
      name: "Name of the Service's port.",
      port: "Its number at the Pod.",
      protocol: "TCP (default), UDP or SCTP.",
      appProtocol,
    },
  },
};

export const endpointSliceTexts: DescribedGroup = {
  prefix: "io.k8s.api.discovery.v1.",
  types: {
    EndpointSlice: {
      "": "Some endpoints of a Service. With the process driver there is a slice for each Pod, as each has ports of its own.",
      addressType: "IPv4, IPv6 or FQDN; fixed.",
      endpoints: "The endpoints, at most 1000.",
      ports: "Ports of all these endpoints.",
    },
    Endpoint: {
      "": "One Pod, as its Service sees it.",
      addresses: "Its addresses; clients use the first.",
      conditions: "Whether it takes requests.",
      hostname: "Its name in DNS.",
      targetRef: "The Pod.",
      deprecatedTopology: "Labels of the node, in an older form. Empty.",
      nodeName: "Its node.",
      zone: "Its zone.",
      hints: "Who had better use it.",
    },
    EndpointConditions: {
      "": "Whether an endpoint takes requests. Absent means yes for ready and serving, no for terminating.",
      ready: "It is ready and does not end.",
      serving: "It is ready, perhaps while it ends.",
      terminating: "It is being deleted.",
    },
    EndpointPort: {
      "": "A port.",
      name: "Name of the Service's port.",
      protocol: "TCP (default), UDP or SCTP.",
      port: "Its number at the Pod.",
      appProtocol,
    },
    EndpointHints: {
      "": "Who had better use an endpoint. Not used here.",
      forZones: "Clients of these zones.",
      forNodes: "Clients on these nodes.",
    },
    ForZone: { "": "A zone.", name: "Its name." },
    ForNode: { "": "A node.", name: "Its name." },
  },
};

/** `metav1.Condition` is described with the other meta types; these are small types of the core group. */
export const referenceTexts: DescribedGroup = {
  prefix: "io.k8s.api.core.v1.",
  types: {
    LocalObjectReference: { "": "An object in the same namespace.", name: "Its name." },
    ObjectReference: {
      "": "Points to an object.",
      kind: "Its kind.",
      namespace: "Its namespace.",
      name: "Its name.",
      uid: "Its uid.",
      apiVersion: "Its group and version.",
      resourceVersion: "The state that is meant.",
      fieldPath: "The part that is meant, e.g. spec.containers{web}.",
    },
    NamespaceCondition: { "": "One aspect of a namespace's end.", ...condition },
    NodeCondition: { "": "One aspect of a node's state.", ...condition, lastHeartbeatTime: "When the node last said so." },
  },
};
