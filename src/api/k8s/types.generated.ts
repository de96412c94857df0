// Made by tools/facts from the published Kubernetes API modules. Do not edit.

/** {@link https://pkg.go.dev/k8s.io/api/admissionregistration/v1#MatchCondition} */
export interface MatchCondition {
  name: string;
  expression: string;
}

/** {@link https://pkg.go.dev/k8s.io/api/admissionregistration/v1#MutatingWebhook} */
export interface MutatingWebhook {
  name: string;
  clientConfig: WebhookClientConfig;
  rules?: RuleWithOperations[] | undefined;
  failurePolicy?: string | undefined;
  matchPolicy?: string | undefined;
  namespaceSelector?: LabelSelector | undefined;
  objectSelector?: LabelSelector | undefined;
  sideEffects: string;
  timeoutSeconds?: number | undefined;
  admissionReviewVersions: string[];
  reinvocationPolicy?: string | undefined;
  matchConditions?: MatchCondition[] | undefined;
}

/** {@link https://pkg.go.dev/k8s.io/api/admissionregistration/v1#MutatingWebhookConfiguration} */
export interface MutatingWebhookConfiguration {
  kind?: string | undefined;
  apiVersion?: string | undefined;
  metadata: ObjectMeta;
  webhooks?: MutatingWebhook[] | undefined;
}

/** {@link https://pkg.go.dev/k8s.io/api/admissionregistration/v1#Rule} */
export interface Rule {
  apiGroups?: string[] | undefined;
  apiVersions?: string[] | undefined;
  resources?: string[] | undefined;
  scope?: string | undefined;
}

/** {@link https://pkg.go.dev/k8s.io/api/admissionregistration/v1#RuleWithOperations} */
export interface RuleWithOperations {
  operations?: string[] | undefined;
  apiGroups?: string[] | undefined;
  apiVersions?: string[] | undefined;
  resources?: string[] | undefined;
  scope?: string | undefined;
}

/** {@link https://pkg.go.dev/k8s.io/api/admissionregistration/v1#ServiceReference} */
export interface ServiceReference {
  namespace: string;
  name: string;
  path?: string | undefined;
  port?: number | undefined;
}

/** {@link https://pkg.go.dev/k8s.io/api/admissionregistration/v1#ValidatingWebhook} */
export interface ValidatingWebhook {
  name: string;
  clientConfig: WebhookClientConfig;
  rules?: RuleWithOperations[] | undefined;
  failurePolicy?: string | undefined;
  matchPolicy?: string | undefined;
  namespaceSelector?: LabelSelector | undefined;
  objectSelector?: LabelSelector | undefined;
  sideEffects: string;
  timeoutSeconds?: number | undefined;
  admissionReviewVersions: string[];
  matchConditions?: MatchCondition[] | undefined;
}

/** {@link https://pkg.go.dev/k8s.io/api/admissionregistration/v1#ValidatingWebhookConfiguration} */
export interface ValidatingWebhookConfiguration {
  kind?: string | undefined;
  apiVersion?: string | undefined;
  metadata: ObjectMeta;
  webhooks?: ValidatingWebhook[] | undefined;
}

/** {@link https://pkg.go.dev/k8s.io/api/admissionregistration/v1#WebhookClientConfig} */
export interface WebhookClientConfig {
  url?: string | undefined;
  service?: ServiceReference | undefined;
  caBundle?: string | undefined;
}

/** {@link https://pkg.go.dev/k8s.io/api/apps/v1#ControllerRevision} */
export interface ControllerRevision {
  kind?: string | undefined;
  apiVersion?: string | undefined;
  metadata: ObjectMeta;
  data?: unknown | undefined;
  revision: number;
}

/** {@link https://pkg.go.dev/k8s.io/api/apps/v1#DaemonSet} */
export interface DaemonSet {
  kind?: string | undefined;
  apiVersion?: string | undefined;
  metadata: ObjectMeta;
  spec?: DaemonSetSpec | undefined;
  status?: DaemonSetStatus | undefined;
}

/** {@link https://pkg.go.dev/k8s.io/api/apps/v1#DaemonSetCondition} */
export interface DaemonSetCondition {
  type: string;
  status: string;
  lastTransitionTime?: string | undefined;
  reason?: string | undefined;
  message?: string | undefined;
}

/** {@link https://pkg.go.dev/k8s.io/api/apps/v1#DaemonSetSpec} */
export interface DaemonSetSpec {
  selector: LabelSelector;
  template: PodTemplateSpec;
  updateStrategy?: DaemonSetUpdateStrategy | undefined;
  minReadySeconds?: number | undefined;
  revisionHistoryLimit?: number | undefined;
}

/** {@link https://pkg.go.dev/k8s.io/api/apps/v1#DaemonSetStatus} */
export interface DaemonSetStatus {
  currentNumberScheduled: number;
  numberMisscheduled: number;
  desiredNumberScheduled: number;
  numberReady: number;
  observedGeneration?: number | undefined;
  updatedNumberScheduled?: number | undefined;
  numberAvailable?: number | undefined;
  numberUnavailable?: number | undefined;
  collisionCount?: number | undefined;
  conditions?: DaemonSetCondition[] | undefined;
}

/** {@link https://pkg.go.dev/k8s.io/api/apps/v1#DaemonSetUpdateStrategy} */
export interface DaemonSetUpdateStrategy {
  type?: string | undefined;
  rollingUpdate?: RollingUpdateDaemonSet | undefined;
}

/** {@link https://pkg.go.dev/k8s.io/api/apps/v1#Deployment} */
export interface Deployment {
  kind?: string | undefined;
  apiVersion?: string | undefined;
  metadata: ObjectMeta;
  spec?: DeploymentSpec | undefined;
  status?: DeploymentStatus | undefined;
}

/** {@link https://pkg.go.dev/k8s.io/api/apps/v1#DeploymentCondition} */
export interface DeploymentCondition {
  type: string;
  status: string;
  lastUpdateTime?: string | undefined;
  lastTransitionTime?: string | undefined;
  reason?: string | undefined;
  message?: string | undefined;
}

/** {@link https://pkg.go.dev/k8s.io/api/apps/v1#DeploymentSpec} */
export interface DeploymentSpec {
  replicas?: number | undefined;
  selector: LabelSelector;
  template: PodTemplateSpec;
  strategy?: DeploymentStrategy | undefined;
  minReadySeconds?: number | undefined;
  revisionHistoryLimit?: number | undefined;
  paused?: boolean | undefined;
  progressDeadlineSeconds?: number | undefined;
}

/** {@link https://pkg.go.dev/k8s.io/api/apps/v1#DeploymentStatus} */
export interface DeploymentStatus {
  observedGeneration?: number | undefined;
  replicas?: number | undefined;
  updatedReplicas?: number | undefined;
  readyReplicas?: number | undefined;
  availableReplicas?: number | undefined;
  unavailableReplicas?: number | undefined;
  terminatingReplicas?: number | undefined;
  conditions?: DeploymentCondition[] | undefined;
  collisionCount?: number | undefined;
}

/** {@link https://pkg.go.dev/k8s.io/api/apps/v1#DeploymentStrategy} */
export interface DeploymentStrategy {
  type?: string | undefined;
  rollingUpdate?: RollingUpdateDeployment | undefined;
}

/** {@link https://pkg.go.dev/k8s.io/api/apps/v1#ReplicaSet} */
export interface ReplicaSet {
  kind?: string | undefined;
  apiVersion?: string | undefined;
  metadata: ObjectMeta;
  spec?: ReplicaSetSpec | undefined;
  status?: ReplicaSetStatus | undefined;
}

/** {@link https://pkg.go.dev/k8s.io/api/apps/v1#ReplicaSetCondition} */
export interface ReplicaSetCondition {
  type: string;
  status: string;
  lastTransitionTime?: string | undefined;
  reason?: string | undefined;
  message?: string | undefined;
}

/** {@link https://pkg.go.dev/k8s.io/api/apps/v1#ReplicaSetSpec} */
export interface ReplicaSetSpec {
  replicas?: number | undefined;
  minReadySeconds?: number | undefined;
  selector: LabelSelector;
  template?: PodTemplateSpec | undefined;
}

/** {@link https://pkg.go.dev/k8s.io/api/apps/v1#ReplicaSetStatus} */
export interface ReplicaSetStatus {
  replicas: number;
  fullyLabeledReplicas?: number | undefined;
  readyReplicas?: number | undefined;
  availableReplicas?: number | undefined;
  terminatingReplicas?: number | undefined;
  observedGeneration?: number | undefined;
  conditions?: ReplicaSetCondition[] | undefined;
}

/** {@link https://pkg.go.dev/k8s.io/api/apps/v1#RollingUpdateDaemonSet} */
export interface RollingUpdateDaemonSet {
  maxUnavailable?: string | number | undefined;
  maxSurge?: string | number | undefined;
}

/** {@link https://pkg.go.dev/k8s.io/api/apps/v1#RollingUpdateDeployment} */
export interface RollingUpdateDeployment {
  maxUnavailable?: string | number | undefined;
  maxSurge?: string | number | undefined;
}

/** {@link https://pkg.go.dev/k8s.io/api/apps/v1#RollingUpdateStatefulSetStrategy} */
export interface RollingUpdateStatefulSetStrategy {
  partition?: number | undefined;
  maxUnavailable?: string | number | undefined;
}

/** {@link https://pkg.go.dev/k8s.io/api/apps/v1#StatefulSet} */
export interface StatefulSet {
  kind?: string | undefined;
  apiVersion?: string | undefined;
  metadata: ObjectMeta;
  spec?: StatefulSetSpec | undefined;
  status?: StatefulSetStatus | undefined;
}

/** {@link https://pkg.go.dev/k8s.io/api/apps/v1#StatefulSetCondition} */
export interface StatefulSetCondition {
  type: string;
  status: string;
  lastTransitionTime?: string | undefined;
  reason?: string | undefined;
  message?: string | undefined;
}

/** {@link https://pkg.go.dev/k8s.io/api/apps/v1#StatefulSetOrdinals} */
export interface StatefulSetOrdinals {
  start?: number | undefined;
}

/** {@link https://pkg.go.dev/k8s.io/api/apps/v1#StatefulSetPersistentVolumeClaimRetentionPolicy} */
export interface StatefulSetPersistentVolumeClaimRetentionPolicy {
  whenDeleted?: string | undefined;
  whenScaled?: string | undefined;
}

/** {@link https://pkg.go.dev/k8s.io/api/apps/v1#StatefulSetSpec} */
export interface StatefulSetSpec {
  replicas?: number | undefined;
  selector: LabelSelector;
  template: PodTemplateSpec;
  volumeClaimTemplates?: PersistentVolumeClaim[] | undefined;
  serviceName?: string | undefined;
  podManagementPolicy?: string | undefined;
  updateStrategy?: StatefulSetUpdateStrategy | undefined;
  revisionHistoryLimit?: number | undefined;
  minReadySeconds?: number | undefined;
  persistentVolumeClaimRetentionPolicy?: StatefulSetPersistentVolumeClaimRetentionPolicy | undefined;
  ordinals?: StatefulSetOrdinals | undefined;
}

/** {@link https://pkg.go.dev/k8s.io/api/apps/v1#StatefulSetStatus} */
export interface StatefulSetStatus {
  observedGeneration?: number | undefined;
  replicas: number;
  readyReplicas?: number | undefined;
  currentReplicas?: number | undefined;
  updatedReplicas?: number | undefined;
  currentRevision?: string | undefined;
  updateRevision?: string | undefined;
  collisionCount?: number | undefined;
  conditions?: StatefulSetCondition[] | undefined;
  availableReplicas?: number | undefined;
}

/** {@link https://pkg.go.dev/k8s.io/api/apps/v1#StatefulSetUpdateStrategy} */
export interface StatefulSetUpdateStrategy {
  type?: string | undefined;
  rollingUpdate?: RollingUpdateStatefulSetStrategy | undefined;
}

/** {@link https://pkg.go.dev/k8s.io/api/authentication/v1#BoundObjectReference} */
export interface BoundObjectReference {
  kind?: string | undefined;
  apiVersion?: string | undefined;
  name?: string | undefined;
  uid?: string | undefined;
}

/** {@link https://pkg.go.dev/k8s.io/api/authentication/v1#SelfSubjectReview} */
export interface SelfSubjectReview {
  kind?: string | undefined;
  apiVersion?: string | undefined;
  metadata: ObjectMeta;
  status?: SelfSubjectReviewStatus | undefined;
}

/** {@link https://pkg.go.dev/k8s.io/api/authentication/v1#SelfSubjectReviewStatus} */
export interface SelfSubjectReviewStatus {
  userInfo?: UserInfo | undefined;
}

/** {@link https://pkg.go.dev/k8s.io/api/authentication/v1#TokenRequest} */
export interface TokenRequest {
  kind?: string | undefined;
  apiVersion?: string | undefined;
  metadata: ObjectMeta;
  spec: TokenRequestSpec;
  status?: TokenRequestStatus | undefined;
}

/** {@link https://pkg.go.dev/k8s.io/api/authentication/v1#TokenRequestSpec} */
export interface TokenRequestSpec {
  audiences: string[];
  expirationSeconds?: number | undefined;
  boundObjectRef?: BoundObjectReference | undefined;
}

/** {@link https://pkg.go.dev/k8s.io/api/authentication/v1#TokenRequestStatus} */
export interface TokenRequestStatus {
  token: string;
  expirationTimestamp: string;
}

/** {@link https://pkg.go.dev/k8s.io/api/authentication/v1#TokenReview} */
export interface TokenReview {
  kind?: string | undefined;
  apiVersion?: string | undefined;
  metadata: ObjectMeta;
  spec: TokenReviewSpec;
  status?: TokenReviewStatus | undefined;
}

/** {@link https://pkg.go.dev/k8s.io/api/authentication/v1#TokenReviewSpec} */
export interface TokenReviewSpec {
  token?: string | undefined;
  audiences?: string[] | undefined;
}

/** {@link https://pkg.go.dev/k8s.io/api/authentication/v1#TokenReviewStatus} */
export interface TokenReviewStatus {
  authenticated?: boolean | undefined;
  user?: UserInfo | undefined;
  audiences?: string[] | undefined;
  error?: string | undefined;
}

/** {@link https://pkg.go.dev/k8s.io/api/authentication/v1#UserInfo} */
export interface UserInfo {
  username?: string | undefined;
  uid?: string | undefined;
  groups?: string[] | undefined;
  extra?: Record<string, string[]> | undefined;
}

/** {@link https://pkg.go.dev/k8s.io/api/authorization/v1#FieldSelectorAttributes} */
export interface FieldSelectorAttributes {
  rawSelector?: string | undefined;
  requirements?: FieldSelectorRequirement[] | undefined;
}

/** {@link https://pkg.go.dev/k8s.io/api/authorization/v1#LabelSelectorAttributes} */
export interface LabelSelectorAttributes {
  rawSelector?: string | undefined;
  requirements?: LabelSelectorRequirement[] | undefined;
}

/** {@link https://pkg.go.dev/k8s.io/api/authorization/v1#LocalSubjectAccessReview} */
export interface LocalSubjectAccessReview {
  kind?: string | undefined;
  apiVersion?: string | undefined;
  metadata: ObjectMeta;
  spec: SubjectAccessReviewSpec;
  status?: SubjectAccessReviewStatus | undefined;
}

/** {@link https://pkg.go.dev/k8s.io/api/authorization/v1#NonResourceAttributes} */
export interface NonResourceAttributes {
  path?: string | undefined;
  verb?: string | undefined;
}

/** {@link https://pkg.go.dev/k8s.io/api/authorization/v1#NonResourceRule} */
export interface NonResourceRule {
  verbs: string[];
  nonResourceURLs?: string[] | undefined;
}

/** {@link https://pkg.go.dev/k8s.io/api/authorization/v1#ResourceAttributes} */
export interface ResourceAttributes {
  namespace?: string | undefined;
  verb?: string | undefined;
  group?: string | undefined;
  version?: string | undefined;
  resource?: string | undefined;
  subresource?: string | undefined;
  name?: string | undefined;
  fieldSelector?: FieldSelectorAttributes | undefined;
  labelSelector?: LabelSelectorAttributes | undefined;
}

/** {@link https://pkg.go.dev/k8s.io/api/authorization/v1#ResourceRule} */
export interface ResourceRule {
  verbs: string[];
  apiGroups?: string[] | undefined;
  resources?: string[] | undefined;
  resourceNames?: string[] | undefined;
}

