# Whatever is missing is set up first, in $(VENV); what a program needs to run and what its developers need are apart.

VENV ?= .venv
PYTHON ?= $(shell for python in python3 python3.14 python3.13 python3.12 python3.11; do \
	$$python -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$python && break; done)

bin := $(VENV)/bin
compiled := $(VENV)-compiled
runs := $(VENV)/installed-to-run
develops := $(VENV)/installed-to-develop
documents := $(VENV)/installed-to-document
measures := $(VENV)/installed-to-measure
schema := docs/frames.schema.json
manual := docs/client.md
manpage := docs/man/twistd-chatroom.1
client_manpage := docs/man/chatroom-urwid.1
admin_manpage := docs/man/chatroom-admin.1
irc_manual := docs/irc.md
web_tables := chatroom/web/tables.js
overview := docs/modules.md

pytest := pytest --numprocesses auto --dist loadfile --no-loadscope-reorder --durations 10
compiled_tests := $(addprefix tests/,core/people core/rooms core/visit core/tools core/search core/test_invariants.py wire fronts logs \
	$(addprefix e2e/test_,frames.py netcat.py web.py irc_manual.py crash.py))
irctests := $(CURDIR)/build/irctest
irctest = cd "$(IRCTEST)" && PATH="$(abspath $(bin)):$$PATH" PYTHONPATH="$(CURDIR)/tests/irctest" \
	$(abspath $(bin))/python -m pytest --controller irctest_chatroom -p no:twisted -p no:cacheprovider --timeout 60 -q \
	--numprocesses 4 --tb short --junitxml "$(irctests)/$(1).xml" \
	-m "$(2) and not implementation-specific and not deprecated and not strict" irctest/server_tests || test $$? = 1
# The tests of protocols, whose test cases are trial's own; everything by TRIAL=tests.
TRIAL ?= tests.fronts
trial := $(bin)/trial --temp-directory=$(VENV)/trial $(TRIAL)

export PIP_DISABLE_PIP_VERSION_CHECK := 1

.DELETE_ON_ERROR:
.PHONY: help run chat test test-all test-characters test-fast explore test-compiled test-engines engines test-browser browser test-clients clients irctest compiled crash fuzz soak model faults stalls check docs schema manual overview screenshots bench bench-peers bench-nodes bench-store bench-client format changelog clean installed python

help: ## show this list
	@sed -n 's/^\([a-z-]*\):.*## /\1\t/p' Makefile | expand -t 14

# Ctrl+C is the way to end it, and no error; make gets it too.
run: $(runs) ## run the server in the foreground; other options by ARGS="--port 9000"
	$(if $(ARGS),,@echo "Come in from another terminal: make chat, or nc localhost 8080; or in a browser: http://localhost:8080/. Ctrl+C ends the server.")
	@trap : INT; $(bin)/twistd -n chatroom $(or $(ARGS),--port 8080) || test $$? = 130

chat: $(runs) ## open the terminal client; on another server by ARGS="chat.example.org 9000"
	@$(bin)/chatroom-urwid $(or $(ARGS),localhost)

test: $(develops) ## run every test; what trial runs again by TRIAL=tests
	$(bin)/$(pytest)
	$(trial)

test-fast: $(develops) ## run the tests that start no program and need no database, in two or three minutes
	$(bin)/$(pytest) -m "not e2e and not engines and not slow"

test-characters: $(develops) ## try all of Unicode where make test tries a sample
	$(bin)/$(pytest) --all-characters -m characters

test-all: test test-characters ## run every test, with all of Unicode

explore: $(develops) ## look for new faults for half an hour, by other seeds each time; EXPLORE="--minutes 5 --seed 7"
	@$(bin)/python -m tests.explore $(EXPLORE)

# What is compiled differs in how it is called and typed, not in what is late or in the way of a database: so it has the
# tests of its own layers once, and of the programs one for each door and one that kills the server.
test-compiled: compiled ## run the tests of the server on the compiled build
	$(compiled)/bin/$(pytest) --compiled --import-mode append -m "not engines" $(compiled_tests)

# Python is started hundreds of times: it shall not compile everything each time, wherever that is the habit.
test test-fast test-characters test-browser test-clients test-compiled test-engines explore: export PYTHONDONTWRITEBYTECODE :=

compiled: $(compiled)/installed-to-develop ## compile what each message passes through, in the environment $(VENV)-compiled

