# SPDX-License-Identifier: GPL-3.0-or-later
"""Prove that a task does what its check mode said, and nothing else, and that a second run has nothing to do."""

from collections.abc import Iterator
from typing import Any

from tests.integration import api as paths
from tests.integration.api import Document
from tests.integration.lab import Lab

# What the operator itself fills in once it acts on a Config, and the objects that it makes and takes away.
FILLED_BY_OPERATOR = {"spec.httpSecret", "spec.requests", "spec.storage.managementState", "spec.storage.pvc.claim"}
MADE_BY_OPERATOR = {
    paths.GENERATED_SECRET,
    f"{paths.SECRETS}/installation-pull-secrets",
    f"{paths.CLAIMS}/image-registry-storage",
}
_HIDDEN = "<hidden"

Objects = dict[str, Document]


def converge(lab: Lab, module: str, args: dict[str, Any]) -> dict[str, Any]:
    """Run a module in check mode, for real, and for real again; return the result of the run that acted.

    Everything is compared with the objects as they are seen from outside, and with the audit log.
    """
    before = _objects(lab)
    mark = lab.log.mark()
    foretold = lab.run(module, args, check=True)
    assert not lab.log.writes_since(mark)
    assert _objects(lab) == before, "check mode changed something"

    mark = lab.log.mark()
    happened = lab.run(module, args)
    after = _objects(lab)
    for part in ("changed", "plan", "diff"):
        assert foretold[part] == happened[part], f"check mode foretold another {part}"
    assert happened["changed"] is True
    sent = sorted((request.verb, request.path) for request in lab.log.writes_since(mark))
    assert sent == sorted(_request_of(step) for step in happened["plan"])
    for step, difference in zip(happened["plan"], happened["diff"], strict=True):
        if _is_touch(step):
            continue
        _check_difference(step, difference, before, after)
    _check_nothing_else(happened["plan"], before, after)

    idempotent(lab, module, args)
    return happened


def idempotent(lab: Lab, module: str, args: dict[str, Any]) -> dict[str, Any]:
    """Run a module that must have nothing to do, for real and in check mode; return the result."""
    mark = lab.log.mark()
    for check in (True, False):
        result = lab.run(module, args, check=check)
        assert (result["changed"], result["plan"], result["diff"]) == (False, [], [])
    assert not lab.log.writes_since(mark)
    # The dry run of a write is needed only where there is something to write.
    assert {request.verb for request in lab.log.since(mark)} <= {"get", "list", "watch"}
    return result


def _objects(lab: Lab) -> Objects:
    """Return all that a task may write, by path, without what changes by itself."""
    found: Objects = {}
    for collection in paths.WRITTEN.values():
        for entry in lab.api.items(collection):
            content = {key: value for key, value in entry.items() if key in ("spec", "data", "type")}
            found[f"{collection}/{entry['metadata']['name']}"] = content
    return found


def _path_of(step: Document) -> str:
    return paths.CERTIFICATES if _is_touch(step) else f"{paths.WRITTEN[step['kind']]}/{step['name']}"


def _is_touch(step: Document) -> bool:
    """Whether a step only wakes the operator: what it writes, the operator may remove again."""
    return (step["kind"], step["namespace"]) == ("ConfigMap", paths.NAMESPACE)


def _request_of(step: Document) -> tuple[str, str]:
    path = paths.WRITTEN[step["kind"]] if step["action"] == "create" else _path_of(step)
    return step["action"], path


def _check_difference(step: Document, difference: Document, before: Objects, after: Objects) -> None:
    """What is shown of an object is what it was and is, and what is shown to change is what the step names."""
    where = f"/{step['name']}" if step["namespace"] else step["name"]
    assert difference["before_header"] == difference["after_header"]
    assert difference["before_header"] == f"{step['kind']} {step['namespace'] or ''}{where}"
    old, new = (dict(_leaves(side.get(_path_of(step), {}))) for side in (before, after))
    shown_old, shown_new = dict(_leaves(difference["before"])), dict(_leaves(difference["after"]))
    _check_values(shown_old, old)
    _check_values(shown_new, new)
    for path in shown_old.keys() & shown_new.keys():
        if _is_hidden(shown_old[path]):
            assert (shown_old[path] == shown_new[path]) == (old[path] == new[path]), f"{path} is marked wrongly"
    if step["action"] == "patch":
        changed, planned = _differing(shown_old, shown_new), set(step["fields"])
        assert {path for path in changed if not _covered(path, planned)} == set()
        assert {field for field in planned if not any(_covered(path, {field}) for path in changed)} == set()


def _check_values(shown: dict[str, Any], real: dict[str, Any]) -> None:
    for path, value in shown.items():
        if value == {}:
            # The operator may fill an empty object.
            assert any(_covered(found, {path}) for found in real), f"{path} is not there"
        elif _is_hidden(value):
            assert path in real
        else:
            assert value == real.get(path), f"{path}: the diff says {value!r}, found {real.get(path)!r}"


def _is_hidden(value: Any) -> bool:
    return isinstance(value, str) and value.startswith(_HIDDEN)


def _check_nothing_else(plan: list[Document], before: Objects, after: Objects) -> None:
    """Whatever else differs was filled in by the operator or belongs to it."""
    planned: dict[str, set[str]] = {}
    for step in plan:
        planned.setdefault(_path_of(step), set()).update(step["fields"])
    named = {action: {_path_of(step) for step in plan if step["action"] == action} for action in ("create", "delete")}
    assert before.keys() - after.keys() - MADE_BY_OPERATOR == named["delete"]
    assert after.keys() - before.keys() - MADE_BY_OPERATOR == named["create"]
    for path in before.keys() & after.keys() - MADE_BY_OPERATOR:
        allowed = planned.get(path, set()) | (FILLED_BY_OPERATOR if path == paths.CONFIG else set())
        changed = set(_changed(before[path], after[path]))
        assert {field for field in changed if not _covered(field, allowed)} == set(), f"{path} changed beyond the plan"


def _changed(old: Document, new: Document) -> Iterator[str]:
    before, after = dict(_leaves(old)), dict(_leaves(new))
    for path in {*before, *after}:
        # An empty value is the same as none.
        if (before.get(path) or None) != (after.get(path) or None):
            yield path


def _differing(old: dict[str, Any], new: dict[str, Any]) -> set[str]:
    """Return the paths at which two sets of leaves differ; an empty object that got content is no path of its own."""
    paths_of_both = {*old, *new}
    parents = {path.rsplit(".", depth)[0] for path in paths_of_both for depth in range(1, path.count(".") + 1)}
    return {path for path in paths_of_both - parents if old.get(path) != new.get(path)}


def _covered(path: str, fields: set[str]) -> bool:
    return any(path == field or path.startswith(f"{field}.") for field in fields)


def _leaves(value: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    if isinstance(value, dict) and value:
        for key, below in value.items():
            # A key with dots (`tls.crt`) makes a path that is ambiguous, but still the same on both sides.
            yield from _leaves(below, f"{path}.{key}" if path else key)
    elif path:
        yield path, value
