# Everything a person or a CI machine does with this repository. The work is in dev/.
#   FRAPPE_BENCH   the bench to use (default: ~/frappe-bench, else /home/frappe/frappe-bench)
.DEFAULT_GOAL := help
.PHONY: help run stop test test-long bench lint format i18n

help: ## this list
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## / { printf "make %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: ## demo site with one case played end to end, then the desk (SITE, PORT, HOST, DETACH=1)
	@dev/run

stop: ## end what make run started
	@dev/stop

test: ## lint and every test on sites made from nothing (ARGS='-k "a or b"', KEEP=1, WORKERS, CLOCK="+31 days")
	@dev/test

test-long: ## the same with the tests that take minutes each
	@LONG=1 dev/test

bench: ## benchmarks (NAME=one)
	@dev/benchmark

lint: ## ruff, mypy, import-linter, eslint, prettier
	@dev/lint

format: ## repair layout
	@dev/format

i18n: ## main.pot and the .po files: find new strings, name what is not translated
	@dev/i18n
