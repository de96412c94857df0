// Command incluster is a program in a Pod that talks to its API server as client-go programs do.
package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"time"

	authenticationv1 "k8s.io/api/authentication/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/clientcmd"
)

type report struct {
	// User is whom the API server takes the program for.
	User string
	// Extra is what it knows of the token.
	Extra map[string]string
	// Token is what the program shows the API server.
	Token string
	// Namespace is the program's own by its configuration.
	Namespace string
	// Pods are the names of the Pods of that namespace.
	Pods []string
	// Secrets is why they may not be read.
	Secrets string
	// ByName is the version of the API server by its name in the cluster.
	ByName string
}

func main() {
	answer, err := ask()
	if err != nil {
		fmt.Println("failed:", err)
		os.Exit(1)
	}
	_ = json.NewEncoder(os.Stdout).Encode(answer)
	select {}
}

// ask follows KUBECONFIG, and without one what every container of a cluster has.
func ask() (report, error) {
	loading := clientcmd.NewNonInteractiveDeferredLoadingClientConfig(clientcmd.NewDefaultClientConfigLoadingRules(), nil)
	namespace, _, err := loading.Namespace()
	if err != nil {
		return report{}, err
	}
	config, err := configOf(loading)
	if err != nil {
		return report{}, err
	}
	client, err := kubernetes.NewForConfig(config)
	if err != nil {
		return report{}, err
	}
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	return look(ctx, client, config, namespace)
}

func configOf(loading clientcmd.ClientConfig) (*rest.Config, error) {
	if os.Getenv("KUBECONFIG") == "" {
		return rest.InClusterConfig()
	}
	return loading.ClientConfig()
}

func look(ctx context.Context, client *kubernetes.Clientset, config *rest.Config, namespace string) (report, error) {
	token, err := os.ReadFile(config.BearerTokenFile)
	if err != nil {
		return report{}, err
	}
	answer := report{Namespace: namespace, Extra: map[string]string{}, Token: string(token)}
	self, err := client.AuthenticationV1().SelfSubjectReviews().Create(ctx, &authenticationv1.SelfSubjectReview{}, metav1.CreateOptions{})
	if err != nil {
		return answer, err
	}
	answer.User = self.Status.UserInfo.Username
	for key, values := range self.Status.UserInfo.Extra {
		answer.Extra[key] = values[0]
	}
	pods, err := client.CoreV1().Pods(namespace).List(ctx, metav1.ListOptions{})
	if err != nil {
		return answer, err
	}
	for _, pod := range pods.Items {
		answer.Pods = append(answer.Pods, pod.Name)
	}
	_, err = client.CoreV1().Secrets(namespace).List(ctx, metav1.ListOptions{})
	answer.Secrets = fmt.Sprint(err)
	answer.ByName = byName(config)
	return answer, nil
}

func byName(config *rest.Config) string {
	named := rest.CopyConfig(config)
	named.Host = "https://kubernetes.default.svc"
	client, err := kubernetes.NewForConfig(named)
	if err != nil {
		return err.Error()
	}
	version, err := client.Discovery().ServerVersion()
	if err != nil {
		return err.Error()
	}
	return version.Major
}
