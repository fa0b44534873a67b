# Every verb sets up what it needs first, so that a fresh clone needs no other command.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
# Containers often switch compiled modules off; without them every start of torch and diffusers takes 24 s, not 10.
unexport PYTHONDONTWRITEBYTECODE

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
INSTALLED := $(VENV)/.installed
UV := .ci/uv pip install --python $(BIN)/python
OUT ?= out
CHOICES = $(if $(LOOKS),--looks "$(LOOKS)") $(if $(SEED),--seed "$(SEED)")

.PHONY: help setup shoot try test check fmt bench evaluate

help: ## this list
	@echo "make shoot [PHOTOS=dir] [OUT=out] [LOOKS=a,b] [COUNT=40] [KEEP=words] [SEED=0]   photos in, ranked gallery out"
	@echo "make try [PHOTO=selfie.jpg] [OUT=out] [LOOKS=a,b] [SEED=0]   headshots from one selfie, no training"
	@echo "make setup       virtual environment, packages and face models (the other verbs do this by themselves)"
	@echo "make test        make check, then the tests"
	@echo "make check       ruff, mypy, import contracts"
	@echo "make fmt         format the code"
	@echo "make bench       measure time and memory"
	@echo "make evaluate    measure the understudy; FACEKIT=path names the head (docs/models.md)"

setup: $(INSTALLED)
	@$(BIN)/python -m generation.engine.weights

# torch first: the project's plain range would pull gigabytes of CUDA libraries. A torch that is already in
# the environment is kept, so that a machine with a GPU can bring its own build.
$(INSTALLED): pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
		|| { echo "Headshots needs Python 3.11 or newer: run make with PYTHON=python3.12, for example."; exit 1; }
	@test -x $(BIN)/python || .ci/venv $(PYTHON) $(VENV)
	@$(BIN)/python -m pip install --quiet uv
	@$(BIN)/python -c 'from importlib.metadata import version; version("torch")' 2>/dev/null \
		|| if $(UV) --dry-run 'torch==2.13.0+cpu' >/dev/null 2>&1; then $(UV) 'torch==2.13.0+cpu'; \
		else $(UV) --torch-backend=cpu 'torch==2.13.0' || $(UV) 'torch==2.13.0'; fi
	@$(UV) --editable '.[dev]'
	@touch $@

shoot: setup
	@$(BIN)/python -m generation.engine shoot --out "$(OUT)" $(if $(PHOTOS),--photos "$(PHOTOS)") \
		$(if $(COUNT),--count "$(COUNT)") $(if $(KEEP),--keep "$(KEEP)") $(CHOICES)

try: setup
	@$(BIN)/python -m generation.engine try --out "$(OUT)" $(if $(PHOTO),--photo "$(PHOTO)") $(CHOICES)

check: $(INSTALLED)
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports

test: setup check
	@OMP_NUM_THREADS=1 $(BIN)/pytest -q -n 2 --dist loadfile

fmt: $(INSTALLED)
	@$(BIN)/ruff check --fix --exit-zero .
	@$(BIN)/ruff format .

bench: setup
	@$(BIN)/python -m benchmarks.engine

evaluate: setup
	@$(UV) --editable '.[understudy]'
	@$(BIN)/python -m generation.understudy.evaluate
