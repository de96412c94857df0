// Package clientgo holds what programs written with client-go expect of an API server. KUBECONFIG names the platform.
package clientgo

import (
	"context"
	"fmt"
	"net/http"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/dynamic"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/clientcmd"
)

const patience = 60 * time.Second

// config of the administrator, without a limit of requests of its own.
func config(t *testing.T) *rest.Config {
	t.Helper()
	loaded, err := clientcmd.BuildConfigFromFlags("", os.Getenv("KUBECONFIG"))
	must(t, err)
	loaded.QPS = -1
	return loaded
}

func typed(t *testing.T) *kubernetes.Clientset {
	t.Helper()
	return typedFor(t, config(t))
}

func typedFor(t *testing.T, config *rest.Config) *kubernetes.Clientset {
	t.Helper()
	client, err := kubernetes.NewForConfig(config)
	must(t, err)
	return client
}

func untyped(t *testing.T) *dynamic.DynamicClient {
	t.Helper()
	client, err := dynamic.NewForConfig(config(t))
	must(t, err)
	return client
}

// namespace makes one that goes with the test.
func namespace(t *testing.T) string {
	t.Helper()
	client := typed(t)
	made, err := client.CoreV1().Namespaces().Create(within(t), &corev1.Namespace{
		ObjectMeta: metav1.ObjectMeta{GenerateName: "client-go-"},
	}, metav1.CreateOptions{})
	must(t, err)
	eventually(t, "the namespace has what every namespace has", func() bool {
		_, noAccount := client.CoreV1().ServiceAccounts(made.Name).Get(within(t), "default", metav1.GetOptions{})
		_, noRoots := client.CoreV1().ConfigMaps(made.Name).Get(within(t), "kube-root-ca.crt", metav1.GetOptions{})
		return noAccount == nil && noRoots == nil
	})
	t.Cleanup(func() {
		_ = client.CoreV1().Namespaces().Delete(context.Background(), made.Name, metav1.DeleteOptions{})
	})
	return made.Name
}

// within is a time in which the requests of a test are done.
func within(t *testing.T) context.Context {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	t.Cleanup(cancel)
	return ctx
}

func configMap(name string, data map[string]string) *corev1.ConfigMap {
	return &corev1.ConfigMap{ObjectMeta: metav1.ObjectMeta{Name: name}, Data: data}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func equal[T comparable](t *testing.T, what string, actual, expected T) {
	t.Helper()
	if actual != expected {
		t.Fatalf("%s: %v, expected %v", what, actual, expected)
	}
}

// same compares by text, for slices and maps.
func same(t *testing.T, what string, actual, expected any) {
	t.Helper()
	equal(t, what, fmt.Sprint(actual), fmt.Sprint(expected))
}

// eventually tries until the condition holds.
func eventually(t *testing.T, what string, holds func() bool) {
	t.Helper()
	for deadline := time.Now().Add(patience); !holds(); time.Sleep(20 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("not within %v: %s", patience, what)
		}
	}
}

// recorder notes what a client sends.
type recorder struct {
	mutex    sync.Mutex
	requests []string
	next     http.RoundTripper
}

// record makes a config whose requests are noted as `VERB path?query [content type of the body]`.
func record(t *testing.T) (*rest.Config, *recorder) {
	t.Helper()
	recording := &recorder{}
	config := config(t)
	config.Wrap(func(next http.RoundTripper) http.RoundTripper {
		recording.next = next
		return recording
	})
	return config, recording
}

func (r *recorder) RoundTrip(request *http.Request) (*http.Response, error) {
	r.mutex.Lock()
	r.requests = append(r.requests, fmt.Sprintf("%s %s [%s]", request.Method, request.URL.RequestURI(), request.Header.Get("Content-Type")))
	r.mutex.Unlock()
	return r.next.RoundTrip(request)
}

// count of requests whose note contains all the words.
func (r *recorder) count(words ...string) int {
	r.mutex.Lock()
	defer r.mutex.Unlock()
	found := 0
	for _, request := range r.requests {
		all := true
		for _, word := range words {
			all = all && strings.Contains(request, word)
		}
		if all {
			found++
		}
	}
	return found
}
