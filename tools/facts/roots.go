package main

import (
	admissionregistration "k8s.io/api/admissionregistration/v1"
	apps "k8s.io/api/apps/v1"
	authentication "k8s.io/api/authentication/v1"
	authorization "k8s.io/api/authorization/v1"
	autoscalingv1 "k8s.io/api/autoscaling/v1"
	autoscaling "k8s.io/api/autoscaling/v2"
	batch "k8s.io/api/batch/v1"
	certificates "k8s.io/api/certificates/v1"
	coordination "k8s.io/api/coordination/v1"
	core "k8s.io/api/core/v1"
	discovery "k8s.io/api/discovery/v1"
	events "k8s.io/api/events/v1"
	networking "k8s.io/api/networking/v1"
	policy "k8s.io/api/policy/v1"
	rbac "k8s.io/api/rbac/v1"
	scheduling "k8s.io/api/scheduling/v1"
	storage "k8s.io/api/storage/v1"
	apiextensions "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
	meta "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// roots are the kinds that Kinetic serves or decodes; what they reach comes along.
var roots = []any{
	&core.Namespace{}, &core.ConfigMap{}, &core.Secret{}, &core.ServiceAccount{}, &core.Service{}, &core.Endpoints{},
	&core.Pod{}, &core.Node{}, &core.Event{}, &core.PersistentVolumeClaim{}, &core.PersistentVolume{},
	&core.ReplicationController{}, &core.ResourceQuota{}, &core.LimitRange{}, &core.PodTemplate{}, &core.Binding{},
	&core.ComponentStatus{},
	&apps.Deployment{}, &apps.ReplicaSet{}, &apps.StatefulSet{}, &apps.DaemonSet{}, &apps.ControllerRevision{},
	&batch.Job{}, &batch.CronJob{}, &discovery.EndpointSlice{}, &coordination.Lease{}, &events.Event{},
	&rbac.Role{}, &rbac.RoleBinding{}, &rbac.ClusterRole{}, &rbac.ClusterRoleBinding{},
	&autoscalingv1.Scale{}, &autoscaling.HorizontalPodAutoscaler{}, &autoscalingv1.HorizontalPodAutoscaler{},
	&authorization.SelfSubjectAccessReview{}, &authorization.SelfSubjectRulesReview{},
	&authorization.SubjectAccessReview{}, &authorization.LocalSubjectAccessReview{},
	&authentication.TokenReview{}, &authentication.TokenRequest{}, &authentication.SelfSubjectReview{},
	&certificates.CertificateSigningRequest{}, &policy.Eviction{}, &policy.PodDisruptionBudget{},
	&networking.Ingress{}, &networking.IngressClass{}, &networking.NetworkPolicy{},
	&scheduling.PriorityClass{}, &storage.StorageClass{},
	&admissionregistration.MutatingWebhookConfiguration{}, &admissionregistration.ValidatingWebhookConfiguration{},
	&apiextensions.CustomResourceDefinition{},
	&meta.Status{}, &meta.DeleteOptions{}, &meta.CreateOptions{}, &meta.UpdateOptions{}, &meta.PatchOptions{},
	&meta.ListOptions{}, &meta.GetOptions{}, &meta.WatchEvent{}, &meta.PartialObjectMetadata{}, &meta.Table{},
	&meta.APIGroup{}, &meta.APIGroupList{}, &meta.APIResourceList{}, &meta.APIVersions{},
}