/** {@link https://pkg.go.dev/k8s.io/api/authorization/v1#SelfSubjectAccessReview} */
export interface SelfSubjectAccessReview {
  kind?: string | undefined;
  apiVersion?: string | undefined;
  metadata: ObjectMeta;
  spec: SelfSubjectAccessReviewSpec;
  status?: SubjectAccessReviewStatus | undefined;
}

/** {@link https://pkg.go.dev/k8s.io/api/authorization/v1#SelfSubjectAccessReviewSpec} */
export interface SelfSubjectAccessReviewSpec {
  resourceAttributes?: ResourceAttributes | undefined;
  nonResourceAttributes?: NonResourceAttributes | undefined;
}

/** {@link https://pkg.go.dev/k8s.io/api/authorization/v1#SelfSubjectRulesReview} */
export interface SelfSubjectRulesReview {
  kind?: string | undefined;
  apiVersion?: string | undefined;
  metadata: ObjectMeta;
  spec: SelfSubjectRulesReviewSpec;
  status?: SubjectRulesReviewStatus | undefined;
}

/** {@link https://pkg.go.dev/k8s.io/api/authorization/v1#SelfSubjectRulesReviewSpec} */
export interface SelfSubjectRulesReviewSpec {
  namespace?: string | undefined;
}

/** {@link https://pkg.go.dev/k8s.io/api/authorization/v1#SubjectAccessReview} */
export interface SubjectAccessReview {
  kind?: string | undefined;
  apiVersion?: string | undefined;
  metadata: ObjectMeta;
  spec: SubjectAccessReviewSpec;
  status?: SubjectAccessReviewStatus | undefined;
}

/** {@link https://pkg.go.dev/k8s.io/api/authorization/v1#SubjectAccessReviewSpec} */
export interface SubjectAccessReviewSpec {
  resourceAttributes?: ResourceAttributes | undefined;
  nonResourceAttributes?: NonResourceAttributes | undefined;
  user?: string | undefined;
  groups?: string[] | undefined;
  extra?: Record<string, string[]> | undefined;
  uid?: string | undefined;
}

/** {@link https://pkg.go.dev/k8s.io/api/authorization/v1#SubjectAccessReviewStatus} */
export interface SubjectAccessReviewStatus {
  allowed: boolean;
  denied?: boolean | undefined;
  reason?: string | undefined;
  evaluationError?: string | undefined;
}

/** {@link https://pkg.go.dev/k8s.io/api/authorization/v1#SubjectRulesReviewStatus} */
export interface SubjectRulesReviewStatus {
  resourceRules: ResourceRule[];
  nonResourceRules: NonResourceRule[];
  incomplete: boolean;
  evaluationError?: string | undefined;
}

/** {@link https://pkg.go.dev/k8s.io/api/autoscaling/v1#CrossVersionObjectReference} */
export interface CrossVersionObjectReference {
  kind: string;
  name: string;
  apiVersion?: string | undefined;
}

/** {@link https://pkg.go.dev/k8s.io/api/autoscaling/v1#HorizontalPodAutoscaler} */
export interface HorizontalPodAutoscaler {
  kind?: string | undefined;
  apiVersion?: string | undefined;
  metadata: ObjectMeta;
  spec?: HorizontalPodAutoscalerSpec | undefined;
  status?: HorizontalPodAutoscalerStatus | undefined;
}

/** {@link https://pkg.go.dev/k8s.io/api/autoscaling/v1#HorizontalPodAutoscalerSpec} */
export interface HorizontalPodAutoscalerSpec {
  scaleTargetRef: CrossVersionObjectReference;
  minReplicas?: number | undefined;
  maxReplicas: number;
  targetCPUUtilizationPercentage?: number | undefined;
}

/** {@link https://pkg.go.dev/k8s.io/api/autoscaling/v1#HorizontalPodAutoscalerStatus} */
export interface HorizontalPodAutoscalerStatus {
  observedGeneration?: number | undefined;
  lastScaleTime?: string | undefined;
  currentReplicas: number;
  desiredReplicas: number;
  currentCPUUtilizationPercentage?: number | undefined;
}

/** {@link https://pkg.go.dev/k8s.io/api/autoscaling/v1#Scale} */
export interface Scale {
  kind?: string | undefined;
  apiVersion?: string | undefined;
  metadata: ObjectMeta;
  spec?: ScaleSpec | undefined;
  status?: ScaleStatus | undefined;
}

/** {@link https://pkg.go.dev/k8s.io/api/autoscaling/v1#ScaleSpec} */
export interface ScaleSpec {
  replicas?: number | undefined;
}

/** {@link https://pkg.go.dev/k8s.io/api/autoscaling/v1#ScaleStatus} */
export interface ScaleStatus {
  replicas: number;
  selector?: string | undefined;
}

/** {@link https://pkg.go.dev/k8s.io/api/autoscaling/v2#ContainerResourceMetricSource} */
export interface ContainerResourceMetricSource {
  name: string;
  target: MetricTarget;
  container: string;
}

/** {@link https://pkg.go.dev/k8s.io/api/autoscaling/v2#ContainerResourceMetricStatus} */
export interface ContainerResourceMetricStatus {
  name: string;
  current: MetricValueStatus;
  container: string;
}

/** {@link https://pkg.go.dev/k8s.io/api/autoscaling/v2#CrossVersionObjectReference} */
export interface AutoscalingV2CrossVersionObjectReference {
  kind: string;
  name: string;
  apiVersion?: string | undefined;
}

/** {@link https://pkg.go.dev/k8s.io/api/autoscaling/v2#ExternalMetricSource} */
export interface ExternalMetricSource {
  metric: MetricIdentifier;
  target: MetricTarget;
}

/** {@link https://pkg.go.dev/k8s.io/api/autoscaling/v2#ExternalMetricStatus} */
export interface ExternalMetricStatus {
  metric: MetricIdentifier;
  current: MetricValueStatus;
}

/** {@link https://pkg.go.dev/k8s.io/api/autoscaling/v2#HPAScalingPolicy} */
export interface HPAScalingPolicy {
  type: string;
  value: number;
  periodSeconds: number;
}

/** {@link https://pkg.go.dev/k8s.io/api/autoscaling/v2#HPAScalingRules} */
export interface HPAScalingRules {
  stabilizationWindowSeconds?: number | undefined;
  selectPolicy?: string | undefined;
  policies?: HPAScalingPolicy[] | undefined;
  tolerance?: string | number | undefined;
}

/** {@link https://pkg.go.dev/k8s.io/api/autoscaling/v2#HorizontalPodAutoscaler} */
export interface AutoscalingV2HorizontalPodAutoscaler {
  kind?: string | undefined;
  apiVersion?: string | undefined;
  metadata: ObjectMeta;
  spec?: AutoscalingV2HorizontalPodAutoscalerSpec | undefined;
  status?: AutoscalingV2HorizontalPodAutoscalerStatus | undefined;
}

/** {@link https://pkg.go.dev/k8s.io/api/autoscaling/v2#HorizontalPodAutoscalerBehavior} */
export interface HorizontalPodAutoscalerBehavior {
  scaleUp?: HPAScalingRules | undefined;
  scaleDown?: HPAScalingRules | undefined;
}

/** {@link https://pkg.go.dev/k8s.io/api/autoscaling/v2#HorizontalPodAutoscalerCondition} */
export interface HorizontalPodAutoscalerCondition {
  type: string;
  status: string;
  lastTransitionTime?: string | undefined;
  reason?: string | undefined;
  message?: string | undefined;
}

/** {@link https://pkg.go.dev/k8s.io/api/autoscaling/v2#HorizontalPodAutoscalerSpec} */
export interface AutoscalingV2HorizontalPodAutoscalerSpec {
  scaleTargetRef: AutoscalingV2CrossVersionObjectReference;
  minReplicas?: number | undefined;
  maxReplicas: number;
  metrics?: MetricSpec[] | undefined;
  behavior?: HorizontalPodAutoscalerBehavior | undefined;
}

/** {@link https://pkg.go.dev/k8s.io/api/autoscaling/v2#HorizontalPodAutoscalerStatus} */
export interface AutoscalingV2HorizontalPodAutoscalerStatus {
  observedGeneration?: number | undefined;
  lastScaleTime?: string | undefined;
  currentReplicas?: number | undefined;
  desiredReplicas: number;
  currentMetrics?: MetricStatus[] | undefined;
  conditions?: HorizontalPodAutoscalerCondition[] | undefined;
}

/** {@link https://pkg.go.dev/k8s.io/api/autoscaling/v2#MetricIdentifier} */
export interface MetricIdentifier {
  name: string;
  selector?: LabelSelector | undefined;
}

/** {@link https://pkg.go.dev/k8s.io/api/autoscaling/v2#MetricSpec} */
export interface MetricSpec {
  type: string;
  object?: ObjectMetricSource | undefined;
  pods?: PodsMetricSource | undefined;
  resource?: ResourceMetricSource | undefined;
  containerResource?: ContainerResourceMetricSource | undefined;
  external?: ExternalMetricSource | undefined;
}

/** {@link https://pkg.go.dev/k8s.io/api/autoscaling/v2#MetricStatus} */
export interface MetricStatus {
  type: string;
  object?: ObjectMetricStatus | undefined;
  pods?: PodsMetricStatus | undefined;
  resource?: ResourceMetricStatus | undefined;
  containerResource?: ContainerResourceMetricStatus | undefined;
  external?: ExternalMetricStatus | undefined;
}

/** {@link https://pkg.go.dev/k8s.io/api/autoscaling/v2#MetricTarget} */
export interface MetricTarget {
  type: string;
  value?: string | number | undefined;
  averageValue?: string | number | undefined;
  averageUtilization?: number | undefined;
}

/** {@link https://pkg.go.dev/k8s.io/api/autoscaling/v2#MetricValueStatus} */
export interface MetricValueStatus {
  value?: string | number | undefined;
  averageValue?: string | number | undefined;
  averageUtilization?: number | undefined;
}

/** {@link https://pkg.go.dev/k8s.io/api/autoscaling/v2#ObjectMetricSource} */
export interface ObjectMetricSource {
  describedObject: AutoscalingV2CrossVersionObjectReference;
  target: MetricTarget;
  metric: MetricIdentifier;
}

/** {@link https://pkg.go.dev/k8s.io/api/autoscaling/v2#ObjectMetricStatus} */
export interface ObjectMetricStatus {
  metric: MetricIdentifier;
  current: MetricValueStatus;
  describedObject: AutoscalingV2CrossVersionObjectReference;
}

/** {@link https://pkg.go.dev/k8s.io/api/autoscaling/v2#PodsMetricSource} */
export interface PodsMetricSource {
  metric: MetricIdentifier;
  target: MetricTarget;
}

/** {@link https://pkg.go.dev/k8s.io/api/autoscaling/v2#PodsMetricStatus} */
export interface PodsMetricStatus {
  metric: MetricIdentifier;
  current: MetricValueStatus;
}

/** {@link https://pkg.go.dev/k8s.io/api/autoscaling/v2#ResourceMetricSource} */
export interface ResourceMetricSource {
  name: string;
  target: MetricTarget;
}

/** {@link https://pkg.go.dev/k8s.io/api/autoscaling/v2#ResourceMetricStatus} */
export interface ResourceMetricStatus {
  name: string;
  current: MetricValueStatus;
}

/** {@link https://pkg.go.dev/k8s.io/api/batch/v1#CronJob} */
export interface CronJob {
  kind?: string | undefined;
  apiVersion?: string | undefined;
  metadata: ObjectMeta;
  spec?: CronJobSpec | undefined;
  status?: CronJobStatus | undefined;
}

/** {@link https://pkg.go.dev/k8s.io/api/batch/v1#CronJobSpec} */
export interface CronJobSpec {
  schedule: string;
  timeZone?: string | undefined;
  startingDeadlineSeconds?: number | undefined;
  concurrencyPolicy?: string | undefined;
  suspend?: boolean | undefined;
  jobTemplate: JobTemplateSpec;
  successfulJobsHistoryLimit?: number | undefined;
  failedJobsHistoryLimit?: number | undefined;
}

/** {@link https://pkg.go.dev/k8s.io/api/batch/v1#CronJobStatus} */
export interface CronJobStatus {
  active?: ObjectReference[] | undefined;
  lastScheduleTime?: string | undefined;
  lastSuccessfulTime?: string | undefined;
}

/** {@link https://pkg.go.dev/k8s.io/api/batch/v1#Job} */
export interface Job {
  kind?: string | undefined;
  apiVersion?: string | undefined;
  metadata: ObjectMeta;
  spec?: JobSpec | undefined;
  status?: JobStatus | undefined;
}

/** {@link https://pkg.go.dev/k8s.io/api/batch/v1#JobCondition} */
export interface JobCondition {
  type: string;
  status: string;
  lastProbeTime?: string | undefined;
  lastTransitionTime?: string | undefined;
  reason?: string | undefined;
  message?: string | undefined;
}

/** {@link https://pkg.go.dev/k8s.io/api/batch/v1#JobSpec} */
export interface JobSpec {
  parallelism?: number | undefined;
  completions?: number | undefined;
  activeDeadlineSeconds?: number | undefined;
  podFailurePolicy?: PodFailurePolicy | undefined;
  successPolicy?: SuccessPolicy | undefined;
  backoffLimit?: number | undefined;
  backoffLimitPerIndex?: number | undefined;
  maxFailedIndexes?: number | undefined;
  selector?: LabelSelector | undefined;
  manualSelector?: boolean | undefined;
  template: PodTemplateSpec;
  ttlSecondsAfterFinished?: number | undefined;
  completionMode?: string | undefined;
  suspend?: boolean | undefined;
  podReplacementPolicy?: string | undefined;
  managedBy?: string | undefined;
}

/** {@link https://pkg.go.dev/k8s.io/api/batch/v1#JobStatus} */
export interface JobStatus {
  conditions?: JobCondition[] | undefined;
  startTime?: string | undefined;
  completionTime?: string | undefined;
  active?: number | undefined;
  succeeded?: number | undefined;
  failed?: number | undefined;
  terminating?: number | undefined;
  completedIndexes?: string | undefined;
  failedIndexes?: string | undefined;
  uncountedTerminatedPods?: UncountedTerminatedPods | undefined;
  ready?: number | undefined;
}

/** {@link https://pkg.go.dev/k8s.io/api/batch/v1#JobTemplateSpec} */
export interface JobTemplateSpec {
  metadata: ObjectMeta;
  spec?: JobSpec | undefined;
}

/** {@link https://pkg.go.dev/k8s.io/api/batch/v1#PodFailurePolicy} */
export interface PodFailurePolicy {
  rules: PodFailurePolicyRule[];
}

/** {@link https://pkg.go.dev/k8s.io/api/batch/v1#PodFailurePolicyOnExitCodesRequirement} */
export interface PodFailurePolicyOnExitCodesRequirement {
  containerName?: string | undefined;
  operator: string;
  values: number[];
}

/** {@link https://pkg.go.dev/k8s.io/api/batch/v1#PodFailurePolicyOnPodConditionsPattern} */
export interface PodFailurePolicyOnPodConditionsPattern {
  type: string;
  status: string;
}

/** {@link https://pkg.go.dev/k8s.io/api/batch/v1#PodFailurePolicyRule} */
export interface PodFailurePolicyRule {
  action: string;
  onExitCodes?: PodFailurePolicyOnExitCodesRequirement | undefined;
  onPodConditions?: PodFailurePolicyOnPodConditionsPattern[] | undefined;
}

/** {@link https://pkg.go.dev/k8s.io/api/batch/v1#SuccessPolicy} */
export interface SuccessPolicy {
  rules: SuccessPolicyRule[];
}

/** {@link https://pkg.go.dev/k8s.io/api/batch/v1#SuccessPolicyRule} */
export interface SuccessPolicyRule {
  succeededIndexes?: string | undefined;
  succeededCount?: number | undefined;
}

/** {@link https://pkg.go.dev/k8s.io/api/batch/v1#UncountedTerminatedPods} */
export interface UncountedTerminatedPods {
  succeeded?: string[] | undefined;
  failed?: string[] | undefined;
}

/** {@link https://pkg.go.dev/k8s.io/api/certificates/v1#CertificateSigningRequest} */
export interface CertificateSigningRequest {
  kind?: string | undefined;
  apiVersion?: string | undefined;
  metadata: ObjectMeta;
  spec: CertificateSigningRequestSpec;
  status?: CertificateSigningRequestStatus | undefined;
}

/** {@link https://pkg.go.dev/k8s.io/api/certificates/v1#CertificateSigningRequestCondition} */
export interface CertificateSigningRequestCondition {
  type: string;
  status: string;
  reason?: string | undefined;
  message?: string | undefined;
  lastUpdateTime?: string | undefined;
  lastTransitionTime?: string | undefined;
}

