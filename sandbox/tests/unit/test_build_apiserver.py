# SPDX-License-Identifier: GPL-3.0-or-later
"""The pure parts of the build of kube-apiserver."""

from pathlib import Path

import pytest

from sandbox.build_apiserver import cache_directory, linker_flags, openapi_packages, patched_type_validator
from sandbox.errors import SandboxError

NULL_TEST = "\tif data == nil || reflect.DeepEqual(reflect.Zero(reflect.TypeOf(data)), reflect.ValueOf(data)) {\n"


def test_null_test_is_reduced_to_null() -> None:
    source = f"package validate\n{NULL_TEST}\t}}\n"
    assert patched_type_validator(source) == "package validate\n\tif data == nil {\n\t}\n"


@pytest.mark.parametrize("source", ["package validate\n", NULL_TEST * 2])
def test_unknown_source_is_not_patched(source: str) -> None:
    with pytest.raises(SandboxError, match="patch type validator"):
        patched_type_validator(source)


def test_version_is_set_in_both_packages_and_their_vendored_paths() -> None:
    flags = linker_flags("1.20.2").split(" -X ")
    assert flags[0] == "-s -w"
    for package in ("k8s.io/component-base/version", "k8s.io/client-go/pkg/version"):
        for path in (package, f"k8s.io/kubernetes/vendor/{package}"):
            assert f"{path}.gitVersion=v1.20.2" in flags
            assert f"{path}.gitMajor=1" in flags
            assert f"{path}.gitMinor=20" in flags


def test_openapi_packages_are_those_with_the_tag_in_a_line_of_its_own(tmp_path: Path) -> None:
    sources = {
        "pkg/tagged/doc.go": "// +k8s:openapi-gen=true\npackage tagged\n",
        "pkg/mention/doc.go": "// the tag `+k8s:openapi-gen=true` asks for it\npackage mention\n",
        "pkg/other/notes.txt": "// +k8s:openapi-gen=true\n",
        "staging/src/k8s.io/api/core/v1/doc.go": "package v1\n// +k8s:openapi-gen=true\n",
        "staging/src/k8s.io/sample-apiserver/v1/doc.go": "// +k8s:openapi-gen=true\n",
        "staging/src/k8s.io/code-generator/examples/doc.go": "// +k8s:openapi-gen=true\n",
        "cmd/tagged/doc.go": "// +k8s:openapi-gen=true\n",
    }
    for path, text in sources.items():
        (tmp_path / path).parent.mkdir(parents=True)
        (tmp_path / path).write_text(text)
    (tmp_path / "vendor/k8s.io").mkdir(parents=True)
    for staged in (tmp_path / "staging/src/k8s.io").iterdir():
        (tmp_path / "vendor/k8s.io" / staged.name).symlink_to(f"../../staging/src/k8s.io/{staged.name}")

    assert openapi_packages(tmp_path) == ["pkg/tagged", "vendor/k8s.io/api/core/v1"]


def test_cache_directory_follows_the_users_setting(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert cache_directory().parent == tmp_path / "okd-image-registry-sandbox"
    monkeypatch.delenv("XDG_CACHE_HOME")
    monkeypatch.setenv("HOME", str(tmp_path))
    assert cache_directory().parent == tmp_path / ".cache" / "okd-image-registry-sandbox"
