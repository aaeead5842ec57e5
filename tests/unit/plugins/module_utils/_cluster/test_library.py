# SPDX-License-Identifier: GPL-3.0-or-later
"""What of the Python library kubernetes is loaded, each time in a process that has loaded nothing yet."""

import subprocess
import sys
from pathlib import Path

import pytest

LIBRARY = Path(__file__).parents[5] / "plugins/module_utils/_cluster/library.py"
WITHOUT_KUBECONFIG = """
configuration = library["Configuration"]()
configuration.host = "https://127.0.0.1:6443"
library["RESTClientObject"](configuration)
assert library["parse_quantity"]("1Gi") == 2**30
heavy = {"kubernetes.client.models", "kubernetes.client.api_client", "oauthlib", "yaml"}
assert not heavy & set(sys.modules), heavy & set(sys.modules)
"""
LOADING_A_KUBECONFIG = """
from kubernetes.config.kube_config import KubeConfigLoader
context = {"name": "c", "context": {"cluster": "c", "user": "u"}}
cluster = {"name": "c", "cluster": {"server": "https://127.0.0.1:6443"}}
user = {"name": "u", "user": {"token": "t"}}
content = {"current-context": "c", "contexts": [context], "clusters": [cluster], "users": [user]}
configuration = library["Configuration"]()
KubeConfigLoader(content).load_and_set(configuration)
assert configuration.host == "https://127.0.0.1:6443"
"""
USING_ALL_OF_IT = """
import kubernetes
assert kubernetes.client.Configuration is library["Configuration"]
assert kubernetes.client.rest.RESTClientObject is library["RESTClientObject"]
assert kubernetes.client.V1Pod().kind is None
kubernetes.dynamic.DynamicClient
kubernetes.watch.Watch()
kubernetes.utils.create_from_yaml
kubernetes.config.load_kube_config
"""
BESIDE_ONE_THAT_IS_LOADED = """
assert library["Configuration"] is kubernetes.client.Configuration
kubernetes.config.load_kube_config
"""
START = f"import runpy, sys; library = runpy.run_path({str(LIBRARY)!r})\n"


@pytest.mark.parametrize(
    "program",
    [
        pytest.param(START + WITHOUT_KUBECONFIG, id="a connection without a kubeconfig loads little"),
        pytest.param(START + LOADING_A_KUBECONFIG, id="a kubeconfig can be loaded"),
        pytest.param(START + USING_ALL_OF_IT, id="all of the library can be used afterwards"),
        pytest.param(
            "import kubernetes\n" + START + BESIDE_ONE_THAT_IS_LOADED, id="a library that is loaded already is used"
        ),
    ],
)
def test_loading(program: str) -> None:
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_a_library_that_is_missing_is_no_error_yet() -> None:
    """Only a task that wants a connection reports it."""
    program = f"{START}assert library['Configuration'] is library['parse_quantity'] is None"
    # -S: without the site-packages, in which it is installed.
    done = subprocess.run([sys.executable, "-S", "-c", program], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
