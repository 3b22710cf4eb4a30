.DEFAULT_GOAL := help
.PHONY: help run test chaos bench backup restore lint lock screenshots

PYTHON3 ?= python3
PORT ?= 8000
SIZE ?= small
SECONDS ?= 180
BIN := .venv/bin
INSTALL := $(PYTHON3) requirements/install.py
SUPERVISOR := $(BIN)/python -m reseller_portal.supervisor
COMPILE = $(BIN)/uv pip compile --quiet --system-certs --universal --generate-hashes --no-emit-index-url \
	--python-version 3.11 --custom-compile-command "make lock" $(if $(UPGRADE),--upgrade)

# Compiled modules are state too: they lie under var/, and so are kept between starts.
export PYTHONPYCACHEPREFIX := $(CURDIR)/var/cache/python
unexport PYTHONDONTWRITEBYTECODE

help:
	@echo 'make run   the portal with sample data on http://127.0.0.1:$(PORT)/ (PORT=, SEED="--orders 1000 …")'
	@echo 'make test  every test, browser tests included (TESTS="tests/orders -k export" for some)'
	@echo 'make chaos real processes under load while everything around them breaks (SEED=, SECONDS=)'
	@echo 'make bench the speed figures, into bench.json (SIZE=small, large, or a number; BENCH="--only renew --keep")'
	@echo 'make backup   a copy of the database, into var/backups/ or FILE='
	@echo 'make restore FILE=…  back to one; the portal has to be stopped'
	@echo 'make lint  style, types, layers, migrations, deployment settings'
	@echo 'make screenshots  the pictures of the README, from a running make run'
	@echo 'make lock  the pinned requirements anew (UPGRADE=1 takes newer releases)'

run: export PORT := $(PORT)
run: export SEED := $(SEED)
run:
	@$(INSTALL) local
	@exec $(SUPERVISOR) run --with-parent

test:
	@$(INSTALL) dev
	@requirements/chromium.sh
	@exec $(SUPERVISOR) with --with-parent --state var/test -- $(BIN)/pytest -n 2 --dist worksteal $(TESTS)

chaos:
	@$(INSTALL) dev
	@exec $(BIN)/python -W ignore -m tests.chaos --seed "$(SEED)" --seconds $(SECONDS)

bench:
	@$(INSTALL) local
	@exec $(SUPERVISOR) with --with-parent --state var/bench -- $(BIN)/python manage.py bench --size $(SIZE) $(BENCH)

backup:
	@$(INSTALL) local
	@$(BIN)/python manage.py backup $(FILE)

restore:
	@$(INSTALL) local
	@exec $(SUPERVISOR) with --with-parent --lasting -- sh -c \
		'$(BIN)/python manage.py restore "$$1" && $(BIN)/python manage.py verify' sh '$(FILE)'

# What a deployment is told, so that its checks are those of a deployment; nothing answers there.
lint: export DATABASE_URL := postgres://portal@127.0.0.1:1/portal
lint: export REDIS_URL := redis://127.0.0.1:1/0
lint: export SECRET_KEY := never-used-outside-these-checks-9f8e7d6c5b4a39281706f5e4d3c2b1a0
lint: export ALLOWED_HOSTS := portal.example.com
lint: export SITE_URL := https://portal.example.com
lint: export EMAIL_URL := smtp://127.0.0.1:1
lint: export PORTAL_STATE := var/lint
lint: export DEMO :=
lint: export DEBUG :=
lint:
	@$(INSTALL) dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/djlint --quiet --lint templates
	$(BIN)/mypy .
	$(BIN)/lint-imports --cache-dir var/cache/import-linter
	$(BIN)/python -W "ignore:Got an error checking" manage.py makemigrations --check --dry-run
	$(BIN)/python manage.py check --deploy --fail-level WARNING

lock:
	@$(INSTALL) bootstrap
	@$(COMPILE) --group bootstrap -o requirements/bootstrap.txt
	@$(COMPILE) pyproject.toml -o requirements/runtime.txt
	@$(COMPILE) pyproject.toml --group local -c requirements/runtime.txt -o requirements/local.txt
	@$(COMPILE) pyproject.toml --group local --group dev -c requirements/local.txt -o requirements/dev.txt

screenshots:
	@$(INSTALL) dev
	@requirements/chromium.sh
	@$(BIN)/python docs/screenshots.py http://127.0.0.1:$(PORT)
