# SPDX-License-Identifier: GPL-3.0-or-later
"""The state directory of one sandbox: where its files are, what is running, and the lock that serialises commands."""

import fcntl
import json
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Self

from .process import ProcessRecord
from .steps import Report

REPOSITORY = Path(__file__).resolve().parents[1]


@dataclass
class Running:
    """What `up` has started, as kept in the state file.

    `server` is the URL of the API server, empty unless `up` came to its end; `external` is the kubeconfig of a cluster
    that was there before, empty when the API server is ours; `s3_endpoint` is the URL of the S3 server; `processes` are
    ours, by name, in the order in which they were started.
    """

    server: str = ""
    external: str = ""
    s3_endpoint: str = ""
    processes: dict[str, ProcessRecord] = field(default_factory=dict)

    @classmethod
    def from_json(cls, document: dict[str, Any]) -> Self:
        processes = {name: ProcessRecord(**record) for name, record in document.pop("processes").items()}
        return cls(**document, processes=processes)


@dataclass(frozen=True)
class StateDirectory:
    """Paths below the state directory; nothing is created before `lock` is taken."""

    path: Path

    @classmethod
    def default(cls) -> Self:
        """The directory named by SANDBOX_STATE, else `.sandbox` in the repository."""
        return cls(Path(os.environ.get("SANDBOX_STATE") or REPOSITORY / ".sandbox").resolve())

    @property
    def kubeconfig(self) -> Path:
        """For users and tests: contexts `sandbox` (administrator), `sandbox-viewer` and `sandbox-nobody`."""
        return self.path / "kubeconfig"

    @property
    def control_kubeconfig(self) -> Path:
        """For the sandbox's own commands; the audit log leaves their requests out."""
        return self.path / "kubeconfig-control"

    @property
    def standin_kubeconfig(self) -> Path:
        """For the stand-ins; the audit log leaves their requests out."""
        return self.path / "kubeconfig-standin"

    @property
    def audit_log(self) -> Path:
        """JSON lines, one for each request of a user or test."""
        return self.path / "audit.log"

    @property
    def tokens(self) -> Path:
        return self.path / "tokens.csv"

    @property
    def certificates(self) -> Path:
        return self.path / "tls"

    @property
    def etcd_data(self) -> Path:
        return self.path / "etcd"

    @property
    def baseline(self) -> Path:
        """The objects of the clean state, as `reset` brings them back."""
        return self.path / "baseline.json"

    @property
    def _file(self) -> Path:
        return self.path / "state.json"

    def log(self, process: str) -> Path:
        """The log file of one process."""
        return self.path / "log" / f"{process}.log"

    @contextmanager
    def lock(self, report: Report) -> Iterator[None]:
        """Hold the sandbox for one command; wait, and say so, while another command holds it."""
        self.path.mkdir(parents=True, exist_ok=True, mode=0o700)
        (self.path / "log").mkdir(exist_ok=True)
        with (self.path / "lock").open("w") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                report("waiting for another command on this sandbox to end")
                fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    def load(self) -> Running:
        """Return what is recorded as running; an empty record when nothing was started."""
        try:
            return Running.from_json(json.loads(self._file.read_text(encoding="utf-8")))
        except FileNotFoundError:
            return Running()

    def save(self, running: Running) -> None:
        """Record what is running; a reader sees the old record or the new one, never a part."""
        draft = self._file.with_suffix(".new")
        draft.write_text(json.dumps(asdict(running), indent=2), encoding="utf-8")
        draft.replace(self._file)

    def clear(self) -> None:
        """Delete everything of the last run except the lock, which others may hold open."""
        for entry in self.path.iterdir():
            if entry.is_dir():
                shutil.rmtree(entry)
            elif entry.name != "lock":
                entry.unlink()
        (self.path / "log").mkdir()
