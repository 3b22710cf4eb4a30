"""What can be known of the containers without an engine: their parts, commands and environment."""

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from reseller_portal.supervisor.postgres import SETTINGS
from reseller_portal.supervisor.variables import CONTRACT

PROJECT = Path(__file__).resolve().parents[2]
COMPOSE = (PROJECT / "docker-compose.yml").read_text()
DOCKERFILE = (PROJECT / "Dockerfile").read_text()
SERVICES: dict[str, dict[str, Any]] = yaml.safe_load(COMPOSE)["services"]
OURS = ("migrate", "web", "worker", "scheduler")
FILLED_IN = {
    "POSTGRES_PASSWORD": "5ec7e7",
    "SECRET_KEY": "a-long-random-key-that-only-this-test-knows-0123456789",
    "ALLOWED_HOSTS": "portal.example.com",
    "SITE_URL": "https://portal.example.com",
    "EMAIL_URL": "smtp://mail.example.com:25",
}


def environment_of(service: str) -> dict[str, str]:
    """Return what compose would hand to the service's processes."""
    pattern = re.compile(r"\$\{(\w+):[-?]([^}]*)\}")
    return {
        name: pattern.sub(lambda match: FILLED_IN.get(match[1], match[2]), str(value))
        for name, value in SERVICES[service]["environment"].items()
    }


def run_as(service: str, *command: str) -> subprocess.CompletedProcess[str]:
    """Run a command here with the service's environment."""
    return subprocess.run(
        command,
        cwd=PROJECT,
        env={"PATH": os.environ["PATH"], "PYTHONDONTWRITEBYTECODE": "1", **environment_of(service)},
        capture_output=True,
        text=True,
        check=False,
    )


def test_every_part_of_the_portal_is_there() -> None:
    assert set(SERVICES) == {"postgres", "valkey", *OURS}
    assert SERVICES["postgres"]["image"].startswith("postgres:")
    assert SERVICES["valkey"]["image"].startswith("valkey/valkey:")
    assert {SERVICES[name]["image"] for name in OURS} == {"reseller-portal"}


def test_everything_but_the_migration_is_restarted() -> None:
    policies = {name: service["restart"] for name, service in SERVICES.items()}

    assert policies.pop("migrate") == "no"
    assert set(policies.values()) == {"unless-stopped"}


def test_what_a_service_waits_for_can_come_true() -> None:
    for service in SERVICES.values():
        for name, wait in service.get("depends_on", {}).items():
            awaited = SERVICES[name]
            if wait["condition"] == "service_healthy":
                assert "healthcheck" in awaited
            else:
                assert wait["condition"] == "service_completed_successfully"
                assert awaited["restart"] == "no"


def test_web_and_worker_share_the_folder_of_exports() -> None:
    mounts = {name: SERVICES[name]["volumes"] for name in ("web", "worker")}

    assert mounts["web"] == mounts["worker"] == ["exports:/var/lib/portal/exports"]
    assert "/var/lib/portal/exports" in DOCKERFILE
    assert "PORTAL_STATE=/var/lib/portal" in DOCKERFILE


def test_named_volumes_are_declared() -> None:
    used = {
        mount.partition(":")[0]
        for service in SERVICES.values()
        for mount in service.get("volumes", [])
    }

    assert used == set(yaml.safe_load(COMPOSE)["volumes"])


def test_every_service_is_told_every_variable_of_the_contract() -> None:
    for service in OURS:
        assert set(environment_of(service)) == set(CONTRACT)


def test_example_file_names_exactly_what_compose_asks_for() -> None:
    asked = set(re.findall(r"\$\{(\w+)", COMPOSE))
    lines = (PROJECT / ".env.example").read_text().splitlines()

    assert {line.partition("=")[0] for line in lines if re.match(r"\w+=", line)} == asked


def test_what_has_no_default_is_demanded() -> None:
    demanded = set(re.findall(r"\$\{(\w+):\?", COMPOSE))

    assert demanded == set(FILLED_IN)


def test_settings_accept_the_environment() -> None:
    check = run_as("web", sys.executable, "manage.py", "check", "--deploy", "--fail-level=WARNING")

    assert check.returncode == 0, check.stderr


def test_gunicorn_accepts_its_configuration() -> None:
    check = run_as("web", sys.executable, "-m", "gunicorn", "--check-config")

    assert check.returncode == 0, check.stderr


@pytest.mark.parametrize("service", ["worker", "scheduler"])
def test_celery_knows_every_option(service: str) -> None:
    known = run_as(service, sys.executable, "-m", *SERVICES[service]["command"], "--help")

    assert known.returncode == 0, known.stderr
    for option in SERVICES[service]["command"]:
        assert not option.startswith("--") or option == "--app" or option in known.stdout


def test_migrate_calls_commands_that_exist() -> None:
    _, _, script = SERVICES["migrate"]["command"]
    for command in script.split(" && "):
        known = run_as("migrate", sys.executable, *command.split()[1:], "--help")
        assert known.returncode == 0, known.stderr


def test_database_and_broker_are_set_up_as_the_local_ones() -> None:
    database = SERVICES["postgres"]["command"]
    for quiet in ("log_error_verbosity", "log_min_error_statement"):
        assert f"--{quiet}={SETTINGS[quiet]}" in database
    broker = " ".join(SERVICES["valkey"]["command"])
    for kept in ("--appendonly yes", "--appendfsync everysec", "--maxmemory-policy noeviction"):
        assert kept in broker


def test_image_holds_only_hashed_packages_and_runs_as_nobody_special() -> None:
    installs = re.findall(r"(?:pip install|pip sync).*", DOCKERFILE)
    assert len(installs) == 2
    assert all("--require-hashes" in install for install in installs)
    assert "requirements/dev.txt" not in DOCKERFILE
    last_stage = DOCKERFILE.rpartition("FROM ")[2]
    assert re.findall(r"^USER (.+)$", last_stage, re.MULTILINE) == ["portal"]


def test_context_of_the_image_holds_every_app_and_no_secret() -> None:
    rules = (PROJECT / ".dockerignore").read_text().splitlines()
    from django.apps import apps

    ours = {
        Path(app.path).name for app in apps.get_app_configs() if Path(app.path).parent == PROJECT
    }
    assert rules[0] == "*"
    assert {f"!{app}" for app in ours} <= set(rules)
    assert {"!manage.py", "!gunicorn.conf.py", "!templates", "!static"} <= set(rules)
    assert not {"!.env", "!var", "!.git"} & set(rules)
