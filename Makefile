# make demo: set up and watch a simulated greenhouse. make test: set up and run every check. make help: all the rest.
PYTHON ?= python3
export PYTHON
VENV := .venv
BIN := $(VENV)/bin
# What is developed with is the same everywhere; `make update-constraints` takes newer versions in.
CONSTRAINTS := setup/constraints.txt
UV = $(BIN)/uv pip install -q --python $(BIN)/python -c $(CONSTRAINTS)
# Compiled once, every later start is faster and a third smaller in memory, wherever Python may not write its own cache.
COMPILE = $(BIN)/python -m compileall -q -j 2 $(VENV)/lib > /dev/null || true

.NOTPARALLEL:
.PHONY: help setup demo lint quick test test-fresh update-constraints

help: ## this list
	@awk -F ':.*## ' '/^##@ / { printf "\n%s\n", substr($$0, 5) } /^[a-z][a-z0-9-]*:.*## / { printf "  %-22s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

# packages-GROUP-GROUP: Debian packages by the groups of setup/packages.txt. Root has them installed, others are asked to.
packages-%:
	@setup/install_packages $(subst -, ,$*)

##@ Try and check
demo: $(if $(SCREEN),packages-python-screen $(VENV)/.screen,$(VENV)/.core) ## the whole appliance, simulated, at speed; PHOTOS=DIR: your photographs, SCREEN=1: with the touchscreen
	@$(BIN)/sproutcast demo $(if $(PHOTOS),--photos '$(PHOTOS)') $(if $(SCREEN),--screen) $(DEMO)

quick: setup lint-code ## style, types, import contracts and the tests that need no other program; under 90 seconds
	$(BIN)/pytest -q $(PURE)

# A file's tests share daemons and screens, so a file goes to one process as a whole.
test: packages-python-screen-test-shell setup lint test-peers ## everything; installs what its tests need, or says what
	$(BIN)/pytest -n 2 --dist loadfile --no-loadscope-reorder

setup: $(VENV)/.dev ## the environment that everything else here runs in

lint: lint-code lint-types lint-shell ## style, contracts, and types on the oldest and the newest Python

$(VENV)/.python: $(CONSTRAINTS)
	@setup/install_packages python
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install -q --disable-pip-version-check -c $(CONSTRAINTS) uv
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
	$(UV) --group dev -e '.[screen,hub]'
	$(COMPILE)
	touch $@

# The tests that start no other program and take no photograph apart: seconds.
PURE := tests/model tests/config tests/setup tests/simulated tests/test_signals.py tests/test_atomic_file.py

.PHONY: lint-code lint-types lint-shell test-peers
lint-code: setup
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/deptry .

# numpy's own types differ by Python, so those of both ends are laid before the environment's.
ENDS := 3.11 3.14
lint-types: setup
	set -e; for version in $(ENDS); do \
	  types=.cache/types-$$version; \
	  $(BIN)/uv pip install -q --target $$types --python-version $$version --only-binary :all: --no-deps -c $(CONSTRAINTS) numpy; \
	  PYTHONPATH=$$types $(BIN)/mypy --python-version $$version --cache-dir .mypy_cache/$$version; \
	done

lint-shell: packages-shell
	shellcheck $$(git grep --untracked -lIE '^(#!.*(/| )(ba)?sh$$|# shellcheck shell=)' -- . ':!*.py')

# What the tests speak with that no Debian package of this release brings: brokers, and the client from npm.
test-peers: setup
	tests/hub/install_brokers
	tests/official_client/install

update-constraints: $(VENV)/.python ## newer versions of everything that is developed with
	$(BIN)/uv pip compile -q --upgrade --universal --python-version 3.11 --no-header --no-annotate --no-emit-index-url \
	  --extra screen --extra hub --group dev pyproject.toml -o $(CONSTRAINTS)

##@ More tests
test-fresh: packages-fresh ## both commands and the wheel on fresh Debian 12 and 13, as root and as a user; needs root
	tests/fresh/run

.PHONY: test-faults test-picamera2 test-official-client test-home-assistant test-scenarios test-hostile fuzz search
test-faults: setup ## kill daemon and worker at random, KILLS=200 times
	KILLS=$(or $(KILLS),200) $(BIN)/pytest -s tests/faults --timeout 7200

test-official-client: packages-test setup test-peers ## the unmodified spacetimedb client from npm
	$(BIN)/pytest tests/official_client

# Real Home Assistants, the newest release and the oldest we promise, each in a root folder of its own below .cache.
HOMES := $(or $(SPROUTCAST_CACHE),.cache)/home-assistant
REAL := tests/services/home_assistant/real
test-home-assistant: packages-test-root setup ## real Home Assistants, newest and oldest; needs root, and minutes the first time
	$(REAL)/install forky $(REAL)/requirements-2026.11.txt $(HOMES)/2026.11 g++,python3-dev
	$(REAL)/install trixie $(REAL)/requirements-2025.4.txt $(HOMES)/2025.4 g++,python3-dev
	$(BIN)/pytest -s -p no:cacheprovider $(REAL)

