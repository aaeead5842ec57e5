# SPDX-License-Identifier: GPL-3.0-or-later
"""Build kube-apiserver from Debian's source package, once per user, without installing anything.

Debian ships the sources of Kubernetes and the etcd server, but no API server. The compiler, etcd and the sources are
unpacked below a work directory, so neither the package lists nor the services of the system change.
"""

import fcntl
import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from .debian import PrivateApt, missing_packages
from .errors import SandboxError
from .steps import Report, Steps

DEBIAN_RELEASE = "bookworm"
KUBERNETES_VERSION = "1.20.2"
# Raise the last part when a step below changes what is built: the result is cached under this name.
VERSION_KEY = f"kubernetes-{KUBERNETES_VERSION}-{os.uname().machine}-1"
PACKAGES = ["golang-1.19-go", "golang-1.19-src", "golang-github-modern-go-reflect2-dev", "etcd-server"]
BINARIES = ("kube-apiserver", "etcd")
PROJECT = "k8s.io/kubernetes"


def cache_directory() -> Path:
    """Return the directory that holds the finished binaries, in the cache directory of the user."""
    base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(base) / "okd-image-registry-sandbox" / VERSION_KEY


def build(report: Report) -> Path:
    """Build the binaries unless they are cached; return the directory that holds them.

    Safe to call from several processes: the second waits for the first. Raises SandboxError naming the failed step.
    """
    target = cache_directory()
    target.parent.mkdir(parents=True, exist_ok=True)
    with _build_lock(target.with_name(f"{target.name}.lock"), report):
        if not all((target / name).exists() for name in BINARIES):
            _build_into(target, report)
    return target


@contextmanager
def _build_lock(path: Path, report: Report) -> Iterator[None]:
    with path.open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            report("waiting for another build of kube-apiserver to end")
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _build_into(target: Path, report: Report) -> None:
    work = target.with_name(f"{target.name}.work")
    shutil.rmtree(work, ignore_errors=True)
    logs = target.with_name(f"{target.name}.log")
    shutil.rmtree(logs, ignore_errors=True)
    report(f"building kube-apiserver {KUBERNETES_VERSION} from Debian's source package: once, a few minutes")
    steps = Steps(logs, report)
    try:
        install_missing_packages(steps)
        build_tree = BuildTree(work, steps)
        build_tree.fetch()
        build_tree.generate_openapi()
        build_tree.replace_reflect2()
        build_tree.patch_type_validator()
        build_tree.compile()
        _publish(build_tree, target)
    finally:
        shutil.rmtree(work, ignore_errors=True)


def _publish(tree: "BuildTree", target: Path) -> None:
    """Put the binaries in place by one rename, so that a reader sees all of them or none."""
    finished = tree.work / "finished"
    finished.mkdir()
    shutil.copy2(tree.apiserver, finished / "kube-apiserver")
    shutil.copy2(tree.root / "usr/bin/etcd", finished / "etcd")
    shutil.rmtree(target, ignore_errors=True)
    finished.rename(target)


def install_missing_packages(steps: Steps) -> None:
    """Install the few commands that the build itself needs; SandboxError naming them when that is not permitted."""
    packages = missing_packages()
    if not packages:
        return
    install = ["apt-get", "install", "--yes", "--no-install-recommends", *packages]
    if shutil.which("apt-get") is None or not (as_root := _root_prefix()):
        raise SandboxError(
            f"the build of kube-apiserver needs the Debian packages {', '.join(packages)}; "
            f"install them as root: {' '.join(install)}"
        )
    steps.run("update package lists", [*as_root, "apt-get", "update"])
    steps.run("install packages", [*as_root, *install])


def _root_prefix() -> list[str]:
    """Return the words that run a command as root without a question, empty when there are none."""
    if os.geteuid() == 0:
        return ["env", "DEBIAN_FRONTEND=noninteractive"]
    if (
        shutil.which("sudo")
        and subprocess.run(["sudo", "-n", "true"], check=False, capture_output=True).returncode == 0
    ):
        return ["sudo", "-n", "env", "DEBIAN_FRONTEND=noninteractive"]
    return []


