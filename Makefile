# Every target sets up what it needs. `make help` lists them.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
PACKAGES := .cache/packages
EXAMPLE := examples/transit-corridor.txt
FORMATS := json=reports/example.json html=reports/example.html sarif=reports/example.sarif \
	junit=reports/example.junit.xml github=reports/example.github.txt \
	markdown=reports/example.md csv=reports/example.csv terminal=reports/example.txt
# Real peers for the tests of archives and bundles: a Memento server (GPL) and WACZ's own tool.
# They are programs beside the project, in an environment of their own.
TOOLS := .cache/archive-tools
DEMONSTRATION := tests/packages/translate-fa_en-0_1.argosmodel

.DEFAULT_GOAL := help
.PHONY: help example test test-argos test-archives test-hf lint types gate benchmark footprint train-judge docs clean

help: ## list the targets
	@grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

$(STAMP): pyproject.toml constraints.txt
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[dev]'
	@touch $@

$(PACKAGES): $(STAMP) $(DEMONSTRATION)
	@rm -rf $@ && mkdir -p $@
	$(BIN)/verify models install $(DEMONSTRATION) --folder $@

example: $(STAMP) $(PACKAGES) ## check the example article, and leave the reports in reports/
	@VERIFY_PACKAGES=$(PACKAGES) $(BIN)/verify check $(EXAMPLE) --offline --format terminal \
		$(foreach f,$(FORMATS),--format $(f)); code=$$?; \
	case $$code in \
	0|1|3) echo "the reports are in reports/; open reports/example.html." \
		"As a check this would have exited with $$code" ;; \
	*) exit $$code ;; \
	esac

test: $(STAMP) ## run the tests
	$(BIN)/python -m pytest -q -n auto --dist loadfile

test-argos: $(STAMP) ## run the tests of the [argos] extra (installs it: 1.5 GB)
	$(BIN)/pip install --quiet --disable-pip-version-check torch -c constraints.txt
	$(BIN)/pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[argos]'
	$(BIN)/python -m pytest -q -m argos

$(TOOLS)/.installed:
	$(PYTHON) -m venv $(TOOLS)
	$(TOOLS)/bin/pip install --quiet --disable-pip-version-check 'pywb==2.10.0' 'wacz==0.6.0'
	@touch $@

# A reader of bundles (AGPL), a program beside the project too. Without npm its test is skipped.
$(TOOLS)/replaywebpage: | $(TOOLS)/.installed
	@cd $(TOOLS) && npm pack --silent replaywebpage@2.4.6 && tar -xzf replaywebpage-2.4.6.tgz \
		&& rm replaywebpage-2.4.6.tgz && mv package replaywebpage || echo "no ReplayWeb.page: npm could not fetch it"

test-archives: $(STAMP) $(TOOLS)/.installed $(TOOLS)/replaywebpage ## run the tests against real web archives' tools
	$(BIN)/python -m pytest -q tests/test_archives.py tests/test_bundle*.py

test-hf: $(STAMP) ## run the tests of the [hf] extra (installs it: 1 GB or so)
	$(BIN)/pip install --quiet --disable-pip-version-check torch -c constraints.txt
	$(BIN)/pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[hf]'
	$(BIN)/python -m pytest -q -m hf

lint: $(STAMP) ## style
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(STAMP) ## types
	$(BIN)/mypy

gate: $(STAMP) ## quality floors, on the shared data
	$(BIN)/python benchmarks/gate.py

benchmark: $(STAMP) ## build and run the benchmark of Persian citations
	$(BIN)/python -m benchmarks.persian_citations.build
	$(BIN)/python -m benchmarks.persian_citations.run --system verify

footprint: $(STAMP) $(PACKAGES) ## time, memory and size
	VERIFY_PACKAGES=$(PACKAGES) $(BIN)/python benchmarks/footprint.py --installed

train-judge: ## train the judge anew (needs [train]; hours of CPU, resumable)
	$(BIN)/pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[train]'
	OMP_WAIT_POLICY=PASSIVE GOMP_SPINCOUNT=0 $(BIN)/python -m training.judge.train --tokens 4000000
	cp .cache/judge/checkpoint.pt .cache/judge/first.pt
	OMP_WAIT_POLICY=PASSIVE GOMP_SPINCOUNT=0 $(BIN)/python -m training.judge.train --tokens 9000000 --again 0.6
	$(BIN)/python -m training.judge.average .cache/judge/first.pt .cache/judge/checkpoint.pt --output .cache/judge/average.pt
	OMP_WAIT_POLICY=PASSIVE GOMP_SPINCOUNT=0 $(BIN)/python -m training.judge.train --start .cache/judge/average.pt \
		--folder .cache/judge/further --tokens 9000000 --rate 1e-4
	$(BIN)/python -m training.judge.average .cache/judge/average.pt .cache/judge/further/checkpoint.pt \
		--shares 0.15 0.85 --output .cache/judge/shipped.pt
	$(BIN)/python -m training.judge.export --checkpoint .cache/judge/shipped.pt
	$(BIN)/python -m training.judge.evaluate --shipped

docs: $(STAMP) ## write the generated parts of docs/ and README anew
	$(BIN)/python -m verify.rules.pages
	$(BIN)/python -m verify.report.pages
	$(BIN)/python -m tests.readme

clean: ## remove what the other targets made
	rm -rf $(VENV) .cache build *.egg-info .mypy_cache .ruff_cache .pytest_cache
