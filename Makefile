# On a machine with only Python 3.11-3.13 and make:
#   make lab      sets up .venv, then opens the lessons
#   make test     sets up .venv, then runs what a contributor runs after each change
#   make test-long  runs the rest
#   make compare  sets up .venv, then runs one comparison
#   make bench-quick  runs every legal pair of function and loader, into docs/measuring.md (8 minutes)
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
NBVAL := --nbval-lax --nbval-current-env --nbval-cell-timeout=300

.PHONY: lab test test-long compare bench-quick notebooks recorded picture lock clean

lab: $(VENV)/ready
	$(BIN)/kfit-teach lab

compare: $(VENV)/ready
	$(BIN)/kfit-teach compare

test: $(VENV)/ready
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports
	$(BIN)/python -m pytest -m "not alone and not long" --numprocesses 2 --dist loadscope
	$(BIN)/python -m pytest -m "alone and not long"
	$(BIN)/python -m pytest $(NBVAL) notebooks/00_*.ipynb notebooks/01_*.ipynb

test-long: $(VENV)/ready
	$(BIN)/python -m pytest -m "long and not alone" --numprocesses 2 --dist loadscope
	$(BIN)/python -m pytest -m "long and alone"
	$(BIN)/python -m pytest $(NBVAL) $(filter-out notebooks/00_% notebooks/01_%,$(wildcard notebooks/*.ipynb))

# .venv holds what the lock pins, nothing else; it is made again when the lock changes.
$(VENV)/ready: requirements-lock.txt pyproject.toml
	$(PYTHON) -c "import sys; v = sys.version_info[:2]; sys.exit(not (3, 11) <= v < (3, 14) and f'Python {v[0]}.{v[1]} is too old or too new: kfit_teach needs 3.11 to 3.13; name one with make PYTHON=python3.12')"
	rm -rf $(VENV)
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-lock.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-build-isolation --no-deps --editable .
	touch $@

# The table of all pairs in docs/measuring.md, made again.
bench-quick: $(VENV)/ready
	$(BIN)/python bench/pairs.py --write

# Executes the notebooks and stores their outputs, always with the synthetic images.
notebooks: $(VENV)/ready
	$(BIN)/python tools/make_notebooks.py

# Runs every lesson's panel and records what it gave, always with the synthetic images.
recorded: $(VENV)/ready
	$(BIN)/python tools/make_recorded.py

# The picture in the README, always with the synthetic images.
picture: $(VENV)/ready
	$(BIN)/kfit-teach compare --images synthetic --plot docs/comparison.png

# For maintainers, with uv at hand: pins everything, with hashes and without addresses.
lock:
	uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --no-annotate \
	  --group dev --output-file requirements-lock.txt pyproject.toml

clean:
	rm -rf $(VENV) build dist
