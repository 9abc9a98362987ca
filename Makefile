# One word per chore.  `make` alone: lint and test.
# Every chore makes what it needs first: .venv with the pinned packages, and the compiled kernels.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check
# uv takes a third of pip's time.  It knows nothing of what pip is configured to do; where that matters, pip installs.
INSTALL = $(BIN)/uv pip install --quiet --python $(BIN)/python --require-hashes -r $(1) \
	|| { echo "uv could not install $(1); pip does." >&2; $(PIP) --no-compile --require-hashes -r $(1); }
CLUSTER := .venv-cluster
ARGS ?=
SOURCES := datasynth tests app.py wsgi.py gunicorn.conf.py $(wildcard bench examples scripts)
KERNELS := datasynth/kernel.py datasynth/kernel_files.py $(shell find datasynth -path '*/kernels/*.py' 2>/dev/null)
GENERATED := datasynth/transports/rpc
# Where tests are chosen, the choice may lie in one half of them: status 5 says that none were found.
NONE_FIT = $(if $(ARGS),|| [ $$? -eq 5 ])
FAKER := faker==40.63.0
# For every platform and every Python from 3.11 on; pip wants extras spelt as they were asked for.
LOCK := $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-strip-extras \
	--custom-compile-command "make lock"

# Without byte code each start compiles some 900 modules, which takes more than a second.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := all
.DELETE_ON_ERROR:
.PHONY: all serve test test-unit test-browser test-clients test-cluster test-install lint format proto names golden bench fuzz fuzz-wire cost verify-all pictures docs \
	lock audit clean install

all: lint test ## lint and test

serve: $(VENV)/.servable ## start the server: make serve ARGS="--port 3000 --grpc-port 50051"
	@exec $(BIN)/python app.py $(ARGS)

test: $(VENV)/.warm ## every test, those with real servers last, two at a time: make test ARGS="-k triggers"
	$(BIN)/python -m pytest -n auto --dist loadscope -m "not apart and not browser and not clients and not cluster and not install" $(ARGS) $(NONE_FIT)
	$(BIN)/python -m pytest -n 2 --dist loadscope -m apart $(ARGS) $(NONE_FIT)

test-unit: $(VENV)/.warm ## the quick ones: no server is started
	$(BIN)/python -m pytest -n auto --dist loadscope -m "not apart and not browser and not clients and not cluster and not install and not server and not golden and not slow" $(ARGS)

test-browser: $(VENV)/.warm ## pages in a real browser, where chromium and chromedriver are there
	$(BIN)/python -m pytest -m browser tests/browser $(ARGS) $(NONE_FIT)

test-clients: $(VENV)/.warm ## other people's clients (tonic, grpc-js, grpcurl, schemathesis, Polars, …), where their tools are there; the end says which were not
	$(BIN)/python -m pytest -m clients tests/clients $(ARGS) $(NONE_FIT)

test-cluster: $(CLUSTER)/.installed ## Spark (456 MB; needs Java 17), Ray and Dask, which it installs first, on this machine
	$(CLUSTER)/bin/python -m pytest -m cluster tests/cluster $(ARGS) $(NONE_FIT)

test-install: $(VENV)/.installed ## build wheel and sdist, install each in an environment of its own and use it (needs a package index)
	$(BIN)/python -m pytest -m install tests/install $(ARGS) $(NONE_FIT)

lint: $(VENV)/.installed ## style, types, layers, spelling
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/codespell $(SOURCES) docs protos *.md Makefile pyproject.toml

format: $(VENV)/.installed ## put the sources in form
	$(BIN)/ruff check --fix-only --exit-zero .
	$(BIN)/ruff format .

proto: $(VENV)/.installed ## write the Python code of protos/synth.proto
	$(BIN)/python -m grpc_tools.protoc -I $(GENERATED)=protos \
		--python_out=. --pyi_out=. --grpc_python_out=. $(GENERATED)/synth.proto

names: $(VENV)/.installed ## write the names of people anew, from a library that nothing else needs
	$(BIN)/python -m pip install --quiet --disable-pip-version-check $(FAKER)
	$(BIN)/python -m scripts.make_names