/** {@link https://pkg.go.dev/k8s.io/api/certificates/v1#CertificateSigningRequestSpec} */
export interface CertificateSigningRequestSpec {
  request: string;
  signerName: string;
  expirationSeconds?: number | undefined;
  usages?: string[] | undefined;
  username?: string | undefined;
  uid?: string | undefined;
  groups?: string[] | undefined;
  extra?: Record<string, string[]> | undefined;
}

/** {@link https://pkg.go.dev/k8s.io/api/certificates/v1#CertificateSigningRequestStatus} */
export interface CertificateSigningRequestStatus {
  conditions?: CertificateSigningRequestCondition[] | undefined;
  certificate?: string | undefined;
}

/** {@link https://pkg.go.dev/k8s.io/api/coordination/v1#Lease} */
export interface Lease {
  kind?: string | undefined;
  apiVersion?: string | undefined;
  metadata: ObjectMeta;
  spec?: LeaseSpec | undefined;
}

/** {@link https://pkg.go.dev/k8s.io/api/coordination/v1#LeaseSpec} */
export interface LeaseSpec {
  holderIdentity?: string | undefined;
  leaseDurationSeconds?: number | undefined;
  acquireTime?: string | undefined;
  renewTime?: string | undefined;
  leaseTransitions?: number | undefined;
  strategy?: string | undefined;
  preferredHolder?: string | undefined;
}

/** {@link https://pkg.go.dev/k8s.io/api/core/v1#AWSElasticBlockStoreVolumeSource} */
export interface AWSElasticBlockStoreVolumeSource {
  volumeID: string;
  fsType?: string | undefined;
  partition?: number | undefined;
  readOnly?: boolean | undefined;
}

/** {@link https://pkg.go.dev/k8s.io/api/core/v1#Affinity} */
export interface Affinity {
  nodeAffinity?: NodeAffinity | undefined;
  podAffinity?: PodAffinity | undefined;
  podAntiAffinity?: PodAntiAffinity | undefined;
}

/** {@link https://pkg.go.dev/k8s.io/api/core/v1#AppArmorProfile} */
export interface AppArmorProfile {
  type: string;
  localhostProfile?: string | undefined;
}

/** {@link https://pkg.go.dev/k8s.io/api/core/v1#AttachedVolume} */
export interface AttachedVolume {
  name: string;
  devicePath: string;
}

/** {@link https://pkg.go.dev/k8s.io/api/core/v1#AzureDiskVolumeSource} */
export interface AzureDiskVolumeSource {
  diskName: string;
  diskURI: string;
  cachingMode?: string | undefined;
  fsType?: string | undefined;
  readOnly?: boolean | undefined;
  kind?: string | undefined;
}

/** {@link https://pkg.go.dev/k8s.io/api/core/v1#AzureFilePersistentVolumeSource} */
export interface AzureFilePersistentVolumeSource {
  secretName: string;
  shareName: string;
  readOnly?: boolean | undefined;
  secretNamespace?: string | undefined;
}

/** {@link https://pkg.go.dev/k8s.io/api/core/v1#AzureFileVolumeSource} */
export interface AzureFileVolumeSource {
  secretName: string;
  shareName: string;
  readOnly?: boolean | undefined;
}

/** {@link https://pkg.go.dev/k8s.io/api/core/v1#Binding} */
export interface Binding {
  kind?: string | undefined;
  apiVersion?: string | undefined;
  metadata: ObjectMeta;
  target: ObjectReference;
}

/** {@link https://pkg.go.dev/k8s.io/api/core/v1#CSIPersistentVolumeSource} */
export interface CSIPersistentVolumeSource {
  driver: string;
  volumeHandle: string;
  readOnly?: boolean | undefined;
  fsType?: string | undefined;
  volumeAttributes?: Record<string, string> | undefined;
  controllerPublishSecretRef?: SecretReference | undefined;
  nodeStageSecretRef?: SecretReference | undefined;
  nodePublishSecretRef?: SecretReference | undefined;
  controllerExpandSecretRef?: SecretReference | undefined;
  nodeExpandSecretRef?: SecretReference | undefined;
}

/** {@link https://pkg.go.dev/k8s.io/api/core/v1#CSIVolumeSource} */
export interface CSIVolumeSource {
  driver: string;
  readOnly?: boolean | undefined;
  fsType?: string | undefined;
  volumeAttributes?: Record<string, string> | undefined;
  nodePublishSecretRef?: LocalObjectReference | undefined;
}

/** {@link https://pkg.go.dev/k8s.io/api/core/v1#Capabilities} */
export interface Capabilities {
  add?: string[] | undefined;
  drop?: string[] | undefined;
}

/** {@link https://pkg.go.dev/k8s.io/api/core/v1#CephFSPersistentVolumeSource} */
export interface CephFSPersistentVolumeSource {
  monitors: string[];
  path?: string | undefined;
  user?: string | undefined;
  secretFile?: string | undefined;
  secretRef?: SecretReference | undefined;
  readOnly?: boolean | undefined;
}

/** {@link https://pkg.go.dev/k8s.io/api/core/v1#CephFSVolumeSource} */
export interface CephFSVolumeSource {
  monitors: string[];
  path?: string | undefined;
  user?: string | undefined;
  secretFile?: string | undefined;
  secretRef?: LocalObjectReference | undefined;
  readOnly?: boolean | undefined;
}

/** {@link https://pkg.go.dev/k8s.io/api/core/v1#CinderPersistentVolumeSource} */
export interface CinderPersistentVolumeSource {
  volumeID: string;
  fsType?: string | undefined;
  readOnly?: boolean | undefined;
  secretRef?: SecretReference | undefined;
}

/** {@link https://pkg.go.dev/k8s.io/api/core/v1#CinderVolumeSource} */
export interface CinderVolumeSource {
  volumeID: string;
  fsType?: string | undefined;
  readOnly?: boolean | undefined;
  secretRef?: LocalObjectReference | undefined;
}

/** {@link https://pkg.go.dev/k8s.io/api/core/v1#ClientIPConfig} */
export interface ClientIPConfig {
  timeoutSeconds?: number | undefined;
}

/** {@link https://pkg.go.dev/k8s.io/api/core/v1#ClusterTrustBundleProjection} */
export interface ClusterTrustBundleProjection {
  name?: string | undefined;
  signerName?: string | undefined;
  labelSelector?: LabelSelector | undefined;
  optional?: boolean | undefined;
  path: string;
}

/** {@link https://pkg.go.dev/k8s.io/api/core/v1#ComponentCondition} */
export interface ComponentCondition {
  type: string;
  status: string;
  message?: string | undefined;
  error?: string | undefined;
}

/** {@link https://pkg.go.dev/k8s.io/api/core/v1#ComponentStatus} */
export interface ComponentStatus {
  kind?: string | undefined;
  apiVersion?: string | undefined;
  metadata: ObjectMeta;
  conditions?: ComponentCondition[] | undefined;
}

/** {@link https://pkg.go.dev/k8s.io/api/core/v1#ConfigMap} */
export interface ConfigMap {
  kind?: string | undefined;
  apiVersion?: string | undefined;
  metadata: ObjectMeta;
  immutable?: boolean | undefined;
  data?: Record<string, string> | undefined;
  binaryData?: Record<string, string> | undefined;
}

/** {@link https://pkg.go.dev/k8s.io/api/core/v1#ConfigMapEnvSource} */
export interface ConfigMapEnvSource {
  name?: string | undefined;
  optional?: boolean | undefined;
}

/** {@link https://pkg.go.dev/k8s.io/api/core/v1#ConfigMapKeySelector} */
export interface ConfigMapKeySelector {
  name?: string | undefined;
  key: string;
  optional?: boolean | undefined;
}

/** {@link https://pkg.go.dev/k8s.io/api/core/v1#ConfigMapNodeConfigSource} */
export interface ConfigMapNodeConfigSource {
  namespace: string;
  name: string;
  uid?: string | undefined;
  resourceVersion?: string | undefined;
  kubeletConfigKey: string;
}

/** {@link https://pkg.go.dev/k8s.io/api/core/v1#ConfigMapProjection} */
export interface ConfigMapProjection {
  name?: string | undefined;
  items?: KeyToPath[] | undefined;
  optional?: boolean | undefined;
}

/** {@link https://pkg.go.dev/k8s.io/api/core/v1#ConfigMapVolumeSource} */
export interface ConfigMapVolumeSource {
  name?: string | undefined;
  items?: KeyToPath[] | undefined;
  defaultMode?: number | undefined;
  optional?: boolean | undefined;
}

/** {@link https://pkg.go.dev/k8s.io/api/core/v1#Container} */
export interface Container {
  name: string;
  image?: string | undefined;
  command?: string[] | undefined;
  args?: string[] | undefined;
  workingDir?: string | undefined;
  ports?: ContainerPort[] | undefined;
  envFrom?: EnvFromSource[] | undefined;
  env?: EnvVar[] | undefined;
  resources?: ResourceRequirements | undefined;
  resizePolicy?: ContainerResizePolicy[] | undefined;
  restartPolicy?: string | undefined;
  restartPolicyRules?: ContainerRestartRule[] | undefined;
  volumeMounts?: VolumeMount[] | undefined;
  volumeDevices?: VolumeDevice[] | undefined;
  livenessProbe?: Probe | undefined;
  readinessProbe?: Probe | undefined;
  startupProbe?: Probe | undefined;
  lifecycle?: Lifecycle | undefined;
  terminationMessagePath?: string | undefined;
  terminationMessagePolicy?: string | undefined;
  imagePullPolicy?: string | undefined;
  securityContext?: SecurityContext | undefined;
  stdin?: boolean | undefined;
  stdinOnce?: boolean | undefined;
  tty?: boolean | undefined;
}

/** {@link https://pkg.go.dev/k8s.io/api/core/v1#ContainerExtendedResourceRequest} */
export interface ContainerExtendedResourceRequest {
  containerName: string;
  resourceName: string;
  requestName: string;
}

/** {@link https://pkg.go.dev/k8s.io/api/core/v1#ContainerImage} */
export interface ContainerImage {
  names?: string[] | undefined;
  sizeBytes?: number | undefined;
}

/** {@link https://pkg.go.dev/k8s.io/api/core/v1#ContainerPort} */
export interface ContainerPort {
  name?: string | undefined;
  hostPort?: number | undefined;
  containerPort: number;
  protocol?: string | undefined;
  hostIP?: string | undefined;
}

/** {@link https://pkg.go.dev/k8s.io/api/core/v1#ContainerResizePolicy} */
export interface ContainerResizePolicy {
  resourceName: string;
  restartPolicy: string;
}

/** {@link https://pkg.go.dev/k8s.io/api/core/v1#ContainerRestartRule} */
export interface ContainerRestartRule {
  action?: string | undefined;
  exitCodes?: ContainerRestartRuleOnExitCodes | undefined;
}

/** {@link https://pkg.go.dev/k8s.io/api/core/v1#ContainerRestartRuleOnExitCodes} */
export interface ContainerRestartRuleOnExitCodes {
  operator?: string | undefined;
  values?: number[] | undefined;
}

/** {@link https://pkg.go.dev/k8s.io/api/core/v1#ContainerState} */
export interface ContainerState {
  waiting?: ContainerStateWaiting | undefined;
  running?: ContainerStateRunning | undefined;
  terminated?: ContainerStateTerminated | undefined;
}

/** {@link https://pkg.go.dev/k8s.io/api/core/v1#ContainerStateRunning} */
export interface ContainerStateRunning {
  startedAt?: string | undefined;
}

/** {@link https://pkg.go.dev/k8s.io/api/core/v1#ContainerStateTerminated} */
export interface ContainerStateTerminated {
  exitCode: number;
  signal?: number | undefined;
  reason?: string | undefined;
  message?: string | undefined;
  startedAt?: string | undefined;
  finishedAt?: string | undefined;
  containerID?: string | undefined;
}

/** {@link https://pkg.go.dev/k8s.io/api/core/v1#ContainerStateWaiting} */
export interface ContainerStateWaiting {
  reason?: string | undefined;
  message?: string | undefined;
}

/** {@link https://pkg.go.dev/k8s.io/api/core/v1#ContainerStatus} */
export interface ContainerStatus {
  name: string;
  state?: ContainerState | undefined;
  lastState?: ContainerState | undefined;
  ready: boolean;
  restartCount: number;
  image: string;
  imageID: string;
  containerID?: string | undefined;
  started?: boolean | undefined;
  allocatedResources?: Record<string, string | number> | undefined;
  resources?: ResourceRequirements | undefined;
  volumeMounts?: VolumeMountStatus[] | undefined;
  user?: ContainerUser | undefined;
  allocatedResourcesStatus?: ResourceStatus[] | undefined;
  stopSignal?: string | undefined;
}

/** {@link https://pkg.go.dev/k8s.io/api/core/v1#ContainerUser} */
export interface ContainerUser {
  linux?: LinuxContainerUser | undefined;
}

/** {@link https://pkg.go.dev/k8s.io/api/core/v1#DaemonEndpoint} */
export interface DaemonEndpoint {
  Port: number;
}

/** {@link https://pkg.go.dev/k8s.io/api/core/v1#DownwardAPIProjection} */
export interface DownwardAPIProjection {
  items?: DownwardAPIVolumeFile[] | undefined;
}

/** {@link https://pkg.go.dev/k8s.io/api/core/v1#DownwardAPIVolumeFile} */
export interface DownwardAPIVolumeFile {
  path: string;
  fieldRef?: ObjectFieldSelector | undefined;
  resourceFieldRef?: ResourceFieldSelector | undefined;
  mode?: number | undefined;
}

/** {@link https://pkg.go.dev/k8s.io/api/core/v1#DownwardAPIVolumeSource} */
export interface DownwardAPIVolumeSource {
  items?: DownwardAPIVolumeFile[] | undefined;
  defaultMode?: number | undefined;
}

/** {@link https://pkg.go.dev/k8s.io/api/core/v1#EmptyDirVolumeSource} */
export interface EmptyDirVolumeSource {
  medium?: string | undefined;
  sizeLimit?: string | number | undefined;
}

/** {@link https://pkg.go.dev/k8s.io/api/core/v1#EndpointAddress} */
export interface EndpointAddress {
  ip: string;
  hostname?: string | undefined;
  nodeName?: string | undefined;
  targetRef?: ObjectReference | undefined;
}

/** {@link https://pkg.go.dev/k8s.io/api/core/v1#EndpointPort} */
export interface EndpointPort {
  name?: string | undefined;
  port: number;
  protocol?: string | undefined;
  appProtocol?: string | undefined;
}

/** {@link https://pkg.go.dev/k8s.io/api/core/v1#EndpointSubset} */
export interface EndpointSubset {
  addresses?: EndpointAddress[] | undefined;
  notReadyAddresses?: EndpointAddress[] | undefined;
  ports?: EndpointPort[] | undefined;
}

/** {@link https://pkg.go.dev/k8s.io/api/core/v1#Endpoints} */
export interface Endpoints {
  kind?: string | undefined;
  apiVersion?: string | undefined;
  metadata: ObjectMeta;
  subsets?: EndpointSubset[] | undefined;
}

/** {@link https://pkg.go.dev/k8s.io/api/core/v1#EnvFromSource} */
export interface EnvFromSource {
  prefix?: string | undefined;
  configMapRef?: ConfigMapEnvSource | undefined;
  secretRef?: SecretEnvSource | undefined;
}

/** {@link https://pkg.go.dev/k8s.io/api/core/v1#EnvVar} */
export interface EnvVar {
  name: string;
  value?: string | undefined;
  valueFrom?: EnvVarSource | undefined;
}

/** {@link https://pkg.go.dev/k8s.io/api/core/v1#EnvVarSource} */
export interface EnvVarSource {
  fieldRef?: ObjectFieldSelector | undefined;
  resourceFieldRef?: ResourceFieldSelector | undefined;
  configMapKeyRef?: ConfigMapKeySelector | undefined;
  secretKeyRef?: SecretKeySelector | undefined;
  fileKeyRef?: FileKeySelector | undefined;
}

