"""Where tests keep the files of exports."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any


def stored_in(folder: Path, storages: Mapping[str, Any]) -> dict[str, Any]:
    """Return STORAGES with the files of exports in a folder of the test's own."""
    options = {**storages["exports"]["OPTIONS"], "location": folder}
    return {**storages, "exports": {**storages["exports"], "OPTIONS": options}}
