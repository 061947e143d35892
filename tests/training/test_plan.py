"""`just plan`: what a stage would take, against the paper's scale and against what is frozen."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from filled import fill, mixed, steps
from rows import rollout

import training
from factory.store import Store
from training import cost, plan

ROOT = Path(training.__file__).parent.parent
PHI = cost.KNOWN["microsoft/Phi-4-mini-instruct"]

MISTAKES = {
    "stage=mid store=/nowhere": "no store in /nowhere; `just generate` or `just ingest` makes one, "
    "store=PATH names another; or plan without a mixture: tokens=30e9",
    "stage=mid tokens=many": "tokens='many' does not fit; give a number above 0",
    "stage=mid tokens=1e9 gpus=0": "gpus='0' does not fit",
    "stage=mid tokens=1e9 gpus=0.5": "gpus='0.5' does not fit; give a number from 1 on",
    "stage=mid tokens=nan": "tokens='nan' does not fit; give a number above 0",
    "stage=mid tokens=inf": "tokens='inf' does not fit",
    "stage=mid tokens=1e9 gpus=96": "batch=128 cannot be shared by 96 processes, of which each "
    "takes whole passes of micro_batch=1; run on 64 (in `just plan`: gpus=64), or raise batch",
    "stage=mid tokens=1e9 gpu=h10": "unknown gpu 'h10'; did you mean 'h100'? known: a100, b200",
    "stage=mid tokens=1e9 parent=me/mine": "unknown model 'me/mine'; known: microsoft/Phi-4-mini",
    "stage=sft tokens=1e9": "stage sft takes whole rows: give rows= too",
    "stage=sft rows=9": "rows= alone says nothing of their length; give tokens= too",
    "stage=rl recipe=dapo rows=9": "no recipe 'dapo' of stage mid says what model stage rl ends up",
    "stage=mid tokens=1e9 lr=1": "unknown key 'lr'",
}


def planned(capsys: pytest.CaptureFixture[str], words: str) -> dict[str, str]:
    """The lines of a plan by their first word."""
    assert plan.main(words.split()) == 0
    return dict(line.split(maxsplit=1) for line in capsys.readouterr().out.splitlines())


@pytest.mark.parametrize("words", MISTAKES)
def test_a_mistake_is_one_line_and_exit_code_2(
    words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert plan.main(words.split()) == 2
    said = capsys.readouterr().err
    assert MISTAKES[words] in said and said.count("\n") == 1


def test_phi_4_mini_has_the_parameters_it_is_published_with() -> None:
    assert round(PHI.parameters / 1e9, 1) == 3.8
    untied = PHI._replace(tied=False)
    assert untied.multiplied == PHI.multiplied, "an embedding is looked up, not multiplied by"
    assert untied.parameters - PHI.parameters == 200_064 * 3072


def test_the_first_stage_comes_within_30_percent_of_the_papers_scale(
    capsys: pytest.CaptureFixture[str],
) -> None:
    said = planned(capsys, "stage=mid recipe=phi4mini tokens=30e9 gpus=128 gpu=h100")
    assert said["tokens"].startswith("150,000,000,000 over epochs=5")
    assert said["steps"] == "71,526 of 128, window 16,384"
    hours = float(said["GPU-hours"].split()[0].replace(",", ""))
    assert 0.7 < hours / (128 * 2 * 24) < 1.3
    assert said["paper"].endswith(f"this is {hours / 6144:.2f} of it")
    assert "an assumption" in said["cost"]
    short = planned(capsys, "stage=mid tokens=30e9 rows=10000000 price=2")
    assert short["tokens"].endswith("a token in a text of 3,000")
    assert float(short["GPU-hours"].split()[0].replace(",", "")) < hours, "less attention"
    assert "at $2.00 a GPU-hour" in short["cost"] and "assumption" not in short["cost"]


def test_a_reference_and_the_second_side_of_a_pair_cost(
    capsys: pytest.CaptureFixture[str],
) -> None:
    def hours(stage: str) -> float:
        words = f"stage={stage} tokens=1e9 rows=100000 epochs=1 window=16384 batch=64 gpus=8"
        return float(planned(capsys, words)["GPU-hours"].split()[0])

    # A pair of 10,000 tokens is two texts of 5,000; a third of the work more is the reference's.
    assert hours("dpo") / hours("sft") == pytest.approx(
        4 / 3 * cost.flops(PHI, 5000) / cost.flops(PHI, 10_000), rel=1e-3
    )


def test_rl_says_what_sampling_takes_and_that_it_is_rough(
    capsys: pytest.CaptureFixture[str],
) -> None:
    said = planned(capsys, "stage=rl rows=17000 gpus=32")
    assert said["steps"].startswith("532 of 256")  # 17,000 prompts, 8 rollouts of each
    assert "an upper bound" in said["tokens"] and said["sampling"].endswith("rough")
    assert "sampling 24.00" in said["memory"]


def test_memory_falls_with_gpus_and_grows_with_the_window(
    capsys: pytest.CaptureFixture[str],
) -> None:
    def memory(words: str) -> str:
        return planned(capsys, f"stage=mid tokens=1e9 {words}")["memory"]

    eight = [memory(f"gpus=8 {words}") for words in ("", "window=4096", "micro_batch=4")]
    figures = [float(said.split()[0]) for said in (memory("gpus=1"), *eight)]
    alone, shared, short, wide = figures
    assert alone > 61, "16 bytes for each of 3.84 billion"
    assert short < shared < wide and shared < alone
    assert "lower micro_batch" in memory("gpus=1 micro_batch=8 activation_checkpointing=false")


def test_the_rows_and_tokens_of_a_frozen_mixture_are_planned_with_and_torch_is_not_loaded(
    store: Store, tmp_path: Path
) -> None:
    fill(store, *[rollout(f"q{n}", 0, "so " * n + "\\boxed{4}") for n in range(1, 9)])
    steps(store, "verify", "tag")
    mixed(store)
    (tmp_path / "student").mkdir()
    config = {"num_hidden_layers": 2, "hidden_size": 64, "intermediate_size": 192}
    config |= {"num_attention_heads": 2, "vocab_size": 4096, "tie_word_embeddings": True}
    (tmp_path / "student" / "config.json").write_text(json.dumps(config))
    words = ["stage=mid", f"store={store.root}", f"parent={tmp_path}/student", "gpus=1"]
    program = f"import sys; from training.plan import main; main({words}); "
    done = subprocess.run(
        [sys.executable, "-c", program + "assert 'torch' not in sys.modules"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    assert "92 tokens, 8 rows, mid@1, tokens of cot-4k" in done.stdout
    assert "0.000369 billion parameters" in done.stdout