/** {@link https://pkg.go.dev/k8s.io/api/core/v1#EphemeralContainer} */
export interface EphemeralContainer {
  name: string;
  image?: string | undefined;
  command?: string[] | undefined;
  args?: string[] | undefined;
  workingDir?: string | undefined;
  ports?: ContainerPort[] | undefined;
  envFrom?: EnvFromSource[] | undefined;
  env?: EnvVar[] | undefined;
  resources?: ResourceRequirements | undefined;
  resizePolicy?: ContainerResizePolicy[] | undefined;
  restartPolicy?: string | undefined;
  restartPolicyRules?: ContainerRestartRule[] | undefined;
  volumeMounts?: VolumeMount[] | undefined;
  volumeDevices?: VolumeDevice[] | undefined;
  livenessProbe?: Probe | undefined;
  readinessProbe?: Probe | undefined;
  startupProbe?: Probe | undefined;
  lifecycle?: Lifecycle | undefined;
  terminationMessagePath?: string | undefined;
  terminationMessagePolicy?: string | undefined;
  imagePullPolicy?: string | undefined;
  securityContext?: SecurityContext | undefined;
  stdin?: boolean | undefined;
  stdinOnce?: boolean | undefined;
  tty?: boolean | undefined;
  targetContainerName?: string | undefined;
}

/** {@link https://pkg.go.dev/k8s.io/api/core/v1#EphemeralContainerCommon} */
export interface EphemeralContainerCommon {
  name: string;
  image?: string | undefined;
  command?: string[] | undefined;
  args?: string[] | undefined;
  workingDir?: string | undefined;
  ports?: ContainerPort[] | undefined;
  envFrom?: EnvFromSource[] | undefined;
  env?: EnvVar[] | undefined;
  resources?: ResourceRequirements | undefined;
  resizePolicy?: ContainerResizePolicy[] | undefined;
  restartPolicy?: string | undefined;
  restartPolicyRules?: ContainerRestartRule[] | undefined;
  volumeMounts?: VolumeMount[] | undefined;
  volumeDevices?: VolumeDevice[] | undefined;
  livenessProbe?: Probe | undefined;
  readinessProbe?: Probe | undefined;
  startupProbe?: Probe | undefined;
  lifecycle?: Lifecycle | undefined;
  terminationMessagePath?: string | undefined;
  terminationMessagePolicy?: string | undefined;
  imagePullPolicy?: string | undefined;
  securityContext?: SecurityContext | undefined;
  stdin?: boolean | undefined;
  stdinOnce?: boolean | undefined;
  tty?: boolean | undefined;
}

/** {@link https://pkg.go.dev/k8s.io/api/core/v1#EphemeralVolumeSource} */
export interface EphemeralVolumeSource {
  volumeClaimTemplate?: PersistentVolumeClaimTemplate | undefined;
}

/** {@link https://pkg.go.dev/k8s.io/api/core/v1#Event} */
export interface Event {
  kind?: string | undefined;
  apiVersion?: string | undefined;
  metadata: ObjectMeta;
  involvedObject: ObjectReference;
  reason?: string | undefined;
  message?: string | undefined;
  source?: EventSource | undefined;
  firstTimestamp?: string | undefined;
  lastTimestamp?: string | undefined;
  count?: number | undefined;
  type?: string | undefined;
  eventTime?: string | undefined;
  series?: EventSeries | undefined;
  action?: string | undefined;
  related?: ObjectReference | undefined;
  reportingComponent?: string | undefined;
  reportingInstance?: string | undefined;
}

/** {@link https://pkg.go.dev/k8s.io/api/core/v1#EventSeries} */
export interface EventSeries {
  count?: number | undefined;
  lastObservedTime?: string | undefined;
}

/** {@link https://pkg.go.dev/k8s.io/api/core/v1#EventSource} */
export interface EventSource {
  component?: string | undefined;
  host?: string | undefined;
}

/** {@link https://pkg.go.dev/k8s.io/api/core/v1#ExecAction} */
export interface ExecAction {
  command?: string[] | undefined;
}

/** {@link https://pkg.go.dev/k8s.io/api/core/v1#FCVolumeSource} */
export interface FCVolumeSource {
  targetWWNs?: string[] | undefined;
  lun?: number | undefined;
  fsType?: string | undefined;
  readOnly?: boolean | undefined;
  wwids?: string[] | undefined;
}

/** {@link https://pkg.go.dev/k8s.io/api/core/v1#FileKeySelector} */
export interface FileKeySelector {
  volumeName: string;
  path: string;
  key: string;
  optional?: boolean | undefined;
}

/** {@link https://pkg.go.dev/k8s.io/api/core/v1#FlexPersistentVolumeSource} */
export interface FlexPersistentVolumeSource {
  driver: string;
  fsType?: string | undefined;
  secretRef?: SecretReference | undefined;
  readOnly?: boolean | undefined;
  options?: Record<string, string> | undefined;
}

/** {@link https://pkg.go.dev/k8s.io/api/core/v1#FlexVolumeSource} */
export interface FlexVolumeSource {
  driver: string;
  fsType?: string | undefined;
  secretRef?: LocalObjectReference | undefined;
  readOnly?: boolean | undefined;
  options?: Record<string, string> | undefined;
}

/** {@link https://pkg.go.dev/k8s.io/api/core/v1#FlockerVolumeSource} */
export interface FlockerVolumeSource {
  datasetName?: string | undefined;
  datasetUUID?: string | undefined;
}

/** {@link https://pkg.go.dev/k8s.io/api/core/v1#GCEPersistentDiskVolumeSource} */
export interface GCEPersistentDiskVolumeSource {
  pdName: string;
  fsType?: string | undefined;
  partition?: number | undefined;
  readOnly?: boolean | undefined;
}

/** {@link https://pkg.go.dev/k8s.io/api/core/v1#GRPCAction} */
export interface GRPCAction {
  port: number;
  service?: string | undefined;
}

/** {@link https://pkg.go.dev/k8s.io/api/core/v1#GitRepoVolumeSource} */
export interface GitRepoVolumeSource {
  repository: string;
  revision?: string | undefined;
  directory?: string | undefined;
}

/** {@link https://pkg.go.dev/k8s.io/api/core/v1#GlusterfsPersistentVolumeSource} */
export interface GlusterfsPersistentVolumeSource {
  endpoints: string;
  path: string;
  readOnly?: boolean | undefined;
  endpointsNamespace?: string | undefined;
}

/** {@link https://pkg.go.dev/k8s.io/api/core/v1#GlusterfsVolumeSource} */
export interface GlusterfsVolumeSource {
  endpoints: string;
  path: string;
  readOnly?: boolean | undefined;
}

/** {@link https://pkg.go.dev/k8s.io/api/core/v1#HTTPGetAction} */
export interface HTTPGetAction {
  path?: string | undefined;
  port: string | number;
  host?: string | undefined;
  scheme?: string | undefined;
  httpHeaders?: HTTPHeader[] | undefined;
}

/** {@link https://pkg.go.dev/k8s.io/api/core/v1#HTTPHeader} */
export interface HTTPHeader {
  name: string;
  value: string;
}

/** {@link https://pkg.go.dev/k8s.io/api/core/v1#HostAlias} */
export interface HostAlias {
  ip: string;
  hostnames?: string[] | undefined;
}

/** {@link https://pkg.go.dev/k8s.io/api/core/v1#HostIP} */
export interface HostIP {
  ip: string;
}

/** {@link https://pkg.go.dev/k8s.io/api/core/v1#HostPathVolumeSource} */
export interface HostPathVolumeSource {
  path: string;
  type?: string | undefined;
}

/** {@link https://pkg.go.dev/k8s.io/api/core/v1#ISCSIPersistentVolumeSource} */
export interface ISCSIPersistentVolumeSource {
  targetPortal: string;
  iqn: string;
  lun: number;
  iscsiInterface?: string | undefined;
  fsType?: string | undefined;
  readOnly?: boolean | undefined;
  portals?: string[] | undefined;
  chapAuthDiscovery?: boolean | undefined;
  chapAuthSession?: boolean | undefined;
  secretRef?: SecretReference | undefined;
  initiatorName?: string | undefined;
}

/** {@link https://pkg.go.dev/k8s.io/api/core/v1#ISCSIVolumeSource} */
export interface ISCSIVolumeSource {
  targetPortal: string;
  iqn: string;
  lun: number;
  iscsiInterface?: string | undefined;
  fsType?: string | undefined;
  readOnly?: boolean | undefined;
  portals?: string[] | undefined;
  chapAuthDiscovery?: boolean | undefined;
  chapAuthSession?: boolean | undefined;
  secretRef?: LocalObjectReference | undefined;
  initiatorName?: string | undefined;
}

/** {@link https://pkg.go.dev/k8s.io/api/core/v1#ImageVolumeSource} */
export interface ImageVolumeSource {
  reference?: string | undefined;
  pullPolicy?: string | undefined;
}

/** {@link https://pkg.go.dev/k8s.io/api/core/v1#KeyToPath} */
export interface KeyToPath {
  key: string;
  path: string;
  mode?: number | undefined;
}

/** {@link https://pkg.go.dev/k8s.io/api/core/v1#Lifecycle} */
export interface Lifecycle {
  postStart?: LifecycleHandler | undefined;
  preStop?: LifecycleHandler | undefined;
  stopSignal?: string | undefined;
}

/** {@link https://pkg.go.dev/k8s.io/api/core/v1#LifecycleHandler} */
export interface LifecycleHandler {
  exec?: ExecAction | undefined;
  httpGet?: HTTPGetAction | undefined;
  tcpSocket?: TCPSocketAction | undefined;
  sleep?: SleepAction | undefined;
}

/** {@link https://pkg.go.dev/k8s.io/api/core/v1#LimitRange} */
export interface LimitRange {
  kind?: string | undefined;
  apiVersion?: string | undefined;
  metadata: ObjectMeta;
  spec?: LimitRangeSpec | undefined;
}

/** {@link https://pkg.go.dev/k8s.io/api/core/v1#LimitRangeItem} */
export interface LimitRangeItem {
  type: string;
  max?: Record<string, string | number> | undefined;
  min?: Record<string, string | number> | undefined;
  default?: Record<string, string | number> | undefined;
  defaultRequest?: Record<string, string | number> | undefined;
  maxLimitRequestRatio?: Record<string, string | number> | undefined;
}

/** {@link https://pkg.go.dev/k8s.io/api/core/v1#LimitRangeSpec} */
export interface LimitRangeSpec {
  limits: LimitRangeItem[];
}

/** {@link https://pkg.go.dev/k8s.io/api/core/v1#LinuxContainerUser} */
export interface LinuxContainerUser {
  uid: number;
  gid: number;
  supplementalGroups?: number[] | undefined;
}

/** {@link https://pkg.go.dev/k8s.io/api/core/v1#LoadBalancerIngress} */
export interface LoadBalancerIngress {
  ip?: string | undefined;
  hostname?: string | undefined;
  ipMode?: string | undefined;
  ports?: PortStatus[] | undefined;
}

/** {@link https://pkg.go.dev/k8s.io/api/core/v1#LoadBalancerStatus} */
export interface LoadBalancerStatus {
  ingress?: LoadBalancerIngress[] | undefined;
}

/** {@link https://pkg.go.dev/k8s.io/api/core/v1#LocalObjectReference} */
export interface LocalObjectReference {
  name?: string | undefined;
}

/** {@link https://pkg.go.dev/k8s.io/api/core/v1#LocalVolumeSource} */
export interface LocalVolumeSource {
  path: string;
  fsType?: string | undefined;
}

/** {@link https://pkg.go.dev/k8s.io/api/core/v1#ModifyVolumeStatus} */
export interface ModifyVolumeStatus {
  targetVolumeAttributesClassName?: string | undefined;
  status: string;
}

/** {@link https://pkg.go.dev/k8s.io/api/core/v1#NFSVolumeSource} */
export interface NFSVolumeSource {
  server: string;
  path: string;
  readOnly?: boolean | undefined;
}

/** {@link https://pkg.go.dev/k8s.io/api/core/v1#Namespace} */
export interface Namespace {
  kind?: string | undefined;
  apiVersion?: string | undefined;
  metadata: ObjectMeta;
  spec?: NamespaceSpec | undefined;
  status?: NamespaceStatus | undefined;
}

/** {@link https://pkg.go.dev/k8s.io/api/core/v1#NamespaceCondition} */
export interface NamespaceCondition {
  type: string;
  status: string;
  lastTransitionTime?: string | undefined;
  reason?: string | undefined;
  message?: string | undefined;
}

/** {@link https://pkg.go.dev/k8s.io/api/core/v1#NamespaceSpec} */
export interface NamespaceSpec {
  finalizers?: string[] | undefined;
}

/** {@link https://pkg.go.dev/k8s.io/api/core/v1#NamespaceStatus} */
export interface NamespaceStatus {
  phase?: string | undefined;
  conditions?: NamespaceCondition[] | undefined;
}

/** {@link https://pkg.go.dev/k8s.io/api/core/v1#Node} */
export interface Node {
  kind?: string | undefined;
  apiVersion?: string | undefined;
  metadata: ObjectMeta;
  spec?: NodeSpec | undefined;
  status?: NodeStatus | undefined;
}

/** {@link https://pkg.go.dev/k8s.io/api/core/v1#NodeAddress} */
export interface NodeAddress {
  type: string;
  address: string;
}

/** {@link https://pkg.go.dev/k8s.io/api/core/v1#NodeAffinity} */
export interface NodeAffinity {
  requiredDuringSchedulingIgnoredDuringExecution?: NodeSelector | undefined;
  preferredDuringSchedulingIgnoredDuringExecution?: PreferredSchedulingTerm[] | undefined;
}

/** {@link https://pkg.go.dev/k8s.io/api/core/v1#NodeCondition} */
export interface NodeCondition {
  type: string;
  status: string;
  lastHeartbeatTime?: string | undefined;
  lastTransitionTime?: string | undefined;
  reason?: string | undefined;
  message?: string | undefined;
}

/** {@link https://pkg.go.dev/k8s.io/api/core/v1#NodeConfigSource} */
export interface NodeConfigSource {
  configMap?: ConfigMapNodeConfigSource | undefined;
}

/** {@link https://pkg.go.dev/k8s.io/api/core/v1#NodeConfigStatus} */
export interface NodeConfigStatus {
  assigned?: NodeConfigSource | undefined;
  active?: NodeConfigSource | undefined;
  lastKnownGood?: NodeConfigSource | undefined;
  error?: string | undefined;
}

/** {@link https://pkg.go.dev/k8s.io/api/core/v1#NodeDaemonEndpoints} */
export interface NodeDaemonEndpoints {
  kubeletEndpoint?: DaemonEndpoint | undefined;
}

/** {@link https://pkg.go.dev/k8s.io/api/core/v1#NodeFeatures} */
export interface NodeFeatures {
  supplementalGroupsPolicy?: boolean | undefined;
}

/** {@link https://pkg.go.dev/k8s.io/api/core/v1#NodeRuntimeHandler} */
export interface NodeRuntimeHandler {
  name?: string | undefined;
  features?: NodeRuntimeHandlerFeatures | undefined;
}

/** {@link https://pkg.go.dev/k8s.io/api/core/v1#NodeRuntimeHandlerFeatures} */
export interface NodeRuntimeHandlerFeatures {
  recursiveReadOnlyMounts?: boolean | undefined;
  userNamespaces?: boolean | undefined;
}

/** {@link https://pkg.go.dev/k8s.io/api/core/v1#NodeSelector} */
export interface NodeSelector {
  nodeSelectorTerms: NodeSelectorTerm[];
}

/** {@link https://pkg.go.dev/k8s.io/api/core/v1#NodeSelectorRequirement} */
export interface NodeSelectorRequirement {
  key: string;
  operator: string;
  values?: string[] | undefined;
}

/** {@link https://pkg.go.dev/k8s.io/api/core/v1#NodeSelectorTerm} */
export interface NodeSelectorTerm {
  matchExpressions?: NodeSelectorRequirement[] | undefined;
  matchFields?: NodeSelectorRequirement[] | undefined;
}

/** {@link https://pkg.go.dev/k8s.io/api/core/v1#NodeSpec} */
export interface NodeSpec {
  podCIDR?: string | undefined;
  podCIDRs?: string[] | undefined;
  providerID?: string | undefined;
  unschedulable?: boolean | undefined;
  taints?: Taint[] | undefined;
  configSource?: NodeConfigSource | undefined;
  externalID?: string | undefined;
}

/** {@link https://pkg.go.dev/k8s.io/api/core/v1#NodeStatus} */
export interface NodeStatus {
  capacity?: Record<string, string | number> | undefined;
  allocatable?: Record<string, string | number> | undefined;
  phase?: string | undefined;
  conditions?: NodeCondition[] | undefined;
  addresses?: NodeAddress[] | undefined;
  daemonEndpoints?: NodeDaemonEndpoints | undefined;
  nodeInfo?: NodeSystemInfo | undefined;
  images?: ContainerImage[] | undefined;
  volumesInUse?: string[] | undefined;
  volumesAttached?: AttachedVolume[] | undefined;
  config?: NodeConfigStatus | undefined;
  runtimeHandlers?: NodeRuntimeHandler[] | undefined;
  features?: NodeFeatures | undefined;
}