@dataclass(frozen=True)
class BuildTree:
    """The work directory of one build: unpacked packages, Go's workspace, the result."""

    work: Path
    steps: Steps

    @property
    def root(self) -> Path:
        """Where the binary packages are unpacked."""
        return self.work / "root"

    @property
    def sources(self) -> Path:
        """The Kubernetes sources: a real directory, because the generator does not follow a link to it."""
        return self.work / "go" / "src" / PROJECT

    @property
    def apiserver(self) -> Path:
        """The compiled API server."""
        return self.work / "kube-apiserver"

    def _go(self, name: str, *arguments: str | Path) -> None:
        self.steps.run(name, [self.root / "usr/lib/go-1.19/bin/go", *arguments], cwd=self.sources, env=self._go_env())

    def _go_env(self) -> dict[str, str]:
        return {
            "GOROOT": str(self.root / "usr/lib/go-1.19"),
            "GOPATH": str(self.work / "go"),
            "GOCACHE": str(self.work / "go-cache"),
            "GO111MODULE": "off",
            "CGO_ENABLED": "0",
            "GOFLAGS": "",
        }

    def fetch(self) -> None:
        """Fetch and unpack the compiler, etcd and the sources of Kubernetes."""
        self.work.mkdir(parents=True)
        apt = PrivateApt.create(self.work / "apt", DEBIAN_RELEASE, self.steps)
        apt.unpack(PACKAGES, self.root)
        apt.unpack_source("kubernetes", self.sources)

    def generate_openapi(self) -> None:
        """Generate the OpenAPI definitions, which the source package does not carry."""
        generator = self.work / "openapi-gen"
        self._go("build openapi-gen", "build", "-o", generator, "./vendor/k8s.io/kube-openapi/cmd/openapi-gen")
        packages = openapi_packages(self.sources)
        self.steps.run(
            "generate openapi",
            [
                generator,
                f"--input-dirs={','.join(f'{PROJECT}/{package}' for package in packages)}",
                f"--output-package={PROJECT}/pkg/generated/openapi",
                "--output-file-base=zz_generated.openapi",
                "--go-header-file=vendor/k8s.io/code-generator/hack/boilerplate.go.txt",
                f"--report-filename={self.work / 'openapi-violations'}",
            ],
            cwd=self.sources,
            env=self._go_env(),
        )

    def replace_reflect2(self) -> None:
        """Use Debian's newer reflect2: the vendored one makes a server compiled by Go 1.18 or later crash."""
        self.steps.report("replace reflect2")
        vendored = self.sources / "vendor/github.com/modern-go/reflect2"
        shutil.rmtree(vendored)
        shutil.copytree(self.root / "usr/share/gocode/src/github.com/modern-go/reflect2", vendored)

    def patch_type_validator(self) -> None:
        """Let empty strings pass validation: with this Go the comparison with the zero value takes them for null."""
        self.steps.report("patch type validator")
        path = self.sources / "vendor/k8s.io/kube-openapi/pkg/validation/validate/type.go"
        path.write_text(patched_type_validator(path.read_text(encoding="utf-8")), encoding="utf-8")

    def compile(self) -> None:
        """Compile the API server with its version set."""
        flags = linker_flags(KUBERNETES_VERSION)
        self._go("compile kube-apiserver", "build", "-o", self.apiserver, "-ldflags", flags, "./cmd/kube-apiserver")


def openapi_packages(sources: Path) -> list[str]:
    """Return the packages, relative to `sources`, that ask for generated OpenAPI definitions.

    Staging packages are named by their path below vendor, which is where the rest of the code imports them from. The
    examples of code-generator and sample-apiserver are separate programs with definitions of their own.
    """
    tag = re.compile(r"^// \+k8s:openapi-gen=", re.MULTILINE)
    programs = {"code-generator", "sample-apiserver"}
    found = set()
    for top in ("pkg", "vendor/k8s.io"):
        for directory, _subdirectories, files in os.walk(sources / top, followlinks=True):
            package = Path(directory).relative_to(sources)
            if programs.isdisjoint(package.parts) and any(
                tag.search(Path(directory, name).read_text(encoding="utf-8")) for name in files if name.endswith(".go")
            ):
                found.add(str(package))
    return sorted(found)


def patched_type_validator(source: str) -> str:
    """Return the Go source with the null test reduced to null; SandboxError when it is not the source we know."""
    zero_test = " || reflect.DeepEqual(reflect.Zero(reflect.TypeOf(data)), reflect.ValueOf(data))"
    if source.count(zero_test) != 1:
        raise SandboxError(
            "step 'patch type validator' failed: type.go of kube-openapi does not hold the known null test"
        )
    return source.replace(zero_test, "")


def linker_flags(version: str) -> str:
    """Return go's -ldflags that make the server, and the client inside it, report `version` (major.minor.patch)."""
    major, minor, _patch = version.split(".")
    values = {"gitVersion": f"v{version}", "gitMajor": major, "gitMinor": minor, "gitTreeState": "archive"}
    packages = ["k8s.io/component-base/version", "k8s.io/client-go/pkg/version"]
    names = [prefix + package for package in packages for prefix in ("", f"{PROJECT}/vendor/")]
    settings = [f"-X {package}.{key}={value}" for package in names for key, value in values.items()]
    return " ".join(["-s", "-w", *settings])
