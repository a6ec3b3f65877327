# Everything runs in .venv, made on the first call. `make demo` and `make test` are all a newcomer needs.
PYTHON ?= python3
BIN := .venv/bin
WORKERS ?= 2

.PHONY: help demo test test-long check format golden docs notebooks bench bench-check bench-editor bench-dashboard \
  wheel vsix test-extension e2e clean

help:
	@echo "make demo       sweep the Montbrio model over the 68-region connectome and draw a heat map (about two minutes)"
	@echo "make test       the test suite"
	@echo "make test-long  the tests marked long"
	@echo "make check      format, lint, types, layers"
	@echo "make bench      speed of sweeps against tvbk and TVB in the same run"
	@echo "make bench-check  speed of checking against lxml in the same run"
	@echo "make bench-editor  latency of the language server, its start against a bare pygls server, hostile files"
	@echo "make bench-dashboard  start, keys and cost of the dashboard"
	@echo "make vsix       the VS Code extension, vscode-extension/rateml.vsix; needs Node 20"
	@echo "make test-extension  types, lint and unit tests of the extension"
	@echo "make e2e        the extension in a real workbench in Chromium; installs code-server outside the checkout"
	@echo "make golden     rewrite the golden files; read the diff"
	@echo "make notebooks  execute docs/notebooks and keep their figures; installs PyTorch (NOTEBOOKS=map: one of them)"
	@echo "make docs       rewrite the schema's catalogue, docs/language.md and docs/models.md"

.venv/base: pyproject.toml
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "rateml needs Python 3.11 or later: make PYTHON=python3.12")'
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(BIN)/pip install --quiet --disable-pip-version-check --editable '.[connectomes]'
	touch $@

.venv/dev: pyproject.toml .venv/base
	$(BIN)/pip install --quiet --disable-pip-version-check --editable '.[dev]'
	touch $@

demo: .venv/base
	rm -rf demo-output && mkdir demo-output
	$(BIN)/rateml models copy montbrio -o demo-output/montbrio.xml
	$(BIN)/rateml check demo-output/montbrio.xml
	$(BIN)/rateml sweep demo-output/montbrio.xml --connectome tvb:68,diag=0,scale=max \
	  --grid G=0:1:16 --grid eta=-6:-4:16 --duration 1500ms --transient 500ms --seed 1 -o demo-output/montbrio.zarr
	$(BIN)/rateml plot demo-output/montbrio.zarr --array stats_mean --var r -x eta -y G -o demo-output/map.png
	@echo "The sweep is in demo-output/montbrio.zarr, its heat map in demo-output/map.png"

test: .venv/dev
	$(BIN)/pytest -n $(WORKERS) -q

test-long: .venv/dev
	$(BIN)/pytest -n $(WORKERS) --dist worksteal -q -m long

check: .venv/dev
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

format: .venv/dev
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

golden: .venv/dev
	$(BIN)/python tests/codegen/rewrite_golden.py
	$(BIN)/python tests/codegen_tvb/rewrite_golden.py
	$(BIN)/python tests/codegen_docs/rewrite_golden.py
	$(BIN)/python tests/codegen_lems/rewrite_golden.py
	$(BIN)/python tests/tui/rewrite_golden.py
	git diff --stat -- tests/tui/golden tests/codegen/golden tests/codegen_tvb/golden tests/codegen_docs/golden tests/codegen_lems/golden

docs: .venv/dev
	$(BIN)/python schema/write_catalogue.py
	$(BIN)/python docs/source/write_language.py
	$(BIN)/python docs/source/write_models.py

.venv/sbi: pyproject.toml .venv/dev
	$(BIN)/pip install --quiet --disable-pip-version-check --editable '.[dev,sbi]'
	touch $@

notebooks: .venv/sbi
	$(BIN)/python docs/notebooks/write_notebooks.py $(NOTEBOOKS)

bench: .venv/dev
	$(BIN)/pip install --quiet --disable-pip-version-check tvbk
	$(BIN)/python benchmarks/sweeping.py

bench-check: .venv/dev
	$(BIN)/python benchmarks/checking.py

bench-editor: .venv/dev
	$(BIN)/python benchmarks/keystrokes.py
	$(BIN)/python benchmarks/hostile.py

bench-dashboard: .venv/dev
	$(BIN)/python benchmarks/dashboard.py

wheel: .venv/dev
	rm -rf dist && $(BIN)/python -m build --outdir dist

vscode-extension/node_modules/.package-lock.json: vscode-extension/package.json vscode-extension/package-lock.json
	cd vscode-extension && npm ci --no-audit --no-fund
	touch $@

vsix: vscode-extension/node_modules/.package-lock.json
	cd vscode-extension && npm run --silent package

test-extension: vscode-extension/node_modules/.package-lock.json
	cd vscode-extension && npm run --silent typecheck && npm run --silent lint && npm test --silent

e2e: .venv/dev vsix
	vscode-extension/e2e/install.sh
	cd vscode-extension && node e2e/run.mjs $(SCENARIOS)

clean:
	rm -rf vscode-extension/node_modules vscode-extension/dist vscode-extension/out vscode-extension/*.vsix
	rm -rf .venv dist demo-output .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
