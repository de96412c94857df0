package clientgo

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/apimachinery/pkg/watch"
	"k8s.io/client-go/kubernetes"
	typedcorev1 "k8s.io/client-go/kubernetes/typed/core/v1"
	"k8s.io/client-go/tools/cache"
	toolswatch "k8s.io/client-go/tools/watch"
)

// changes makes, changes and deletes a ConfigMap; it returns the resourceVersion from before.
func changes(t *testing.T, maps typedcorev1.ConfigMapInterface, name string) string {
	t.Helper()
	ctx := within(t)
	before, err := maps.List(ctx, metav1.ListOptions{})
	must(t, err)
	_, err = maps.Create(ctx, configMap(name, nil), metav1.CreateOptions{})
	must(t, err)
	for i := range 2 {
		_, err = maps.Patch(ctx, name, types.MergePatchType, fmt.Appendf(nil, `{"data":{"n":"%d"}}`, i), metav1.PatchOptions{})
		must(t, err)
	}
	must(t, maps.Delete(ctx, name, metav1.DeleteOptions{}))
	return before.ResourceVersion
}

// take reads events until there are enough, as `TYPE name data`.
func take(t *testing.T, watching watch.Interface, count int) []string {
	t.Helper()
	found := []string{}
	for len(found) < count {
		select {
		case event, open := <-watching.ResultChan():
			if !open {
				t.Fatalf("the watch ended after %v", found)
			}
			found = append(found, describe(event))
		case <-time.After(patience):
			t.Fatalf("only %v", found)
		}
	}
	return found
}

func describe(event watch.Event) string {
	if one, is := event.Object.(*corev1.ConfigMap); is && event.Type != watch.Bookmark {
		return fmt.Sprintf("%s %s %s", event.Type, one.Name, one.Data["n"])
	}
	return string(event.Type)
}

func TestAWatchReplaysEveryChangeInOrder(t *testing.T) {
	client, ns, ctx := typed(t), namespace(t), within(t)
	maps := client.CoreV1().ConfigMaps(ns)
	from := changes(t, maps, "one")
	watching, err := maps.Watch(ctx, metav1.ListOptions{ResourceVersion: from})
	must(t, err)
	defer watching.Stop()
	same(t, "events", take(t, watching, 4), []string{"ADDED one ", "MODIFIED one 0", "MODIFIED one 1", "DELETED one 1"})
}

func TestARetryWatcherResumesWhereAConnectionEnded(t *testing.T) {
	client, ns, ctx := typed(t), namespace(t), within(t)
	maps := client.CoreV1().ConfigMaps(ns)
	before, err := maps.List(ctx, metav1.ListOptions{})
	must(t, err)
	second := int64(1) // connections end all the time
	connections := 0
	watching, err := toolswatch.NewRetryWatcherWithContext(ctx, before.ResourceVersion, &cache.ListWatch{
		WatchFunc: func(options metav1.ListOptions) (watch.Interface, error) {
			connections++
			options.TimeoutSeconds = &second
			return maps.Watch(ctx, options)
		},
	})
	must(t, err)
	defer watching.Stop()
	expected, found := []string{}, []string{}
	for i := range 5 {
		name := fmt.Sprintf("one-%d", i)
		_, err = maps.Create(ctx, configMap(name, nil), metav1.CreateOptions{})
		must(t, err)
		expected = append(expected, "ADDED "+name+" ")
		if i%2 == 0 {
			time.Sleep(600 * time.Millisecond)
		}
	}
	for len(found) < len(expected) {
		if event := take(t, watching, 1)[0]; event != string(watch.Bookmark) {
			found = append(found, event)
		}
	}
	same(t, "events", found, expected)
	equal(t, "several connections", connections > 1, true)
}

func TestAWatchThatSelectsSeesObjectsComeAndGo(t *testing.T) {
	client, ns, ctx := typed(t), namespace(t), within(t)
	maps := client.CoreV1().ConfigMaps(ns)
	before, err := maps.List(ctx, metav1.ListOptions{})
	must(t, err)
	watching, err := maps.Watch(ctx, metav1.ListOptions{ResourceVersion: before.ResourceVersion, LabelSelector: "on=yes"})
	must(t, err)
	defer watching.Stop()
	_, err = maps.Create(ctx, configMap("one", nil), metav1.CreateOptions{})
	must(t, err)
	for i, on := range []string{"yes", "yes", "no"} {
		_, err = maps.Patch(ctx, "one", types.StrategicMergePatchType, fmt.Appendf(nil, `{"metadata":{"labels":{"on":%q}},"data":{"n":"%d"}}`, on, i), metav1.PatchOptions{})
		must(t, err)
	}
	same(t, "events", take(t, watching, 3), []string{"ADDED one 0", "MODIFIED one 1", "DELETED one 1"})
}

