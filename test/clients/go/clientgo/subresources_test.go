package clientgo

import (
	"io"
	"strings"
	"testing"

	appsv1 "k8s.io/api/apps/v1"
	authenticationv1 "k8s.io/api/authentication/v1"
	autoscalingv1 "k8s.io/api/autoscaling/v1"
	corev1 "k8s.io/api/core/v1"
	policyv1 "k8s.io/api/policy/v1"
	"k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/rest"
)

// deploy runs an image that says something in a Deployment, and waits for its Pod.
func deploy(t *testing.T, ns, name string) corev1.Pod {
	t.Helper()
	client, ctx, one := typed(t), within(t), int32(1)
	selector := map[string]string{"app": name}
	_, err := client.AppsV1().Deployments(ns).Create(ctx, &appsv1.Deployment{
		ObjectMeta: metav1.ObjectMeta{Name: name},
		Spec: appsv1.DeploymentSpec{
			Replicas: &one,
			Selector: &metav1.LabelSelector{MatchLabels: selector},
			Template: corev1.PodTemplateSpec{
				ObjectMeta: metav1.ObjectMeta{Labels: selector},
				Spec:       corev1.PodSpec{Containers: []corev1.Container{{Name: "main", Image: "kinetic.local/talker", Env: []corev1.EnvVar{{Name: "PORT", Value: "0"}}}}},
			},
		},
	}, metav1.CreateOptions{})
	must(t, err)
	var found corev1.Pod
	eventually(t, "a Pod of "+name+" runs", func() bool {
		pods, err := client.CoreV1().Pods(ns).List(ctx, metav1.ListOptions{
			LabelSelector: labels.SelectorFromSet(selector).String(), FieldSelector: "status.phase=Running",
		})
		must(t, err)
		for _, pod := range pods.Items {
			if pod.DeletionTimestamp == nil {
				found = pod
				return true
			}
		}
		return false
	})
	return found
}

func TestScaleLogsAndEvictionOfADeployment(t *testing.T) {
	client, ns, ctx := typed(t), namespace(t), within(t)
	pod := deploy(t, ns, "web")
	equal(t, "node", pod.Spec.NodeName != "", true)
	var log string
	eventually(t, "the log", func() bool {
		stream, err := client.CoreV1().Pods(ns).GetLogs(pod.Name, &corev1.PodLogOptions{Container: "main", Timestamps: true}).Stream(ctx)
		must(t, err)
		defer stream.Close()
		text, err := io.ReadAll(stream)
		must(t, err)
		log = string(text)
		return log != ""
	})
	must(t, contains(log, "Z I am here"))
	err := client.CoreV1().Pods(ns).GetLogs(pod.Name, &corev1.PodLogOptions{Container: "absent"}).Do(ctx).Error()
	must(t, contains(err.Error(), "container absent is not valid for pod "+pod.Name))

	must(t, client.CoreV1().Pods(ns).EvictV1(ctx, &policyv1.Eviction{ObjectMeta: metav1.ObjectMeta{Name: pod.Name, Namespace: ns}}))
	eventually(t, "the evicted Pod goes", func() bool {
		_, err := client.CoreV1().Pods(ns).Get(ctx, pod.Name, metav1.GetOptions{})
		return errors.IsNotFound(err)
	})

	scale, err := client.AppsV1().Deployments(ns).GetScale(ctx, "web", metav1.GetOptions{})
	must(t, err)
	equal(t, "selector", scale.Status.Selector, "app=web")
	_, err = client.AppsV1().Deployments(ns).UpdateScale(ctx, "web", &autoscalingv1.Scale{
		ObjectMeta: metav1.ObjectMeta{Name: "web", Namespace: ns}, Spec: autoscalingv1.ScaleSpec{Replicas: 0},
	}, metav1.UpdateOptions{})
	must(t, err)
	eventually(t, "no Pod is left", func() bool {
		pods, err := client.CoreV1().Pods(ns).List(ctx, metav1.ListOptions{LabelSelector: "app=web"})
		return err == nil && len(pods.Items) == 0
	})
	deployment, err := client.AppsV1().Deployments(ns).Get(ctx, "web", metav1.GetOptions{})
	must(t, err)
	equal(t, "replicas", *deployment.Spec.Replicas, 0)
}

func TestStatusIsASubresource(t *testing.T) {
	client, ns, ctx := typed(t), namespace(t), within(t)
	service, err := client.CoreV1().Services(ns).Create(ctx, &corev1.Service{
		ObjectMeta: metav1.ObjectMeta{Name: "web"},
		Spec:       corev1.ServiceSpec{Type: corev1.ServiceTypeLoadBalancer, Ports: []corev1.ServicePort{{Port: 80}}},
	}, metav1.CreateOptions{})
	must(t, err)
	service.Status.LoadBalancer.Ingress = []corev1.LoadBalancerIngress{{IP: "127.0.0.9"}}
	plain, err := client.CoreV1().Services(ns).Update(ctx, service, metav1.UpdateOptions{})
	must(t, err)
	equal(t, "an update changes no status", len(plain.Status.LoadBalancer.Ingress), 0)
	plain.Status.LoadBalancer.Ingress = service.Status.LoadBalancer.Ingress
	plain.Labels = map[string]string{"a": "b"}
	changed, err := client.CoreV1().Services(ns).UpdateStatus(ctx, plain, metav1.UpdateOptions{})
	must(t, err)
	equal(t, "UpdateStatus does", changed.Status.LoadBalancer.Ingress[0].IP, "127.0.0.9")
	patched, err := client.CoreV1().Services(ns).Patch(ctx, "web", types.StrategicMergePatchType,
		[]byte(`{"status":{"loadBalancer":{"ingress":[{"ip":"127.0.0.8"}]}}}`), metav1.PatchOptions{}, "status")
	must(t, err)
	equal(t, "and a patch of it", patched.Status.LoadBalancer.Ingress[0].IP, "127.0.0.8")
}

func TestTokensOfServiceAccounts(t *testing.T) {
	client, ns, ctx := typed(t), namespace(t), within(t)
	seconds := int64(3600)
	request, err := client.CoreV1().ServiceAccounts(ns).CreateToken(ctx, "default", &authenticationv1.TokenRequest{
		Spec: authenticationv1.TokenRequestSpec{ExpirationSeconds: &seconds},
	}, metav1.CreateOptions{})
	must(t, err)
	equal(t, "a token of three parts", len(strings.Split(request.Status.Token, ".")), 3)
	robot := rest.AnonymousClientConfig(config(t))
	robot.BearerToken = request.Status.Token
	equal(t, "user", whoAmI(t, robot).Username, "system:serviceaccount:"+ns+":default")
	short := int64(5)
	_, err = client.CoreV1().ServiceAccounts(ns).CreateToken(ctx, "default", &authenticationv1.TokenRequest{
		Spec: authenticationv1.TokenRequestSpec{ExpirationSeconds: &short},
	}, metav1.CreateOptions{})
	equal(t, "less than ten minutes is Invalid", errors.IsInvalid(err), true)
}
