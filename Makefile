# Everything an instructor, a student in a clone, or a developer does here.
# `make` alone lists the targets. Variables: PYTHON, TORCH, TORCH_INDEX, A, ONLY,
# SUBMISSIONS, OUT, JOBS, SEEDS, RUNS, STYLES, PROCESSES, GPU_PYTHON.
# A is an assignment, such as A=cnn; without it a target is for all of them, or, where
# it is for one only, for cnn.

PYTHON ?= python3
# The torch to install, and an index to take it from (pip's --index-url), such as
# PyTorch's own index of CPU wheels; empty: pip's usual index.
TORCH ?= torch==2.13.0
TORCH_INDEX ?=

A ?=
ONE := $(or $(A),cnn)
ALL := $(shell sed -n 's/^assignments = \[\(.*\)\].*/\1/p' solutions/course.toml | tr -d '",')
ONLY ?=
SUBMISSIONS ?=
OUT ?=
JOBS ?=
SEEDS ?= 20
# How often make fuzz feeds each target.
RUNS ?= 100000
# Correct submissions, for numerics: loops, unfolding and einsum.
STYLES ?= $(wildcard examples/$(ONE)/student_01 examples/$(ONE)/student_02 \
	examples/$(ONE)/student_03.zip)
# A Python whose torch has CUDA, for test-gpu; empty: that of .venv.
GPU_PYTHON ?=

BIN := .venv/bin
# Two processes, which take whole files in their order; PROCESSES=0 runs all in one.
PROCESSES ?= 2
RUN := OMP_NUM_THREADS=1 $(BIN)/python -m pytest \
	--numprocesses $(PROCESSES) --dist loadscope --no-loadscope-reorder

.DEFAULT_GOAL := help
.PHONY: package gradescope test-gradescope setup-nbgrader setup-otter test-notebooks feedback figures help setup grade check watch verify mutants numerics assignments release doctor test \
	test-all test-gpu fuzz lint format bench clean

help:  ## list the targets
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | \
		awk -F ':.*## ' '{ printf "  make %-12s %s\n", $$1, $$2 }'

setup: .venv/ready  ## make .venv with everything in it (other targets do it, too)

.venv/ready: pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 10))' || { \
		echo 'Python 3.10 or newer is needed. Name one: make $(MAKECMDGOALS) PYTHON=python3.12' >&2; \
		exit 1; }
	$(PYTHON) -m venv .venv
	@echo 'Installing $(TORCH) into .venv; this takes minutes.'
	$(BIN)/python -m pip install --quiet $(if $(TORCH_INDEX),--index-url $(TORCH_INDEX)) "$(TORCH)"
	$(BIN)/python -m pip install --quiet --constraint constraints.txt -e '.[instructor,dev]'
	@touch $@

grade: setup  ## grade all sample classes, or one: A=cnn SUBMISSIONS=examples/cnn OUT=results/cnn
ifneq ($(A)$(SUBMISSIONS)$(OUT),)
	$(BIN)/autograder grade $(ONE) '$(or $(SUBMISSIONS),examples/$(ONE))' \
		--out '$(or $(OUT),results/$(ONE))' $(if $(JOBS),--jobs $(JOBS))
else
	@for name in $(ALL); do \
		echo "$$name" && $(BIN)/autograder grade $$name examples/$$name \
			--out results/$$name $(if $(JOBS),--jobs $(JOBS)) && echo || exit; \
	done
	$(BIN)/autograder gradebook $(ALL:%=results/%) --out results/gradebook.csv
endif

# A check that does not pass is no error of make's: only exit code 2 is, which says that
# nothing could be checked. `autograder check` itself ends with 1.
check: setup  ## check your own work in assignments/: A=cnn ONLY=agrees_with_torch
	@$(BIN)/autograder check --in 'assignments/$(ONE)' $(if $(ONLY),--only '$(ONLY)') || test $$? -eq 1

watch: setup  ## check your own work on every save: A=cnn
	@$(BIN)/autograder check --in 'assignments/$(ONE)' --watch

verify: setup  ## prove that the checks are right, under SEEDS=20 seeds
	$(BIN)/autograder verify --seeds $(SEEDS)

mutants: setup  ## change the solutions line by line, and grade each: A=cnn
	$(BIN)/autograder verify $(A) --mutants $(if $(JOBS),--jobs $(JOBS))