# The root is made once, in about five minutes; PICTURES=1000 is how long its series is.
test-picamera2: packages-root-camera setup ## the camera adapter and worker on the real picamera2 and libcamera; needs root
	tests/picamera2/install $(or $(SPROUTCAST_CACHE),.cache)/picamera2
	PICTURES=$(or $(PICTURES),1000) $(BIN)/pytest -q -s --timeout 1800 tests/picamera2

# VISION=0 measures on the true mask, in a third of the time.
test-scenarios: setup ## the simulated greenhouse: dying, removed, swapped, purple ... PLANTS_EACH=10 plants each, thirty days
	SCENARIO_PLANTS=$(or $(PLANTS_EACH),10) SCENARIO_VISION=$(or $(VISION),1) $(BIN)/pytest -q -s tests/soak/test_scenarios.py

test-hostile: packages-test setup ## thirty thousand hostile inputs at every border of daemon and hub; SEED= repeats a run
	OWNER_CALL_S=1 SEED=$(or $(SEED),$(shell date +%s)) HOSTILE_INPUTS=$(or $(INPUTS),30000) HOSTILE_ROUNDS=10 ROUNDS=10 $(BIN)/pytest -s -q --timeout 900 \
	  tests/hostile tests/store/subscriptions/test_hostile_queries.py

fuzz: setup ## twenty thousand random transactions against random queries; `test` runs a slice
	FUZZ_SEEDS=4 FUZZ_TRANSACTIONS=5000 STORE_KILLS=100 $(BIN)/pytest -s tests/store/subscriptions/test_fuzz.py tests/store/test_durability.py

search: setup ## every property on EXAMPLES=2000 that nobody has seen yet, and ten thousand bad weeks of the lamp
	BAD_WEEKS=10000 $(BIN)/pytest -q -s tests/model/test_light_safety.py
	EXAMPLES=$(or $(EXAMPLES),2000) $(BIN)/pytest -q --hypothesis-profile search $$(grep -rl '@given' tests)

##@ Measured figures
.PHONY: bench bench-store bench-gateway bench-vision
# In an environment with what an appliance has and no more: a library that is there costs memory even where nobody asks for it.
CORE := .cache/core
bench: packages-python ## the daemon: memory, processor, writes, speed of start
	test -x $(CORE)/bin/python || $(PYTHON) -m venv $(CORE)
	$(CORE)/bin/python -m pip install -q --disable-pip-version-check -c $(CONSTRAINTS) -e .
	$(CORE)/bin/python -m compileall -q $(CORE)/lib sproutcast_pi > /dev/null || true
	$(CORE)/bin/python -m bench.daemon

bench-store: packages-test setup ## the store beside the bare database and other live queries from npm
	$(BIN)/python bench/store.py

bench-gateway: setup ## the gateway under many phones
	$(BIN)/python bench/gateway.py

PLANTCV := .cache/plantcv
bench-vision: setup ## every figure of docs/accuracy.md, beside PlantCV where that can be installed
	test -x $(PLANTCV)/bin/python || $(PYTHON) -m venv $(PLANTCV)
	$(BIN)/uv pip install -q --python $(PLANTCV)/bin/python plantcv || echo "without PlantCV"
	$(BIN)/python -m bench.vision $(PLANTS)/dev

##@ What is made here
.PHONY: train plant-pictures catalogues table-docs
TRAIN := .cache/train
STAMPS := .cache/stamps
PLANTS ?= ../shared/plants
train: packages-python ## train the segmentation net anew; about fifty minutes of one core
	test -x $(TRAIN)/bin/python || $(PYTHON) -m venv $(TRAIN)
	$(TRAIN)/bin/python -m pip install -q --disable-pip-version-check -r training/requirements.txt
	test -d $(STAMPS)/usr || { mkdir -p $(STAMPS) && cd $(STAMPS) && apt-get download -q tuxpaint-stamps-default \
	  && dpkg-deb -x tuxpaint-stamps-default_*.deb . && rm tuxpaint-stamps-default_*.deb; }
	$(TRAIN)/bin/python -m training.train $(PLANTS)/dev $(STAMPS) sproutcast_pi/vision/segmentation/weights/plants.onnx
	for fold in 0 1 2; do $(TRAIN)/bin/python -m training.train $(PLANTS)/dev $(STAMPS) bench/weights/fold$$fold.onnx --fold $$fold --steps 450 || exit 1; done

plant-pictures: packages-python-screen-test setup ## screen and phone page with a hanging mint and a lettuce that was taken away
	SDL_VIDEODRIVER=offscreen $(BIN)/python -m tests.soak.pictures screenshots

.PHONY: web
web: ## build the phone page from web/ into the package; needs npm
	cd web && npm ci --no-audit --no-fund && npm run build

catalogues: setup ## bring the translations level with the sources and compile them; lists what is not translated
	$(BIN)/python -m tools.catalogues

table-docs: setup ## docs/tables.md from the store's tables and calls
	$(BIN)/python -m tools.table_docs

include tests/hub/Makefile.inc
include tests/ui/Makefile.inc
include tests/years/Makefile.inc
include image-build/Makefile.inc
