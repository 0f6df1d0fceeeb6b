# make demo: set up and watch a simulated greenhouse. make test: set up and run every check. make help: the rest.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
UV := $(BIN)/uv pip install -q --python $(BIN)/python
# Compiled once, every later start is faster and a third smaller in memory, wherever Python may not write its own cache.
COMPILE = $(BIN)/python -m compileall -q -j 2 $(VENV)/lib > /dev/null || true
APT := apt-get -o DPkg::Lock::Timeout=600 install -y -qq --no-install-recommends

.PHONY: help setup demo test lint brokers bench test-faults test-home-assistant

help:
	@echo "demo [PHOTOS=DIR] [SCREEN=1]   the whole appliance, simulated, at speed"
	@echo "test                           every check"
	@echo "bench                          measured figures of the daemon; see docs/benchmarks.md for the rooms' own"
	@echo "test-faults [KILLS=200]        kill daemon and worker at random"
	@grep -hE '^[a-z][a-z-]*:' Makefile */Makefile.inc tests/*/Makefile.inc 2> /dev/null | cut -d: -f1 | sort -u | tr '\n' ' '; echo

setup: $(VENV)/.dev

$(VENV)/.python:
	$(PYTHON) -c 'import ensurepip, venv' 2> /dev/null || { test "$$(id -u)" = 0 && apt-get update -qq && $(APT) python3-venv; } \
	  || { echo "Install python3-venv first: sudo apt install python3-venv"; exit 1; }
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install -q --disable-pip-version-check uv
	touch $@

$(VENV)/.core: $(VENV)/.python pyproject.toml
	$(UV) -e .
	$(COMPILE)
	touch $@

$(VENV)/.screen: $(VENV)/.core
	$(UV) -e '.[screen]'
	$(COMPILE)
	touch $@

$(VENV)/.dev: $(VENV)/.core
	$(UV) -e '.[dev,screen]'
	$(COMPILE)
	touch $@

demo: $(if $(SCREEN),$(VENV)/.screen,$(VENV)/.core)
	@$(BIN)/sproutcast demo $(if $(PHOTOS),--photos '$(PHOTOS)') $(if $(SCREEN),--screen) $(DEMO)

lint: setup
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/deptry .

# The tests talk to a real Mosquitto; without it, and without root to install it, they say so and are skipped.
brokers:
	@command -v mosquitto > /dev/null || test -x /usr/sbin/mosquitto || test "$$(id -u)" != 0 \
	  || { apt-get update -qq && $(APT) mosquitto > /dev/null; }

test: lint brokers drawing
	$(BIN)/pytest

test-faults: setup
	KILLS=$(or $(KILLS),200) $(BIN)/pytest -s tests/faults --timeout 7200

# In an environment with what an appliance has and no more: a library that is there costs memory even where nobody asks for it.
CORE := .cache/core
bench:
	test -x $(CORE)/bin/python || $(PYTHON) -m venv $(CORE)
	$(CORE)/bin/python -m pip install -q --disable-pip-version-check -e .
	$(CORE)/bin/python -m compileall -q $(CORE)/lib sproutcast_pi > /dev/null || true
	$(CORE)/bin/python -m bench.daemon

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
HOMES := $(or $(SPROUTCAST_CACHE),.cache)/home-assistant
test-home-assistant: setup brokers
	tests/services/home_assistant/real/install forky tests/services/home_assistant/real/requirements-2026.11.txt $(HOMES)/2026.11 g++,python3-dev
	tests/services/home_assistant/real/install trixie tests/services/home_assistant/real/requirements-2025.4.txt $(HOMES)/2025.4 g++,python3-dev
	$(BIN)/pytest -s -p no:cacheprovider tests/services/home_assistant/real

# Eleven scenarios of the simulated greenhouse (dying, removed, swapped, purple ...) with ten plants each, thirty days,
# measured by the whole of vision; VISION=0 measures on the true mask, in a third of the time.
.PHONY: test-scenarios
test-scenarios: setup
	SCENARIO_PLANTS=$(or $(PLANTS_EACH),10) SCENARIO_VISION=$(or $(VISION),1) $(BIN)/pytest -q -s tests/soak/test_scenarios.py

# The screen and the phone page with a mint that has been hanging for six days and a lettuce that was taken away.
.PHONY: plant-pictures
plant-pictures: setup drawing
	SDL_VIDEODRIVER=offscreen $(BIN)/python -m tests.soak.pictures screenshots

.PHONY: bench-store fuzz search
# The store's figures beside the bare database and other live queries from npm (kept in .cache).
bench-store: setup
	$(BIN)/python bench/store.py

# Twenty thousand random transactions against random queries; the default tests run a slice.
fuzz: setup
	FUZZ_SEEDS=4 FUZZ_TRANSACTIONS=5000 STORE_KILLS=100 $(BIN)/pytest -s tests/store/subscriptions/test_fuzz.py tests/store/test_durability.py

# Every rule on examples that nobody has seen yet; the default tests try the same ones each time.
search: setup
	EXAMPLES=$(or $(EXAMPLES),2000) $(BIN)/pytest -q --hypothesis-profile search $$(grep -rl '@given' tests)

.PHONY: bench-gateway
bench-gateway: setup
	$(BIN)/python bench/gateway.py

include image-build/Makefile.inc
include tests/hub/Makefile.inc

# Trains the segmentation net anew (about fifty minutes of one core) in an environment of its own, then writes the
# weights that ship and, for the bench, one net a fold.
.PHONY: train
TRAIN := .cache/train
STAMPS := .cache/stamps
PLANTS ?= ../shared/plants
train:
	test -x $(TRAIN)/bin/python || $(PYTHON) -m venv $(TRAIN)
	$(TRAIN)/bin/python -m pip install -q --disable-pip-version-check -r training/requirements.txt
	test -d $(STAMPS)/usr || { mkdir -p $(STAMPS) && cd $(STAMPS) && apt-get download -q tuxpaint-stamps-default \
	  && dpkg-deb -x tuxpaint-stamps-default_*.deb . && rm tuxpaint-stamps-default_*.deb; }
	$(TRAIN)/bin/python -m training.train $(PLANTS)/dev $(STAMPS) sproutcast_pi/vision/segmentation/weights/plants.onnx
	for fold in 0 1 2; do $(TRAIN)/bin/python -m training.train $(PLANTS)/dev $(STAMPS) bench/weights/fold$$fold.onnx --fold $$fold --steps 450 || exit 1; done

# Brings the catalogues level with the sources and compiles them; lists what is not translated yet.
.PHONY: catalogues
catalogues: setup
	$(BIN)/python -m tools.catalogues

include tests/ui/Makefile.inc

# Every figure of docs/accuracy.md; PlantCV is measured beside ours when its own environment can be installed.
.PHONY: bench-vision
PLANTCV := .cache/plantcv
bench-vision: setup
	test -x $(PLANTCV)/bin/python || $(PYTHON) -m venv $(PLANTCV)
	$(BIN)/uv pip install -q --python $(PLANTCV)/bin/python plantcv || echo "without PlantCV"
	$(BIN)/python -m bench.vision $(PLANTS)/dev
