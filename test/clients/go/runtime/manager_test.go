// Package runtime runs a controller made with controller-runtime against the platform that KUBECONFIG names.
package runtime

import (
	"context"
	"fmt"
	"os"
	"testing"
	"time"

	"github.com/go-logr/logr"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/client-go/tools/clientcmd"
	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/cache"
	"sigs.k8s.io/controller-runtime/pkg/client"
	metricsserver "sigs.k8s.io/controller-runtime/pkg/metrics/server"
)

const patience = 60 * time.Second

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// eventually tries until there is no error.
func eventually(t *testing.T, what string, attempt func() error) {
	t.Helper()
	for deadline := time.Now().Add(patience); ; time.Sleep(20 * time.Millisecond) {
		err := attempt()
		if err == nil {
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("not within %v: %s: %v", patience, what, err)
		}
	}
}

// run starts a manager with the reconciler, in a namespace of its own; both go with the test.
func run(t *testing.T) (context.Context, client.Client, string) {
	t.Helper()
	ctrl.SetLogger(logr.Discard())
	config, err := clientcmd.BuildConfigFromFlags("", os.Getenv("KUBECONFIG"))
	must(t, err)
	direct, err := client.New(config, client.Options{})
	must(t, err)
	namespace := &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{GenerateName: "controller-runtime-"}}
	must(t, direct.Create(t.Context(), namespace))
	manager, err := ctrl.NewManager(config, ctrl.Options{
		Metrics:                       metricsserver.Options{BindAddress: "0"},
		Cache:                         cache.Options{DefaultNamespaces: map[string]cache.Config{namespace.Name: {}}},
		LeaderElection:                true,
		LeaderElectionID:              "pages.kinetic.dev",
		LeaderElectionNamespace:       namespace.Name,
		LeaderElectionReleaseOnCancel: true,
	})
	must(t, err)
	must(t, (&pages{Client: manager.GetClient()}).register(manager))
	ctx, stop := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- manager.Start(ctx) }()
	t.Cleanup(func() {
		stop()
		must(t, <-ended)
		_ = direct.Delete(context.Background(), namespace)
	})
	<-manager.Elected()
	return ctx, manager.GetClient(), namespace.Name
}

func page(namespace, name, text string) *corev1.ConfigMap {
	return &corev1.ConfigMap{
		ObjectMeta: metav1.ObjectMeta{Namespace: namespace, Name: name, Labels: map[string]string{pageLabel: "yes"}},
		Data:       map[string]string{"text": text},
	}
}

func serviceOf(ctx context.Context, reader client.Reader, page *corev1.ConfigMap) (*unstructured.Unstructured, error) {
	service := newService(page)
	return service, reader.Get(ctx, client.ObjectKeyFromObject(service), service)
}

func TestAReconcilerMakesAServiceOfAConfigMap(t *testing.T) {
	ctx, client, ns := run(t)
	hello := page(ns, "hello", "one")
	must(t, client.Create(ctx, hello))
	eventually(t, "the address comes back into the ConfigMap", func() error {
		found := &corev1.ConfigMap{}
		if err := client.Get(ctx, keyOf(hello), found); err != nil {
			return err
		}
		if found.Annotations[urlAnnotation] == "" || found.Annotations[revisionAnnotation] != "hello-00001" {
			return fmt.Errorf("annotations %v", found.Annotations)
		}
		return nil
	})
	service, err := serviceOf(ctx, client, hello)
	must(t, err)
	owner := metav1.GetControllerOf(service)
	if owner == nil || owner.UID != hello.UID || owner.Kind != "ConfigMap" || !*owner.BlockOwnerDeletion {
		t.Fatalf("owner %v", owner)
	}
	generation := service.GetGeneration()

	before := &corev1.ConfigMap{}
	must(t, client.Get(ctx, keyOf(hello), before))
	changed := before.DeepCopy()
	changed.Data["text"] = "two"
	must(t, client.Patch(ctx, changed, mergeFrom(before)))
	eventually(t, "a change of the ConfigMap makes a revision", func() error {
		service, err := serviceOf(ctx, client, hello)
		if err != nil {
			return err
		}
		latest, _, _ := unstructured.NestedString(service.Object, "status", "latestReadyRevisionName")
		if service.GetGeneration() != generation+1 || latest != "hello-00002" {
			return fmt.Errorf("generation %d, latest %s", service.GetGeneration(), latest)
		}
		return nil
	})
}

func TestAFinalizerHoldsAndTheChildGoes(t *testing.T) {
	ctx, client, ns := run(t)
	gone := page(ns, "gone", "one")
	must(t, client.Create(ctx, gone))
	eventually(t, "the finalizer and the Service", func() error {
		found := &corev1.ConfigMap{}
		if err := client.Get(ctx, keyOf(gone), found); err != nil {
			return err
		}
		if len(found.Finalizers) != 1 {
			return fmt.Errorf("finalizers %v", found.Finalizers)
		}
		_, err := serviceOf(ctx, client, gone)
		return err
	})
	must(t, client.Delete(ctx, gone))
	eventually(t, "the reconciler says good bye", func() error {
		bye := &corev1.ConfigMap{}
		return client.Get(ctx, keyOf(page(ns, "bye-gone", "")), bye)
	})
	eventually(t, "both are gone from the cache", func() error {
		if err := client.Get(ctx, keyOf(gone), &corev1.ConfigMap{}); !errors.IsNotFound(err) {
			return fmt.Errorf("the ConfigMap: %v", err)
		}
		if _, err := serviceOf(ctx, client, gone); !errors.IsNotFound(err) {
			return fmt.Errorf("the Service: %v", err)
		}
		return nil
	})
}

func TestStatusPatchesAndIndexedLists(t *testing.T) {
	ctx, client, ns := run(t)
	for _, name := range []string{"a", "b"} {
		must(t, client.Create(ctx, page(ns, name, "text of "+name)))
	}
	eventually(t, "a list by an index of the cache", func() error { return listedByText(ctx, client, ns, "text of b", "b") })

	web := &corev1.Service{ObjectMeta: metav1.ObjectMeta{Namespace: ns, Name: "web"}}
	web.Spec.Type = corev1.ServiceTypeLoadBalancer
	web.Spec.Ports = []corev1.ServicePort{{Port: 80}}
	must(t, client.Create(ctx, web))
	patched := web.DeepCopy()
	patched.Status.LoadBalancer.Ingress = []corev1.LoadBalancerIngress{{Hostname: "web.example"}}
	patched.Labels = map[string]string{"ignored": "yes"}
	must(t, client.Status().Patch(ctx, patched, mergeFrom(web)))
	if patched.Status.LoadBalancer.Ingress[0].Hostname != "web.example" || patched.Spec.Ports[0].Port != 80 {
		t.Fatalf("status %v", patched.Status)
	}
	if patched.Labels["ignored"] != "" {
		t.Fatalf("a status patch changed labels: %v", patched.Labels)
	}
	stale := web.DeepCopy()
	stale.Status.Conditions = []metav1.Condition{{Type: "Here", Status: "True", Reason: "Tested", LastTransitionTime: metav1.Now()}}
	if err := client.Status().Update(ctx, stale); !errors.IsConflict(err) {
		t.Fatalf("an old version: %v", err)
	}
}
