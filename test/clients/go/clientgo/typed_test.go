package clientgo

import (
	"testing"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	rbacv1 "k8s.io/api/rbac/v1"
	"k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/apimachinery/pkg/util/intstr"
	"k8s.io/client-go/util/retry"
)

const protobuf = "application/vnd.kubernetes.protobuf"

func TestTypedClientsSendProtobufAndReadBackWhatTheyWrote(t *testing.T) {
	config, sent := record(t)
	client, ns, ctx := typedFor(t, config), namespace(t), within(t)

	secret, err := client.CoreV1().Secrets(ns).Create(ctx, &corev1.Secret{
		ObjectMeta: metav1.ObjectMeta{Name: "binary", Labels: map[string]string{"app": "x"}},
		Type:       corev1.SecretTypeOpaque,
		Data:       map[string][]byte{"bytes": {0, 1, 0xff, 0x80}},
		StringData: map[string]string{"text": "päß"},
	}, metav1.CreateOptions{})
	must(t, err)
	same(t, "bytes", secret.Data["bytes"], []byte{0, 1, 0xff, 0x80})
	equal(t, "text", string(secret.Data["text"]), "päß")

	service, err := client.CoreV1().Services(ns).Create(ctx, &corev1.Service{
		ObjectMeta: metav1.ObjectMeta{Name: "web"},
		Spec: corev1.ServiceSpec{
			Selector: map[string]string{"app": "x"},
			Ports:    []corev1.ServicePort{{Name: "http", Port: 80, TargetPort: intstr.FromString("web")}, {Name: "n", Port: 81, TargetPort: intstr.FromInt32(8081)}},
		},
	}, metav1.CreateOptions{})
	must(t, err)
	same(t, "target ports", []string{service.Spec.Ports[0].TargetPort.String(), service.Spec.Ports[1].TargetPort.String()}, []string{"web", "8081"})
	equal(t, "default type", service.Spec.Type, corev1.ServiceTypeClusterIP)

	zero := int32(0)
	deployment, err := client.AppsV1().Deployments(ns).Create(ctx, &appsv1.Deployment{
		ObjectMeta: metav1.ObjectMeta{Name: "none"},
		Spec: appsv1.DeploymentSpec{
			Replicas: &zero,
			Selector: &metav1.LabelSelector{MatchLabels: map[string]string{"app": "x"}},
			Template: corev1.PodTemplateSpec{
				ObjectMeta: metav1.ObjectMeta{Labels: map[string]string{"app": "x"}},
				Spec: corev1.PodSpec{Containers: []corev1.Container{{
					Name: "main", Image: "kinetic.local/none",
					Resources: corev1.ResourceRequirements{Requests: corev1.ResourceList{"cpu": resource.MustParse("100m")}},
				}}},
			},
		},
	}, metav1.CreateOptions{})
	must(t, err)
	equal(t, "replicas", *deployment.Spec.Replicas, 0)
	equal(t, "request", deployment.Spec.Template.Spec.Containers[0].Resources.Requests.Cpu().String(), "100m")
	must(t, retry.RetryOnConflict(retry.DefaultBackoff, func() error { // its controller writes, too
		current, err := client.AppsV1().Deployments(ns).Get(ctx, "none", metav1.GetOptions{})
		must(t, err)
		current.Spec.Template.Annotations = map[string]string{"a": "b"}
		updated, err := client.AppsV1().Deployments(ns).Update(ctx, current, metav1.UpdateOptions{})
		if err == nil {
			equal(t, "generation after a change of the spec", updated.Generation, deployment.Generation+1)
		}
		return err
	}))

	_, err = client.RbacV1().Roles(ns).Create(ctx, &rbacv1.Role{
		ObjectMeta: metav1.ObjectMeta{Name: "reader"},
		Rules:      []rbacv1.PolicyRule{{APIGroups: []string{""}, Resources: []string{"pods"}, Verbs: []string{"get"}}},
	}, metav1.CreateOptions{})
	must(t, err)
	equal(t, "creations as protobuf", sent.count("POST", "/namespaces/"+ns+"/", protobuf), 4)
	equal(t, "updates as protobuf", sent.count("PUT", "/deployments/none", protobuf) > 0, true)
}

func TestErrorsAreRecognised(t *testing.T) {
	client, ns, ctx := typed(t), namespace(t), within(t)
	maps := client.CoreV1().ConfigMaps(ns)
	_, err := maps.Get(ctx, "absent", metav1.GetOptions{})
	equal(t, "NotFound", errors.IsNotFound(err), true)
	equal(t, "message", err.Error(), `configmaps "absent" not found`)
	_, err = maps.Create(ctx, configMap("one", nil), metav1.CreateOptions{})
	must(t, err)
	_, err = maps.Create(ctx, configMap("one", nil), metav1.CreateOptions{})
	equal(t, "AlreadyExists", errors.IsAlreadyExists(err), true)
	_, err = maps.Create(ctx, configMap("Bad_Name", nil), metav1.CreateOptions{})
	equal(t, "Invalid", errors.IsInvalid(err), true)
	status := err.(*errors.StatusError).ErrStatus
	equal(t, "field", status.Details.Causes[0].Field, "metadata.name")
	_, err = client.CoreV1().ConfigMaps("absent").Create(ctx, configMap("one", nil), metav1.CreateOptions{})
	equal(t, "NotFound of the namespace", errors.IsNotFound(err), true)
}

