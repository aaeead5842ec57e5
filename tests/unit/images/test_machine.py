# SPDX-License-Identifier: GPL-3.0-or-later
"""No sequence of tasks, hand edits, pauses of the operator and kills costs images without consent, or asks in vain.

Each task is judged by two futures of the same cluster: what the operator makes of it with the task and without. An
image that fares worse with the task needs consent, unless somebody gave it up before. Whoever is asked for consent must
have had something to lose: for that, each medium that may hold images gets one.
"""

from __future__ import annotations

import itertools
import os
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from ansible_collections.okd.image_registry.plugins.module_utils._objects.errors import Finding
from ansible_collections.okd.image_registry.plugins.module_utils._plan import findings as plan_findings
from hypothesis import Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule

from tests.unit import builders
from tests.unit.builders import Manifest, Round
from tests.unit.images.world import GONE, KEPT, World, account_of, phantom, place

# A share of them runs with the other tests; `make images` runs 20,000.
_STEPS = int(os.environ.get("IMAGES_STEPS", "1000"))
_STEPS_OF_ONE = 50

_AWS = {"bucket": "images", "region": "us-east-1"}
_MINIO = {**_AWS, "region_endpoint": "https://minio.example.com"}
_CLOUD = {"container": "images", "auth_url": "https://keystone.example.com"}
_ACCOUNT = {"account_name": "images", "container": "images"}
_TOLERATION = {"key": "infra", "operator": "Exists"}

STORAGES: list[dict[str, Any]] = [
    {"empty_dir": {}},
    {"pvc": {}},
    *({"pvc": {"claim": claim}} for claim in ("a", "b", "exclusive")),
    {"pvc": {"claim": "new", "size": "10Gi"}},
    {"pvc": {"claim": "missing"}},
    {"s3": _AWS},
    {"s3": {**_AWS, "region": "eu-west-1"}},
    {"s3": {**_AWS, "region_endpoint": "https://s3.eu-west-1.amazonaws.com"}},
    {"s3": {**_AWS, "bucket": "others"}},
    {"s3": _MINIO},
    {"s3": {**_MINIO, "region_endpoint": "https://MinIO.example.com:443/"}},
    {"s3": {**_MINIO, "region_endpoint": "https://ceph.example.com:8443"}},
    {"s3": {**_AWS, "region_endpoint": ""}},
    {"swift": _CLOUD},
    {"swift": {**_CLOUD, "tenant": "ours"}},
    {"swift": {**_CLOUD, "region_name": "north"}},
    {"azure": _ACCOUNT},
    {"azure": {**_ACCOUNT, "cloud_name": "AzurePublicCloud"}},
    {"azure": {**_ACCOUNT, "cloud_name": "AzureUSGovernmentCloud"}},
]
OWNERS = [{}, {"management_state": "Managed"}, {"management_state": "Unmanaged"}]
SETTINGS: list[dict[str, Any]] = [
    {"log_level": "Debug"},
    {"log_level": "Trace"},
    {"log_level": "Normal"},
    {"operator_log_level": "Debug"},
    {"tolerations": [_TOLERATION]},
    {"read_only": True},
    {"http_secret": "other"},
    {"default_route": True},
    *({"replicas": number} for number in (0, 1, 2)),
    {"replicas": 1, "rollout_strategy": "Recreate"},
    {"rollout_strategy": "RollingUpdate"},
]
_KEYED = {"s3", "swift", "azure"}
STATES = ["Managed", "Unmanaged", "Removed"]
# What people write into spec.
EDITS: list[Manifest] = [
    *({"managementState": state} for state in (*STATES, "Force")),
    *({"storage": {"managementState": owner}} for owner in ("Managed", "Unmanaged", None)),
    {"storage": {"emptyDir": None, "s3": None, "swift": None, "azure": None, "pvc": {"claim": "b"}}},
    {"storage": {"pvc": None, "s3": None, "swift": None, "azure": None, "emptyDir": {}}},
    # Beside what is there.
    {"storage": {"emptyDir": {}}},
    {"storage": {"pvc": {"claim": "b"}}},
    {"logLevel": "Debug"},
    {"replicas": 0},
    {"replicas": 3},
]


def _keys(storage: dict[str, Any], spec: Manifest) -> dict[str, Any]:
    """Return the credentials that go with declared storage."""
    world = World(spec=spec)
    found = builders.worked_out({"storage": storage}, world.objects()).change
    target = place(found.storage)
    if target is None:
        return {}
    key = account_of(target)
    keys = {
        "s3": {"access_key": key, "secret_key": key},
        "swift": {"username": key, "password": key},
        "azure": {"account_key": key},
    }
    return {"credentials": {target[0]: keys[target[0]]}} if target[0] in keys else {}


tasks = st.builds(
    lambda state, storage, owner, setting: {
        **({"management_state": state} if state else {}),
        **({"storage": {**storage, **owner}} if storage or owner else {}),
        **setting,
    },
    st.sampled_from([None, None, None, *STATES]),
    st.one_of(st.just({}), st.sampled_from(STORAGES)),
    st.sampled_from([*[{}] * 3, *OWNERS]),
    st.one_of(st.just({}), st.sampled_from(SETTINGS)),
).filter(bool)


