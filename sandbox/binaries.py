# SPDX-License-Identifier: GPL-3.0-or-later
"""Find kube-apiserver and etcd: in KUBEBUILDER_ASSETS, on PATH, in the user's cache, else build them."""

import os
import shutil
from dataclasses import dataclass
from pathlib import Path

from . import build_apiserver
from .errors import SandboxError
from .steps import Report


@dataclass(frozen=True)
class Binaries:
    """The two programs of the control plane."""

    kube_apiserver: Path
    etcd: Path


def find_binaries(report: Report) -> Binaries:
    """Return the programs to use; build them when there are none, which takes a few minutes.

    Raises SandboxError when KUBEBUILDER_ASSETS is set but lacks one of them, and when the build fails.
    """
    if assets := os.environ.get("KUBEBUILDER_ASSETS"):
        return _from_assets(Path(assets))
    apiserver, etcd = shutil.which("kube-apiserver"), shutil.which("etcd")
    if apiserver and etcd:
        return Binaries(Path(apiserver), Path(etcd))
    built = build_apiserver.build(report)
    return Binaries(built / "kube-apiserver", built / "etcd")


def _from_assets(directory: Path) -> Binaries:
    binaries = Binaries(directory / "kube-apiserver", directory / "etcd")
    missing = [path.name for path in (binaries.kube_apiserver, binaries.etcd) if not os.access(path, os.X_OK)]
    if missing:
        raise SandboxError(
            f"KUBEBUILDER_ASSETS is {directory}, which has no {' and no '.join(missing)}; "
            "put the programs there or unset the variable"
        )
    return binaries