func TestInitialEventsEndWithTheirBookmark(t *testing.T) {
	client, ns, ctx := typed(t), namespace(t), within(t)
	maps := client.CoreV1().ConfigMaps(ns)
	_, err := maps.Create(ctx, configMap("one", map[string]string{"n": "1"}), metav1.CreateOptions{})
	must(t, err)
	yes := true
	watching, err := maps.Watch(ctx, metav1.ListOptions{
		SendInitialEvents: &yes, ResourceVersionMatch: metav1.ResourceVersionMatchNotOlderThan, AllowWatchBookmarks: true,
		FieldSelector: "metadata.name!=kube-root-ca.crt",
	})
	must(t, err)
	defer watching.Stop()
	same(t, "the present", take(t, watching, 1), []string{"ADDED one 1"})
	event := <-watching.ResultChan()
	equal(t, "type", event.Type, watch.Bookmark)
	bookmark, err := meta.Accessor(event.Object)
	must(t, err)
	equal(t, "annotation", bookmark.GetAnnotations()[metav1.InitialEventsAnnotationKey], "true")
	list, err := maps.List(ctx, metav1.ListOptions{})
	must(t, err)
	order, err := compareVersions(bookmark.GetResourceVersion(), list.ResourceVersion)
	must(t, err)
	equal(t, "the bookmark is not of the future", order <= 0, true)
	must(t, maps.Delete(ctx, "one", metav1.DeleteOptions{}))
	same(t, "then changes", take(t, watching, 1), []string{"DELETED one 1"})
}

func TestBookmarksComeWithoutChanges(t *testing.T) {
	client, ns, ctx := typed(t), namespace(t), within(t)
	maps := client.CoreV1().ConfigMaps(ns)
	before, err := maps.List(ctx, metav1.ListOptions{})
	must(t, err)
	seconds := int64(5)
	watching, err := maps.Watch(ctx, metav1.ListOptions{ResourceVersion: before.ResourceVersion, AllowWatchBookmarks: true, TimeoutSeconds: &seconds})
	must(t, err)
	defer watching.Stop()
	elsewhere := namespace(t)
	_, err = client.CoreV1().ConfigMaps(elsewhere).Create(ctx, configMap("other", nil), metav1.CreateOptions{})
	must(t, err)
	for event := range watching.ResultChan() {
		equal(t, "type", event.Type, watch.Bookmark)
		bookmark, err := meta.Accessor(event.Object)
		must(t, err)
		order, err := compareVersions(bookmark.GetResourceVersion(), before.ResourceVersion)
		must(t, err)
		if order > 0 {
			return // it tells about a time after the change elsewhere
		}
	}
	t.Fatal("no bookmark before the end of the watch")
}

// outlive makes more changes of ConfigMaps than the server remembers.
func outlive(t *testing.T, client kubernetes.Interface, ns string) {
	t.Helper()
	const changes, writers = 10_500, 24
	ctx := within(t)
	var writing sync.WaitGroup
	failures := make(chan error, writers)
	for writer := range writers {
		writing.Go(func() {
			name := fmt.Sprintf("churn-%d", writer)
			if err := churn(ctx, client.CoreV1().ConfigMaps(ns), name, changes/writers); err != nil {
				failures <- err
			}
		})
	}
	writing.Wait()
	close(failures)
	for err := range failures {
		t.Fatal(err)
	}
}

func churn(ctx context.Context, maps typedcorev1.ConfigMapInterface, name string, changes int) error {
	current, err := maps.Create(ctx, configMap(name, map[string]string{"n": "0"}), metav1.CreateOptions{})
	for i := 0; err == nil && i < changes; i++ {
		current.Data["n"] = fmt.Sprint(i + 1)
		current, err = maps.Update(ctx, current, metav1.UpdateOptions{})
	}
	return err
}

func TestAWatchFromTooLongAgoIsGone(t *testing.T) {
	client, ns, ctx := typed(t), namespace(t), within(t)
	maps := client.CoreV1().ConfigMaps(ns)
	old := changes(t, maps, "one")
	page, err := maps.List(ctx, metav1.ListOptions{Limit: 1, LabelSelector: "!absent"})
	must(t, err)
	outlive(t, client, ns)
	watching, err := maps.Watch(ctx, metav1.ListOptions{ResourceVersion: old})
	must(t, err)
	event := <-watching.ResultChan()
	equal(t, "type", event.Type, watch.Error)
	equal(t, "reason", errors.IsResourceExpired(errors.FromObject(event.Object)), true)
	if page.Continue != "" {
		_, err = maps.List(ctx, metav1.ListOptions{Limit: 1, Continue: page.Continue})
		equal(t, "an old page is Expired", errors.IsResourceExpired(err), true)
	}
}