class Images(RuleBasedStateMachine):
    """A cluster, its administrators, and what they gave up."""

    def __init__(self) -> None:
        super().__init__()
        self.world = World()
        for name, modes in {"a": ["ReadWriteMany"], "b": ["ReadWriteMany"], "exclusive": ["ReadWriteOnce"]}.items():
            self.world.add_claim(name, modes)
        self.is_paused = False
        self.given_up: dict[str, int] = {}
        self.number = itertools.count()

    # What happens.

    @initialize(storage=st.one_of(st.just({"empty_dir": {}}), st.sampled_from(STORAGES)))
    def set_up(self, storage: dict[str, Any]) -> None:
        given = {"management_state": "Managed", "storage": storage, **_keys(storage, self.world.spec)}
        self._run(given, True, None)

    @precondition(lambda self: self.is_paused and self.world.used)
    @rule(owner_first=st.booleans())
    def remove_step_by_step(self, owner_first: bool) -> None:
        """Say Removed and Managed, the one after the other, while the operator does neither."""
        steps: list[dict[str, Any]] = [{"management_state": "Removed"}, {"storage": {"management_state": "Managed"}}]
        for given in reversed(steps) if owner_first else steps:
            self._run(given, False, None)

    @precondition(lambda self: self.world.pods and not self.is_paused and "emptyDir" in self.world.used)
    @rule(level=st.sampled_from(["Normal", "Debug"]), given=st.sampled_from([*SETTINGS, {"default_route": False}]))
    def hold_up_and_go_on(self, level: str, given: dict[str, Any]) -> None:
        """Have the operator get stuck with pods that serve, by hand, and run a task that may get it going again."""
        self._happen(lambda world: world.write({"replicas": 0, "logLevel": level}), True)
        self._run(given, False, None)

    @precondition(lambda self: self.world.pods and self.world.spec.get("managementState") == "Unmanaged")
    @rule(storage=st.sampled_from([{"emptyDir": {}}, *({"pvc": {"claim": claim}} for claim in "ab")]))
    def edit_deployment(self, storage: Manifest) -> None:
        """Give the pods other storage while nobody puts it back."""
        self._happen(lambda world: world.edit_deployment(storage), True)

    @rule(given=tasks, consents=st.booleans(), stops_after=st.sampled_from([None, None, None, 0, 1]))
    def task(self, given: dict[str, Any], consents: bool, stops_after: int | None) -> None:
        if "storage" in given and next(self.number) % 4:
            given = given | _keys(given["storage"], self.world.spec)
        self._run(given, consents, stops_after)

    @rule(storage=st.sampled_from([entry for entry in STORAGES if entry.keys() & _KEYED]))
    def move(self, storage: dict[str, Any]) -> None:
        """Move to a store with its keys, and stop after the first write; the next run does the rest."""
        given = {"management_state": "Managed", "storage": storage, **_keys(storage, self.world.spec)}
        for stops_after in (1, None):
            self._run(given, True, stops_after)

    def _run(self, given: dict[str, Any], consents: bool, stops_after: int | None) -> None:
        found = builders.worked_out(given, self.world.objects())
        problems = [problem for problem in _problems(found) if problem.severity == "error"]
        asked = [problem for problem in problems if problem.consent]
        if len(problems) > len(asked):
            return
        if asked and not consents:
            self._must_be_at_stake(found, asked)
            return
        self._must_serve_on(found, stops_after)
        gives_up = any(problem.code != "images-on-pods" for problem in asked)
        self._happen(lambda world: world.carry_out(found.change, stops_after), gives_up)

    @rule(edit=st.sampled_from(EDITS))
    def edit(self, edit: Manifest) -> None:
        self._happen(lambda world: world.write(edit), True)

    @rule()
    def push(self) -> None:
        image = f"image {next(self.number)}"
        target = self.world.push(image)
        # Who pushes to a medium that the Config gave up may know it.
        if target and phantom(target) in self.given_up:
            self.given_up[image] = self.given_up[phantom(target)]

    @rule(is_paused=st.booleans())
    def pause_or_start_the_operator(self, is_paused: bool) -> None:
        self.is_paused = is_paused
        self._go_on()

    @rule()
    def operate_once(self) -> None:
        self.world.operate()
        self._reclaim()

    @rule()
    def upgrade(self) -> None:
        self._happen(World.upgrade, True)

    @rule(name=st.sampled_from(["a", "b", "new"]))
    def delete_claim(self, name: str) -> None:
        if not any(pod.place[:2] == ("pvc", name) for pod in self.world.pods):
            self.world.delete_claim(name)

    @rule(name=st.sampled_from(["a", "b"]))
    def create_claim(self, name: str) -> None:
        if name not in self.world.claims:
            self.world.add_claim(name, ["ReadWriteMany"])

    # What must be.

    def _happen(self, act: Callable[[World], None], gives_up: bool) -> None:
        """Have something done to the cluster; gives_up: by somebody who means what it costs."""
        after = self.world.fork()
        act(after)
        worse = _worse(self.world, after)
        if gives_up:
            self._give_up(worse)
            self._give_up(after.intent())
        lost = {image: fate for image, fate in worse.items() if fate > self.given_up.get(image, KEPT)}
        assert not lost, f"{lost} without consent"
        self.world = after
        self._go_on()

    def _must_be_at_stake(self, found: Round, asked: Iterable[Finding]) -> None:
        """Nobody may be asked who has nothing to lose in any future."""
        filled = self.world.fork()
        filled.fill()
        at_stake = {
            image: fate
            for one, other in _futures(filled, found)
            for image, fate in _worse(one, other).items()
            if fate > self.given_up.get(image, KEPT)
        }
        for problem in asked:
            is_new = problem.code == "images-on-pods" and "emptyDir" not in found.change.storage_before
            assert is_new or at_stake, f"asked in vain: {problem}\n{self.world}\nGiven up: {self.given_up}"

    def _must_serve_on(self, found: Round, phases: int | None) -> None:
        """A registry that serves with the task and without it serves, too, wherever the task stops."""
        stopped, done, undone = self.world.fork(), self.world.fork(), self.world.fork()
        stopped.carry_out(found.change, phases)
        done.carry_out(found.change)
        # The exception that docs/waiting.md names: no order helps there.
        if "azure" in found.change.storage and found.change.after["spec"].get("rolloutStrategy") == "Recreate":
            return
        if self.world.serves and done.settle().serves and undone.settle().serves:
            assert stopped.settle().serves, "it serves no more"

    def _give_up(self, images: dict[str, int]) -> None:
        for image, fate in images.items():
            self.given_up[image] = max(fate, self.given_up.get(image, KEPT))

    def _go_on(self) -> None:
        if not self.is_paused:
            self.world.settle()
        self._reclaim()
        self.push()

    def _reclaim(self) -> None:
        """What the registry has in use or has left is given up for as long as the spec means it so.

        Whoever names their medium again wants the images again. That is so, too, where it is named beside the one that
        was to take its place: nobody sees which of both came first.
        """
        meant = self.world.intent()
        for image in (image for target in self.world.in_use() for image in self.world.images_in(target)):
            self.given_up[image] = min(self.given_up.get(image, KEPT), meant.get(image, KEPT))


