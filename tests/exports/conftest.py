"""Exports as people ask for them."""

from collections.abc import Callable
from typing import Any

import pytest
from django.utils import timezone

from exports import actions, writing
from exports.kinds import kind_named
from exports.models import Export
from resellers.models import User

ALL = "date_from=&date_to="


@pytest.fixture
def ask() -> Callable[..., Export]:
    """Ask for an export, as a person."""

    def asked(user: User, kind: str = "orders", query: str = ALL, **more: Any) -> Export:
        return actions.start(
            kind_named(kind), query, user=user, now=more.get("now", timezone.now())
        )

    return asked


@pytest.fixture
def written(ask: Callable[..., Export], exports_folder: object) -> Callable[..., Export]:
    """Ask for an export, and let a worker write it."""

    def done(*arguments: Any, **more: Any) -> Export:
        export = ask(*arguments, **more)
        writing.write(export.pk)
        export.refresh_from_db()
        return export

    return done
