# make run: a served app from a bare clone. make test: everything that can be tested. See README.md.
PY ?= python3
V := .venv
export FLASK_APP := wsgi
unexport PYTHONDONTWRITEBYTECODE # processes start a fifth sooner
# An environment of its own; the stamp file makes pip run only when the lock has changed.
define install
command -v $(PY) >/dev/null || { echo "quizapp needs Python 3.11 or newer: apt-get install python3"; exit 1; }; \
$(PY) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "quizapp needs Python 3.11 or newer; name it with make PY=python3.11"; exit 1; }; \
test -w . || { echo "this folder is not yours to write: clone quizapp into one that is"; exit 1; }; \
test -x $(V)/bin/pip || { rm -rf $(V); $(PY) -m venv $(V) >/dev/null 2>&1; } || { rm -rf $(V); echo "Python's venv is missing: apt-get install python3-venv"; exit 1; }; \
$(V)/bin/python -m pip install -q --disable-pip-version-check --only-binary :all: --require-hashes -r $(1) \
|| { echo "the libraries could not be installed: is there a network, and does this Python ($$($(V)/bin/python -V)) have wheels?"; exit 1; }; \
touch $@
endef
.DEFAULT_GOAL := help
.PHONY: help run test check bench format lock

help: ## this list
	@grep -E '^[a-z]+:.*##' Makefile | sed 's/:.*## /\t/'

$(V)/.run: requirements.txt
	@$(call install,requirements.txt)

$(V)/.dev: requirements-dev.txt requirements.txt
	@$(call install,requirements-dev.txt)

run: $(V)/.run ## the app on http://127.0.0.1:5000 (HOST, PORT, DATABASE_URL)
	@data=$${QUIZAPP_INSTANCE:-instance}; test ! -e "$$data" || test -w "$$data" || \
	{ echo "$$data is not yours to write: run as its owner, or set QUIZAPP_INSTANCE to another folder"; exit 1; }
	@exec $(V)/bin/flask ops serve

test: $(V)/.dev ## all tests: SQLite, PostgreSQL, a real browser
	@sh tests/needs.sh
	@$(V)/bin/python -m pytest -n 2 --dist loadfile

check: $(V)/.dev ## format, lint, types, layers, migrations; changes nothing
	@$(V)/bin/ruff format --check --quiet . || { echo "make format would change files"; exit 1; }
	@$(V)/bin/ruff check --quiet .
	@$(V)/bin/mypy
	@said=$$($(V)/bin/lint-imports 2>&1) || { echo "$$said"; exit 1; }
	@$(V)/bin/python -m tests.migrations_agree

bench: $(V)/.dev ## the benchmarks, a line of JSON each
	@$(V)/bin/python -m benchmarks

format: $(V)/.dev ## write files as `make check` wants them
	@$(V)/bin/ruff format --quiet .
	@$(V)/bin/ruff check --fix --quiet .

lock: ## write the two hashed locks from the .in files (needs uv)
	uv pip compile --quiet --generate-hashes --python-version 3.11 --no-header requirements.in -o requirements.txt
	uv pip compile --quiet --generate-hashes --python-version 3.11 --no-header requirements-dev.in -o requirements-dev.txt
