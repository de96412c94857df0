package clientgo

import (
	"context"
	"fmt"
	"net/url"
	"strings"
	"testing"

	authenticationv1 "k8s.io/api/authentication/v1"
	authorizationv1 "k8s.io/api/authorization/v1"
	rbacv1 "k8s.io/api/rbac/v1"
	"k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/client-go/discovery"
	"k8s.io/client-go/discovery/cached/memory"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/restmapper"
)

func contains(text, part string) error {
	if !strings.Contains(text, part) {
		return fmt.Errorf("%q does not contain %q", text, part)
	}
	return nil
}

func whoAmI(t *testing.T, config *rest.Config) authenticationv1.UserInfo {
	t.Helper()
	review, err := typedFor(t, config).AuthenticationV1().SelfSubjectReviews().Create(within(t), &authenticationv1.SelfSubjectReview{}, metav1.CreateOptions{})
	must(t, err)
	return review.Status.UserInfo
}

func TestImpersonation(t *testing.T) {
	ns, ctx := namespace(t), within(t)
	admin := typed(t)
	_, err := admin.RbacV1().Roles(ns).Create(ctx, &rbacv1.Role{
		ObjectMeta: metav1.ObjectMeta{Name: "reader"},
		Rules:      []rbacv1.PolicyRule{{APIGroups: []string{""}, Resources: []string{"configmaps"}, Verbs: []string{"get", "list"}}},
	}, metav1.CreateOptions{})
	must(t, err)
	_, err = admin.RbacV1().RoleBindings(ns).Create(ctx, &rbacv1.RoleBinding{
		ObjectMeta: metav1.ObjectMeta{Name: "reader"},
		RoleRef:    rbacv1.RoleRef{APIGroup: rbacv1.GroupName, Kind: "Role", Name: "reader"},
		Subjects:   []rbacv1.Subject{{APIGroup: rbacv1.GroupName, Kind: rbacv1.GroupKind, Name: "readers"}},
	}, metav1.CreateOptions{})
	must(t, err)

	jane := config(t)
	jane.Impersonate = rest.ImpersonationConfig{UserName: "jane", Groups: []string{"readers"}, UID: "7", Extra: map[string][]string{"team/Name": {"a", "b"}}}
	user := whoAmI(t, jane)
	equal(t, "user", user.Username, "jane")
	equal(t, "uid", user.UID, "7")
	same(t, "groups", user.Groups, []string{"readers", "system:authenticated"})
	same(t, "extra", user.Extra, map[string][]string{"team/name": {"a", "b"}})

	client := typedFor(t, jane)
	_, err = client.CoreV1().ConfigMaps(ns).List(ctx, metav1.ListOptions{})
	must(t, err)
	_, err = client.CoreV1().ConfigMaps(ns).Create(ctx, configMap("no", nil), metav1.CreateOptions{})
	equal(t, "Forbidden", errors.IsForbidden(err), true)
	must(t, contains(err.Error(), fmt.Sprintf(`User "jane" cannot create resource "configmaps" in API group "" in the namespace %q`, ns)))
	review, err := client.AuthorizationV1().SelfSubjectAccessReviews().Create(ctx, &authorizationv1.SelfSubjectAccessReview{
		Spec: authorizationv1.SelfSubjectAccessReviewSpec{ResourceAttributes: &authorizationv1.ResourceAttributes{Namespace: ns, Verb: "list", Resource: "configmaps"}},
	}, metav1.CreateOptions{})
	must(t, err)
	equal(t, "allowed to list", review.Status.Allowed, true)
}

