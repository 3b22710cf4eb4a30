"""A real worker on a disk that is full: nothing half-written stays, and it is written later."""

import resource
from pathlib import Path
from typing import Any

import pytest

from exports.models import Export
from resellers.models import Reseller, User
from tests.exports.test_worker import press_export, ready
from tests.factories import make_order
from tests.processes import Launcher, Process, eventually
from tests.programs import children_of

pytestmark = pytest.mark.django_db(transaction=True)

OFTEN: dict[str, Any] = {
    "JOB_ATTEMPTS": 100,
    "JOB_BACK_OFF_SECONDS": [0.5],
    "SWEEP_EVERY_SECONDS": 0.5,
}
LITTLE = 40  # bytes: the head of the file does not fit


def let_write(worker: Process, most: int) -> None:
    """Let the processes of a worker write no more than that into a file, as the kernel has it."""
    for pid in children_of(worker.pid):
        resource.prlimit(pid, resource.RLIMIT_FSIZE, (most, resource.RLIM_INFINITY))


def test_what_a_full_disk_did_not_take_is_written_once_there_is_room(
    acme: Reseller, ann: User, as_: Any, launch: Launcher, exports_folder: Path
) -> None:
    make_order(acme, user=ann)
    worker = launch.worker(children=1, **OFTEN)
    launch.scheduler(**OFTEN)
    first = press_export(ann, as_)
    eventually(lambda: ready(first))  # the worker has started by now
    let_write(worker, LITTLE)
    export = press_export(ann, as_, "license-keys")
    waiting = Export.objects.filter(pk=export.pk, state="queued", attempts__gte=2)
    eventually(waiting.exists)
    assert waiting.get().reason == "The file could not be written to the disk."
    let_write(worker, resource.RLIM_INFINITY)
    eventually(lambda: ready(export))
    files = {path.name for path in exports_folder.iterdir()}
    assert files == set(Export.objects.values_list("file", flat=True))
