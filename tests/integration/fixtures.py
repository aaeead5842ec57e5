# SPDX-License-Identifier: GPL-3.0-or-later
"""The sandbox in which the modules are tested, and how it is brought back to a known state."""

import itertools
import os
from collections.abc import Callable, Iterator

import pytest

from sandbox import sandbox
from sandbox.state import StateDirectory
from tests.integration import accounts
from tests.integration.api import Api
from tests.integration.audit import ModuleLog
from tests.integration.lab import Lab
from tests.integration.modules import Modules


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Run the tests of a file that share a cluster one after the other, whatever the order is otherwise.

    A test between them that resets the cluster would take from the others what they share.
    """
    files = [list(of_file) for _path, of_file in itertools.groupby(items, key=lambda item: item.path)]
    items[:] = [item for of_file in files for item in sorted(of_file, key=_needs_its_own_cluster)]


def _needs_its_own_cluster(item: pytest.Item) -> bool:
    return "clean_module" not in getattr(item, "fixturenames", ())


@pytest.fixture(scope="session")
def state() -> StateDirectory:
    """The state directory of a sandbox that runs: SANDBOX_STATE or the default one."""
    os.environ.setdefault("NO_PROXY", "127.0.0.1")
    directory = StateDirectory.default()
    sandbox.up(directory, print)
    return directory


@pytest.fixture(scope="session")
def lab(state: StateDirectory, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    """All that tests work with; says nothing about what the cluster holds.

    The modules run as the accounts of docs/rbac, so every test is also one of the rights that the manifests grant.
    """
    administrator = sandbox.kubeconfig(state)
    directory = tmp_path_factory.mktemp("accounts")
    api = Api(administrator, directory)
    writer, reader = (
        accounts.write_kubeconfig(api, account, directory) for account in (accounts.MANAGER, accounts.READER)
    )
    with Modules(writer, reader, administrator) as modules:
        yield Lab(api, modules, ModuleLog(state.audit_log, api), state.load().s3_endpoint)


@pytest.fixture
def clean(state: StateDirectory, lab: Lab) -> Lab:
    """The state of a fresh bare-metal cluster: the registry is Removed, nothing is left of earlier tests."""
    return reset(state, lab)


@pytest.fixture(scope="module")
def clean_module(state: StateDirectory, lab: Lab) -> Lab:
    """The same once for a file, for tests that leave no trace or put right what the one before has left."""
    return reset(state, lab)


@pytest.fixture
def knobs(lab: Lab) -> Iterator[Callable[..., None]]:
    """Set knobs of the stand-ins, for one test."""
    changed: set[str] = set()

    def change(**settings: object) -> None:
        changed.update(settings)
        lab.set_knobs(**settings)

    yield change
    lab.set_knobs(**dict.fromkeys(changed))


def reset(state: StateDirectory, lab: Lab) -> Lab:
    """Bring the clean state back."""
    sandbox.reset(state, sandbox.DEFAULT_PLATFORM, print)
    return lab
