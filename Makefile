# plankeeper. `make up` sets up and starts everything, `make test` sets up and passes the tests; both need Python 3.11 and make.

PYTHON ?= $(shell command -v python3.11 || command -v python3)
BIN := .venv/bin
READY := .venv/ready
# Where it is set, every run would rewrite the asserts of all tests anew, in each worker.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: up test mta coverage check bench chaos load schema catalogue lock clean machine

up: $(READY)  ## everything on this machine; Ctrl-C ends it
	@$(BIN)/plankeeper up

test: $(READY) machine  ## all tests, a file at a time on each core
	$(BIN)/pytest -n auto --dist loadfile --no-loadscope-reorder

# Without main.cf, "No configuration", Debian's Postfix does not start; the tests run one of their own in a folder of its own.
mta: $(READY)  ## letters through a real Postfix on loopback; installs it if it is missing, and starts no other
	@if [ -x /usr/sbin/postfix ]; then :; \
	elif command -v apt-get >/dev/null && [ "$$(id -u)" = 0 ]; then \
	  echo "Installing Postfix, which is neither set up nor started."; \
	  echo "postfix postfix/main_mailer_type select No configuration" | debconf-set-selections; \
	  apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends postfix >/dev/null; \
	else echo "Postfix is missing, and only root can install it with apt-get: the tests are skipped."; fi
	$(BIN)/pytest -m mta -rs tests/test_notifications_relay.py

coverage: $(READY) machine  ## all tests, and the branches that they do not cover
	$(BIN)/pytest --cov

check: $(READY)  ## linters, format, types, direction of imports; all run, then counted
	@failed=0; \
	for one in "ruff check ." "ruff format --check ." "mypy" "lint-imports --no-logo"; do \
	  echo "== $$one"; $(BIN)/$$one || failed=$$((failed + 1)); \
	done; \
	echo "4 checks, $$failed failed"; test $$failed -eq 0

# A page is looked at in a browser, and a workbook opened in an office program. Where they cannot be installed, the tests that
# need them are skipped and say so; in CI they fail instead.
machine:
	@for one in chromium:chromium soffice:libreoffice-calc; do \
	  command -v $${one%%:*} >/dev/null || missing="$$missing $${one##*:}"; \
	done; \
	if [ -n "$$missing" ] && command -v apt-get >/dev/null && [ "$$(id -u)" = 0 ]; then \
	  echo "Installing$$missing, which the tests use."; \
	  apt-get update -qq && apt-get install -y -qq --no-install-recommends $$missing >/dev/null; \
	fi

bench: $(READY)  ## how long the core, one source of all measures and Prefect take, how many statements run
	$(BIN)/python -m tests.bench

chaos: $(READY)  ## a thousand letters while deliverers are killed and the mail server fails, on both databases; takes minutes
	$(BIN)/python -m tests.chaos

load: $(READY)  ## two hundred owners check in at once and press twice, on both databases; takes minutes
	$(BIN)/python -m tests.load

schema: $(READY)  ## the JSON Schemas of the files that people edit
	$(BIN)/python -m tasks.schema docs/schema

catalogue: $(READY)  ## find what is to be said in other languages; what a catalogue lacks comes in without a text
	$(BIN)/python -m tasks.catalogue

lock:  ## pin every version anew; needs uv
	uv pip compile pyproject.toml --extra test --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
	  --quiet --upgrade --output-file requirements.lock

clean:  ## delete what was set up and all of plankeeper's data in this folder
	rm -rf .venv .plankeeper *.egg-info .coverage .hypothesis .mypy_cache .pytest_cache .ruff_cache .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# Without --no-deps an older pip looks for the extras of pinned packages a second time, without their hashes.
$(READY): requirements.lock pyproject.toml
	@echo "Setting up .venv with $$($(PYTHON) --version); this takes about a minute."
	@$(PYTHON) -m venv --clear .venv
	@$(BIN)/python -m pip install -qq --disable-pip-version-check --no-deps --require-hashes -r requirements.lock
	@$(BIN)/python -m pip install -qq --disable-pip-version-check --no-deps --editable .
	@touch $@