numerics: setup  ## measure whether the tolerance fits, in minutes: A=cnn
	$(BIN)/autograder numerics $(ONE) $(addprefix --styles ,$(STYLES))
	$(BIN)/autograder numerics --course tests/tiny_course

feedback: setup  ## freeze what the sample class reads, for tests; then read the diff
	rm -rf results/feedback
	$(BIN)/autograder grade cnn examples/cnn --out results/feedback --seed 20260312418
	$(BIN)/python -m tests.grading.feedback results/feedback

figures: setup  ## draw the pictures of the handouts
	@for script in $(wildcard solutions/*/drawings.py); do \
		echo "$$script" && PYTHONPATH=solutions $(BIN)/python $$script || exit; \
	done

assignments: setup  ## generate assignments/ from solutions/
	$(BIN)/autograder assignments

release: setup  ## make the zip that students get: A=cnn TORCH_INDEX=URL
	$(BIN)/autograder release $(ONE) --out dist \
		$(if $(TORCH_INDEX),--torch-index '$(TORCH_INDEX)')

gradescope: setup  ## make the zip that Gradescope takes: A=cnn TORCH_INDEX=URL
	$(BIN)/autograder gradescope $(ONE) --out dist/$(ONE)-gradescope.zip \
		$(if $(TORCH_INDEX),--torch-index '$(TORCH_INDEX)')

package: setup  ## build the wheel and the source archive into dist/
	rm -f dist/softmarks-*
	$(BIN)/python -m hatchling build -d dist

doctor: setup  ## try each layer of the sandbox on this machine
	$(BIN)/autograder doctor

test: setup  ## all tests but the slow ones
	$(BIN)/autograder verify
	$(BIN)/autograder verify --mutants --sample 25
	$(RUN) -m "not slow"

test-all: setup  ## the slow ones as well, verify under SEEDS seeds, all mutants
	$(BIN)/autograder verify --seeds $(SEEDS)
	$(BIN)/autograder verify --mutants
	$(RUN)

# Set-up is for .venv; another Python is taken as it is.
test-gpu: $(if $(GPU_PYTHON),,setup)  ## tests on a real GPU, where one is: GPU_PYTHON=python3
	@$(or $(GPU_PYTHON),$(BIN)/python) -m tests.gpu

# As root, on Debian or Ubuntu: the container's parts come from its packages.
test-gradescope: setup  ## run the zip in a container as Gradescope does, in minutes
	command -v podman debootstrap runc >/dev/null || \
		DEBIAN_FRONTEND=noninteractive apt-get install -y podman debootstrap runc
	$(BIN)/python -m pytest -rs tests/platforms/test_gradescope_container.py

setup-nbgrader: .venv-nbgrader/ready  ## make .venv-nbgrader, with nbgrader and torch

setup-otter: .venv-otter/ready  ## make .venv-otter, with otter-grader and torch

# nbgrader and otter-grader are installed here alone, each in an environment of its own.
.venv-nbgrader/ready: PLATFORM := nbgrader==0.9.6
.venv-otter/ready: PLATFORM := otter-grader==7.0.0 nbconvert ipykernel
.venv-nbgrader/ready .venv-otter/ready: pyproject.toml
	$(PYTHON) -m venv $(@D)
	@echo 'Installing $(TORCH) and $(PLATFORM) into $(@D); this takes minutes.'
	$(@D)/bin/python -m pip install --quiet $(if $(TORCH_INDEX),--index-url $(TORCH_INDEX)) "$(TORCH)"
	$(@D)/bin/python -m pip install --quiet $(PLATFORM) -e '.[instructor]'
	@touch $@

test-notebooks: setup setup-nbgrader setup-otter  ## run notebooks through nbgrader and otter
	$(BIN)/python -m pytest -rs tests/platforms -k "nbgrader or otter or parity"

# atheris is installed here alone.
fuzz: setup  ## feed odd content to all that reads what is handed in: RUNS=1000000
	$(BIN)/python -m pip install --quiet atheris==3.0.0
	@for target in frames sources notebooks archives worksheets; do \
		echo "$$target" && \
		$(BIN)/python -m tests.fuzzing $$target --runs $(RUNS) || exit; \
	done

lint: setup  ## style, types, and who may import whom
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

format: setup  ## put the code in its format
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: setup  ## speed and memory beside the floor and a cold pytest
	$(BIN)/python -m benchmarks

clean:  ## remove what was built, but no results
	rm -rf .venv .venv-nbgrader .venv-otter dist build .pytest_cache .mypy_cache .ruff_cache .import_linter_cache
