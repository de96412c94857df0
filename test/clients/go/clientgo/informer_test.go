package clientgo

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"sync"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/client-go/informers"
	"k8s.io/client-go/tools/cache"
)

func compareVersions(a, b string) (int, error) {
	left, err := strconv.ParseUint(a, 10, 64)
	if err != nil {
		return 0, err
	}
	right, err := strconv.ParseUint(b, 10, 64)
	if err != nil {
		return 0, err
	}
	switch {
	case left < right:
		return -1, nil
	case left > right:
		return 1, nil
	}
	return 0, nil
}

// journal notes what handlers of an informer were told.
type journal struct {
	mutex sync.Mutex
	lines []string
}

func (j *journal) note(line string) {
	j.mutex.Lock()
	defer j.mutex.Unlock()
	j.lines = append(j.lines, line)
}

func (j *journal) take() []string {
	j.mutex.Lock()
	defer j.mutex.Unlock()
	return append([]string{}, j.lines...)
}

func (j *journal) handler() cache.ResourceEventHandlerDetailedFuncs {
	name := func(object any) string {
		if missed, is := object.(cache.DeletedFinalStateUnknown); is {
			object = missed.Obj
		}
		if one, is := object.(*corev1.ConfigMap); is {
			return one.Name + " " + one.Data["n"]
		}
		return fmt.Sprintf("%T", object)
	}
	return cache.ResourceEventHandlerDetailedFuncs{
		AddFunc: func(object any, initial bool) {
			j.note(fmt.Sprintf("add %s %v", name(object), initial))
		},
		UpdateFunc: func(old, new any) {
			resync := old.(*corev1.ConfigMap).ResourceVersion == new.(*corev1.ConfigMap).ResourceVersion
			j.note(fmt.Sprintf("update %s %s", name(new), map[bool]string{true: "resync", false: "change"}[resync]))
		},
		DeleteFunc: func(object any) { j.note("delete " + name(object)) },
	}
}

// cut ends the watches of a client when told, and may change what they ask for.
type cut struct {
	mutex   sync.Mutex
	ends    []func()
	rewrite func(*url.URL)
	next    http.RoundTripper
}

func (c *cut) RoundTrip(request *http.Request) (*http.Response, error) {
	if request.URL.Query().Get("watch") == "" {
		return c.next.RoundTrip(request)
	}
	c.mutex.Lock()
	request = request.Clone(request.Context())
	if c.rewrite != nil {
		c.rewrite(request.URL)
		c.rewrite = nil
	}
	c.mutex.Unlock()
	response, err := c.next.RoundTrip(request)
	if err == nil {
		c.mutex.Lock()
		c.ends = append(c.ends, func() { response.Body.Close() })
		c.mutex.Unlock()
	}
	return response, err
}

// now ends all watches; the next one is changed by rewrite.
func (c *cut) now(rewrite func(*url.URL)) {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	c.rewrite = rewrite
	for _, end := range c.ends {
		end()
	}
	c.ends = nil
}

func TestASharedInformerStartsByWatchListAndFollows(t *testing.T) {
	config, sent := record(t)
	client, ns, ctx := typedFor(t, config), namespace(t), within(t)
	maps := client.CoreV1().ConfigMaps(ns)
	_, err := maps.Create(ctx, configMap("before", map[string]string{"n": "1"}), metav1.CreateOptions{})
	must(t, err)
	factory := informers.NewSharedInformerFactoryWithOptions(client, 0, informers.WithNamespace(ns),
		informers.WithTweakListOptions(func(options *metav1.ListOptions) { options.FieldSelector = "metadata.name!=kube-root-ca.crt" }))
	told := &journal{}
	informer := factory.Core().V1().ConfigMaps()
	_, err = informer.Informer().AddEventHandler(told.handler())
	must(t, err)
	ctx, stop := context.WithCancel(ctx)
	defer factory.Shutdown()
	defer stop()
	factory.Start(ctx.Done())
	for kind, synced := range factory.WaitForCacheSync(ctx.Done()) {
		equal(t, "synced "+kind.String(), synced, true)
	}
	equal(t, "one streaming list", sent.count("GET", "/"+ns+"/configmaps", "sendInitialEvents=true"), 1)
	equal(t, "no other list", sent.count("GET", "/"+ns+"/configmaps")-sent.count("GET", "/"+ns+"/configmaps", "watch=true"), 0)

	changes(t, maps, "one")
	expected := []string{"add before 1 true", "add one  false", "update one 0 change", "update one 1 change", "delete one 1"}
	eventually(t, "all is told", func() bool { return len(told.take()) >= len(expected) })
	same(t, "told", told.take(), expected)
	listed, err := informer.Lister().ConfigMaps(ns).List(labels.Everything())
	must(t, err)
	equal(t, "in the cache", len(listed), 1)
}

func TestAnInformerResyncsFromItsCache(t *testing.T) {
	client, ns, ctx := typed(t), namespace(t), within(t)
	factory := informers.NewSharedInformerFactoryWithOptions(client, time.Second, informers.WithNamespace(ns))
	told := &journal{}
	_, err := factory.Core().V1().ConfigMaps().Informer().AddEventHandlerWithResyncPeriod(told.handler(), time.Second)
	must(t, err)
	factory.Start(ctx.Done())
	eventually(t, "a resync", func() bool {
		lines := told.take()
		return len(lines) > 1 && lines[len(lines)-1] == "update kube-root-ca.crt  resync"
	})
}

func TestAnInformerResumesAndListsAgainAfter410(t *testing.T) {
	ends := &cut{}
	config, sent := record(t)
	config.Wrap(func(next http.RoundTripper) http.RoundTripper { ends.next = next; return ends })
	client, ns, ctx := typedFor(t, config), namespace(t), within(t)
	maps := client.CoreV1().ConfigMaps(ns)
	factory := informers.NewSharedInformerFactoryWithOptions(client, 0, informers.WithNamespace(ns),
		informers.WithTweakListOptions(func(options *metav1.ListOptions) { options.LabelSelector = "followed" }))
	told := &journal{}
	_, err := factory.Core().V1().ConfigMaps().Informer().AddEventHandler(told.handler())
	must(t, err)
	factory.Start(ctx.Done())
	factory.WaitForCacheSync(ctx.Done())
	make := func(name string) {
		t.Helper()
		one := configMap(name, nil)
		one.Labels = map[string]string{"followed": "yes"}
		_, err := maps.Create(ctx, one, metav1.CreateOptions{})
		must(t, err)
	}
	make("first")
	eventually(t, "the first", func() bool { return len(told.take()) == 1 })

	ends.now(nil)
	make("second")
	eventually(t, "the second, after a cut", func() bool { return len(told.take()) == 2 })
	equal(t, "no list for that", sent.count("sendInitialEvents=true", "/"+ns+"/"), 1)

	outlive(t, typed(t), ns)
	ends.now(func(asked *url.URL) { // it asks from too long ago, as after a long sleep
		query := asked.Query()
		query.Set("resourceVersion", "1")
		asked.RawQuery = query.Encode()
	})
	must(t, maps.Delete(ctx, "first", metav1.DeleteOptions{}))
	make("third")
	eventually(t, "the third, after 410", func() bool { return slices.Contains(told.take(), "add third  false") })
	eventually(t, "the end of the first", func() bool { return slices.Contains(told.take(), "delete first ") })
	equal(t, "by another list", sent.count("sendInitialEvents=true", "/"+ns+"/"), 2)
}
