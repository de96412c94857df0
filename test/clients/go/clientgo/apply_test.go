package clientgo

import (
	"testing"

	"k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
	applyappsv1 "k8s.io/client-go/applyconfigurations/apps/v1"
	applycorev1 "k8s.io/client-go/applyconfigurations/core/v1"
	applymetav1 "k8s.io/client-go/applyconfigurations/meta/v1"
)

func TestApplyConfigurationsOwnTheirFields(t *testing.T) {
	client, ns, ctx := typed(t), namespace(t), within(t)
	maps := client.CoreV1().ConfigMaps(ns)
	mine := metav1.ApplyOptions{FieldManager: "mine"}
	made, err := maps.Apply(ctx, applycorev1.ConfigMap("one", ns).WithData(map[string]string{"a": "1", "b": "1"}), mine)
	must(t, err)
	same(t, "made", made.Data, map[string]string{"a": "1", "b": "1"})

	_, err = maps.Apply(ctx, applycorev1.ConfigMap("one", ns).WithData(map[string]string{"a": "2"}), metav1.ApplyOptions{FieldManager: "other"})
	equal(t, "Conflict", errors.IsConflict(err), true)
	cause := err.(*errors.StatusError).ErrStatus.Details.Causes[0]
	equal(t, "cause", cause.Type, metav1.CauseTypeFieldManagerConflict)
	equal(t, "field", cause.Field, ".data.a")
	forced, err := maps.Apply(ctx, applycorev1.ConfigMap("one", ns).WithData(map[string]string{"a": "2"}), metav1.ApplyOptions{FieldManager: "other", Force: true})
	must(t, err)
	same(t, "forced", forced.Data, map[string]string{"a": "2", "b": "1"})

	left, err := maps.Apply(ctx, applycorev1.ConfigMap("one", ns).WithLabels(map[string]string{"l": "1"}), mine)
	must(t, err)
	same(t, "what nobody applies any more goes", left.Data, map[string]string{"a": "2"})
	extracted, err := applycorev1.ExtractConfigMap(left, "mine")
	must(t, err)
	same(t, "extracted labels", extracted.Labels, map[string]string{"l": "1"})
	equal(t, "extracted data", len(extracted.Data), 0)
}

func TestApplyMergesListsByKey(t *testing.T) {
	client, ns, ctx := typed(t), namespace(t), within(t)
	deployment := func(container string) *applyappsv1.DeploymentApplyConfiguration {
		labels := map[string]string{"app": "x"}
		return applyappsv1.Deployment("merged", ns).WithSpec(applyappsv1.DeploymentSpec().WithReplicas(0).
			WithSelector(applymetav1.LabelSelector().WithMatchLabels(labels)).
			WithTemplate(applycorev1.PodTemplateSpec().WithLabels(labels).WithSpec(applycorev1.PodSpec().
				WithContainers(applycorev1.Container().WithName(container).WithImage("kinetic.local/" + container)))))
	}
	_, err := client.AppsV1().Deployments(ns).Apply(ctx, deployment("one"), metav1.ApplyOptions{FieldManager: "one"})
	must(t, err)
	both, err := client.AppsV1().Deployments(ns).Apply(ctx, deployment("two"), metav1.ApplyOptions{FieldManager: "two"})
	must(t, err)
	found := []string{}
	for _, container := range both.Spec.Template.Spec.Containers {
		found = append(found, container.Name)
	}
	same(t, "containers", found, []string{"one", "two"})
	status, err := client.AppsV1().Deployments(ns).ApplyStatus(ctx, applyappsv1.Deployment("merged", ns).
		WithStatus(applyappsv1.DeploymentStatus().WithCollisionCount(3)), metav1.ApplyOptions{FieldManager: "status", Force: true})
	must(t, err)
	equal(t, "status", *status.Status.CollisionCount, 3)
}

func TestDynamicApplyOfAKnativeService(t *testing.T) {
	client, ns, ctx := untyped(t), namespace(t), within(t)
	services := client.Resource(knative("services")).Namespace(ns)
	object := knativeService("applied", "1")
	made, err := services.Apply(ctx, "applied", object, metav1.ApplyOptions{FieldManager: "mine"})
	must(t, err)
	equal(t, "generation", made.GetGeneration(), 1)
	again, err := services.Apply(ctx, "applied", knativeService("applied", "1"), metav1.ApplyOptions{FieldManager: "mine"})
	must(t, err)
	equal(t, "the same makes no generation", again.GetGeneration(), 1)
	changed, err := services.Apply(ctx, "applied", knativeService("applied", "2"), metav1.ApplyOptions{FieldManager: "mine"})
	must(t, err)
	equal(t, "generation after a change", changed.GetGeneration(), 2)
}

func knative(resource string) schema.GroupVersionResource {
	return schema.GroupVersionResource{Group: "serving.knative.dev", Version: "v1", Resource: resource}
}

// knativeService runs the image of the sample, from its first request on.
func knativeService(name, target string) *unstructured.Unstructured {
	return &unstructured.Unstructured{Object: map[string]any{
		"apiVersion": "serving.knative.dev/v1",
		"kind":       "Service",
		"metadata":   map[string]any{"name": name},
		"spec": map[string]any{"template": map[string]any{
			"metadata": map[string]any{"annotations": map[string]any{"autoscaling.knative.dev/initial-scale": "0"}},
			"spec": map[string]any{"containers": []any{map[string]any{
				"image": "kinetic.local/hello",
				"env":   []any{map[string]any{"name": "TARGET", "value": target}},
			}}},
		}},
	}}
}
