import type { DescribedGroup } from "./describe.ts";

/** Kinds that Kinetic's own controllers write for each other. */

const STATUS = "dev.knative.serving.v1.Status";

const reference = {
  apiVersion: "Group and version of the object.",
  kind: "Kind of the object.",
  name: "Name of the object, in the same namespace.",
};

export const autoscalingInternalTexts: DescribedGroup = {
  prefix: "dev.knative.internal.autoscaling.v1alpha1.",
  types: {
    PodAutoscaler: {
      spec: "What is scaled, and what the autoscaler must know of it.",
      status: "The scale that is wanted and the one that there is.",
    },
    PodAutoscalerSpec: {
      containerConcurrency: "Requests that an instance works on at once; 0: no limit. The target of the autoscaler never exceeds it.",
      protocolType: "What instances speak: http1 or h2c.",
      reachability:
        "Reachable while a route leads to the revision, Unreachable when none does, empty until that is known. " +
        "An unreachable revision ignores its minimum scale.",
      scaleTargetRef: "The Deployment whose replicas are set.",
    },
    PodAutoscalerStatus: {
      actualScale: "Instances that are ready.",
      desiredScale: "Instances that the last decision asks for. -1: no decision yet.",
      metricsServiceName: "Service by which instances would be measured. Kinetic measures in its gateway, so nothing is scraped.",
      serviceName: "Service through which the revision is reached.",
    },
    Metric: {
      spec: "Over which times the load of a revision is averaged.",
      status: "Whether measurements arrive.",
    },
    MetricSpec: {
      panicWindow: "Short window for sudden load, in nanoseconds. A tenth of the stable one by default.",
      scrapeTarget: "Service whose instances would be asked for figures. Kinetic's figures come from its gateway instead.",
      stableWindow: "Window for the usual decisions, in nanoseconds: 6 s to 1 h, by default 60 s.",
    },
    ObjectReference: reference,
  },
  bases: { PodAutoscalerStatus: STATUS, MetricStatus: STATUS },
  members: {
    "PodAutoscaler.spec": "PodAutoscalerSpec",
    "PodAutoscaler.status": "PodAutoscalerStatus",
    "PodAutoscalerSpec.scaleTargetRef": "ObjectReference",
    "Metric.spec": "MetricSpec",
    "Metric.status": "MetricStatus",
  },
};

export const cachingInternalTexts: DescribedGroup = {
  prefix: "dev.knative.internal.caching.v1alpha1.",
  types: {
    Image: {
      spec: "The image, and who may pull it.",
      status: "Nothing but conditions.",
    },
    ImageSpec: {
      image: "Image reference, by digest.",
      imagePullSecrets: "Secrets with credentials for the registry.",
      serviceAccountName: "ServiceAccount whose pull secrets are used too.",
    },
  },
  bases: { ImageStatus: STATUS },
  members: {
    "Image.spec": "ImageSpec",
    "Image.status": "ImageStatus",
  },
};