def _problems(found: Round) -> list[Finding]:
    return [
        *plan_findings.obvious(found.desired, found.options, found.change),
        *plan_findings.findings(found.desired, found.options, found.change, found.seen),
    ]


def _futures(world: World, found: Round) -> Iterator[tuple[World, World]]:
    """Yield what may come to be, without a task and with it, as far as can be told from the objects that it reads."""

    def both(*acts: Callable[[World], Any]) -> tuple[World, World]:
        one, other = world.fork(), world.fork()
        for act in acts:
            act(one)
            act(other)
        other.carry_out(found.change)
        return one, other

    yield both()
    # The operator was about to work, with keys that are the right ones.
    yield both(World.admit, World.operate)
    # What it has not observed yet replaces no pods.
    yield both(World.renew)
    # It wrote its earlier copy of the spec at the same time, with the owner that the task leaves to it.
    one, other = both()
    one.put_back_the_owner()
    other.put_back_the_owner()
    yield one, other
    # The pods are not those that it would start now.
    one, other = both()
    other.upgrade()
    if world.is_stuck or found.change.state_before not in ("Managed", "Removed"):
        yield one, other
    # Somebody has it go on.
    for acts in [[], [World.renew]] if world.is_stuck else []:
        one, other = both(*acts)
        one.write({"rolloutStrategy": "RollingUpdate", "replicas": 1})
        other.write({"rolloutStrategy": "RollingUpdate", "replicas": 1})
        yield one, other
    # Somebody has it manage the registry again, with pods.
    managed = {"managementState": "Managed"} | ({} if found.change.after["spec"].get("replicas") else {"replicas": 1})
    one, other = both(World.renew)
    one.write(managed)
    other.write(managed)
    if found.change.storage != found.change.storage_before:
        yield one, other


def _worse(one: World, other: World) -> dict[str, int]:
    """Return the images that fare worse in another future, or will once the operator can do what the spec says."""
    before, after = one.fork().settle().fates(), other.fork().settle().fates()
    meant, now_meant = one.intent(), other.intent()
    fates = {image: (before.get(image, GONE), after.get(image, GONE)) for image in one.fates()}
    worse = {image: fate for image, (fate_before, fate) in fates.items() if fate > fate_before}
    return worse | {
        image: max(fate, worse.get(image, KEPT))
        for image, fate in now_meant.items()
        if image in fates and fate > max(meant.get(image, KEPT), fates[image][0])
    }


Images.TestCase.settings = settings(
    max_examples=max(1, _STEPS // _STEPS_OF_ONE),
    # The share of `make unit` is the same each time; to look for new sequences is what `make images` is for.
    derandomize="IMAGES_STEPS" not in os.environ,
    stateful_step_count=_STEPS_OF_ONE,
    deadline=None,
    phases=[phase for phase in Phase if phase != Phase.explain],
)
TestImages = Images.TestCase
