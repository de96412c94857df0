package runtime

import (
	"context"
	"fmt"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/builder"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/controller"
	"sigs.k8s.io/controller-runtime/pkg/controller/controllerutil"
	"sigs.k8s.io/controller-runtime/pkg/predicate"
)

const (
	pageLabel          = "pages.kinetic.dev/page"
	urlAnnotation      = "pages.kinetic.dev/url"
	revisionAnnotation = "pages.kinetic.dev/revision"
	finalizer          = "pages.kinetic.dev/good-bye"
	textIndex          = "data.text"
)

// pages makes a Knative Service of each labelled ConfigMap, writes its address back, and says good bye.
type pages struct{ client.Client }

func (p *pages) register(manager ctrl.Manager) error {
	text := func(object client.Object) []string { return []string{object.(*corev1.ConfigMap).Data["text"]} }
	if err := manager.GetFieldIndexer().IndexField(context.Background(), &corev1.ConfigMap{}, textIndex, text); err != nil {
		return err
	}
	labelled := predicate.NewPredicateFuncs(func(object client.Object) bool { return object.GetLabels()[pageLabel] != "" })
	skip := true // several managers run in one process, one after the other
	return ctrl.NewControllerManagedBy(manager).
		For(&corev1.ConfigMap{}, builder.WithPredicates(labelled)).
		Owns(newService(&corev1.ConfigMap{})).
		WithOptions(controller.Options{SkipNameValidation: &skip}).
		Complete(p)
}

func (p *pages) Reconcile(ctx context.Context, request ctrl.Request) (ctrl.Result, error) {
	page := &corev1.ConfigMap{}
	if err := p.Get(ctx, request.NamespacedName, page); err != nil {
		return ctrl.Result{}, client.IgnoreNotFound(err)
	}
	if !page.DeletionTimestamp.IsZero() {
		return ctrl.Result{}, p.sayGoodBye(ctx, page)
	}
	if controllerutil.AddFinalizer(page, finalizer) {
		return ctrl.Result{}, p.Update(ctx, page)
	}
	service := newService(page)
	_, err := controllerutil.CreateOrUpdate(ctx, p.Client, service, func() error { return shape(service, page, p) })
	if err != nil {
		return ctrl.Result{}, err
	}
	return ctrl.Result{}, p.report(ctx, page, service)
}

func shape(service *unstructured.Unstructured, page *corev1.ConfigMap, p *pages) error {
	containers := []any{map[string]any{
		"image": "kinetic.local/hello",
		"env":   []any{map[string]any{"name": "TARGET", "value": page.Data["text"]}},
	}}
	if found, exists, _ := unstructured.NestedSlice(service.Object, "spec", "template", "spec", "containers"); exists {
		containers = found // what the server has defaulted stays
		container := found[0].(map[string]any)
		container["env"] = []any{map[string]any{"name": "TARGET", "value": page.Data["text"]}}
	}
	if err := unstructured.SetNestedSlice(service.Object, containers, "spec", "template", "spec", "containers"); err != nil {
		return err
	}
	scale := map[string]string{"autoscaling.knative.dev/initial-scale": "0"}
	if err := unstructured.SetNestedStringMap(service.Object, scale, "spec", "template", "metadata", "annotations"); err != nil {
		return err
	}
	return controllerutil.SetControllerReference(page, service, p.Scheme())
}

func (p *pages) report(ctx context.Context, page *corev1.ConfigMap, service *unstructured.Unstructured) error {
	url, _, _ := unstructured.NestedString(service.Object, "status", "url")
	revision, _, _ := unstructured.NestedString(service.Object, "status", "latestReadyRevisionName")
	before := page.DeepCopy()
	metav1.SetMetaDataAnnotation(&page.ObjectMeta, urlAnnotation, url)
	metav1.SetMetaDataAnnotation(&page.ObjectMeta, revisionAnnotation, revision)
	return p.Patch(ctx, page, client.MergeFromWithOptions(before, client.MergeFromWithOptimisticLock{}))
}

func (p *pages) sayGoodBye(ctx context.Context, page *corev1.ConfigMap) error {
	bye := &corev1.ConfigMap{ObjectMeta: metav1.ObjectMeta{Namespace: page.Namespace, Name: "bye-" + page.Name}}
	if err := client.IgnoreAlreadyExists(p.Create(ctx, bye)); err != nil {
		return err
	}
	if controllerutil.RemoveFinalizer(page, finalizer) {
		return p.Update(ctx, page)
	}
	return nil
}

// newService is the empty Knative Service of a page.
func newService(page *corev1.ConfigMap) *unstructured.Unstructured {
	service := &unstructured.Unstructured{}
	service.SetGroupVersionKind(schema.GroupVersionKind{Group: "serving.knative.dev", Version: "v1", Kind: "Service"})
	service.SetNamespace(page.Namespace)
	service.SetName(page.Name)
	return service
}

func keyOf(object client.Object) client.ObjectKey { return client.ObjectKeyFromObject(object) }

func mergeFrom(before client.Object) client.Patch { return client.MergeFrom(before) }

func listedByText(ctx context.Context, reader client.Reader, namespace, text, expected string) error {
	list := &corev1.ConfigMapList{}
	if err := reader.List(ctx, list, client.InNamespace(namespace), client.MatchingFields{textIndex: text}); err != nil {
		return err
	}
	if len(list.Items) != 1 || list.Items[0].Name != expected {
		return fmt.Errorf("%d found", len(list.Items))
	}
	return nil
}