func TestTokensAndClientCertificates(t *testing.T) {
	whole := config(t)
	must(t, rest.LoadTLSFiles(whole))
	token := rest.AnonymousClientConfig(whole)
	token.BearerToken = whole.BearerToken
	equal(t, "the kubeconfig has a token", token.BearerToken != "", true)
	certificate := rest.AnonymousClientConfig(whole)
	certificate.CertData, certificate.KeyData = whole.CertData, whole.KeyData
	for name, config := range map[string]*rest.Config{"token": token, "certificate": certificate} {
		must(t, contains(strings.Join(whoAmI(t, config).Groups, " "), "system:masters"))
		_, err := typedFor(t, config).CoreV1().Namespaces().List(within(t), metav1.ListOptions{})
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
	}
	wrong := rest.CopyConfig(token)
	wrong.BearerToken = "not-a-token"
	_, err := typedFor(t, wrong).CoreV1().Namespaces().List(within(t), metav1.ListOptions{})
	equal(t, "a wrong token is Unauthorized", errors.IsUnauthorized(err), true)
	_, err = typedFor(t, rest.AnonymousClientConfig(whole)).CoreV1().Namespaces().List(within(t), metav1.ListOptions{})
	equal(t, "nobody is Forbidden", errors.IsForbidden(err), true)

	admin, ctx := typed(t), within(t)
	review, err := admin.AuthenticationV1().TokenReviews().Create(ctx, &authenticationv1.TokenReview{
		Spec: authenticationv1.TokenReviewSpec{Token: token.BearerToken},
	}, metav1.CreateOptions{})
	must(t, err)
	equal(t, "a TokenReview knows it", review.Status.Authenticated, true)
}

func TestDiscoveryAndRESTMapper(t *testing.T) {
	config, sent := record(t)
	client, err := discovery.NewDiscoveryClientForConfig(config)
	must(t, err)
	version, err := client.ServerVersion()
	must(t, err)
	equal(t, "major", version.Major, "1")
	mapper := restmapper.NewDeferredDiscoveryRESTMapper(memory.NewMemCacheClient(client))
	mapping, err := mapper.RESTMapping(schema.GroupKind{Group: "serving.knative.dev", Kind: "Service"}, "v1")
	must(t, err)
	equal(t, "resource", mapping.Resource, knative("services"))
	equal(t, "scope", mapping.Scope.Name(), meta.RESTScopeNameNamespace)
	equal(t, "aggregated discovery: two requests", sent.count("GET /api"), 2)
	expanded := restmapper.NewShortcutExpander(mapper, memory.NewMemCacheClient(client), nil)
	short, err := expanded.ResourceFor(schema.GroupVersionResource{Resource: "ksvc"})
	must(t, err)
	equal(t, "ksvc", short, knative("services"))
	_, err = mapper.RESTMapping(schema.GroupKind{Group: "route.openshift.io", Kind: "Route"})
	equal(t, "an unknown group", meta.IsNoMatchError(err), true)
	_, lists, err := client.ServerGroupsAndResources()
	must(t, err)
	verbs := map[string]string{}
	for _, list := range lists {
		for _, resource := range list.APIResources {
			verbs[list.GroupVersion+" "+resource.Name] = strings.Join(resource.Verbs, ",")
		}
	}
	equal(t, "verbs", verbs["v1 configmaps"], "create,delete,deletecollection,get,list,patch,update,watch")
	equal(t, "verbs of a status", verbs["serving.knative.dev/v1 services/status"], "get,patch,update")
	equal(t, "verbs of a log", verbs["v1 pods/log"], "get")
	_, err = client.ServerResourcesForGroupVersion("route.openshift.io/v1")
	equal(t, "a group that is missing", errors.IsNotFound(err), true)
	document, err := client.OpenAPISchema()
	must(t, err)
	equal(t, "OpenAPI v2 as protobuf has many definitions", len(document.GetDefinitions().GetAdditionalProperties()) > 100, true)
	paths, err := client.OpenAPIV3().Paths()
	must(t, err)
	equal(t, "OpenAPI v3", paths["apis/serving.knative.dev/v1"] != nil, true)
}

func TestUnknownGroupsAndSubresourcesInRawRequests(t *testing.T) {
	client := typed(t).Discovery().RESTClient()
	body, err := client.Get().AbsPath("/apis/tekton.dev/v1").DoRaw(context.Background())
	equal(t, "NotFound", errors.IsNotFound(err), true)
	equal(t, "plain text", string(body), "404 page not found\n")
	equal(t, "the health of the server", raw(t, client, "/readyz"), "ok")
}

func raw(t *testing.T, client rest.Interface, path string) string {
	t.Helper()
	where, err := url.Parse(path)
	must(t, err)
	body, err := client.Get().AbsPath(where.Path).DoRaw(within(t))
	must(t, err)
	return string(body)
}