test-engines: $(develops) ## run the tests that need PostgreSQL, which make engines installs
	CHATROOM_ENGINES=required $(bin)/$(pytest) -m engines

engines: ## install PostgreSQL for the tests, and what turns its clock, and start none of it (Debian; as root)
	@ls /usr/lib/postgresql/*/bin/postgres /usr/lib/*/faketime/libfaketimeMT.so.1 >/dev/null 2>&1 || { \
		! command -v systemctl >/dev/null || systemctl mask postgresql.service; \
		export DEBIAN_FRONTEND=noninteractive RUNLEVEL=1; \
		apt-get -q update && apt-get -q install --yes --no-install-recommends postgresql libfaketime; \
	}

test-browser: $(develops) ## run the tests that need a browser, which make browser installs
	CHATROOM_BROWSER=required $(bin)/pytest --numprocesses 2 --dist loadfile --durations 10 tests/browser

browser: $(develops) ## install a browser for the tests of the web page, and what drives it (Debian; as root)
	@command -v chromium >/dev/null || { \
		export DEBIAN_FRONTEND=noninteractive; \
		apt-get -q update && apt-get -q install --yes --no-install-recommends chromium; \
	}
	$(bin)/pip install --quiet --editable '.[browser]'

test-clients: $(develops) ## run the tests that need IRC clients, which make clients installs
	CHATROOM_CLIENTS=required $(bin)/pytest --numprocesses 2 --durations 10 tests/irc_clients

clients: $(develops) ## install IRC clients for the tests, and a bot (Debian; as root)
	@{ command -v weechat && command -v irssi; } >/dev/null || { \
		export DEBIAN_FRONTEND=noninteractive; \
		apt-get -q update && apt-get -q install --yes --no-install-recommends weechat-curses irssi; \
	}
	$(bin)/pip install --quiet --editable '.[clients]'

# It runs from its own folder, tests several servers at once, and is not to judge what it has judged before.
irctest: $(develops) ## let irctest, which is in the folder IRCTEST=..., judge the IRC door, and write down what it says
	@test -d "$(IRCTEST)/irctest/server_tests" || { \
		echo "IRCTEST=... has to name a folder with https://github.com/progval/irctest in it" >&2; exit 1; }
	$(bin)/pip install --quiet --requirement "$(IRCTEST)/requirements.txt" pytest-timeout
	@$(call irctest,plain,not services)
	@$(call irctest,services,services)
	$(bin)/python -m tools.irctest tests/irctest/reasons.toml $(irctests)/plain.xml $(irctests)/services.xml docs/irctest.md

crash: $(develops) ## end the server again and again while it is busy; in another way by CRASH="--seed 2"
	$(bin)/python -m tests.e2e.crash $(CRASH)

fuzz: $(develops) ## send the server a million mutated lines; fewer by FUZZ="--lines 50000 --seed 2"
	$(bin)/python -m tests.e2e.fuzz $(FUZZ)

soak: $(develops) ## let visitors come and go for half an hour; shorter by SOAK="--minutes 2"
	$(bin)/python -m tests.e2e.soak $(SOAK)

model: $(develops) ## let people do anything while the server is ended, and judge it; more by MODEL="--rounds 200 --seed 2"
	$(bin)/python -m tests.e2e.model $(MODEL)

faults: $(develops) ## bring trouble to three servers and their database for half an hour; less by FAULTS="--minutes 2"
	$(bin)/python -m tests.faults $(FAULTS)

stalls: $(develops) ## let visitors of one host attack in all ways; in some by STALLS="--only newlines"
	$(bin)/python -m tests.e2e.stalls $(STALLS)

check: $(develops) docs ## run the linters and the type checker, and see that schema, manual and site are right
	$(bin)/ruff check --quiet .
	$(bin)/ruff format --quiet --check .
	$(bin)/mypy --no-error-summary
	@layers=$$($(bin)/lint-imports --no-logo) || { echo "$$layers"; exit 1; }
	$(bin)/python -m tools.schema --check $(schema)
	$(bin)/python -m tools.manual --check $(manual)
	$(bin)/python -m tools.irc_tables --check $(irc_manual)
	$(bin)/python -m tools.server_manpage --check $(manpage)
	$(bin)/python -m tools.client_manpage --check $(client_manpage)
	$(bin)/python -m tools.admin_manpage --check $(admin_manpage)
	$(bin)/python -m tools.web_tables --check $(web_tables)
	$(bin)/python -m tools.overview --check $(overview)