golden: $(VENV)/.warm ## accept the present bytes as the golden ones, on pages, too (say so in CHANGELOG.md)
	DATASYNTH_GOLDEN=write $(BIN)/python -m pytest -m golden $(ARGS)

bench: $(VENV)/.warm ## how fast the engine, the encoders and the transports are here
	$(BIN)/python -m bench $(ARGS)

fuzz: $(VENV)/.warm ## ask a server to generate from random valid configurations: make fuzz ARGS="--seconds 600 --seed 7"
	$(BIN)/python -m bench.fuzz $(ARGS)

fuzz-wire: $(VENV)/.warm ## send a server hostile bytes over every protocol: make fuzz-wire ARGS="--seconds 600 --seed 7 --only grpc"
	$(BIN)/python -m bench.wire $(ARGS)

cost: $(VENV)/.warm ## what journals take, beside what is estimated: make cost ARGS="--count 60 --fit"
	$(BIN)/python -m bench.cost $(ARGS)

verify-all: $(VENV)/.warm ## judge data sets of every kind and size, one at a time (a quarter of an hour, 11 GB): make verify-all ARGS="--folder /var/tmp"
	$(BIN)/python -m bench.sweep --page docs/data-quality.md $(ARGS)

pictures: $(VENV)/.warm ## take the pictures of docs/pictures anew, in Chromium
	$(BIN)/python -m scripts.page_pictures

docs: $(VENV)/.warm ## write the tables that are made from the data; check names and links
	$(BIN)/python -m scripts.ledger_tables
	$(BIN)/python -m scripts.data_frame_tables
	$(BIN)/python -m scripts.file_tables
	$(BIN)/python -m scripts.spreadsheet_tables
	$(BIN)/python -m scripts.generation_tables
	$(BIN)/python -m pytest tests/test_docs.py $(ARGS)

lock: $(VENV)/.installed ## pin versions and hashes anew, for pyproject.toml and requirements-dev.in: make lock ARGS="--upgrade-package flask"
	$(LOCK) pyproject.toml -o requirements.txt $(ARGS)
	$(LOCK) requirements-install.in -o requirements-install.txt $(ARGS)
	$(LOCK) pyproject.toml requirements-dev.in -c requirements.txt -c requirements-install.txt -o requirements-dev.txt $(ARGS)
	$(LOCK) pyproject.toml requirements-cluster.in --extra dask --extra ray --extra spark -c requirements.txt \
		-o requirements-cluster.txt $(ARGS)

audit: $(VENV)/.installed ## look the pinned versions up among known vulnerabilities
	$(BIN)/python -m scripts.audit $(ARGS)

install: $(VENV)/.installed ## only .venv

clean: ## remove what the chores have made
	rm -rf $(VENV) $(CLUSTER) build dist *.egg-info .coverage .hypothesis .mypy_cache .pytest_cache .ruff_cache
	rm -rf .import_linter_cache tests/contract/node/node_modules tests/clients/node/node_modules examples/node/node_modules
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "datasynth needs Python 3.11 or later; choose one with: make PYTHON=python3.12 …" >&2; exit 1; }
	$(PYTHON) -m venv $(VENV)

# What a server runs on, and no more: it runs from this folder.  Python writes the byte code of what it imports.
$(VENV)/.packages: requirements.txt requirements-install.txt | $(BIN)/python
	@echo "Installing the packages of the server (once) …"
	@$(PIP) --no-compile --require-hashes -r requirements-install.txt
	@$(call INSTALL,requirements.txt)
	@touch $@

$(VENV)/.installed: $(VENV)/.packages requirements-dev.txt pyproject.toml
	$(call INSTALL,requirements-dev.txt)
	$(PIP) --no-deps --no-build-isolation --editable .
	@touch $@

# The engines have an environment of their own: they are large, and bring versions of other packages.
$(CLUSTER)/.installed: requirements-cluster.txt pyproject.toml
	$(PYTHON) -m venv $(CLUSTER)
	$(CLUSTER)/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-cluster.txt
	$(CLUSTER)/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

$(VENV)/.servable: $(VENV)/.packages $(KERNELS)
	@echo "Compiling the kernels (once) …"
	@$(BIN)/python -m datasynth.warm
	@touch $@

$(VENV)/.warm: $(VENV)/.installed $(VENV)/.servable
	@touch $@
