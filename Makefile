# Bưu Tá. `make` alone tells what there is. ARGS is passed on: make demo ARGS=--once
.DEFAULT_GOAL := help
SHELL := /bin/sh
PYTHON ?= python3
ARGS ?=
BIN := .venv/bin
# Programs that the machine lacked and the set-up brought.
export PATH := $(CURDIR)/.buuta/bin:$(PATH)

.PHONY: help demo serve setup test check nightly static static-python static-web bench fmt web docs lock clean

help: ## Liệt kê các lệnh · list the commands
	@grep -E '^[a-z]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-8s %s\n", $$1, $$2}'

# `exec`: Ctrl-C and kill reach the program itself, which stops everything it started.
demo: setup ## Chạy thử cả một ngày làm việc · run a whole working day
	@exec $(BIN)/buuta demo $(ARGS)

serve: setup ## Chạy máy chủ và bộ xử lý việc · run the server with its worker
	@exec $(BIN)/buuta serve --with-worker $(ARGS)

setup: ## Chuẩn bị môi trường (tự bỏ qua khi đã xong) · make the environment (skips what is done)
	@$(PYTHON) -m api.bootstrap product

test: ## Toàn bộ kiểm thử · the whole test suite
	@$(PYTHON) -m api.bootstrap test
	@$(MAKE) --no-print-directory static
	cd web && npm test
	@exec $(BIN)/pytest -n 2 --dist loadfile $(ARGS)

check: ## Kiểm tra nhanh < 3 phút · the quick checks, under 3 minutes
	@$(PYTHON) -m api.bootstrap check
	@$(MAKE) --no-print-directory --jobs=2 --output-sync=target static
	@exec $(BIN)/pytest -n 2 -m "not db and not osrm and not browser and not e2e and not slow" $(ARGS)

nightly: ## Ngày và đề bài ngẫu nhiên mới, kill -9 giữa 5.000 chứng từ · days and problems at random, kill -9 amid 5,000 proofs
	@$(PYTHON) -m api.bootstrap test
	@BUUTA_PROPERTIES=nightly BUUTA_STATE_EXAMPLES=400 BUUTA_STATE_SEED=$$(date +%Y%j) BUUTA_KILLED_PROOFS=5000 BUUTA_FUZZ_EXAMPLES=200 exec $(BIN)/pytest -q tests/tracking/test_state_machine.py \
		tests/api/test_proofs_killed.py $$(grep -rl @given tests) $(ARGS)

# What needs no run: style, types, contracts; after `make check` or `make test` has prepared the tools.
static: static-python static-web

static-python:
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports
	$(BIN)/mypy

static-web:
	cd web && npm run check

bench: ## Đo tốc độ và chất lượng, ghi docs/benchmarks.md · measure, write docs/benchmarks.md
	@$(PYTHON) -m api.bootstrap test
	@exec $(BIN)/python -m bench $(ARGS)

fmt: ## Định dạng mã nguồn · format the code
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

web: setup ## Dựng trang web · build the pages
	@cd web && npm ci && npm run build

docs: setup ## Ghi lại các bảng sinh từ mã nguồn · rewrite the tables made from the code
	$(BIN)/python -m api.reference

lock: ## Cập nhật phiên bản thư viện · renew the locks of the libraries
	uv lock --upgrade
	cd web && npm update --package-lock-only

clean: ## Xoá những gì đã dựng, giữ dữ liệu · remove what was built, keep the data
	rm -rf .venv web/node_modules web/dist .buuta/stamps .buuta/tools .buuta/bin .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
