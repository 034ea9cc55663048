# The ways to run, test and ship Rushes. Each installs what it needs first.
# `make run` and `make test` are all that a newcomer needs.

SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.PHONY: help run test bench weigh campaign hostile dev bundle ui screenshots bindings queries

help:
	@grep -E '^[a-z0-9]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z0-9]+):.*## /  make \1\t/'

run: ## open the application (in a terminal without a display: the main job on made footage)
	@.ci/open

test: ## every check and test, those on the real window included
	@.ci/setup test
	@.ci/test

bench: ## figures against rivals and limits
	@.ci/setup test
	@.ci/bench

weigh: ## the weights for telling dissolves, anew from the reels of the tuning seeds
	@.ci/setup test
	@.ci/weigh

campaign: ## the queue's long trial: 200 rounds of kill -9, by ROUNDS and SEED
	RUSHES_CAMPAIGN_ROUNDS=$${ROUNDS:-200} RUSHES_CAMPAIGN_SEED=$${SEED:-1} \
		cargo test -q -p rushes-studio --test campaign -- --nocapture

hostile: ## the long trial of hostile files: 100 rounds, by ROUNDS and SEED
	RUSHES_HOSTILE_ROUNDS=$${ROUNDS:-100} RUSHES_HOSTILE_SEED=$${SEED:-1} \
		cargo test -q -p rushes-studio --test hostile -- --nocapture

dev: ## the application with hot reload
	@.ci/setup run
	npm --prefix ui exec tauri dev

bundle: ## a .deb in target/release/bundle/deb
	@.ci/setup run
	npm --prefix ui exec tauri build

ui: ## the page alone, into ui/dist
	@npm --prefix ui run -s build -- --logLevel warn

screenshots: ui ## the pictures of README.md anew, from the real window
	@.ci/setup test
	cargo build -p rushes -p rushes-cli
	dbus-run-session -- xvfb-run -a -s '-screen 0 1600x1000x24' node ui/e2e/screenshots.js

bindings: ui ## the page's types anew from the commands
	RUSHES_UPDATE_BINDINGS=1 cargo test -q -p rushes --test bindings

queries: ## what the SQL is checked against (.sqlx) anew from the migrations
	@.ci/queries
