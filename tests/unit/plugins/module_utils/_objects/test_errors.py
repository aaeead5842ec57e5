# SPDX-License-Identifier: GPL-3.0-or-later
"""Errors: what a user reads of each."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from ansible_collections.okd.image_registry.plugins.module_utils._objects.errors import (
    ApiError,
    Finding,
    Forbidden,
    NotFound,
    Refused,
    RegistryError,
    RolloutError,
    RolloutFailed,
    Unreachable,
)

# What others are derived from, and what is never raised itself.
ABSTRACT = {RolloutError}
FINDING = Finding("invalid-replicas", "Config cluster", "replicas", "-1", "0 or more", "Give the number of pods.")


def test_a_finding_says_object_field_found_needed_and_remedy() -> None:
    assert str(FINDING) == (
        "Config cluster: replicas has -1, but needs 0 or more. Give the number of pods. [invalid-replicas]"
    )
    assert FINDING.as_dict() == {
        "code": "invalid-replicas",
        "object": "Config cluster",
        "field": "replicas",
        "found": "-1",
        "needed": "0 or more",
        "remedy": "Give the number of pods.",
        "severity": "error",
        "consent": "",
    }


def test_a_refusal_lists_all_findings_and_says_that_nothing_was_changed() -> None:
    refused = Refused([FINDING, FINDING])
    assert str(refused) == f"Nothing was changed: 2 problem(s) must be solved first.\n- {FINDING}\n- {FINDING}"
    assert refused.details() == {"findings": [FINDING.as_dict(), FINDING.as_dict()]}


def test_a_refusal_after_the_first_write_does_not_say_that_nothing_was_changed() -> None:
    refused = Refused([FINDING], has_written=True)
    assert str(refused) == (
        "Only a part of the plan was written, because something else changed the objects meanwhile: "
        f"1 problem(s) must be solved first.\n- {FINDING}"
    )


@pytest.mark.parametrize(
    ("status", "final"),
    [(400, True), (403, True), (404, True), (409, True), (422, True), (429, False), (500, False), (0, False)],
)
def test_which_refusals_cannot_be_helped_by_asking_again(status: int, final: bool) -> None:
    assert ApiError("PATCH", "Config cluster", status, "R", "m").is_final is final


def test_an_answer_and_a_silence_are_told_apart() -> None:
    assert str(ApiError("GET", "Config cluster", 422, "Invalid", "no")) == "GET Config cluster: HTTP 422 Invalid: no"
    silence = Unreachable("GET", "Config cluster", "refused")
    assert str(silence) == "GET Config cluster: the API server could not be reached: refused"
    assert silence.details() == {"status": 0, "reason": "Unreachable"}


@pytest.mark.parametrize(("reason", "served"), [("NotFound", True), ("Not Found", False), ("", False)])
def test_a_missing_object_and_a_missing_kind_are_told_apart(reason: str, served: bool) -> None:
    assert NotFound("GET", "Route x/*", 404, reason, "m").kind_is_served is served


def errors(base: type[RegistryError] = RegistryError) -> Iterator[type[RegistryError]]:
    """Yield every type of error that is raised."""
    for kind in base.__subclasses__():
        if kind not in ABSTRACT:
            yield kind
        yield from errors(kind)


def test_every_error_has_a_code_of_its_own() -> None:
    kinds = list(errors())
    assert {Refused, Forbidden, RolloutFailed, Unreachable} <= set(kinds)
    assert [kind for kind in kinds if "code" not in vars(kind)] == []
    codes = [kind.code for kind in kinds]
    assert len(set(codes)) == len(codes)
    assert RolloutFailed("no", "it is full.").with_code() == "no: it is full. [rollout-failed]"
    assert Refused([FINDING]).with_code().endswith("[invalid-replicas]")


@pytest.mark.parametrize(
    ("message", "helps"),
    [('configs "cluster" is forbidden: User "u" cannot get resource "configs"', True), ("exceeded quota", False)],
)
def test_who_lacks_a_right_is_told_what_to_do(message: str, helps: bool) -> None:
    told = str(Forbidden("GET", "Config cluster", 403, "Forbidden", message))
    assert told.startswith(f"GET Config cluster: HTTP 403 Forbidden: {message}")
    assert ("Grant the right to the user" in told) is helps