/** {@link https://pkg.go.dev/k8s.io/api/core/v1#NodeSwapStatus} */
export interface NodeSwapStatus {
  capacity?: number | undefined;
}

/** {@link https://pkg.go.dev/k8s.io/api/core/v1#NodeSystemInfo} */
export interface NodeSystemInfo {
  machineID: string;
  systemUUID: string;
  bootID: string;
  kernelVersion: string;
  osImage: string;
  containerRuntimeVersion: string;
  kubeletVersion: string;
  kubeProxyVersion: string;
  operatingSystem: string;
  architecture: string;
  swap?: NodeSwapStatus | undefined;
}

/** {@link https://pkg.go.dev/k8s.io/api/core/v1#ObjectFieldSelector} */
export interface ObjectFieldSelector {
  apiVersion?: string | undefined;
  fieldPath: string;
}

/** {@link https://pkg.go.dev/k8s.io/api/core/v1#ObjectReference} */
export interface ObjectReference {
  kind?: string | undefined;
  namespace?: string | undefined;
  name?: string | undefined;
  uid?: string | undefined;
  apiVersion?: string | undefined;
  resourceVersion?: string | undefined;
  fieldPath?: string | undefined;
}

/** {@link https://pkg.go.dev/k8s.io/api/core/v1#PersistentVolume} */
export interface PersistentVolume {
  kind?: string | undefined;
  apiVersion?: string | undefined;
  metadata: ObjectMeta;
  spec?: PersistentVolumeSpec | undefined;
  status?: PersistentVolumeStatus | undefined;
}

/** {@link https://pkg.go.dev/k8s.io/api/core/v1#PersistentVolumeClaim} */
export interface PersistentVolumeClaim {
  kind?: string | undefined;
  apiVersion?: string | undefined;
  metadata: ObjectMeta;
  spec?: PersistentVolumeClaimSpec | undefined;
  status?: PersistentVolumeClaimStatus | undefined;
}

/** {@link https://pkg.go.dev/k8s.io/api/core/v1#PersistentVolumeClaimCondition} */
export interface PersistentVolumeClaimCondition {
  type: string;
  status: string;
  lastProbeTime?: string | undefined;
  lastTransitionTime?: string | undefined;
  reason?: string | undefined;
  message?: string | undefined;
}

/** {@link https://pkg.go.dev/k8s.io/api/core/v1#PersistentVolumeClaimSpec} */
export interface PersistentVolumeClaimSpec {
  accessModes?: string[] | undefined;
  selector?: LabelSelector | undefined;
  resources?: VolumeResourceRequirements | undefined;
  volumeName?: string | undefined;
  storageClassName?: string | undefined;
  volumeMode?: string | undefined;
  dataSource?: TypedLocalObjectReference | undefined;
  dataSourceRef?: TypedObjectReference | undefined;
  volumeAttributesClassName?: string | undefined;
}

/** {@link https://pkg.go.dev/k8s.io/api/core/v1#PersistentVolumeClaimStatus} */
export interface PersistentVolumeClaimStatus {
  phase?: string | undefined;
  accessModes?: string[] | undefined;
  capacity?: Record<string, string | number> | undefined;
  conditions?: PersistentVolumeClaimCondition[] | undefined;
  allocatedResources?: Record<string, string | number> | undefined;
  allocatedResourceStatuses?: Record<string, string> | undefined;
  currentVolumeAttributesClassName?: string | undefined;
  modifyVolumeStatus?: ModifyVolumeStatus | undefined;
}

/** {@link https://pkg.go.dev/k8s.io/api/core/v1#PersistentVolumeClaimTemplate} */
export interface PersistentVolumeClaimTemplate {
  metadata: ObjectMeta;
  spec: PersistentVolumeClaimSpec;
}

/** {@link https://pkg.go.dev/k8s.io/api/core/v1#PersistentVolumeClaimVolumeSource} */
export interface PersistentVolumeClaimVolumeSource {
  claimName: string;
  readOnly?: boolean | undefined;
}

/** {@link https://pkg.go.dev/k8s.io/api/core/v1#PersistentVolumeSource} */
export interface PersistentVolumeSource {
  gcePersistentDisk?: GCEPersistentDiskVolumeSource | undefined;
  awsElasticBlockStore?: AWSElasticBlockStoreVolumeSource | undefined;
  hostPath?: HostPathVolumeSource | undefined;
  glusterfs?: GlusterfsPersistentVolumeSource | undefined;
  nfs?: NFSVolumeSource | undefined;
  rbd?: RBDPersistentVolumeSource | undefined;
  iscsi?: ISCSIPersistentVolumeSource | undefined;
  cinder?: CinderPersistentVolumeSource | undefined;
  cephfs?: CephFSPersistentVolumeSource | undefined;
  fc?: FCVolumeSource | undefined;
  flocker?: FlockerVolumeSource | undefined;
  flexVolume?: FlexPersistentVolumeSource | undefined;
  azureFile?: AzureFilePersistentVolumeSource | undefined;
  vsphereVolume?: VsphereVirtualDiskVolumeSource | undefined;
  quobyte?: QuobyteVolumeSource | undefined;
  azureDisk?: AzureDiskVolumeSource | undefined;
  photonPersistentDisk?: PhotonPersistentDiskVolumeSource | undefined;
  portworxVolume?: PortworxVolumeSource | undefined;
  scaleIO?: ScaleIOPersistentVolumeSource | undefined;
  local?: LocalVolumeSource | undefined;
  storageos?: StorageOSPersistentVolumeSource | undefined;
  csi?: CSIPersistentVolumeSource | undefined;
}

/** {@link https://pkg.go.dev/k8s.io/api/core/v1#PersistentVolumeSpec} */
export interface PersistentVolumeSpec {
  capacity?: Record<string, string | number> | undefined;
  gcePersistentDisk?: GCEPersistentDiskVolumeSource | undefined;
  awsElasticBlockStore?: AWSElasticBlockStoreVolumeSource | undefined;
  hostPath?: HostPathVolumeSource | undefined;
  glusterfs?: GlusterfsPersistentVolumeSource | undefined;
  nfs?: NFSVolumeSource | undefined;
  rbd?: RBDPersistentVolumeSource | undefined;
  iscsi?: ISCSIPersistentVolumeSource | undefined;
  cinder?: CinderPersistentVolumeSource | undefined;
  cephfs?: CephFSPersistentVolumeSource | undefined;
  fc?: FCVolumeSource | undefined;
  flocker?: FlockerVolumeSource | undefined;
  flexVolume?: FlexPersistentVolumeSource | undefined;
  azureFile?: AzureFilePersistentVolumeSource | undefined;
  vsphereVolume?: VsphereVirtualDiskVolumeSource | undefined;
  quobyte?: QuobyteVolumeSource | undefined;
  azureDisk?: AzureDiskVolumeSource | undefined;
  photonPersistentDisk?: PhotonPersistentDiskVolumeSource | undefined;
  portworxVolume?: PortworxVolumeSource | undefined;
  scaleIO?: ScaleIOPersistentVolumeSource | undefined;
  local?: LocalVolumeSource | undefined;
  storageos?: StorageOSPersistentVolumeSource | undefined;
  csi?: CSIPersistentVolumeSource | undefined;
  accessModes?: string[] | undefined;
  claimRef?: ObjectReference | undefined;
  persistentVolumeReclaimPolicy?: string | undefined;
  storageClassName?: string | undefined;
  mountOptions?: string[] | undefined;
  volumeMode?: string | undefined;
  nodeAffinity?: VolumeNodeAffinity | undefined;
  volumeAttributesClassName?: string | undefined;
}

/** {@link https://pkg.go.dev/k8s.io/api/core/v1#PersistentVolumeStatus} */
export interface PersistentVolumeStatus {
  phase?: string | undefined;
  message?: string | undefined;
  reason?: string | undefined;
  lastPhaseTransitionTime?: string | undefined;
}

/** {@link https://pkg.go.dev/k8s.io/api/core/v1#PhotonPersistentDiskVolumeSource} */
export interface PhotonPersistentDiskVolumeSource {
  pdID: string;
  fsType?: string | undefined;
}

/** {@link https://pkg.go.dev/k8s.io/api/core/v1#Pod} */
export interface Pod {
  kind?: string | undefined;
  apiVersion?: string | undefined;
  metadata: ObjectMeta;
  spec?: PodSpec | undefined;
  status?: PodStatus | undefined;
}

/** {@link https://pkg.go.dev/k8s.io/api/core/v1#PodAffinity} */
export interface PodAffinity {
  requiredDuringSchedulingIgnoredDuringExecution?: PodAffinityTerm[] | undefined;
  preferredDuringSchedulingIgnoredDuringExecution?: WeightedPodAffinityTerm[] | undefined;
}

/** {@link https://pkg.go.dev/k8s.io/api/core/v1#PodAffinityTerm} */
export interface PodAffinityTerm {
  labelSelector?: LabelSelector | undefined;
  namespaces?: string[] | undefined;
  topologyKey: string;
  namespaceSelector?: LabelSelector | undefined;
  matchLabelKeys?: string[] | undefined;
  mismatchLabelKeys?: string[] | undefined;
}

/** {@link https://pkg.go.dev/k8s.io/api/core/v1#PodAntiAffinity} */
export interface PodAntiAffinity {
  requiredDuringSchedulingIgnoredDuringExecution?: PodAffinityTerm[] | undefined;
  preferredDuringSchedulingIgnoredDuringExecution?: WeightedPodAffinityTerm[] | undefined;
}

/** {@link https://pkg.go.dev/k8s.io/api/core/v1#PodCertificateProjection} */
export interface PodCertificateProjection {
  signerName?: string | undefined;
  keyType?: string | undefined;
  maxExpirationSeconds?: number | undefined;
  credentialBundlePath?: string | undefined;
  keyPath?: string | undefined;
  certificateChainPath?: string | undefined;
}

/** {@link https://pkg.go.dev/k8s.io/api/core/v1#PodCondition} */
export interface PodCondition {
  type: string;
  observedGeneration?: number | undefined;
  status: string;
  lastProbeTime?: string | undefined;
  lastTransitionTime?: string | undefined;
  reason?: string | undefined;
  message?: string | undefined;
}

/** {@link https://pkg.go.dev/k8s.io/api/core/v1#PodDNSConfig} */
export interface PodDNSConfig {
  nameservers?: string[] | undefined;
  searches?: string[] | undefined;
  options?: PodDNSConfigOption[] | undefined;
}

/** {@link https://pkg.go.dev/k8s.io/api/core/v1#PodDNSConfigOption} */
export interface PodDNSConfigOption {
  name?: string | undefined;
  value?: string | undefined;
}

/** {@link https://pkg.go.dev/k8s.io/api/core/v1#PodExtendedResourceClaimStatus} */
export interface PodExtendedResourceClaimStatus {
  requestMappings: ContainerExtendedResourceRequest[];
  resourceClaimName: string;
}

/** {@link https://pkg.go.dev/k8s.io/api/core/v1#PodIP} */
export interface PodIP {
  ip: string;
}

/** {@link https://pkg.go.dev/k8s.io/api/core/v1#PodOS} */
export interface PodOS {
  name: string;
}

/** {@link https://pkg.go.dev/k8s.io/api/core/v1#PodReadinessGate} */
export interface PodReadinessGate {
  conditionType: string;
}

/** {@link https://pkg.go.dev/k8s.io/api/core/v1#PodResourceClaim} */
export interface PodResourceClaim {
  name: string;
  resourceClaimName?: string | undefined;
  resourceClaimTemplateName?: string | undefined;
}

/** {@link https://pkg.go.dev/k8s.io/api/core/v1#PodResourceClaimStatus} */
export interface PodResourceClaimStatus {
  name: string;
  resourceClaimName?: string | undefined;
}

/** {@link https://pkg.go.dev/k8s.io/api/core/v1#PodSchedulingGate} */
export interface PodSchedulingGate {
  name: string;
}

/** {@link https://pkg.go.dev/k8s.io/api/core/v1#PodSecurityContext} */
export interface PodSecurityContext {
  seLinuxOptions?: SELinuxOptions | undefined;
  windowsOptions?: WindowsSecurityContextOptions | undefined;
  runAsUser?: number | undefined;
  runAsGroup?: number | undefined;
  runAsNonRoot?: boolean | undefined;
  supplementalGroups?: number[] | undefined;
  supplementalGroupsPolicy?: string | undefined;
  fsGroup?: number | undefined;
  sysctls?: Sysctl[] | undefined;
  fsGroupChangePolicy?: string | undefined;
  seccompProfile?: SeccompProfile | undefined;
  appArmorProfile?: AppArmorProfile | undefined;
  seLinuxChangePolicy?: string | undefined;
}

/** {@link https://pkg.go.dev/k8s.io/api/core/v1#PodSpec} */
export interface PodSpec {
  volumes?: Volume[] | undefined;
  initContainers?: Container[] | undefined;
  containers: Container[];
  ephemeralContainers?: EphemeralContainer[] | undefined;
  restartPolicy?: string | undefined;
  terminationGracePeriodSeconds?: number | undefined;
  activeDeadlineSeconds?: number | undefined;
  dnsPolicy?: string | undefined;
  nodeSelector?: Record<string, string> | undefined;
  serviceAccountName?: string | undefined;
  serviceAccount?: string | undefined;
  automountServiceAccountToken?: boolean | undefined;
  nodeName?: string | undefined;
  hostNetwork?: boolean | undefined;
  hostPID?: boolean | undefined;
  hostIPC?: boolean | undefined;
  shareProcessNamespace?: boolean | undefined;
  securityContext?: PodSecurityContext | undefined;
  imagePullSecrets?: LocalObjectReference[] | undefined;
  hostname?: string | undefined;
  subdomain?: string | undefined;
  affinity?: Affinity | undefined;
  schedulerName?: string | undefined;
  tolerations?: Toleration[] | undefined;
  hostAliases?: HostAlias[] | undefined;
  priorityClassName?: string | undefined;
  priority?: number | undefined;
  dnsConfig?: PodDNSConfig | undefined;
  readinessGates?: PodReadinessGate[] | undefined;
  runtimeClassName?: string | undefined;
  enableServiceLinks?: boolean | undefined;
  preemptionPolicy?: string | undefined;
  overhead?: Record<string, string | number> | undefined;
  topologySpreadConstraints?: TopologySpreadConstraint[] | undefined;
  setHostnameAsFQDN?: boolean | undefined;
  os?: PodOS | undefined;
  hostUsers?: boolean | undefined;
  schedulingGates?: PodSchedulingGate[] | undefined;
  resourceClaims?: PodResourceClaim[] | undefined;
  resources?: ResourceRequirements | undefined;
  hostnameOverride?: string | undefined;
}

/** {@link https://pkg.go.dev/k8s.io/api/core/v1#PodStatus} */
export interface PodStatus {
  observedGeneration?: number | undefined;
  phase?: string | undefined;
  conditions?: PodCondition[] | undefined;
  message?: string | undefined;
  reason?: string | undefined;
  nominatedNodeName?: string | undefined;
  hostIP?: string | undefined;
  hostIPs?: HostIP[] | undefined;
  podIP?: string | undefined;
  podIPs?: PodIP[] | undefined;
  startTime?: string | undefined;
  initContainerStatuses?: ContainerStatus[] | undefined;
  containerStatuses?: ContainerStatus[] | undefined;
  qosClass?: string | undefined;
  ephemeralContainerStatuses?: ContainerStatus[] | undefined;
  resize?: string | undefined;
  resourceClaimStatuses?: PodResourceClaimStatus[] | undefined;
  extendedResourceClaimStatus?: PodExtendedResourceClaimStatus | undefined;
}

/** {@link https://pkg.go.dev/k8s.io/api/core/v1#PodTemplate} */
export interface PodTemplate {
  kind?: string | undefined;
  apiVersion?: string | undefined;
  metadata: ObjectMeta;
  template?: PodTemplateSpec | undefined;
}

/** {@link https://pkg.go.dev/k8s.io/api/core/v1#PodTemplateSpec} */
export interface PodTemplateSpec {
  metadata: ObjectMeta;
  spec?: PodSpec | undefined;
}

/** {@link https://pkg.go.dev/k8s.io/api/core/v1#PortStatus} */
export interface PortStatus {
  port: number;
  protocol: string;
  error?: string | undefined;
}

