# make demo: set up and watch a simulated greenhouse. make test: set up and run every check.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

.PHONY: setup test lint brokers test-home-assistant

setup: $(VENV)/.ready

$(VENV)/.ready: pyproject.toml
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install -q --disable-pip-version-check uv
	$(BIN)/uv pip install -q --python $(BIN)/python -e '.[dev]'
	touch $@

lint: setup
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

# The tests talk to a real Mosquitto; without it, and without root to install it, they say so and are skipped.
brokers:
	@command -v mosquitto > /dev/null || test -x /usr/sbin/mosquitto || test "$$(id -u)" != 0 \
	  || { apt-get update -qq && apt-get -o DPkg::Lock::Timeout=600 install -y -qq --no-install-recommends mosquitto > /dev/null; }

test: lint brokers
	$(BIN)/pytest

# The unmodified spacetimedb client from npm speaks to our gateway; its licence lets it be a peer, so it stays in .cache.
OFFICIAL := .cache/official-client

.PHONY: test-official-client
test-official-client: setup
	mkdir -p $(OFFICIAL)
	cp tests/official_client/package.json tests/official_client/tsconfig.json tests/official_client/talk.ts $(OFFICIAL)
	cd $(OFFICIAL) && npm install --no-audit --no-fund --loglevel=error
	$(BIN)/sproutcast bindings typescript $(OFFICIAL)/bindings
	cd $(OFFICIAL) && npx tsc -p .
	SPROUTCAST_OFFICIAL_CLIENT=$(CURDIR)/$(OFFICIAL) $(BIN)/pytest tests/official_client

# Real Home Assistants, the newest release and the oldest we promise, each in a root folder of its own below .cache.
# Needs root and, the first time, some minutes.
test-home-assistant: setup brokers
	$(BIN)/pytest -s -p no:cacheprovider tests/home_assistant/real

.PHONY: bench-gateway
bench-gateway: setup
	$(BIN)/python bench/gateway.py

include image-build/Makefile.inc
include tests/sync/Makefile.inc

# Trains the segmentation net anew (about half an hour of one core) in an environment of its own, then writes the
# weights that ship and, for the bench, one net a fold.
.PHONY: train
TRAIN := .cache/train
PLANTS ?= ../shared/plants
train:
	test -x $(TRAIN)/bin/python || $(PYTHON) -m venv $(TRAIN)
	$(TRAIN)/bin/python -m pip install -q --disable-pip-version-check -r training/requirements.txt
	$(TRAIN)/bin/python -m training.train $(PLANTS)/dev sproutcast_pi/vision/weights/plants.onnx
	for fold in 0 1; do $(TRAIN)/bin/python -m training.train $(PLANTS)/dev .cache/folds/fold$$fold.onnx --fold $$fold --steps 170 || exit 1; done
