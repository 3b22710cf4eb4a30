"""The settings of processes that tests start: the tests' own, changed by TEST_SETTINGS (JSON)."""

import json
import os
from pathlib import Path

from tests.exports_folder import stored_in
from tests.settings import *  # noqa: F403
from tests.settings import STORAGES as CONFIGURED

CHANGES = json.loads(os.environ.get("TEST_SETTINGS", "{}"))
globals().update(CHANGES)
if "EXPORTS_FOLDER" in CHANGES:
    EXPORTS_FOLDER = Path(CHANGES["EXPORTS_FOLDER"])
    STORAGES = stored_in(EXPORTS_FOLDER, CONFIGURED)
