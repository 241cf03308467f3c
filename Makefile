# plankeeper. `make up` sets up and starts everything, `make test` sets up and passes the tests; both need Python 3.11 and make.

PYTHON ?= $(shell command -v python3.11 || command -v python3)
BIN := .venv/bin
READY := .venv/ready

.PHONY: up test coverage check bench schema lock clean

up: $(READY)  ## everything on this machine; Ctrl-C ends it
	@$(BIN)/plankeeper up

test: $(READY)  ## all tests, a file at a time on each core
	$(BIN)/pytest -n auto --dist loadfile

coverage: $(READY)  ## all tests, and the branches that they do not cover
	$(BIN)/pytest --cov

check: $(READY)  ## linters, format, types, direction of imports; all run, then counted
	@failed=0; \
	for one in "ruff check ." "ruff format --check ." "mypy" "lint-imports --no-logo"; do \
	  echo "== $$one"; $(BIN)/$$one || failed=$$((failed + 1)); \
	done; \
	echo "4 checks, $$failed failed"; test $$failed -eq 0

bench: $(READY)  ## how long the core takes, how long Prefect takes, how many statements run
	$(BIN)/python -m tests.bench

schema: $(READY)  ## the JSON Schemas of the files that people edit
	$(BIN)/python -m tasks.schema docs/schema

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
