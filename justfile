# `just` in a checkout: every command of the house. Arguments are key=value, in any order.

set positional-arguments
export PATH := justfile_directory() / ".venv/bin:" + env("PATH")

# the commands and what they do
[private]
help:
    @python -m factory

# ask a teacher for rollouts, then verify, dedup, tag and sum up
[no-exit-message]
generate *args:
    @python -m factory generate "$@"

# one tiny request to a teacher, and what came back
[no-exit-message]
check *args:
    @python -m factory check "$@"

# rendered prompts and replies of a few problems; nothing is stored
[no-exit-message]
preview *args:
    @python -m factory preview "$@"

# problems and traces out of a file or the hub
[no-exit-message]
ingest *args:
    @python -m factory ingest "$@"

# judge the rollouts the verifier has not judged
[no-exit-message]
verify *args:
    @python -m factory verify "$@"

# a teacher decides what the rules call incorrect or leave open
[no-exit-message]
adjudicate *args:
    @python -m factory adjudicate "$@"

# verdicts for the rows of any JSONL file, without a store
[no-exit-message]
judge *args:
    @python -m factory judge "$@"

# verdicts for a human to label, and what the labels say
[no-exit-message]
audit *args:
    @python -m factory audit "$@"

# find duplicate problems and rollouts
[no-exit-message]
dedup *args:
    @python -m factory dedup "$@"

# the problems most like a text
[no-exit-message]
similar *args:
    @python -m factory similar "$@"

# mark what overlaps with the items of evaluation sets
[no-exit-message]
decontaminate *args:
    @python -m factory decontaminate "$@"

# measure pass rates, lengths, degeneration; teacher=NAME grades level and domain
[no-exit-message]
tag *args:
    @python -m factory tag "$@"

# what a teacher or a checkpoint scores on an evaluation set
[no-exit-message]
eval *args:
    @python -m factory eval "$@"

# what tells two evaluations apart
[no-exit-message]
compare *args:
    @python -m factory compare "$@"

# freeze a training mixture
[no-exit-message]
mix *args:
    @python -m factory mix "$@"

# train one stage on a mixture (glibc's allocator: keep the loss's 16 MB tiles; 21.7 -> 13.0 s)
[no-exit-message]
train *args:
    @MALLOC_MMAP_THRESHOLD_=1000000000 MALLOC_TRIM_THRESHOLD_=1000000000 python -m training "$@"

# base, mid, sft, dpo, rl on the embedded world, beside their controls, over several seeds
[no-exit-message]
ladder *args:
    @MALLOC_MMAP_THRESHOLD_=1000000000 MALLOC_TRIM_THRESHOLD_=1000000000 python -m training.ladder "$@"

# tokens, steps, GPU-hours, memory and cost of a stage on a cluster; nothing is trained
[no-exit-message]
plan *args:
    @python -m training.plan "$@"

# read-only SQL over everything
[no-exit-message]
sql *args:
    @python -m factory sql "$@"

# everything known of a problem, rollout or run
[no-exit-message]
why *args:
    @python -m factory why "$@"

# what is owed, what is journalled, whether the store is sound
[no-exit-message]
status *args:
    @python -m factory status "$@"

# re-check every hash
[no-exit-message]
doctor *args:
    @python -m factory doctor "$@"

# small shards into large ones
[no-exit-message]
compact *args:
    @python -m factory compact "$@"

# remove the files nobody reads any more
[no-exit-message]
gc *args:
    @python -m factory gc "$@"

# tables, or a mixture, for other tools
[no-exit-message]
export *args:
    @python -m factory export "$@"

# what tells two mixtures apart
[no-exit-message]
diff *args:
    @python -m factory diff "$@"

# what is known of a frozen mixture, with pictures
[no-exit-message]
card *args:
    @python -m factory card "$@"

# a frozen mixture to the Hugging Face hub, with its card
[no-exit-message]
push *args:
    @python -m factory push "$@"

# take rows back, with the reason; lists the mixtures that hold them
[no-exit-message]
retract *args:
    @python -m factory retract "$@"

# write the generated pages anew: schemas/TABLES.md, data_cards/embedded.md
document:
    @python -m factory.document

# lint, types and the fast tests
test *args: lint
    @python -m pytest -m "not slow" -n 2 --dist loadfile "$@"

# ruff and pyright
lint:
    @ruff check . && ruff format --check .
    @pyright --pythonpath "$(command -v python)" factory schemas tests/*.py tests/bench tests/likeness tests/verifiers tests/world

# 140 kills of writers and of a purchase: nothing lost, nothing twice, nothing paid twice
test-kills:
    @python -m pytest -m slow tests/test_kills.py tests/test_acceptance.py

# the training stages end to end (extra `train`)
test-train:
    @pyright --pythonpath "$(command -v python)" training tests/training
    @OMP_NUM_THREADS=1 python -m pytest tests/training

# real vLLM on the CPU, in an environment of its own: offline, run-batch and HTTP
test-vllm:
    @tests/with_vllm/build
    @OMP_NUM_THREADS=1 .venv-vllm/bin/python -m pytest -m slow tests/with_vllm

# a benchmark beside its peers, in one run: `just bench generate`, `just bench verify`
[no-exit-message]
bench what="" *args:
    @python -m tests.bench "$@"