/** {@link https://pkg.go.dev/k8s.io/api/core/v1#PortworxVolumeSource} */
export interface PortworxVolumeSource {
  volumeID: string;
  fsType?: string | undefined;
  readOnly?: boolean | undefined;
}

/** {@link https://pkg.go.dev/k8s.io/api/core/v1#PreferredSchedulingTerm} */
export interface PreferredSchedulingTerm {
  weight: number;
  preference: NodeSelectorTerm;
}

/** {@link https://pkg.go.dev/k8s.io/api/core/v1#Probe} */
export interface Probe {
  exec?: ExecAction | undefined;
  httpGet?: HTTPGetAction | undefined;
  tcpSocket?: TCPSocketAction | undefined;
  grpc?: GRPCAction | undefined;
  initialDelaySeconds?: number | undefined;
  timeoutSeconds?: number | undefined;
  periodSeconds?: number | undefined;
  successThreshold?: number | undefined;
  failureThreshold?: number | undefined;
  terminationGracePeriodSeconds?: number | undefined;
}

/** {@link https://pkg.go.dev/k8s.io/api/core/v1#ProbeHandler} */
export interface ProbeHandler {
  exec?: ExecAction | undefined;
  httpGet?: HTTPGetAction | undefined;
  tcpSocket?: TCPSocketAction | undefined;
  grpc?: GRPCAction | undefined;
}

/** {@link https://pkg.go.dev/k8s.io/api/core/v1#ProjectedVolumeSource} */
export interface ProjectedVolumeSource {
  sources?: VolumeProjection[] | undefined;
  defaultMode?: number | undefined;
}

/** {@link https://pkg.go.dev/k8s.io/api/core/v1#QuobyteVolumeSource} */
export interface QuobyteVolumeSource {
  registry: string;
  volume: string;
  readOnly?: boolean | undefined;
  user?: string | undefined;
  group?: string | undefined;
  tenant?: string | undefined;
}

/** {@link https://pkg.go.dev/k8s.io/api/core/v1#RBDPersistentVolumeSource} */
export interface RBDPersistentVolumeSource {
  monitors: string[];
  image: string;
  fsType?: string | undefined;
  pool?: string | undefined;
  user?: string | undefined;
  keyring?: string | undefined;
  secretRef?: SecretReference | undefined;
  readOnly?: boolean | undefined;
}

/** {@link https://pkg.go.dev/k8s.io/api/core/v1#RBDVolumeSource} */
export interface RBDVolumeSource {
  monitors: string[];
  image: string;
  fsType?: string | undefined;
  pool?: string | undefined;
  user?: string | undefined;
  keyring?: string | undefined;
  secretRef?: LocalObjectReference | undefined;
  readOnly?: boolean | undefined;
}

/** {@link https://pkg.go.dev/k8s.io/api/core/v1#ReplicationController} */
export interface ReplicationController {
  kind?: string | undefined;
  apiVersion?: string | undefined;
  metadata: ObjectMeta;
  spec?: ReplicationControllerSpec | undefined;
  status?: ReplicationControllerStatus | undefined;
}

/** {@link https://pkg.go.dev/k8s.io/api/core/v1#ReplicationControllerCondition} */
export interface ReplicationControllerCondition {
  type: string;
  status: string;
  lastTransitionTime?: string | undefined;
  reason?: string | undefined;
  message?: string | undefined;
}

/** {@link https://pkg.go.dev/k8s.io/api/core/v1#ReplicationControllerSpec} */
export interface ReplicationControllerSpec {
  replicas?: number | undefined;
  minReadySeconds?: number | undefined;
  selector?: Record<string, string> | undefined;
  template?: PodTemplateSpec | undefined;
}

/** {@link https://pkg.go.dev/k8s.io/api/core/v1#ReplicationControllerStatus} */
export interface ReplicationControllerStatus {
  replicas: number;
  fullyLabeledReplicas?: number | undefined;
  readyReplicas?: number | undefined;
  availableReplicas?: number | undefined;
  observedGeneration?: number | undefined;
  conditions?: ReplicationControllerCondition[] | undefined;
}

/** {@link https://pkg.go.dev/k8s.io/api/core/v1#ResourceClaim} */
export interface ResourceClaim {
  name: string;
  request?: string | undefined;
}

/** {@link https://pkg.go.dev/k8s.io/api/core/v1#ResourceFieldSelector} */
export interface ResourceFieldSelector {
  containerName?: string | undefined;
  resource: string;
  divisor?: string | number | undefined;
}

/** {@link https://pkg.go.dev/k8s.io/api/core/v1#ResourceHealth} */
export interface ResourceHealth {
  resourceID: string;
  health?: string | undefined;
}

/** {@link https://pkg.go.dev/k8s.io/api/core/v1#ResourceQuota} */
export interface ResourceQuota {
  kind?: string | undefined;
  apiVersion?: string | undefined;
  metadata: ObjectMeta;
  spec?: ResourceQuotaSpec | undefined;
  status?: ResourceQuotaStatus | undefined;
}

/** {@link https://pkg.go.dev/k8s.io/api/core/v1#ResourceQuotaSpec} */
export interface ResourceQuotaSpec {
  hard?: Record<string, string | number> | undefined;
  scopes?: string[] | undefined;
  scopeSelector?: ScopeSelector | undefined;
}

/** {@link https://pkg.go.dev/k8s.io/api/core/v1#ResourceQuotaStatus} */
export interface ResourceQuotaStatus {
  hard?: Record<string, string | number> | undefined;
  used?: Record<string, string | number> | undefined;
}

/** {@link https://pkg.go.dev/k8s.io/api/core/v1#ResourceRequirements} */
export interface ResourceRequirements {
  limits?: Record<string, string | number> | undefined;
  requests?: Record<string, string | number> | undefined;
  claims?: ResourceClaim[] | undefined;
}

/** {@link https://pkg.go.dev/k8s.io/api/core/v1#ResourceStatus} */
export interface ResourceStatus {
  name: string;
  resources?: ResourceHealth[] | undefined;
}

/** {@link https://pkg.go.dev/k8s.io/api/core/v1#SELinuxOptions} */
export interface SELinuxOptions {
  user?: string | undefined;
  role?: string | undefined;
  type?: string | undefined;
  level?: string | undefined;
}

/** {@link https://pkg.go.dev/k8s.io/api/core/v1#ScaleIOPersistentVolumeSource} */
export interface ScaleIOPersistentVolumeSource {
  gateway: string;
  system: string;
  secretRef: SecretReference;
  sslEnabled?: boolean | undefined;
  protectionDomain?: string | undefined;
  storagePool?: string | undefined;
  storageMode?: string | undefined;
  volumeName?: string | undefined;
  fsType?: string | undefined;
  readOnly?: boolean | undefined;
}

/** {@link https://pkg.go.dev/k8s.io/api/core/v1#ScaleIOVolumeSource} */
export interface ScaleIOVolumeSource {
  gateway: string;
  system: string;
  secretRef: LocalObjectReference;
  sslEnabled?: boolean | undefined;
  protectionDomain?: string | undefined;
  storagePool?: string | undefined;
  storageMode?: string | undefined;
  volumeName?: string | undefined;
  fsType?: string | undefined;
  readOnly?: boolean | undefined;
}

/** {@link https://pkg.go.dev/k8s.io/api/core/v1#ScopeSelector} */
export interface ScopeSelector {
  matchExpressions?: ScopedResourceSelectorRequirement[] | undefined;
}

/** {@link https://pkg.go.dev/k8s.io/api/core/v1#ScopedResourceSelectorRequirement} */
export interface ScopedResourceSelectorRequirement {
  scopeName: string;
  operator: string;
  values?: string[] | undefined;
}

/** {@link https://pkg.go.dev/k8s.io/api/core/v1#SeccompProfile} */
export interface SeccompProfile {
  type: string;
  localhostProfile?: string | undefined;
}

/** {@link https://pkg.go.dev/k8s.io/api/core/v1#Secret} */
export interface Secret {
  kind?: string | undefined;
  apiVersion?: string | undefined;
  metadata: ObjectMeta;
  immutable?: boolean | undefined;
  data?: Record<string, string> | undefined;
  stringData?: Record<string, string> | undefined;
  type?: string | undefined;
}

/** {@link https://pkg.go.dev/k8s.io/api/core/v1#SecretEnvSource} */
export interface SecretEnvSource {
  name?: string | undefined;
  optional?: boolean | undefined;
}

/** {@link https://pkg.go.dev/k8s.io/api/core/v1#SecretKeySelector} */
export interface SecretKeySelector {
  name?: string | undefined;
  key: string;
  optional?: boolean | undefined;
}

/** {@link https://pkg.go.dev/k8s.io/api/core/v1#SecretProjection} */
export interface SecretProjection {
  name?: string | undefined;
  items?: KeyToPath[] | undefined;
  optional?: boolean | undefined;
}

/** {@link https://pkg.go.dev/k8s.io/api/core/v1#SecretReference} */
export interface SecretReference {
  name?: string | undefined;
  namespace?: string | undefined;
}

/** {@link https://pkg.go.dev/k8s.io/api/core/v1#SecretVolumeSource} */
export interface SecretVolumeSource {
  secretName?: string | undefined;
  items?: KeyToPath[] | undefined;
  defaultMode?: number | undefined;
  optional?: boolean | undefined;
}

/** {@link https://pkg.go.dev/k8s.io/api/core/v1#SecurityContext} */
export interface SecurityContext {
  capabilities?: Capabilities | undefined;
  privileged?: boolean | undefined;
  seLinuxOptions?: SELinuxOptions | undefined;
  windowsOptions?: WindowsSecurityContextOptions | undefined;
  runAsUser?: number | undefined;
  runAsGroup?: number | undefined;
  runAsNonRoot?: boolean | undefined;
  readOnlyRootFilesystem?: boolean | undefined;
  allowPrivilegeEscalation?: boolean | undefined;
  procMount?: string | undefined;
  seccompProfile?: SeccompProfile | undefined;
  appArmorProfile?: AppArmorProfile | undefined;
}

/** {@link https://pkg.go.dev/k8s.io/api/core/v1#Service} */
export interface Service {
  kind?: string | undefined;
  apiVersion?: string | undefined;
  metadata: ObjectMeta;
  spec?: ServiceSpec | undefined;
  status?: ServiceStatus | undefined;
}

/** {@link https://pkg.go.dev/k8s.io/api/core/v1#ServiceAccount} */
export interface ServiceAccount {
  kind?: string | undefined;
  apiVersion?: string | undefined;
  metadata: ObjectMeta;
  secrets?: ObjectReference[] | undefined;
  imagePullSecrets?: LocalObjectReference[] | undefined;
  automountServiceAccountToken?: boolean | undefined;
}

/** {@link https://pkg.go.dev/k8s.io/api/core/v1#ServiceAccountTokenProjection} */
export interface ServiceAccountTokenProjection {
  audience?: string | undefined;
  expirationSeconds?: number | undefined;
  path: string;
}

/** {@link https://pkg.go.dev/k8s.io/api/core/v1#ServicePort} */
export interface ServicePort {
  name?: string | undefined;
  protocol?: string | undefined;
  appProtocol?: string | undefined;
  port: number;
  targetPort?: string | number | undefined;
  nodePort?: number | undefined;
}

/** {@link https://pkg.go.dev/k8s.io/api/core/v1#ServiceSpec} */
export interface ServiceSpec {
  ports?: ServicePort[] | undefined;
  selector?: Record<string, string> | undefined;
  clusterIP?: string | undefined;
  clusterIPs?: string[] | undefined;
  type?: string | undefined;
  externalIPs?: string[] | undefined;
  sessionAffinity?: string | undefined;
  loadBalancerIP?: string | undefined;
  loadBalancerSourceRanges?: string[] | undefined;
  externalName?: string | undefined;
  externalTrafficPolicy?: string | undefined;
  healthCheckNodePort?: number | undefined;
  publishNotReadyAddresses?: boolean | undefined;
  sessionAffinityConfig?: SessionAffinityConfig | undefined;
  ipFamilies?: string[] | undefined;
  ipFamilyPolicy?: string | undefined;
  allocateLoadBalancerNodePorts?: boolean | undefined;
  loadBalancerClass?: string | undefined;
  internalTrafficPolicy?: string | undefined;
  trafficDistribution?: string | undefined;
}

/** {@link https://pkg.go.dev/k8s.io/api/core/v1#ServiceStatus} */
export interface ServiceStatus {
  loadBalancer?: LoadBalancerStatus | undefined;
  conditions?: Condition[] | undefined;
}

/** {@link https://pkg.go.dev/k8s.io/api/core/v1#SessionAffinityConfig} */
export interface SessionAffinityConfig {
  clientIP?: ClientIPConfig | undefined;
}

/** {@link https://pkg.go.dev/k8s.io/api/core/v1#SleepAction} */
export interface SleepAction {
  seconds: number;
}

/** {@link https://pkg.go.dev/k8s.io/api/core/v1#StorageOSPersistentVolumeSource} */
export interface StorageOSPersistentVolumeSource {
  volumeName?: string | undefined;
  volumeNamespace?: string | undefined;
  fsType?: string | undefined;
  readOnly?: boolean | undefined;
  secretRef?: ObjectReference | undefined;
}

/** {@link https://pkg.go.dev/k8s.io/api/core/v1#StorageOSVolumeSource} */
export interface StorageOSVolumeSource {
  volumeName?: string | undefined;
  volumeNamespace?: string | undefined;
  fsType?: string | undefined;
  readOnly?: boolean | undefined;
  secretRef?: LocalObjectReference | undefined;
}

/** {@link https://pkg.go.dev/k8s.io/api/core/v1#Sysctl} */
export interface Sysctl {
  name: string;
  value: string;
}

/** {@link https://pkg.go.dev/k8s.io/api/core/v1#TCPSocketAction} */
export interface TCPSocketAction {
  port: string | number;
  host?: string | undefined;
}

/** {@link https://pkg.go.dev/k8s.io/api/core/v1#Taint} */
export interface Taint {
  key: string;
  value?: string | undefined;
  effect: string;
  timeAdded?: string | undefined;
}

/** {@link https://pkg.go.dev/k8s.io/api/core/v1#Toleration} */
export interface Toleration {
  key?: string | undefined;
  operator?: string | undefined;
  value?: string | undefined;
  effect?: string | undefined;
  tolerationSeconds?: number | undefined;
}

/** {@link https://pkg.go.dev/k8s.io/api/core/v1#TopologySelectorLabelRequirement} */
export interface TopologySelectorLabelRequirement {
  key: string;
  values: string[];
}

/** {@link https://pkg.go.dev/k8s.io/api/core/v1#TopologySelectorTerm} */
export interface TopologySelectorTerm {
  matchLabelExpressions?: TopologySelectorLabelRequirement[] | undefined;
}

/** {@link https://pkg.go.dev/k8s.io/api/core/v1#TopologySpreadConstraint} */
export interface TopologySpreadConstraint {
  maxSkew: number;
  topologyKey: string;
  whenUnsatisfiable: string;
  labelSelector?: LabelSelector | undefined;
  minDomains?: number | undefined;
  nodeAffinityPolicy?: string | undefined;
  nodeTaintsPolicy?: string | undefined;
  matchLabelKeys?: string[] | undefined;
}

/** {@link https://pkg.go.dev/k8s.io/api/core/v1#TypedLocalObjectReference} */
export interface TypedLocalObjectReference {
  apiGroup?: string | undefined;
  kind: string;
  name: string;
}

/** {@link https://pkg.go.dev/k8s.io/api/core/v1#TypedObjectReference} */
export interface TypedObjectReference {
  apiGroup?: string | undefined;
  kind: string;
  name: string;
  namespace?: string | undefined;
}