export const networkingInternalTexts: DescribedGroup = {
  prefix: "dev.knative.internal.networking.v1alpha1.",
  types: {
    Ingress: {
      spec: "Hosts and paths, and the revisions behind them.",
      status: "Whether the gateway answers for the hosts, and at which addresses.",
    },
    IngressSpec: {
      httpOption: "Enabled (default) serves plain http; Redirected sends clients of the external listener to https.",
      rules: "Which hosts lead where. The longest path prefix of a host wins.",
      tls: "Certificates by host. For other hosts the gateway's authority signs one.",
    },
    IngressRule: {
      hosts: "Host names without port, compared without regard to case.",
      http: "The paths of these hosts.",
      visibility: "ExternalIP: public and internal listener. ClusterLocal: the internal one only. Default ExternalIP.",
    },
    IngressRuleHttp: { paths: "Paths and their targets." },
    IngressPath: {
      appendHeaders: "Headers set on every request that takes this path.",
      headers: "Headers that a request must have, by name, for this path to hold.",
      path: "Prefix of the URL's path. Empty: every path.",
      rewriteHost: "Host that the request gets instead of its own.",
      splits: "Where requests go; the percents add up to 100.",
    },
    HeaderMatch: { exact: "The value that the header must have." },
    IngressSplit: {
      appendHeaders: "Headers set on requests that go here, e.g. Knative-Serving-Revision.",
      percent: "Share in percent, 0 to 100. A single split may leave it out.",
      serviceName: "Service of the revision.",
      serviceNamespace: "Namespace of that Service.",
      servicePort: "Port of that Service, by number or name.",
    },
    IngressTls: {
      hosts: "Hosts that the certificate is for. None: all hosts of the Ingress.",
      secretName: "Secret with tls.crt and tls.key.",
      secretNamespace: "Namespace of the Secret.",
    },
    IngressStatus: {
      privateLoadBalancer: "How to reach the internal listener.",
      publicLoadBalancer: "How to reach the public listener.",
    },
    LoadBalancer: { ingress: "Addresses; one is enough." },
    LoadBalancerIngress: {
      domain: "Host name of the listener.",
      domainInternal: "Host name that only clients of the same platform can resolve.",
      ip: "IP address of the listener.",
      meshOnly: "Reached only through a mesh. Never so here.",
    },
    ServerlessService: {
      spec: "Which Deployment is meant, and whether requests reach it directly.",
      status: "The two Services.",
    },
    ServerlessServiceSpec: {
      mode:
        "Serve: instances have room to spare. Proxy: requests may have to wait, e.g. " +
        "at scale zero. For information here: the gateway is always in the path.",
      numActivators: "How many activators would take part; 0 means all. The gateway is the only one here.",
      objectRef: "The Deployment whose Pods serve.",
      protocolType: "What the Pods speak: http1 or h2c.",
    },
    ServerlessServiceStatus: {
      privateServiceName: "Service that selects the Pods and nothing else.",
      serviceName: "Service that routes refer to; it exists at zero too.",
    },
    Certificate: {
      spec: "The host names, and where the certificate goes.",
      status: "Whether the certificate is there, and until when it holds.",
    },
    CertificateSpec: {
      dnsNames: "Host names that the certificate has to cover.",
      domain: "Domain for the common name, if dnsNames are too long for it.",
      secretName: "Secret that receives tls.crt and tls.key.",
    },
    CertificateStatus: {
      http01Challenges: "Requests that an ACME server would make to see that the hosts are ours.",
      notAfter: "When the certificate expires.",
    },
    Http01Challenge: {
      serviceName: "Service that answers the challenge.",
      serviceNamespace: "Namespace of that Service.",
      servicePort: "Port of that Service, by number or name.",
      url: "URL that is asked.",
    },
    ClusterDomainClaim: { spec: "Who may use the domain." },
    ClusterDomainClaimSpec: { namespace: "The namespace whose DomainMapping serves the domain." },
    ObjectReference: reference,
  },
  bases: { IngressStatus: STATUS, ServerlessServiceStatus: STATUS, CertificateStatus: STATUS },
  members: {
    "Ingress.spec": "IngressSpec",
    "Ingress.status": "IngressStatus",
    "IngressSpec.rules": "IngressRule",
    "IngressSpec.tls": "IngressTls",
    "IngressRule.http": "IngressRuleHttp",
    "IngressRuleHttp.paths": "IngressPath",
    "IngressPath.headers": "HeaderMatch",
    "IngressPath.splits": "IngressSplit",
    "IngressStatus.privateLoadBalancer": "LoadBalancer",
    "IngressStatus.publicLoadBalancer": "LoadBalancer",
    "LoadBalancer.ingress": "LoadBalancerIngress",
    "ServerlessService.spec": "ServerlessServiceSpec",
    "ServerlessService.status": "ServerlessServiceStatus",
    "ServerlessServiceSpec.objectRef": "ObjectReference",
    "Certificate.spec": "CertificateSpec",
    "Certificate.status": "CertificateStatus",
    "ClusterDomainClaim.spec": "ClusterDomainClaimSpec",
    "CertificateStatus.http01Challenges": "Http01Challenge",
  },
};