func TestConflictsAreRetried(t *testing.T) {
	client, ns, ctx := typed(t), namespace(t), within(t)
	maps := client.CoreV1().ConfigMaps(ns)
	stale, err := maps.Create(ctx, configMap("shared", map[string]string{"count": ""}), metav1.CreateOptions{})
	must(t, err)
	attempts := 0
	must(t, retry.RetryOnConflict(retry.DefaultRetry, func() error {
		attempts++
		current := stale
		if attempts > 1 {
			if current, err = maps.Get(ctx, "shared", metav1.GetOptions{}); err != nil {
				return err
			}
		} else { // somebody else is faster
			_, err := maps.Patch(ctx, "shared", types.MergePatchType, []byte(`{"data":{"other":"1"}}`), metav1.PatchOptions{})
			must(t, err)
		}
		current.Data["count"] += "x"
		_, err := maps.Update(ctx, current, metav1.UpdateOptions{})
		return err
	}))
	equal(t, "attempts", attempts, 2)
	final, err := maps.Get(ctx, "shared", metav1.GetOptions{})
	must(t, err)
	same(t, "data", final.Data, map[string]string{"count": "x", "other": "1"})
}

func TestDeleteOptionsAreObeyed(t *testing.T) {
	config, sent := record(t)
	client, ns, ctx := typedFor(t, config), namespace(t), within(t)
	maps := client.CoreV1().ConfigMaps(ns)
	made, err := maps.Create(ctx, configMap("kept", nil), metav1.CreateOptions{})
	must(t, err)

	other := types.UID("00000000-0000-0000-0000-000000000000")
	err = maps.Delete(ctx, "kept", metav1.DeleteOptions{Preconditions: &metav1.Preconditions{UID: &other}})
	equal(t, "another uid is a Conflict", errors.IsConflict(err), true)
	must(t, maps.Delete(ctx, "kept", metav1.DeleteOptions{DryRun: []string{metav1.DryRunAll}}))
	_, err = maps.Get(ctx, "kept", metav1.GetOptions{})
	must(t, err)
	equal(t, "as protobuf", sent.count("DELETE", "/kept", protobuf), 2)
	must(t, maps.Delete(ctx, "kept", metav1.DeleteOptions{Preconditions: &metav1.Preconditions{UID: &made.UID, ResourceVersion: &made.ResourceVersion}}))
	_, err = maps.Get(ctx, "kept", metav1.GetOptions{})
	equal(t, "gone", errors.IsNotFound(err), true)
}

func TestPropagationPolicies(t *testing.T) {
	client, ns, ctx := typed(t), namespace(t), within(t)
	maps := client.CoreV1().ConfigMaps(ns)
	block := true
	family := func(name string) {
		t.Helper()
		parent, err := maps.Create(ctx, configMap(name, nil), metav1.CreateOptions{})
		must(t, err)
		child := configMap(name+"-child", nil)
		child.OwnerReferences = []metav1.OwnerReference{{APIVersion: "v1", Kind: "ConfigMap", Name: name, UID: parent.UID, BlockOwnerDeletion: &block}}
		_, err = maps.Create(ctx, child, metav1.CreateOptions{})
		must(t, err)
	}
	gone := func(name string) bool {
		_, err := maps.Get(ctx, name, metav1.GetOptions{})
		return errors.IsNotFound(err)
	}
	remove := func(name string, policy metav1.DeletionPropagation) {
		t.Helper()
		must(t, maps.Delete(ctx, name, metav1.DeleteOptions{PropagationPolicy: &policy}))
	}

	family("foreground")
	held, err := maps.Patch(ctx, "foreground-child", types.JSONPatchType,
		[]byte(`[{"op":"add","path":"/metadata/finalizers","value":["kinetic.dev/test"]}]`), metav1.PatchOptions{})
	must(t, err)
	same(t, "finalizers", held.Finalizers, []string{"kinetic.dev/test"})
	remove("foreground", metav1.DeletePropagationForeground)
	waiting, err := maps.Get(ctx, "foreground", metav1.GetOptions{})
	must(t, err)
	same(t, "waits for its child", waiting.Finalizers, []string{metav1.FinalizerDeleteDependents})
	equal(t, "deletionTimestamp", waiting.DeletionTimestamp != nil, true)
	eventually(t, "the child is told to go", func() bool {
		child, err := maps.Get(ctx, "foreground-child", metav1.GetOptions{})
		return err == nil && child.DeletionTimestamp != nil
	})
	_, err = maps.Patch(ctx, "foreground-child", types.MergePatchType, []byte(`{"metadata":{"finalizers":null}}`), metav1.PatchOptions{})
	must(t, err)
	eventually(t, "both are gone", func() bool { return gone("foreground") && gone("foreground-child") })

	family("background")
	remove("background", metav1.DeletePropagationBackground)
	equal(t, "gone at once", gone("background"), true)
	eventually(t, "its child follows", func() bool { return gone("background-child") })

	family("orphan")
	remove("orphan", metav1.DeletePropagationOrphan)
	eventually(t, "the parent goes", func() bool { return gone("orphan") })
	child, err := maps.Get(ctx, "orphan-child", metav1.GetOptions{})
	must(t, err)
	equal(t, "owners of the child", len(child.OwnerReferences), 0)
}

func TestDeleteCollectionBySelector(t *testing.T) {
	client, ns, ctx := typed(t), namespace(t), within(t)
	maps := client.CoreV1().ConfigMaps(ns)
	for _, name := range []string{"a", "b", "c"} {
		one := configMap(name, nil)
		one.Labels = map[string]string{"keep": map[bool]string{true: "yes", false: "no"}[name == "b"]}
		_, err := maps.Create(ctx, one, metav1.CreateOptions{})
		must(t, err)
	}
	must(t, maps.DeleteCollection(ctx, metav1.DeleteOptions{}, metav1.ListOptions{LabelSelector: "keep=no"}))
	same(t, "left", names(t, ns, metav1.ListOptions{LabelSelector: "keep"}), []string{"b"})
}