/** {@link https://pkg.go.dev/k8s.io/api/core/v1#Volume} */
export interface Volume {
  name: string;
  hostPath?: HostPathVolumeSource | undefined;
  emptyDir?: EmptyDirVolumeSource | undefined;
  gcePersistentDisk?: GCEPersistentDiskVolumeSource | undefined;
  awsElasticBlockStore?: AWSElasticBlockStoreVolumeSource | undefined;
  gitRepo?: GitRepoVolumeSource | undefined;
  secret?: SecretVolumeSource | undefined;
  nfs?: NFSVolumeSource | undefined;
  iscsi?: ISCSIVolumeSource | undefined;
  glusterfs?: GlusterfsVolumeSource | undefined;
  persistentVolumeClaim?: PersistentVolumeClaimVolumeSource | undefined;
  rbd?: RBDVolumeSource | undefined;
  flexVolume?: FlexVolumeSource | undefined;
  cinder?: CinderVolumeSource | undefined;
  cephfs?: CephFSVolumeSource | undefined;
  flocker?: FlockerVolumeSource | undefined;
  downwardAPI?: DownwardAPIVolumeSource | undefined;
  fc?: FCVolumeSource | undefined;
  azureFile?: AzureFileVolumeSource | undefined;
  configMap?: ConfigMapVolumeSource | undefined;
  vsphereVolume?: VsphereVirtualDiskVolumeSource | undefined;
  quobyte?: QuobyteVolumeSource | undefined;
  azureDisk?: AzureDiskVolumeSource | undefined;
  photonPersistentDisk?: PhotonPersistentDiskVolumeSource | undefined;
  projected?: ProjectedVolumeSource | undefined;
  portworxVolume?: PortworxVolumeSource | undefined;
  scaleIO?: ScaleIOVolumeSource | undefined;
  storageos?: StorageOSVolumeSource | undefined;
  csi?: CSIVolumeSource | undefined;
  ephemeral?: EphemeralVolumeSource | undefined;
  image?: ImageVolumeSource | undefined;
}

/** {@link https://pkg.go.dev/k8s.io/api/core/v1#VolumeDevice} */
export interface VolumeDevice {
  name: string;
  devicePath: string;
}

/** {@link https://pkg.go.dev/k8s.io/api/core/v1#VolumeMount} */
export interface VolumeMount {
  name: string;
  readOnly?: boolean | undefined;
  recursiveReadOnly?: string | undefined;
  mountPath: string;
  subPath?: string | undefined;
  mountPropagation?: string | undefined;
  subPathExpr?: string | undefined;
}

/** {@link https://pkg.go.dev/k8s.io/api/core/v1#VolumeMountStatus} */
export interface VolumeMountStatus {
  name: string;
  mountPath: string;
  readOnly?: boolean | undefined;
  recursiveReadOnly?: string | undefined;
}

/** {@link https://pkg.go.dev/k8s.io/api/core/v1#VolumeNodeAffinity} */
export interface VolumeNodeAffinity {
  required?: NodeSelector | undefined;
}

/** {@link https://pkg.go.dev/k8s.io/api/core/v1#VolumeProjection} */
export interface VolumeProjection {
  secret?: SecretProjection | undefined;
  downwardAPI?: DownwardAPIProjection | undefined;
  configMap?: ConfigMapProjection | undefined;
  serviceAccountToken?: ServiceAccountTokenProjection | undefined;
  clusterTrustBundle?: ClusterTrustBundleProjection | undefined;
  podCertificate?: PodCertificateProjection | undefined;
}

/** {@link https://pkg.go.dev/k8s.io/api/core/v1#VolumeResourceRequirements} */
export interface VolumeResourceRequirements {
  limits?: Record<string, string | number> | undefined;
  requests?: Record<string, string | number> | undefined;
}

/** {@link https://pkg.go.dev/k8s.io/api/core/v1#VolumeSource} */
export interface VolumeSource {
  hostPath?: HostPathVolumeSource | undefined;
  emptyDir?: EmptyDirVolumeSource | undefined;
  gcePersistentDisk?: GCEPersistentDiskVolumeSource | undefined;
  awsElasticBlockStore?: AWSElasticBlockStoreVolumeSource | undefined;
  gitRepo?: GitRepoVolumeSource | undefined;
  secret?: SecretVolumeSource | undefined;
  nfs?: NFSVolumeSource | undefined;
  iscsi?: ISCSIVolumeSource | undefined;
  glusterfs?: GlusterfsVolumeSource | undefined;
  persistentVolumeClaim?: PersistentVolumeClaimVolumeSource | undefined;
  rbd?: RBDVolumeSource | undefined;
  flexVolume?: FlexVolumeSource | undefined;
  cinder?: CinderVolumeSource | undefined;
  cephfs?: CephFSVolumeSource | undefined;
  flocker?: FlockerVolumeSource | undefined;
  downwardAPI?: DownwardAPIVolumeSource | undefined;
  fc?: FCVolumeSource | undefined;
  azureFile?: AzureFileVolumeSource | undefined;
  configMap?: ConfigMapVolumeSource | undefined;
  vsphereVolume?: VsphereVirtualDiskVolumeSource | undefined;
  quobyte?: QuobyteVolumeSource | undefined;
  azureDisk?: AzureDiskVolumeSource | undefined;
  photonPersistentDisk?: PhotonPersistentDiskVolumeSource | undefined;
  projected?: ProjectedVolumeSource | undefined;
  portworxVolume?: PortworxVolumeSource | undefined;
  scaleIO?: ScaleIOVolumeSource | undefined;
  storageos?: StorageOSVolumeSource | undefined;
  csi?: CSIVolumeSource | undefined;
  ephemeral?: EphemeralVolumeSource | undefined;
  image?: ImageVolumeSource | undefined;
}

/** {@link https://pkg.go.dev/k8s.io/api/core/v1#VsphereVirtualDiskVolumeSource} */
export interface VsphereVirtualDiskVolumeSource {
  volumePath: string;
  fsType?: string | undefined;
  storagePolicyName?: string | undefined;
  storagePolicyID?: string | undefined;
}

/** {@link https://pkg.go.dev/k8s.io/api/core/v1#WeightedPodAffinityTerm} */
export interface WeightedPodAffinityTerm {
  weight: number;
  podAffinityTerm: PodAffinityTerm;
}

/** {@link https://pkg.go.dev/k8s.io/api/core/v1#WindowsSecurityContextOptions} */
export interface WindowsSecurityContextOptions {
  gmsaCredentialSpecName?: string | undefined;
  gmsaCredentialSpec?: string | undefined;
  runAsUserName?: string | undefined;
  hostProcess?: boolean | undefined;
}

/** {@link https://pkg.go.dev/k8s.io/api/discovery/v1#Endpoint} */
export interface Endpoint {
  addresses: string[];
  conditions?: EndpointConditions | undefined;
  hostname?: string | undefined;
  targetRef?: ObjectReference | undefined;
  deprecatedTopology?: Record<string, string> | undefined;
  nodeName?: string | undefined;
  zone?: string | undefined;
  hints?: EndpointHints | undefined;
}

/** {@link https://pkg.go.dev/k8s.io/api/discovery/v1#EndpointConditions} */
export interface EndpointConditions {
  ready?: boolean | undefined;
  serving?: boolean | undefined;
  terminating?: boolean | undefined;
}

/** {@link https://pkg.go.dev/k8s.io/api/discovery/v1#EndpointHints} */
export interface EndpointHints {
  forZones?: ForZone[] | undefined;
  forNodes?: ForNode[] | undefined;
}

/** {@link https://pkg.go.dev/k8s.io/api/discovery/v1#EndpointPort} */
export interface DiscoveryV1EndpointPort {
  name?: string | undefined;
  protocol?: string | undefined;
  port?: number | undefined;
  appProtocol?: string | undefined;
}

/** {@link https://pkg.go.dev/k8s.io/api/discovery/v1#EndpointSlice} */
export interface EndpointSlice {
  kind?: string | undefined;
  apiVersion?: string | undefined;
  metadata: ObjectMeta;
  addressType: string;
  endpoints: Endpoint[];
  ports?: DiscoveryV1EndpointPort[] | undefined;
}

/** {@link https://pkg.go.dev/k8s.io/api/discovery/v1#ForNode} */
export interface ForNode {
  name: string;
}

/** {@link https://pkg.go.dev/k8s.io/api/discovery/v1#ForZone} */
export interface ForZone {
  name: string;
}

/** {@link https://pkg.go.dev/k8s.io/api/events/v1#Event} */
export interface EventsV1Event {
  kind?: string | undefined;
  apiVersion?: string | undefined;
  metadata: ObjectMeta;
  eventTime: string;
  series?: EventsV1EventSeries | undefined;
  reportingController?: string | undefined;
  reportingInstance?: string | undefined;
  action?: string | undefined;
  reason?: string | undefined;
  regarding?: ObjectReference | undefined;
  related?: ObjectReference | undefined;
  note?: string | undefined;
  type?: string | undefined;
  deprecatedSource?: EventSource | undefined;
  deprecatedFirstTimestamp?: string | undefined;
  deprecatedLastTimestamp?: string | undefined;
  deprecatedCount?: number | undefined;
}

/** {@link https://pkg.go.dev/k8s.io/api/events/v1#EventSeries} */
export interface EventsV1EventSeries {
  count: number;
  lastObservedTime: string;
}

/** {@link https://pkg.go.dev/k8s.io/api/networking/v1#HTTPIngressPath} */
export interface HTTPIngressPath {
  path?: string | undefined;
  pathType: string;
  backend: IngressBackend;
}

/** {@link https://pkg.go.dev/k8s.io/api/networking/v1#HTTPIngressRuleValue} */
export interface HTTPIngressRuleValue {
  paths: HTTPIngressPath[];
}

/** {@link https://pkg.go.dev/k8s.io/api/networking/v1#IPBlock} */
export interface IPBlock {
  cidr: string;
  except?: string[] | undefined;
}

/** {@link https://pkg.go.dev/k8s.io/api/networking/v1#Ingress} */
export interface Ingress {
  kind?: string | undefined;
  apiVersion?: string | undefined;
  metadata: ObjectMeta;
  spec?: IngressSpec | undefined;
  status?: IngressStatus | undefined;
}

/** {@link https://pkg.go.dev/k8s.io/api/networking/v1#IngressBackend} */
export interface IngressBackend {
  service?: IngressServiceBackend | undefined;
  resource?: TypedLocalObjectReference | undefined;
}

/** {@link https://pkg.go.dev/k8s.io/api/networking/v1#IngressClass} */
export interface IngressClass {
  kind?: string | undefined;
  apiVersion?: string | undefined;
  metadata: ObjectMeta;
  spec?: IngressClassSpec | undefined;
}

/** {@link https://pkg.go.dev/k8s.io/api/networking/v1#IngressClassParametersReference} */
export interface IngressClassParametersReference {
  apiGroup?: string | undefined;
  kind: string;
  name: string;
  scope?: string | undefined;
  namespace?: string | undefined;
}

/** {@link https://pkg.go.dev/k8s.io/api/networking/v1#IngressClassSpec} */
export interface IngressClassSpec {
  controller?: string | undefined;
  parameters?: IngressClassParametersReference | undefined;
}

/** {@link https://pkg.go.dev/k8s.io/api/networking/v1#IngressLoadBalancerIngress} */
export interface IngressLoadBalancerIngress {
  ip?: string | undefined;
  hostname?: string | undefined;
  ports?: IngressPortStatus[] | undefined;
}

/** {@link https://pkg.go.dev/k8s.io/api/networking/v1#IngressLoadBalancerStatus} */
export interface IngressLoadBalancerStatus {
  ingress?: IngressLoadBalancerIngress[] | undefined;
}

/** {@link https://pkg.go.dev/k8s.io/api/networking/v1#IngressPortStatus} */
export interface IngressPortStatus {
  port: number;
  protocol: string;
  error?: string | undefined;
}

/** {@link https://pkg.go.dev/k8s.io/api/networking/v1#IngressRule} */
export interface IngressRule {
  host?: string | undefined;
  http?: HTTPIngressRuleValue | undefined;
}

/** {@link https://pkg.go.dev/k8s.io/api/networking/v1#IngressRuleValue} */
export interface IngressRuleValue {
  http?: HTTPIngressRuleValue | undefined;
}

/** {@link https://pkg.go.dev/k8s.io/api/networking/v1#IngressServiceBackend} */
export interface IngressServiceBackend {
  name: string;
  port?: ServiceBackendPort | undefined;
}

/** {@link https://pkg.go.dev/k8s.io/api/networking/v1#IngressSpec} */
export interface IngressSpec {
  ingressClassName?: string | undefined;
  defaultBackend?: IngressBackend | undefined;
  tls?: IngressTLS[] | undefined;
  rules?: IngressRule[] | undefined;
}

/** {@link https://pkg.go.dev/k8s.io/api/networking/v1#IngressStatus} */
export interface IngressStatus {
  loadBalancer?: IngressLoadBalancerStatus | undefined;
}

/** {@link https://pkg.go.dev/k8s.io/api/networking/v1#IngressTLS} */
export interface IngressTLS {
  hosts?: string[] | undefined;
  secretName?: string | undefined;
}

/** {@link https://pkg.go.dev/k8s.io/api/networking/v1#NetworkPolicy} */
export interface NetworkPolicy {
  kind?: string | undefined;
  apiVersion?: string | undefined;
  metadata: ObjectMeta;
  spec?: NetworkPolicySpec | undefined;
}

/** {@link https://pkg.go.dev/k8s.io/api/networking/v1#NetworkPolicyEgressRule} */
export interface NetworkPolicyEgressRule {
  ports?: NetworkPolicyPort[] | undefined;
  to?: NetworkPolicyPeer[] | undefined;
}

/** {@link https://pkg.go.dev/k8s.io/api/networking/v1#NetworkPolicyIngressRule} */
export interface NetworkPolicyIngressRule {
  ports?: NetworkPolicyPort[] | undefined;
  from?: NetworkPolicyPeer[] | undefined;
}

/** {@link https://pkg.go.dev/k8s.io/api/networking/v1#NetworkPolicyPeer} */
export interface NetworkPolicyPeer {
  podSelector?: LabelSelector | undefined;
  namespaceSelector?: LabelSelector | undefined;
  ipBlock?: IPBlock | undefined;
}

/** {@link https://pkg.go.dev/k8s.io/api/networking/v1#NetworkPolicyPort} */
export interface NetworkPolicyPort {
  protocol?: string | undefined;
  port?: string | number | undefined;
  endPort?: number | undefined;
}

/** {@link https://pkg.go.dev/k8s.io/api/networking/v1#NetworkPolicySpec} */
export interface NetworkPolicySpec {
  podSelector?: LabelSelector | undefined;
  ingress?: NetworkPolicyIngressRule[] | undefined;
  egress?: NetworkPolicyEgressRule[] | undefined;
  policyTypes?: string[] | undefined;
}

/** {@link https://pkg.go.dev/k8s.io/api/networking/v1#ServiceBackendPort} */
export interface ServiceBackendPort {
  name?: string | undefined;
  number?: number | undefined;
}

/** {@link https://pkg.go.dev/k8s.io/api/policy/v1#Eviction} */
export interface Eviction {
  kind?: string | undefined;
  apiVersion?: string | undefined;
  metadata: ObjectMeta;
  deleteOptions?: DeleteOptions | undefined;
}

/** {@link https://pkg.go.dev/k8s.io/api/policy/v1#PodDisruptionBudget} */
export interface PodDisruptionBudget {
  kind?: string | undefined;
  apiVersion?: string | undefined;
  metadata: ObjectMeta;
  spec?: PodDisruptionBudgetSpec | undefined;
  status?: PodDisruptionBudgetStatus | undefined;
}

/** {@link https://pkg.go.dev/k8s.io/api/policy/v1#PodDisruptionBudgetSpec} */
export interface PodDisruptionBudgetSpec {
  minAvailable?: string | number | undefined;
  selector?: LabelSelector | undefined;
  maxUnavailable?: string | number | undefined;
  unhealthyPodEvictionPolicy?: string | undefined;
}

/** {@link https://pkg.go.dev/k8s.io/api/policy/v1#PodDisruptionBudgetStatus} */
export interface PodDisruptionBudgetStatus {
  observedGeneration?: number | undefined;
  disruptedPods?: Record<string, string> | undefined;
  disruptionsAllowed: number;
  currentHealthy: number;
  desiredHealthy: number;
  expectedPods: number;
  conditions?: Condition[] | undefined;
}

/** {@link https://pkg.go.dev/k8s.io/api/rbac/v1#AggregationRule} */
export interface AggregationRule {
  clusterRoleSelectors?: LabelSelector[] | undefined;
}

/** {@link https://pkg.go.dev/k8s.io/api/rbac/v1#ClusterRole} */
export interface ClusterRole {
  kind?: string | undefined;
  apiVersion?: string | undefined;
  metadata: ObjectMeta;
  rules?: PolicyRule[] | undefined;
  aggregationRule?: AggregationRule | undefined;
}

/** {@link https://pkg.go.dev/k8s.io/api/rbac/v1#ClusterRoleBinding} */
export interface ClusterRoleBinding {
  kind?: string | undefined;
  apiVersion?: string | undefined;
  metadata: ObjectMeta;
  subjects?: Subject[] | undefined;
  roleRef: RoleRef;
}

/** {@link https://pkg.go.dev/k8s.io/api/rbac/v1#PolicyRule} */
export interface PolicyRule {
  verbs: string[];
  apiGroups?: string[] | undefined;
  resources?: string[] | undefined;
  resourceNames?: string[] | undefined;
  nonResourceURLs?: string[] | undefined;
}

