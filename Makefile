# Two commands on a fresh machine: `make demo` and `make test`. Both do all the set-up they need.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
OUT ?= out

.PHONY: help demo test quick slow long bench bench-books spark drill wheel clean
help:
	@echo "make demo    写出演示区的 69 本台账，读、查、出报告到 $(OUT)/，再打开应用 http://127.0.0.1:8000"
	@echo "make test    全部测试（格式、类型、楼层、测试；台账、办件、汇总的再在 PostgreSQL 上跑一遍）"
	@echo "make quick   只跑快的测试"
	@echo "make slow    同一类里再多跑的：别的引擎、别的照片"
	@echo "make long    账簿的随机对照走一万步，SQLite 和 PostgreSQL 各一遍（约十分钟）"
	@echo "make bench   与同类工具在同一次运行里比快慢，写入 bench/RESULTS.md"
	@echo "make bench-books  账簿的快慢：两种数据库，与 django-hordak、django-ledger、Beancount、hledger 并排（约半小时）"
	@echo "make spark   同一份规则在 Spark 上逐行核对（要 Java 17，慢）"
	@echo "make drill   演练：备份演示区、恢复到别处，合计、哈希和网页逐一比"
	@echo "make wheel   打包到 dist/"

$(VENV)/.made:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "需要 Python 3.11 或更新的版本（$(PYTHON) 太旧）"; exit 2; }
	@$(PYTHON) -c 'import venv, ensurepip' 2>/dev/null || { echo "缺少 python3-venv：请先运行  sudo apt install python3-venv"; exit 2; }
	@echo "第一次运行：准备 Python 环境（$(VENV)）……"
	@$(PYTHON) -m venv $(VENV)
	@touch $@

$(VENV)/.installed: $(VENV)/.made requirements.txt pyproject.toml
	@echo "安装所需的程序包（约一分钟，只在第一次或有改动时）……"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements.txt
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps -e .
	@touch $@

$(VENV)/.dev: $(VENV)/.installed requirements-dev.txt
	@echo "安装测试用的程序包……"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements-dev.txt
	@touch $@

demo: $(VENV)/.installed
	@$(BIN)/mingbai demo --out $(OUT)

test: $(VENV)/.dev
	$(BIN)/ruff check src tests bench
	$(BIN)/ruff format --check --quiet src bench
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m pytest -n 2 --dist loadfile
	$(BIN)/python tests/cluster.py pytest -n 2 --dist loadfile -m "not full"

quick: $(VENV)/.dev
	$(BIN)/python -m pytest -n 2 --dist loadfile -m "not full"

slow: $(VENV)/.dev
	$(BIN)/python -m pytest -n 2 --slow

long: $(VENV)/.dev
	MINGBAI_STEPS=10000 $(BIN)/python -m pytest tests/books/test_machine.py
	MINGBAI_STEPS=10000 $(BIN)/python tests/cluster.py pytest tests/books/test_machine.py

bench: $(VENV)/.dev
	$(BIN)/python -m bench

bench-books: $(VENV)/.dev
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check "django-hordak==2.0.0" "django-ledger==0.8.5" "beanquery==0.2.0" "Django>=5.2,<5.3"
	$(BIN)/python -m bench.books

spark: $(VENV)/.dev
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check "pyspark==4.3.0" "pandas==3.1.1"
	MINGBAI_ENGINES=spark $(BIN)/python -m pytest tests/rules/test_engines.py

drill: $(VENV)/.dev
	$(BIN)/python tests/drill.py

wheel: $(VENV)/.dev
	$(BIN)/python -m build --wheel

clean:
	rm -rf $(VENV) $(OUT) dist build
