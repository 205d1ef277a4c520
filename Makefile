PYTHON ?= python3
ADDRESS ?= 127.0.0.1:8000

bin := .venv/bin
pip := $(bin)/python -m pip --disable-pip-version-check
package := ".[mkdocs,tensorflow]"

# What is checked in prose besides its spelling, which is British; names stand in scripts/words.txt.
style := AnA,CorrectNumberSuffix,EllipsisLength,FillerWords,HowTo,ItsContraction
style := $(style),ItsPossessive,ModalOf,PronounAre,PronounVerbAgreement,RepeatedWords,Spaces,ThenThan

# TensorFlow's greetings, and mkdocs-material's and properdocs' banners about other projects.
export TF_CPP_MIN_LOG_LEVEL = 3
export TF_ENABLE_ONEDNN_OPTS = 0
export NO_MKDOCS_2_WARNING = 1
export DISABLE_MKDOCS_2_WARNING = true

.PHONY: help site serve test update lint prose check bench constraints
.DEFAULT_GOAL := help

help: ## list these targets
	@sed -n 's/^\([a-z]*\):.*## /\1\t/p' $(MAKEFILE_LIST) | expand -t 14

site: .venv/ready ## build the site into site/
	$(bin)/mkdocs build --strict
	@echo "Open $(CURDIR)/site/index.html in a browser (its search box needs a server: make serve)."

serve: .venv/ready ## show the site while you write: it is built again on each save
	$(bin)/mkdocs serve --dev-addr $(ADDRESS)

test: .venv/ready ## run the tests
	$(bin)/pytest -n auto --dist loadgroup

update: .venv/ready ## keep records of what Keras does on the guide's pages now: read them, then commit
	DIAGRAMGEN_UPDATE=1 $(bin)/mkdocs build

lint: prose ## check format, style, types, imports and prose
	$(bin)/ruff format --check
	$(bin)/ruff check
	$(bin)/mypy
	$(bin)/lint-imports

prose: .venv/ready ## check spelling and style of the pages
	$(bin)/harper lint --dialect British --format compact --no-color \
		--user-dict-path scripts/words.txt --only SpellCheck,$(style) \
		*.md $$(find docs -name '*.md')

check: lint test ## all that has to hold before a commit

bench: .venv/ready ## measure builds beside other tools (OPTIONS="--alone --pages 30 --times 5")
	@env -u PYTHONDONTWRITEBYTECODE $(bin)/python -m benchmarks.build $(OPTIONS)

# Made with the oldest Python that the package supports, since newer ones install the same versions.
# TensorFlow has a name of its own where it comes without support for graphics cards.
constraints: .venv/ready ## pin the newest versions of all that is installed here
	$(PYTHON) -m venv --clear --without-pip .venv/newest
	$(pip) --python .venv/newest install --quiet pip --group dev --editable $(package)
	$(pip) --python .venv/newest freeze --all --exclude-editable \
		| sed 's/^tensorflow_cpu\(.*\)/tensorflow\1\n&/' > constraints.txt
	@rm -r .venv/newest

# pip before the rest: the one that Python brings may know no dependency groups.
.venv/ready: pyproject.toml constraints.txt
	$(PYTHON) -m venv .venv
	$(pip) install --quiet --constraint constraints.txt pip
	$(pip) install --quiet --constraint constraints.txt --build-constraint constraints.txt \
		--group dev --editable $(package)
	@touch $@
