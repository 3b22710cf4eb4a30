"""The cast: people whom every test knows."""

from collections.abc import Callable, Iterator

import pytest
from django.db import connection
from django.db.backends.postgresql.operations import DatabaseOperations
from django.test import Client
from pytest_django.plugin import DjangoDbBlocker

from resellers.models import Reseller, User
from resellers.roles import Role
from tests.factories import PASSWORD, ResellerFactory, UserFactory

pytest_plugins = ["tests.databases", "tests.gateway", "tests.processes"]

OTHER_SESSIONS = """
    SELECT pg_terminate_backend(pid) FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid()
"""


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """Let the tests' database go at the end, although a process that was killed still holds it."""
    yield
    with django_db_blocker.unblock(), connection.cursor() as cursor:
        cursor.execute(OTHER_SESSIONS)


@pytest.fixture(autouse=True, scope="session")
def _ledger_can_be_emptied() -> Iterator[None]:
    """Let the flush after a transactional test pass the ledger's trigger, in a test database."""
    flush = DatabaseOperations.execute_sql_flush

    def flush_ledger_too(operations: DatabaseOperations, statements: list[str]) -> None:
        name = operations.connection.settings_dict["NAME"]
        assert name.startswith("test_"), f"{name} is no test database"
        flush(operations, ["SET LOCAL session_replication_role = replica", *statements])

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(DatabaseOperations, "execute_sql_flush", flush_ledger_too)
        yield


@pytest.fixture
def acme(db: None) -> Reseller:
    """Acme: euros, Berlin."""
    return ResellerFactory.create(name="Acme", currency="EUR", time_zone="Europe/Berlin")


@pytest.fixture
def globex(db: None) -> Reseller:
    """Globex, the stranger's company: dollars, New York."""
    return ResellerFactory.create(name="Globex", currency="USD", time_zone="America/New_York")


@pytest.fixture
def alice(acme: Reseller) -> User:
    """Alice, admin at Acme."""
    return UserFactory.create(
        email="alice@acme.example", name="Alice Arnold", reseller=acme, role=Role.ADMIN
    )


@pytest.fixture
def ann(acme: Reseller) -> User:
    """Ann, agent at Acme."""
    return UserFactory.create(
        email="ann@acme.example", name="Ann Ackermann", reseller=acme, role=Role.AGENT
    )


@pytest.fixture
def bob(acme: Reseller) -> User:
    """Bob, viewer at Acme: never sees a code."""
    return UserFactory.create(
        email="bob@acme.example", name="Bob Brandt", reseller=acme, role=Role.VIEWER
    )


@pytest.fixture
def charlie(globex: Reseller) -> User:
    """Charlie, admin at Globex: a stranger to Acme."""
    return UserFactory.create(
        email="charlie@globex.example", name="Charlie Cole", reseller=globex, role=Role.ADMIN
    )


@pytest.fixture
def sam(db: None) -> User:
    """Sam, vendor staff."""
    return User.objects.create_superuser("sam@vendor.example", PASSWORD, name="Sam Staff")


@pytest.fixture
def as_() -> Callable[[User], Client]:
    """Return a browser in which a person is signed in."""

    def signed_in(user: User) -> Client:
        client = Client()
        client.force_login(user)
        return client

    return signed_in
