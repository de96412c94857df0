package clientgo

import (
	"context"
	"fmt"
	"testing"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/fields"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/client-go/metadata"
	"k8s.io/client-go/tools/pager"
)

// names of the ConfigMaps that a list selects, without those that every namespace has.
func names(t *testing.T, ns string, options metav1.ListOptions) []string {
	t.Helper()
	list, err := typed(t).CoreV1().ConfigMaps(ns).List(within(t), options)
	must(t, err)
	found := []string{}
	for _, item := range list.Items {
		if item.Name != "kube-root-ca.crt" {
			found = append(found, item.Name)
		}
	}
	return found
}

func TestPagesShowOneStateOfTheList(t *testing.T) {
	config, sent := record(t)
	client, ns, ctx := typedFor(t, config), namespace(t), within(t)
	maps := client.CoreV1().ConfigMaps(ns)
	for i := range 12 {
		one := configMap(fmt.Sprintf("page-%02d", i), nil)
		one.Labels = map[string]string{"paged": "yes"}
		_, err := maps.Create(ctx, one, metav1.CreateOptions{})
		must(t, err)
	}
	found := []string{}
	pages := pager.New(func(ctx context.Context, options metav1.ListOptions) (runtime.Object, error) {
		list, err := maps.List(ctx, options)
		if len(found) == 0 && err == nil { // between the pages
			must(t, maps.Delete(ctx, "page-11", metav1.DeleteOptions{}))
			_, err := maps.Create(ctx, configMap("page-99", nil), metav1.CreateOptions{})
			must(t, err)
		}
		return list, err
	})
	pages.PageSize = 5
	pages.PageBufferSize = 0
	must(t, pages.EachListItem(ctx, metav1.ListOptions{LabelSelector: "paged=yes"}, func(object runtime.Object) error {
		found = append(found, object.(*corev1.ConfigMap).Name)
		return nil
	}))
	equal(t, "items", len(found), 12)
	equal(t, "the last one was deleted after the first page", found[11], "page-11")
	equal(t, "pages", sent.count("GET", "limit=5"), 3)

	first, err := maps.List(ctx, metav1.ListOptions{Limit: 4})
	must(t, err)
	equal(t, "remaining", *first.RemainingItemCount, int64(13-4)) // 12 - 1 + 1, and kube-root-ca.crt
	rest, err := maps.List(ctx, metav1.ListOptions{Continue: first.Continue})
	must(t, err)
	equal(t, "the rest at the same revision", rest.ResourceVersion, first.ResourceVersion)
	equal(t, "the rest", len(rest.Items), 9)
	_, err = maps.List(ctx, metav1.ListOptions{Limit: 4, Continue: "nonsense"})
	equal(t, "a bad token is a BadRequest", errors.IsBadRequest(err), true)
}

func TestSelectors(t *testing.T) {
	client, ns, ctx := typed(t), namespace(t), within(t)
	for name, app := range map[string]string{"a": "x", "b": "y", "c": "z", "d": ""} {
		one := configMap(name, nil)
		if app != "" {
			one.Labels = map[string]string{"app": app}
		}
		_, err := client.CoreV1().ConfigMaps(ns).Create(ctx, one, metav1.CreateOptions{})
		must(t, err)
	}
	byLabel := map[string][]string{
		"app=x":               {"a"},
		"app!=x,app":          {"b", "c"},
		"app in (x, y)":       {"a", "b"},
		"app notin (x),app":   {"b", "c"},
		"app,app notin (y)":   {"a", "c"},
		"!app":                {"d"},
		"app in (x,y),app!=x": {"b"},
	}
	for selector, expected := range byLabel {
		parsed, err := labels.Parse(selector)
		must(t, err)
		same(t, selector, names(t, ns, metav1.ListOptions{LabelSelector: parsed.String()}), expected)
	}
	same(t, "by name", names(t, ns, metav1.ListOptions{FieldSelector: fields.OneTermEqualSelector("metadata.name", "b").String()}), []string{"b"})
	same(t, "but by name", names(t, ns, metav1.ListOptions{FieldSelector: "metadata.name!=b", LabelSelector: "app"}), []string{"a", "c"})
	_, err := client.CoreV1().ConfigMaps(ns).List(ctx, metav1.ListOptions{FieldSelector: "data.x=1"})
	equal(t, "an unknown field is a BadRequest", errors.IsBadRequest(err), true)
	secrets, err := client.CoreV1().Secrets("").List(ctx, metav1.ListOptions{FieldSelector: "type=kubernetes.io/none"})
	must(t, err)
	equal(t, "secrets of an unused type", len(secrets.Items), 0)
}

func TestMetadataClientReadsPartialObjects(t *testing.T) {
	ns, ctx := namespace(t), within(t)
	_, err := typed(t).CoreV1().ConfigMaps(ns).Create(ctx, configMap("large", map[string]string{"a": "b"}), metav1.CreateOptions{})
	must(t, err)
	client, err := metadata.NewForConfig(config(t))
	must(t, err)
	list, err := client.Resource(corev1.SchemeGroupVersion.WithResource("configmaps")).Namespace(ns).List(ctx, metav1.ListOptions{})
	must(t, err)
	equal(t, "items", len(list.Items), 2)
	one, err := client.Resource(corev1.SchemeGroupVersion.WithResource("configmaps")).Namespace(ns).Get(ctx, "large", metav1.GetOptions{})
	must(t, err)
	equal(t, "name", one.Name, "large")
}
