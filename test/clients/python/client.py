"""Programs that use Python's `kubernetes` expect this. KUBECONFIG names the platform; tests are reported as Go reports its own."""

import os
import sys
import tempfile
import threading
import time
import traceback

from kubernetes import client, config, dynamic, utils, watch
from kubernetes.client.exceptions import ApiException
from kubernetes.dynamic.exceptions import NotFoundError

PATIENCE_S = 60
SERVICE = {
    "apiVersion": "serving.knative.dev/v1",
    "kind": "Service",
    "metadata": {"name": "hello"},
    "spec": {
        "template": {
            "metadata": {"annotations": {"autoscaling.knative.dev/initial-scale": "0"}},
            "spec": {"containers": [{"image": "kinetic.local/hello", "env": [{"name": "TARGET", "value": "Python"}]}]},
        }
    },
}
MANIFEST = """
apiVersion: v1
kind: ConfigMap
metadata: {name: from-yaml}
data: {text: "1"}
---
apiVersion: v1
kind: Service
metadata: {name: from-yaml}
spec: {ports: [{port: 80}]}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: from-yaml}
spec:
  replicas: 0
  selector: {matchLabels: {app: x}}
  template:
    metadata: {labels: {app: x}}
    spec: {containers: [{name: main, image: kinetic.local/hello}]}
"""


def eventually(what, attempt):
    """The first true result of the attempt."""
    deadline = time.monotonic() + PATIENCE_S
    while True:
        result = attempt()
        if result:
            return result
        if time.monotonic() > deadline:
            raise AssertionError(f"not within {PATIENCE_S} s: {what}")
        time.sleep(0.02)


def same(actual, expected):
    assert actual == expected, f"{actual!r}, expected {expected!r}"


def config_map(name, data=None, labels=None):
    return client.V1ConfigMap(metadata=client.V1ObjectMeta(name=name, labels=labels), data=data)


def fails(status, call, *args, **kwargs):
    """The exception of a call that the server refuses with this status."""
    try:
        call(*args, **kwargs)
    except ApiException as refused:
        same(refused.status, status)
        return refused
    raise AssertionError(f"no {status}")


def test_lists(ns):
    core = client.CoreV1Api()
    for name in ["a", "b", "c", "d"]:
        core.create_namespaced_config_map(ns, config_map(name, labels={"odd": "yes" if name in "ac" else "no"}))
    first = core.list_namespaced_config_map(ns, label_selector="odd", limit=3)
    same([item.metadata.name for item in first.items], ["a", "b", "c"])
    rest = core.list_namespaced_config_map(ns, label_selector="odd", limit=3, _continue=first.metadata._continue)
    same([item.metadata.name for item in rest.items], ["d"])
    same(rest.metadata.resource_version, first.metadata.resource_version)
    odd = core.list_namespaced_config_map(ns, label_selector="odd in (yes),odd!=no", field_selector="metadata.name!=a")
    same([item.metadata.name for item in odd.items], ["c"])
    everywhere = core.list_config_map_for_all_namespaces(field_selector="metadata.name=d,metadata.namespace=" + ns)
    same(len(everywhere.items), 1)
    core.delete_collection_namespaced_config_map(ns, label_selector="odd=no")
    same([item.metadata.name for item in core.list_namespaced_config_map(ns, label_selector="odd").items], ["a", "c"])


def test_errors(ns):
    core = client.CoreV1Api()
    absent = fails(404, core.read_namespaced_config_map, "absent", ns)
    assert '"message":"configmaps \\"absent\\" not found"' in absent.body, absent.body
    core.create_namespaced_config_map(ns, config_map("one"))
    assert '"reason":"AlreadyExists"' in fails(409, core.create_namespaced_config_map, ns, config_map("one")).body
    assert '"reason":"Invalid"' in fails(422, core.create_namespaced_config_map, ns, config_map("Not_A_Name")).body


def test_a_watch_streams_what_happens(ns):
    core = client.CoreV1Api()
    start = core.list_namespaced_config_map(ns).metadata.resource_version

    def change():
        core.create_namespaced_config_map(ns, config_map("one", {"n": "0"}))
        core.patch_namespaced_config_map("one", ns, {"data": {"n": "1"}})
        core.delete_namespaced_config_map("one", ns)

    changing = threading.Thread(target=change)
    watching = watch.Watch()
    seen = []
    changing.start()
    for event in watching.stream(core.list_namespaced_config_map, ns, resource_version=start, timeout_seconds=PATIENCE_S):
        seen.append((event["type"], event["object"].metadata.name, event["object"].data))
        if event["type"] == "DELETED":
            watching.stop()
    changing.join()
    same(seen, [("ADDED", "one", {"n": "0"}), ("MODIFIED", "one", {"n": "1"}), ("DELETED", "one", {"n": "1"})])


def test_a_watch_ends_after_its_timeout(ns):
    core = client.CoreV1Api()
    core.create_namespaced_config_map(ns, config_map("one"))
    began = time.monotonic()
    names = [event["object"].metadata.name for event in watch.Watch().stream(core.list_namespaced_config_map, ns, timeout_seconds=1)]
    assert "one" in names, names
    assert 0.5 < time.monotonic() - began < 30


