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
PORT ?= 8000
demo: export DATA_DIR ?= data/demo
demo run worker: export SITE_URL ?= http://localhost:$(PORT)
CHOICES = $(if $(LOOKS),--looks "$(LOOKS)") $(if $(SEED),--seed "$(SEED)")

.PHONY: help setup demo demo-data run worker shoot try test check fmt bench bench-gpu bench-web load load-team corpus evaluate journeys faults alarms money security privacy drill fairness deployment mutants

help: ## this list
	@echo "make demo [PORT=8000]   the whole site with people in it, on this machine, until Ctrl-C"
	@echo "make run [PORT=8000]    the web process; beside it make worker, which learns, draws and deletes"
	@echo "make shoot [PHOTOS=dir] [OUT=out] [LOOKS=a,b] [COUNT=40] [KEEP=words] [SEED=0]   photos in, ranked gallery out"
	@echo "make try [PHOTO=selfie.jpg] [OUT=out] [LOOKS=a,b] [SEED=0]   headshots from one selfie, no training"
	@echo "make setup       virtual environment, packages and face models (the other verbs do this by themselves)"
	@echo "make deployment  deploy/'s layout as plain processes: the doctor, a shoot, a rollout; needs PostgreSQL, Redis, nginx"
	@echo "make test        make check, then the tests"
	@echo "make journeys    whole shoots through Chromium at full size, a picture of every page in $(OUT)"
	@echo "make alarms      plant a fault for each alarm of deploy/observe; needs Prometheus; three minutes"
	@echo "make faults      what shoots go through when things break, two hours; needs PostgreSQL and Redis"
	@echo "make money       10,000 deliveries, kills, 100,000 journal operations; needs PostgreSQL; fifteen minutes"
	@echo "make security    hostile files, who may open what, farming and guessing: promise, figure, measured; ten minutes"
	@echo "make privacy     consent, retention, erasure, export, marks: promise, figure, measured; ten minutes"
	@echo "make drill       walk through docs/runbook.md on a site of its own, each step timed"
	@echo "make mutants     break the code on purpose, one promise at a time: which tests notice"
	@echo "make check       ruff, mypy, import contracts, results as old as their code"
	@echo "make fmt         format the code"
	@echo "make bench       measure time and memory"
	@echo "make bench-gpu [MODEL=dir]   a whole SDXL shoot on this machine's GPU, stage by stage, beside the stock scripts"
	@echo "make bench-web   30 requests a second, queries, paint and axe on a site of its own; nine minutes, on idle cores"
	@echo "make load        pages, uploads and a rush on the free try, promise by promise; half an hour, on idle cores"
	@echo "make load-team   a company of 10,000: board, search, export; on PostgreSQL where DATABASE_URL names an empty one"
	@echo "make corpus      send 2,000 hostile files through the decoder of uploads"
	@echo "make demo-data   draw the gallery anew that make demo begins with"
	@echo "make evaluate    measure the understudy; FACEKIT=path names the head (docs/models.md)"
	@echo "make fairness    every look by skin tone, on 200 rendered people; a day on two cores, so best on a GPU; FACEKIT=path"

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

demo: setup
	@$(BIN)/python manage.py demo

run: setup
	@$(BIN)/python manage.py migrate --verbosity 0
	@$(BIN)/python manage.py collectstatic --no-input --verbosity 0
	@$(BIN)/gunicorn --config headshots/serving.py --bind 127.0.0.1:$(PORT) headshots.wsgi

worker: setup
	@$(BIN)/python manage.py work

deployment: setup
	@$(BIN)/python -m tests.deployment

demo-data: setup
	@$(BIN)/python -m generation.engine shoot --out "$(OUT)" --count 40 \
		--looks studio-grey,clean-white,deep-teal,warm-beige,boardroom,garden
	@$(BIN)/python manage.py demo_data "$(OUT)"

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
	@$(BIN)/python -m benchmarks.fresh

test: setup check
	@.ci/services
	@OMP_NUM_THREADS=1 $(BIN)/pytest -q -n 4 --dist loadfile --no-loadscope-reorder

journeys: setup
	@$(BIN)/python -m tests.journeys "$(OUT)"

faults: setup
	@$(BIN)/python -m tests.faults

alarms: setup
	@$(BIN)/python -m tests.alarms

money: setup
	@$(BIN)/python -m tests.money

security: setup
	@$(BIN)/python -m tests.security

privacy: setup
	@$(BIN)/python -m tests.privacy

drill: setup
	@$(BIN)/python -m tests.drill

mutants: setup
	@$(BIN)/python -m tests.mutants

fmt: $(INSTALLED)
	@$(BIN)/ruff check --fix --exit-zero .
	@$(BIN)/ruff format .

bench: setup
	@$(BIN)/python -m benchmarks.engine

bench-gpu: setup
	@$(BIN)/python -m benchmarks.gpu_shoot --out "$(OUT)" $(if $(MODEL),--model "$(MODEL)")

bench-web: setup
	@$(BIN)/python -m benchmarks.web

load: setup
	@$(BIN)/python -m benchmarks.load

load-team: setup
	@$(BIN)/python -m benchmarks.load_team

corpus: $(INSTALLED)
	@$(BIN)/python -m benchmarks.corpus

evaluate: setup
	@$(UV) --editable '.[understudy]'
	@$(BIN)/python -m generation.understudy.evaluate

fairness: setup
	@$(UV) --editable '.[understudy]'
	@$(BIN)/python -m benchmarks.fairness $(if $(MODEL),--model "$(MODEL)") $(if $(NAME),--name "$(NAME)")