docs: $(documents) ## make a site of the documents: build/docs/index.html
	$(bin)/sphinx-build --quiet --fresh-env --fail-on-warning --keep-going -c docs . build/docs

schema: $(develops) ## write docs/frames.schema.json anew
	$(bin)/python -m tools.schema $(schema)

manual: $(develops) ## write the tables of docs/client.md, docs/irc.md and the web page, and the manual pages anew
	$(bin)/python -m tools.manual $(manual)
	$(bin)/python -m tools.irc_tables $(irc_manual)
	$(bin)/python -m tools.server_manpage $(manpage)
	$(bin)/python -m tools.client_manpage $(client_manpage)
	$(bin)/python -m tools.admin_manpage $(admin_manpage)
	$(bin)/python -m tools.web_tables $(web_tables)

overview: $(develops) ## write docs/modules.md anew, from the first lines of the modules
	$(bin)/python -m tools.overview $(overview)

screenshots: $(develops) browser ## take the pictures in docs/images anew
	$(bin)/python -m benchmarks.pictures docs/images
	$(bin)/python -m benchmarks.web_pictures docs/images

bench: $(measures) compiled ## measure what a message costs, and write it down; a part by BENCH="--only 1,2"
	$(bin)/python -m benchmarks.bench --build compiled=$(compiled) $(or $(BENCH),--results benchmarks/results --document docs/performance.md)

bench-peers: ## install the IRC servers to compare with, and start none of them (Debian; as root)
	@for peer in inspircd ngircd; do \
		test -x /usr/sbin/$$peer && continue; \
		! command -v systemctl >/dev/null || systemctl mask $$peer.service; \
		RUNLEVEL=1 apt-get install --yes --no-install-recommends $$peer || exit; \
	done

bench-nodes: $(develops) ## measure several servers over a database; a part by NODES="--only calm --runs 1"
	$(bin)/python -m benchmarks.nodes $(NODES)

bench-store: $(develops) ## measure a server over a file of 2,000,000 messages in 200 rooms; fewer by STORE="--messages 100000"
	$(bin)/python -m benchmarks.store $(STORE)

bench-client: $(develops) ## measure what the terminal client costs
	$(bin)/python -m benchmarks.client

format: $(develops) ## put all Python into the one layout
	$(bin)/ruff check --quiet --fix .
	$(bin)/ruff format .

changelog: $(develops) ## turn newsfragments/ into a section of CHANGELOG.md, for the version in chatroom/__init__.py
	$(bin)/towncrier build --yes

clean: ## remove what was made here, the environment too
	rm -rf $(VENV) $(compiled) build dist *.egg-info .hypothesis .*_cache _trial_temp* twisted/plugins/dropin.cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

installed: $(runs) $(develops) $(documents)

python:
	@echo $(PYTHON)

# pip is the last that venv puts there, so where it is, the environment is complete.
$(bin)/pip $(compiled)/bin/pip:
	@test -n "$(PYTHON)" || \
		{ echo "chatroom needs Python 3.11 or later: install it, or name it by PYTHON=..." >&2; exit 1; }
	@$(PYTHON) -m ensurepip --version >/dev/null 2>&1 || \
		{ echo "$(PYTHON) cannot make virtual environments: on Debian, apt install python3-venv" >&2; exit 1; }
	$(PYTHON) -m venv $(@:/bin/pip=)

$(runs): setup.py pyproject.toml | $(bin)/pip
	$(bin)/pip install --quiet --editable '.[client,web]'
	@touch $@

$(develops): setup.py pyproject.toml | $(bin)/pip
	$(bin)/pip install --quiet --editable '.[dev]'
	@touch $(runs) $@

# pip makes the build in an environment of its own, as for anybody who installs it.
$(compiled)/installed-to-develop: setup.py pyproject.toml $(shell find chatroom twisted -name '*.py' -o -name '*.sql') | $(compiled)/bin/pip
	CHATROOM_COMPILE=1 $(compiled)/bin/pip install --quiet '.[dev]'
	@touch $@

$(documents): setup.py pyproject.toml | $(bin)/pip
	$(bin)/pip install --quiet --editable '.[docs]'
	@touch $@

$(measures): setup.py pyproject.toml | $(bin)/pip
	$(bin)/pip install --quiet --editable '.[bench]'
	@touch $@
