# `just` in a checkout: every command of the house. Arguments are key=value, in any order.

set positional-arguments
export PATH := justfile_directory() / ".venv/bin:" + env("PATH")

# the commands and what they do
[private]
help:
    @python -m factory

# ask a teacher for rollouts, then verify, dedup, tag and sum up
generate *args:
    @python -m factory generate "$@"

# problems and traces out of a file or the hub
ingest *args:
    @python -m factory ingest "$@"

# judge the rollouts the verifier has not judged
verify *args:
    @python -m factory verify "$@"

# find duplicate problems and rollouts
dedup *args:
    @python -m factory dedup "$@"

# measure pass rates, lengths, repetition
tag *args:
    @python -m factory tag "$@"

# freeze a training mixture
mix *args:
    @python -m factory mix "$@"

# train one stage on a mixture (glibc's allocator: keep the loss's 16 MB tiles; 21.7 -> 13.0 s)
train *args:
    @MALLOC_MMAP_THRESHOLD_=1000000000 MALLOC_TRIM_THRESHOLD_=1000000000 python -m training "$@"

# read-only SQL over everything
sql *args:
    @python -m factory sql "$@"

# everything known of a problem, rollout or run
why *args:
    @python -m factory why "$@"

# what is owed, what is journalled, whether the store is sound
status *args:
    @python -m factory status "$@"

# re-check every hash
doctor *args:
    @python -m factory doctor "$@"

# write the generated pages anew: schemas/TABLES.md, data_cards/embedded.md
document:
    @python -m factory.document

# lint, types and the fast tests
test *args: lint
    @python -m pytest -m "not slow" -n 2 --dist loadfile "$@"

# ruff and pyright
lint:
    @ruff check . && ruff format --check .
    @pyright --pythonpath "$(command -v python)" factory schemas tests/*.py tests/verifiers tests/world

# 120 kills of racing writers: nothing lost, nothing twice
test-kills:
    @python -m pytest -m slow tests/test_kills.py

# the training stages end to end (extra `train`)
test-train:
    @pyright --pythonpath "$(command -v python)" training tests/training
    @OMP_NUM_THREADS=1 python -m pytest -m slow tests/training
