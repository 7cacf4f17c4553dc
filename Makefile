# Two doors: `make run` makes the appendices, `make test` passes the tests. Both set up first.
PYTHON ?= python3
YEAR ?= 2019
VENV := .venv
ifeq ($(OS),Windows_NT)
BIN := $(VENV)/Scripts
else
BIN := $(VENV)/bin
endif
READY := $(VENV)/.ready
COMPILED := $(VENV)/.compiled
# Without compiled files every notebook would compile its imports anew.
export UV_COMPILE_BYTECODE := 1

.PHONY: run test faults lab lab-test cluster-test lock check bench sample clean

run: $(COMPILED)
	$(BIN)/kgstats run --year $(YEAR)

# A file of tests stays on one core, so that what its tests share is made once.
test: $(COMPILED)
	$(BIN)/python -m pytest -n logical --dist loadfile

# What machines and people do to a run; KGSTATS_FAULT_KILLS=100 for the long form.
faults: $(READY)
	$(BIN)/python -m pytest -m faults tests/faults

# A shell that is no login shell: in Lab's terminal too, kgstats is the one of here.
ifneq ($(OS),Windows_NT)
SHELL_OF_LAB := --ServerApp.terminado_settings="shell_command=$${SHELL:-sh}"
endif
lab: $(COMPILED)
	PATH="$(abspath $(BIN)):$$PATH" $(BIN)/jupyter lab --ServerApp.root_dir=. $(SHELL_OF_LAB) \
		--LabApp.default_url=/lab/tree/notebooks --expose-app-in-browser $(LAB)

# JupyterLab itself, driven by a browser: every notebook, run, in both languages and themes.
lab-test: $(READY)
	$(BIN)/python -m pytest -m "lab or not lab" tests/browser/test_lab.py

# Dask's own scheduler and workers, one of which is killed.
cluster-test: $(READY)
	$(BIN)/python -m pytest -m cluster tests/pipeline/test_cluster.py tests/pipeline/test_several.py

check: $(READY)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

bench: $(COMPILED)
	for name in complete_run clean_returns growth cluster lighthouse; do $(BIN)/python benchmarks/$$name.py; done

# Renews the illustrative returns of a year; they are no part of the product.
sample: $(READY)
	PYTHONPATH=tools $(BIN)/python -m illustrative --year $(YEAR) --out data/raw/$(YEAR) --year-folder

# Every package with its hashes, for Linux, macOS and Windows and Python 3.11 to 3.13 at once;
# no download address is recorded.
lock: $(VENV)/.uv
	$(BIN)/uv pip compile --quiet --upgrade --universal --generate-hashes --no-emit-index-url \
		--no-annotate --no-header --extra dev --python-version 3.11 pyproject.toml \
		-o requirements.lock

clean:
	rm -rf .kgstats data/processed/2* outputs/2*

# The installer itself, by its hashes too.
$(VENV)/.uv: requirements-uv.lock
	$(PYTHON) -c "import sys; assert (3, 11) <= sys.version_info[:2] <= (3, 13), 'kgstats needs Python 3.11, 3.12 or 3.13: make PYTHON=python3.11 …'"
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --require-hashes -r requirements-uv.lock
	touch $@

$(READY): $(VENV)/.uv requirements.lock pyproject.toml
	$(BIN)/uv pip install --quiet --python $(VENV) --require-hashes -r requirements.lock
	$(BIN)/uv pip install --quiet --python $(VENV) --no-build-isolation --no-deps --editable .
	touch $@

# The package's own source too: where Python may not write compiled files, each process of a run
# would compile it anew.
$(COMPILED): $(READY) $(wildcard $(addprefix src/kgstats/,*.py */*.py */*/*.py))
	$(BIN)/python -m compileall -q src/kgstats
	touch $@
