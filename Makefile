# `make` lists what there is. Every target sets up what it needs first (scripts/setup).

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
# The package manager locks its folder: targets wait for each other rather than fail.
.NOTPARALLEL:

# How many compilations run at once.
JOBS ?= $(shell nproc)
# What `make run` starts with.
CONFIG ?= streamd.example.yaml
# Arguments for tests, demo and benchmarks, for example: make test ARGS='--filter DSPTests'
ARGS ?=

ENVIRONMENT = . scripts/environment
BUILD = swift build -c release -j $(JOBS)

.PHONY: help
help: ## Lists the targets
	@echo 'streamd: telephone conversations over Twilio Media Streams. Targets:'
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1\t\2/p' Makefile | expand -t 20

.PHONY: setup
setup: ## Installs what is missing: Debian packages, whisper.cpp, weights, Twilio's Python library
	@scripts/setup

.PHONY: run
run: setup ## Builds the daemon and starts it; CONFIG=FILE for another configuration
	@$(ENVIRONMENT); echo 'run: building streamd (some minutes the first time) …'
	@$(ENVIRONMENT); $(BUILD) --product streamd
	@$(ENVIRONMENT); exec .build/release/streamd serve --config '$(CONFIG)'

.PHONY: build
build: setup ## Builds everything for release
	@$(ENVIRONMENT); $(BUILD)

.PHONY: test
test: setup ## Runs the rules, every test, and each fuzzer for ten seconds; ARGS='--filter …' only some tests
	@scripts/lint-fast
	@$(ENVIRONMENT); echo 'test: building and testing (some minutes the first time) …'
	@# Built apart: `swift test` by itself compiles with other flags than `make run`, and each would
	@# undo the other's build.
	@$(ENVIRONMENT); $(BUILD) --build-tests
	@$(ENVIRONMENT); scripts/test $(ARGS)
	@$(ENVIRONMENT); [ -n "$(ARGS)" ] || scripts/fuzz 10

.PHONY: demo
demo: setup ## Plays a caller into the daemon and prints the conversation with its latencies
	@$(ENVIRONMENT); echo 'demo: building streamd and streamd-bench …'
	@$(ENVIRONMENT); $(BUILD) --product streamd
	@$(ENVIRONMENT); $(BUILD) --product streamd-bench
	@$(ENVIRONMENT); scripts/demo $(ARGS)

.PHONY: bench
bench: setup ## Measures the figures of docs/benchmarks.md (14 min); ARGS='calls …' for one benchmark
	@$(ENVIRONMENT); echo 'bench: building streamd and streamd-bench …'
	@$(ENVIRONMENT); $(BUILD) --product streamd
	@$(ENVIRONMENT); $(BUILD) --product streamd-bench
	@$(ENVIRONMENT); if [ -n '$(ARGS)' ]; then exec .build/release/streamd-bench $(ARGS); else scripts/bench; fi

.PHONY: bench-peers
bench-peers: setup ## Compares streamd with Pipecat and a FastAPI app (installed from PyPI); ARGS
	@$(ENVIRONMENT); $(BUILD) --product streamd
	@$(ENVIRONMENT); $(BUILD) --product streamd-bench
	@$(ENVIRONMENT); Benchmarks/peers/run $(ARGS)

.PHONY: sim
sim: setup ## Runs 10,000 simulated calls and holds them against the rules; ARGS for others
	@$(ENVIRONMENT); $(BUILD) --product streamd-sim
	@$(ENVIRONMENT); .build/release/streamd-sim $(ARGS)

.PHONY: test-llm
test-llm: setup ## Streams a turn from a real small model behind a real OpenAI-compatible server
	@$(ENVIRONMENT); $(BUILD) --build-tests
	@$(ENVIRONMENT); scripts/test-llm

.PHONY: fuzz
fuzz: setup ## Runs each fuzzer for SECONDS_EACH seconds (default 300)
	@$(ENVIRONMENT); scripts/fuzz '$(or $(SECONDS_EACH),300)'

.PHONY: test-asan
test-asan: setup ## Runs the tests under the address sanitizer
	@$(ENVIRONMENT); scripts/test-sanitized address $(ARGS)

.PHONY: test-tsan
test-tsan: setup ## Runs the tests under the thread sanitizer
	@$(ENVIRONMENT); scripts/test-sanitized thread $(ARGS)

.PHONY: test-kill
test-kill: setup ## Kills the daemon 20 times while 200 customers order by text, with SQLite and PostgreSQL; ARGS='--seed N'
	@$(ENVIRONMENT); $(BUILD) --product streamd
	@$(ENVIRONMENT); $(BUILD) --product streamd-bench
	@$(ENVIRONMENT); .build/release/streamd-bench kill $(ARGS)
	@$(ENVIRONMENT); .build/release/streamd-bench kill --store postgres $(ARGS)

.PHONY: test-spoken
test-spoken: setup ## Holds written conversations by voice, Whisper listening; ARGS='FILE… --voice awb'
	@$(ENVIRONMENT); $(BUILD) --product streamd
	@$(ENVIRONMENT); $(BUILD) --product streamd-bench
	@$(ENVIRONMENT); .build/release/streamd-bench converse $(ARGS) --tries 3
	@$(ENVIRONMENT); [ -n '$(ARGS)' ] || .build/release/streamd-bench converse \
		conversations/spoken-directory.txt --tries 3 --set stt.0.vocabularyMax=30

.PHONY: eval
eval: setup ## Holds the written conversations with a language model; ARGS='--url … --model …'
	@$(ENVIRONMENT); $(BUILD) --product streamd-bench
	@$(ENVIRONMENT); .build/release/streamd-bench eval $(ARGS)

.PHONY: test-rt
test-rt: setup ## Plays calls under RealtimeSanitizer: no malloc, lock or system call in a frame's work
	@$(ENVIRONMENT); JOBS='$(JOBS)' scripts/test-rt

.PHONY: profile
profile: setup ## Shows where the daemon's time goes under calls; ARGS='CALLS TURNS'
	@$(ENVIRONMENT); echo 'profile: building streamd and streamd-bench …'
	@$(ENVIRONMENT); $(BUILD) --product streamd
	@$(ENVIRONMENT); $(BUILD) --product streamd-bench
	@$(ENVIRONMENT); scripts/profile $(ARGS)

.PHONY: lint
lint: ## Checks formatting and the rules of the house
	@scripts/lint

.PHONY: format
format: ## Formats all Swift sources in place
	@swift format --in-place --parallel --recursive Sources Testing Tests Benchmarks Package.swift

.PHONY: reference
reference: setup ## Writes docs/configuration.md and streamd.example.yaml from the option table
	@$(ENVIRONMENT); $(BUILD) --product streamd
	@.build/release/streamd check-config --reference > docs/configuration.md.new
	@.build/release/streamd check-config --sample > streamd.example.yaml.new
	@mv docs/configuration.md.new docs/configuration.md
	@mv streamd.example.yaml.new streamd.example.yaml

.PHONY: clean
clean: ## Removes what was built; the cache of set-up stays
	rm -rf .build