/** {@link https://pkg.go.dev/k8s.io/api/rbac/v1#Role} */
export interface Role {
  kind?: string | undefined;
  apiVersion?: string | undefined;
  metadata: ObjectMeta;
  rules?: PolicyRule[] | undefined;
}

/** {@link https://pkg.go.dev/k8s.io/api/rbac/v1#RoleBinding} */
export interface RoleBinding {
  kind?: string | undefined;
  apiVersion?: string | undefined;
  metadata: ObjectMeta;
  subjects?: Subject[] | undefined;
  roleRef: RoleRef;
}

/** {@link https://pkg.go.dev/k8s.io/api/rbac/v1#RoleRef} */
export interface RoleRef {
  apiGroup: string;
  kind: string;
  name: string;
}

/** {@link https://pkg.go.dev/k8s.io/api/rbac/v1#Subject} */
export interface Subject {
  kind: string;
  apiGroup?: string | undefined;
  name: string;
  namespace?: string | undefined;
}

/** {@link https://pkg.go.dev/k8s.io/api/scheduling/v1#PriorityClass} */
export interface PriorityClass {
  kind?: string | undefined;
  apiVersion?: string | undefined;
  metadata: ObjectMeta;
  value: number;
  globalDefault?: boolean | undefined;
  description?: string | undefined;
  preemptionPolicy?: string | undefined;
}

/** {@link https://pkg.go.dev/k8s.io/api/storage/v1#StorageClass} */
export interface StorageClass {
  kind?: string | undefined;
  apiVersion?: string | undefined;
  metadata: ObjectMeta;
  provisioner: string;
  parameters?: Record<string, string> | undefined;
  reclaimPolicy?: string | undefined;
  mountOptions?: string[] | undefined;
  allowVolumeExpansion?: boolean | undefined;
  volumeBindingMode?: string | undefined;
  allowedTopologies?: TopologySelectorTerm[] | undefined;
}

/** {@link https://pkg.go.dev/k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1#CustomResourceColumnDefinition} */
export interface CustomResourceColumnDefinition {
  name: string;
  type: string;
  format?: string | undefined;
  description?: string | undefined;
  priority?: number | undefined;
  jsonPath: string;
}

/** {@link https://pkg.go.dev/k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1#CustomResourceConversion} */
export interface CustomResourceConversion {
  strategy: string;
  webhook?: WebhookConversion | undefined;
}

/** {@link https://pkg.go.dev/k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1#CustomResourceDefinition} */
export interface CustomResourceDefinition {
  kind?: string | undefined;
  apiVersion?: string | undefined;
  metadata: ObjectMeta;
  spec: CustomResourceDefinitionSpec;
  status?: CustomResourceDefinitionStatus | undefined;
}

/** {@link https://pkg.go.dev/k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1#CustomResourceDefinitionCondition} */
export interface CustomResourceDefinitionCondition {
  type: string;
  status: string;
  lastTransitionTime?: string | undefined;
  reason?: string | undefined;
  message?: string | undefined;
}

/** {@link https://pkg.go.dev/k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1#CustomResourceDefinitionNames} */
export interface CustomResourceDefinitionNames {
  plural: string;
  singular?: string | undefined;
  shortNames?: string[] | undefined;
  kind: string;
  listKind?: string | undefined;
  categories?: string[] | undefined;
}

/** {@link https://pkg.go.dev/k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1#CustomResourceDefinitionSpec} */
export interface CustomResourceDefinitionSpec {
  group: string;
  names: CustomResourceDefinitionNames;
  scope: string;
  versions: CustomResourceDefinitionVersion[];
  conversion?: CustomResourceConversion | undefined;
  preserveUnknownFields?: boolean | undefined;
}

/** {@link https://pkg.go.dev/k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1#CustomResourceDefinitionStatus} */
export interface CustomResourceDefinitionStatus {
  conditions?: CustomResourceDefinitionCondition[] | undefined;
  acceptedNames?: CustomResourceDefinitionNames | undefined;
  storedVersions?: string[] | undefined;
}

/** {@link https://pkg.go.dev/k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1#CustomResourceDefinitionVersion} */
export interface CustomResourceDefinitionVersion {
  name: string;
  served: boolean;
  storage: boolean;
  deprecated?: boolean | undefined;
  deprecationWarning?: string | undefined;
  schema?: CustomResourceValidation | undefined;
  subresources?: CustomResourceSubresources | undefined;
  additionalPrinterColumns?: CustomResourceColumnDefinition[] | undefined;
  selectableFields?: SelectableField[] | undefined;
}

/** {@link https://pkg.go.dev/k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1#CustomResourceSubresourceScale} */
export interface CustomResourceSubresourceScale {
  specReplicasPath: string;
  statusReplicasPath: string;
  labelSelectorPath?: string | undefined;
}

/** {@link https://pkg.go.dev/k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1#CustomResourceSubresourceStatus} */
export interface CustomResourceSubresourceStatus {
}

/** {@link https://pkg.go.dev/k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1#CustomResourceSubresources} */
export interface CustomResourceSubresources {
  status?: CustomResourceSubresourceStatus | undefined;
  scale?: CustomResourceSubresourceScale | undefined;
}

/** {@link https://pkg.go.dev/k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1#CustomResourceValidation} */
export interface CustomResourceValidation {
  openAPIV3Schema?: Record<string, unknown> | undefined;
}

/** {@link https://pkg.go.dev/k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1#SelectableField} */
export interface SelectableField {
  jsonPath: string;
}

/** {@link https://pkg.go.dev/k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1#ServiceReference} */
export interface ApiextensionsV1ServiceReference {
  namespace: string;
  name: string;
  path?: string | undefined;
  port?: number | undefined;
}

/** {@link https://pkg.go.dev/k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1#WebhookClientConfig} */
export interface ApiextensionsV1WebhookClientConfig {
  url?: string | undefined;
  service?: ApiextensionsV1ServiceReference | undefined;
  caBundle?: string | undefined;
}

/** {@link https://pkg.go.dev/k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1#WebhookConversion} */
export interface WebhookConversion {
  clientConfig?: ApiextensionsV1WebhookClientConfig | undefined;
  conversionReviewVersions: string[];
}

/** {@link https://pkg.go.dev/k8s.io/apimachinery/pkg/apis/meta/v1#APIGroup} */
export interface APIGroup {
  kind?: string | undefined;
  apiVersion?: string | undefined;
  name: string;
  versions: GroupVersionForDiscovery[];
  preferredVersion?: GroupVersionForDiscovery | undefined;
  serverAddressByClientCIDRs?: ServerAddressByClientCIDR[] | undefined;
}

/** {@link https://pkg.go.dev/k8s.io/apimachinery/pkg/apis/meta/v1#APIGroupList} */
export interface APIGroupList {
  kind?: string | undefined;
  apiVersion?: string | undefined;
  groups: APIGroup[];
}

/** {@link https://pkg.go.dev/k8s.io/apimachinery/pkg/apis/meta/v1#APIResource} */
export interface APIResource {
  name: string;
  singularName: string;
  namespaced: boolean;
  group?: string | undefined;
  version?: string | undefined;
  kind: string;
  verbs: string[];
  shortNames?: string[] | undefined;
  categories?: string[] | undefined;
  storageVersionHash?: string | undefined;
}

/** {@link https://pkg.go.dev/k8s.io/apimachinery/pkg/apis/meta/v1#APIResourceList} */
export interface APIResourceList {
  kind?: string | undefined;
  apiVersion?: string | undefined;
  groupVersion: string;
  resources: APIResource[];
}

/** {@link https://pkg.go.dev/k8s.io/apimachinery/pkg/apis/meta/v1#APIVersions} */
export interface APIVersions {
  kind?: string | undefined;
  apiVersion?: string | undefined;
  versions: string[];
  serverAddressByClientCIDRs: ServerAddressByClientCIDR[];
}

/** {@link https://pkg.go.dev/k8s.io/apimachinery/pkg/apis/meta/v1#Condition} */
export interface Condition {
  type: string;
  status: string;
  observedGeneration?: number | undefined;
  lastTransitionTime: string;
  reason: string;
  message: string;
}

/** {@link https://pkg.go.dev/k8s.io/apimachinery/pkg/apis/meta/v1#CreateOptions} */
export interface CreateOptions {
  kind?: string | undefined;
  apiVersion?: string | undefined;
  dryRun?: string[] | undefined;
  fieldManager?: string | undefined;
  fieldValidation?: string | undefined;
}

/** {@link https://pkg.go.dev/k8s.io/apimachinery/pkg/apis/meta/v1#DeleteOptions} */
export interface DeleteOptions {
  kind?: string | undefined;
  apiVersion?: string | undefined;
  gracePeriodSeconds?: number | undefined;
  preconditions?: Preconditions | undefined;
  orphanDependents?: boolean | undefined;
  propagationPolicy?: string | undefined;
  dryRun?: string[] | undefined;
  ignoreStoreReadErrorWithClusterBreakingPotential?: boolean | undefined;
}

/** {@link https://pkg.go.dev/k8s.io/apimachinery/pkg/apis/meta/v1#FieldSelectorRequirement} */
export interface FieldSelectorRequirement {
  key: string;
  operator: string;
  values?: string[] | undefined;
}

/** {@link https://pkg.go.dev/k8s.io/apimachinery/pkg/apis/meta/v1#GetOptions} */
export interface GetOptions {
  kind?: string | undefined;
  apiVersion?: string | undefined;
  resourceVersion?: string | undefined;
}

/** {@link https://pkg.go.dev/k8s.io/apimachinery/pkg/apis/meta/v1#GroupVersionForDiscovery} */
export interface GroupVersionForDiscovery {
  groupVersion: string;
  version: string;
}

/** {@link https://pkg.go.dev/k8s.io/apimachinery/pkg/apis/meta/v1#LabelSelector} */
export interface LabelSelector {
  matchLabels?: Record<string, string> | undefined;
  matchExpressions?: LabelSelectorRequirement[] | undefined;
}

/** {@link https://pkg.go.dev/k8s.io/apimachinery/pkg/apis/meta/v1#LabelSelectorRequirement} */
export interface LabelSelectorRequirement {
  key: string;
  operator: string;
  values?: string[] | undefined;
}

/** {@link https://pkg.go.dev/k8s.io/apimachinery/pkg/apis/meta/v1#ListMeta} */
export interface ListMeta {
  selfLink?: string | undefined;
  resourceVersion?: string | undefined;
  continue?: string | undefined;
  remainingItemCount?: number | undefined;
}

/** {@link https://pkg.go.dev/k8s.io/apimachinery/pkg/apis/meta/v1#ListOptions} */
export interface ListOptions {
  kind?: string | undefined;
  apiVersion?: string | undefined;
  labelSelector?: string | undefined;
  fieldSelector?: string | undefined;
  watch?: boolean | undefined;
  allowWatchBookmarks?: boolean | undefined;
  resourceVersion?: string | undefined;
  resourceVersionMatch?: string | undefined;
  timeoutSeconds?: number | undefined;
  limit?: number | undefined;
  continue?: string | undefined;
  sendInitialEvents?: boolean | undefined;
}

/** {@link https://pkg.go.dev/k8s.io/apimachinery/pkg/apis/meta/v1#ManagedFieldsEntry} */
export interface ManagedFieldsEntry {
  manager?: string | undefined;
  operation?: string | undefined;
  apiVersion?: string | undefined;
  time?: string | undefined;
  fieldsType?: string | undefined;
  fieldsV1?: Record<string, unknown> | undefined;
  subresource?: string | undefined;
}

/** {@link https://pkg.go.dev/k8s.io/apimachinery/pkg/apis/meta/v1#ObjectMeta} */
export interface ObjectMeta {
  name?: string | undefined;
  generateName?: string | undefined;
  namespace?: string | undefined;
  selfLink?: string | undefined;
  uid?: string | undefined;
  resourceVersion?: string | undefined;
  generation?: number | undefined;
  creationTimestamp?: string | undefined;
  deletionTimestamp?: string | undefined;
  deletionGracePeriodSeconds?: number | undefined;
  labels?: Record<string, string> | undefined;
  annotations?: Record<string, string> | undefined;
  ownerReferences?: OwnerReference[] | undefined;
  finalizers?: string[] | undefined;
  managedFields?: ManagedFieldsEntry[] | undefined;
}

/** {@link https://pkg.go.dev/k8s.io/apimachinery/pkg/apis/meta/v1#OwnerReference} */
export interface OwnerReference {
  apiVersion: string;
  kind: string;
  name: string;
  uid: string;
  controller?: boolean | undefined;
  blockOwnerDeletion?: boolean | undefined;
}

/** {@link https://pkg.go.dev/k8s.io/apimachinery/pkg/apis/meta/v1#PartialObjectMetadata} */
export interface PartialObjectMetadata {
  kind?: string | undefined;
  apiVersion?: string | undefined;
  metadata: ObjectMeta;
}

/** {@link https://pkg.go.dev/k8s.io/apimachinery/pkg/apis/meta/v1#PatchOptions} */
export interface PatchOptions {
  kind?: string | undefined;
  apiVersion?: string | undefined;
  dryRun?: string[] | undefined;
  force?: boolean | undefined;
  fieldManager?: string | undefined;
  fieldValidation?: string | undefined;
}

/** {@link https://pkg.go.dev/k8s.io/apimachinery/pkg/apis/meta/v1#Preconditions} */
export interface Preconditions {
  uid?: string | undefined;
  resourceVersion?: string | undefined;
}

/** {@link https://pkg.go.dev/k8s.io/apimachinery/pkg/apis/meta/v1#ServerAddressByClientCIDR} */
export interface ServerAddressByClientCIDR {
  clientCIDR: string;
  serverAddress: string;
}

/** {@link https://pkg.go.dev/k8s.io/apimachinery/pkg/apis/meta/v1#Status} */
export interface Status {
  kind?: string | undefined;
  apiVersion?: string | undefined;
  metadata?: ListMeta | undefined;
  status?: string | undefined;
  message?: string | undefined;
  reason?: string | undefined;
  details?: StatusDetails | undefined;
  code?: number | undefined;
}

/** {@link https://pkg.go.dev/k8s.io/apimachinery/pkg/apis/meta/v1#StatusCause} */
export interface StatusCause {
  reason?: string | undefined;
  message?: string | undefined;
  field?: string | undefined;
}

/** {@link https://pkg.go.dev/k8s.io/apimachinery/pkg/apis/meta/v1#StatusDetails} */
export interface StatusDetails {
  name?: string | undefined;
  group?: string | undefined;
  kind?: string | undefined;
  uid?: string | undefined;
  causes?: StatusCause[] | undefined;
  retryAfterSeconds?: number | undefined;
}

/** {@link https://pkg.go.dev/k8s.io/apimachinery/pkg/apis/meta/v1#Table} */
export interface Table {
  kind?: string | undefined;
  apiVersion?: string | undefined;
  metadata?: ListMeta | undefined;
  columnDefinitions: TableColumnDefinition[];
  rows: TableRow[];
}

/** {@link https://pkg.go.dev/k8s.io/apimachinery/pkg/apis/meta/v1#TableColumnDefinition} */
export interface TableColumnDefinition {
  name: string;
  type: string;
  format: string;
  description: string;
  priority: number;
}

/** {@link https://pkg.go.dev/k8s.io/apimachinery/pkg/apis/meta/v1#TableRow} */
export interface TableRow {
  cells: unknown[];
  conditions?: TableRowCondition[] | undefined;
  object?: unknown | undefined;
}

/** {@link https://pkg.go.dev/k8s.io/apimachinery/pkg/apis/meta/v1#TableRowCondition} */
export interface TableRowCondition {
  type: string;
  status: string;
  reason?: string | undefined;
  message?: string | undefined;
}

/** {@link https://pkg.go.dev/k8s.io/apimachinery/pkg/apis/meta/v1#TypeMeta} */
export interface TypeMeta {
  kind?: string | undefined;
  apiVersion?: string | undefined;
}

/** {@link https://pkg.go.dev/k8s.io/apimachinery/pkg/apis/meta/v1#UpdateOptions} */
export interface UpdateOptions {
  kind?: string | undefined;
  apiVersion?: string | undefined;
  dryRun?: string[] | undefined;
  fieldManager?: string | undefined;
  fieldValidation?: string | undefined;
}

/** {@link https://pkg.go.dev/k8s.io/apimachinery/pkg/apis/meta/v1#WatchEvent} */
export interface WatchEvent {
  type: string;
  object: unknown;
}