def test_create_from_yaml(ns):
    with tempfile.NamedTemporaryFile("w", suffix=".yaml") as file:
        file.write(MANIFEST)
        file.flush()
        made = utils.create_from_yaml(client.ApiClient(), file.name, namespace=ns)
    same([item.kind for group in made for item in (group if isinstance(group, list) else [group])], ["ConfigMap", "Service", "Deployment"])
    same(client.AppsV1Api().read_namespaced_deployment("from-yaml", ns).spec.replicas, 0)


def test_patch_types(ns):
    core = client.CoreV1Api()
    core.create_namespaced_config_map(ns, config_map("one", {"a": "1", "b": "2"}))
    merged = core.patch_namespaced_config_map("one", ns, {"data": {"a": None}})
    same(merged.data, {"b": "2"})
    replaced = core.patch_namespaced_config_map("one", ns, [{"op": "replace", "path": "/data/b", "value": "3"}])
    same(replaced.data, {"b": "3"})
    tested = [{"op": "test", "path": "/data/b", "value": "9"}, {"op": "remove", "path": "/data/b"}]
    fails(422, core.patch_namespaced_config_map, "one", ns, tested)
    api = dynamic.DynamicClient(client.ApiClient()).resources.get(api_version="v1", kind="ConfigMap")
    body = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "one"}, "data": {"c": "4"}}
    applied = api.server_side_apply(name="one", namespace=ns, body=body, field_manager="python")
    same(dict(applied.data), {"b": "3", "c": "4"})
    strategic = client.AppsV1Api()
    utils.create_from_dict(client.ApiClient(), deployment("two"), namespace=ns)
    sidecar = {"spec": {"template": {"spec": {"containers": [{"name": "side", "image": "kinetic.local/hello"}]}}}}
    both = strategic.patch_namespaced_deployment("two", ns, sidecar)
    same(sorted(one.name for one in both.spec.template.spec.containers), ["main", "side"])


def deployment(name):
    labels = {"app": name}
    pod = {"metadata": {"labels": labels}, "spec": {"containers": [{"name": "main", "image": "kinetic.local/hello"}]}}
    spec = {"replicas": 0, "selector": {"matchLabels": labels}, "template": pod}
    return {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": name}, "spec": spec}


def test_dynamic_client_of_knative_kinds(ns):
    api = dynamic.DynamicClient(client.ApiClient())
    services = api.resources.get(api_version="serving.knative.dev/v1", kind="Service")
    same(services.short_names, ["kservice", "ksvc"])
    services.create(body=SERVICE, namespace=ns)

    def ready():
        conditions = (services.get(name="hello", namespace=ns).to_dict().get("status") or {}).get("conditions") or []
        return any(one["type"] == "Ready" and one["status"] == "True" for one in conditions)

    eventually("the Service is ready", ready)
    revisions = api.resources.get(api_version="serving.knative.dev/v1", kind="Revision")
    listed = revisions.get(namespace=ns, label_selector="serving.knative.dev/service=hello")
    same([item.metadata.name for item in listed.items], ["hello-00001"])
    for event in services.watch(namespace=ns, timeout=PATIENCE_S):
        same((event["type"], event["object"].metadata.name), ("ADDED", "hello"))
        break
    services.delete(name="hello", namespace=ns, body={"propagationPolicy": "Foreground"})

    def gone():
        try:
            services.get(name="hello", namespace=ns)
        except NotFoundError:
            return True
        return False

    eventually("it is gone", gone)
    same(len(revisions.get(namespace=ns).items), 0)


def test_custom_objects_api(ns):
    objects = client.CustomObjectsApi()
    where = {"group": "serving.knative.dev", "version": "v1", "namespace": ns, "plural": "services"}
    made = objects.create_namespaced_custom_object(**where, body=SERVICE)
    same(made["metadata"]["generation"], 1)
    template = {"spec": {"template": {"spec": {"containerConcurrency": 7}}}}
    patched = objects.patch_namespaced_custom_object(**where, name="hello", body=template)
    same(patched["metadata"]["generation"], 2)
    same([one["metadata"]["name"] for one in objects.list_namespaced_custom_object(**where)["items"]], ["hello"])
    same(objects.delete_namespaced_custom_object(**where, name="hello")["status"], "Success")


def main():
    config.load_kube_config(os.environ["KUBECONFIG"])
    core = client.CoreV1Api()
    failed = False
    for name, test in [(name, value) for name, value in globals().items() if name.startswith("test_")]:
        namespace = core.create_namespace(client.V1Namespace(metadata=client.V1ObjectMeta(generate_name="python-"))).metadata.name
        eventually("kube-root-ca.crt", lambda: core.list_namespaced_config_map(namespace).items)
        began = time.monotonic()
        try:
            test(namespace)
            outcome = "PASS"
        except Exception:
            traceback.print_exc(file=sys.stdout)
            outcome, failed = "FAIL", True
        print(f"--- {outcome}: {name} ({time.monotonic() - began:.2f}s)", flush=True)
        core.delete_namespace(namespace)
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
