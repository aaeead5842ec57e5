# SPDX-License-Identifier: GPL-3.0-or-later
"""Where the packages of the build come from."""

import pytest

from sandbox.debian import mirror_of, source_list, system_codename
from sandbox.errors import SandboxError

PRINTED = """\
'http://other.example.com/apt/dists/stable/InRelease' other.example.com_apt_dists_stable_InRelease 0
'{mirror}/dists/bookworm/InRelease' mirror_dists_bookworm_InRelease 0
'http://security.example.com/debian-security/dists/bookworm-security/InRelease' security_InRelease 0
'{mirror}/dists/bookworm/main/binary-amd64/Packages.xz' mirror_dists_bookworm_main_binary-amd64_Packages 0
"""


@pytest.mark.parametrize(
    "mirror",
    [
        "http://mirror.example.com/debian",
        "https://mirror.example.com:8443/a/b/debian",
        "http://snapshot.example.com/archive/debian/20250520T000000Z",
        "file:/srv/mirror/debian",
    ],
)
def test_mirror_is_the_one_of_the_release(mirror: str) -> None:
    assert mirror_of(PRINTED.format(mirror=mirror), "bookworm") == mirror


def test_slash_at_the_end_of_the_mirror_is_dropped() -> None:
    printed = "'http://mirror.example.com/debian//dists/bookworm/InRelease' a 0\n"
    assert mirror_of(printed, "bookworm") == "http://mirror.example.com/debian"


@pytest.mark.parametrize("printed", ["", PRINTED.format(mirror="http://mirror.example.com/debian")])
def test_system_without_the_release_is_told_so(printed: str) -> None:
    with pytest.raises(SandboxError, match="name no mirror of 'trixie'"):
        mirror_of(printed, "trixie")


def test_security_suite_is_not_taken_for_the_release() -> None:
    printed = "'http://security.example.com/debian/dists/bookworm-security/InRelease' a 0\n"
    with pytest.raises(SandboxError):
        mirror_of(printed, "bookworm")


def test_source_list_has_binary_and_source_packages_signed_by_debian() -> None:
    assert source_list("http://mirror.example.com/debian", "bookworm").splitlines() == [
        "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] http://mirror.example.com/debian bookworm main",
        "deb-src [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] "
        "http://mirror.example.com/debian bookworm main",
    ]


@pytest.mark.parametrize(
    "os_release",
    [
        'PRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\nVERSION_CODENAME=bookworm\nID=debian\n',
        'ID="debian"\nVERSION_CODENAME="bookworm"\n',
    ],
)
def test_codename_of_debian(os_release: str) -> None:
    assert system_codename(os_release) == "bookworm"


@pytest.mark.parametrize(
    ("os_release", "named"),
    [
        ('PRETTY_NAME="Fedora Linux 43"\nID=fedora\n', "Fedora Linux 43"),
        ('PRETTY_NAME="Ubuntu 24.04 LTS"\nID=ubuntu\nID_LIKE=debian\nVERSION_CODENAME=noble\n', "Ubuntu 24.04 LTS"),
        ("", "an unknown system"),
    ],
)
def test_other_systems_are_refused_by_name(os_release: str, named: str) -> None:
    with pytest.raises(SandboxError, match=f"needs Debian, this is {named}"):
        system_codename(os_release)
