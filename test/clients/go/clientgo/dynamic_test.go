package clientgo

import (
	"context"
	"testing"
	"time"

	"k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/apimachinery/pkg/watch"
	"k8s.io/client-go/dynamic/dynamicinformer"
	"k8s.io/client-go/tools/cache"
	toolswatch "k8s.io/client-go/tools/watch"
)

// condition is the status of a condition of an object, or "".
func condition(object *unstructured.Unstructured, kind string) string {
	conditions, _, _ := unstructured.NestedSlice(object.Object, "status", "conditions")
	for _, each := range conditions {
		one := each.(map[string]any)
		if one["type"] == kind {
			return one["status"].(string)
		}
	}
	return ""
}

func TestAKnativeServiceBecomesReadyUnderAWatch(t *testing.T) {
	client, ns, ctx := untyped(t), namespace(t), within(t)
	services := client.Resource(knative("services")).Namespace(ns)
	made, err := services.Create(ctx, knativeService("hello", "go"), metav1.CreateOptions{})
	must(t, err)
	ready := func(event watch.Event) (bool, error) {
		object := event.Object.(*unstructured.Unstructured)
		observed, _, _ := unstructured.NestedInt64(object.Object, "status", "observedGeneration")
		return observed == object.GetGeneration() && condition(object, "Ready") == "True", nil
	}
	only := func(options metav1.ListOptions) metav1.ListOptions {
		options.FieldSelector = "metadata.name=hello"
		return options
	}
	last, err := toolswatch.UntilWithSync(ctx, &cache.ListWatch{
		ListWithContextFunc: func(ctx context.Context, options metav1.ListOptions) (runtime.Object, error) {
			return services.List(ctx, only(options))
		},
		WatchFuncWithContext: func(ctx context.Context, options metav1.ListOptions) (watch.Interface, error) {
			return services.Watch(ctx, only(options))
		},
	}, &unstructured.Unstructured{}, nil, ready)
	must(t, err)
	object := last.Object.(*unstructured.Unstructured)
	equal(t, "the same object", object.GetUID(), made.GetUID())
	url, _, _ := unstructured.NestedString(object.Object, "status", "url")
	equal(t, "has a URL", url != "", true)
	revision, _, _ := unstructured.NestedString(object.Object, "status", "latestReadyRevisionName")
	equal(t, "revision", revision, "hello-00001")

	revisions, err := client.Resource(knative("revisions")).Namespace(ns).List(ctx, metav1.ListOptions{LabelSelector: "serving.knative.dev/service=hello"})
	must(t, err)
	equal(t, "revisions of the service", len(revisions.Items), 1)
	owner := metav1.GetControllerOf(&revisions.Items[0])
	equal(t, "owner", owner.Kind, "Configuration")

	foreground := metav1.DeletePropagationForeground
	watching, err := services.Watch(ctx, metav1.ListOptions{FieldSelector: "metadata.name=hello", ResourceVersion: object.GetResourceVersion()})
	must(t, err)
	defer watching.Stop()
	must(t, services.Delete(ctx, "hello", metav1.DeleteOptions{PropagationPolicy: &foreground}))
	for event := range watching.ResultChan() {
		if event.Type == watch.Deleted {
			left, err := client.Resource(knative("revisions")).Namespace(ns).List(ctx, metav1.ListOptions{})
			must(t, err)
			equal(t, "revisions after the service", len(left.Items), 0)
			return
		}
	}
	t.Fatal("no DELETED event")
}

func TestADynamicInformerFollowsKnativeKinds(t *testing.T) {
	client, ns, ctx := untyped(t), namespace(t), within(t)
	factory := dynamicinformer.NewFilteredDynamicSharedInformerFactory(client, 10*time.Minute, ns, nil)
	kinds := []schema.GroupVersionResource{knative("services"), knative("configurations"), knative("routes"), knative("revisions")}
	for _, kind := range kinds {
		factory.ForResource(kind)
	}
	factory.Start(ctx.Done())
	for kind, synced := range factory.WaitForCacheSync(ctx.Done()) {
		equal(t, "synced "+kind.Resource, synced, true)
	}
	_, err := client.Resource(knative("services")).Namespace(ns).Create(ctx, knativeService("hello", "1"), metav1.CreateOptions{})
	must(t, err)
	for _, kind := range kinds {
		eventually(t, "one of "+kind.Resource, func() bool {
			found, err := factory.ForResource(kind).Lister().List(labels.Everything())
			return err == nil && len(found) == 1
		})
	}
}

func TestAnInvalidKnativeServiceIsDenied(t *testing.T) {
	client, ns, ctx := untyped(t), namespace(t), within(t)
	services := client.Resource(knative("services")).Namespace(ns)
	bad := knativeService("hello", "1")
	must(t, unstructured.SetNestedField(bad.Object, int64(-1), "spec", "template", "spec", "containerConcurrency"))
	_, err := services.Create(ctx, bad, metav1.CreateOptions{})
	equal(t, "BadRequest", errors.IsBadRequest(err), true)
	must(t, contains(err.Error(), `admission webhook "validation.webhook.serving.knative.dev" denied the request: validation failed: `))

	_, err = services.Create(ctx, knativeService("hello", "1"), metav1.CreateOptions{})
	must(t, err)
	_, err = services.Patch(ctx, "hello", types.StrategicMergePatchType, []byte(`{}`), metav1.PatchOptions{})
	equal(t, "no strategic merge for custom kinds", errors.IsUnsupportedMediaType(err), true)
	patched, err := services.Patch(ctx, "hello", types.JSONPatchType,
		[]byte(`[{"op":"replace","path":"/spec/template/spec/containers/0/env/0/value","value":"2"}]`), metav1.PatchOptions{})
	must(t, err)
	equal(t, "generation", patched.GetGeneration(), 2)
	unchanged, err := services.Patch(ctx, "hello", types.MergePatchType, []byte(`{"metadata":{"labels":{"a":"b"}}}`), metav1.PatchOptions{})
	must(t, err)
	equal(t, "generation after a label", unchanged.GetGeneration(), 2)
}
