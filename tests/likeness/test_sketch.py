"""Signatures are datasketch's; and what needs no compiler gives the same."""

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pyarrow as pa
from conftest import ROOT
from datasketch import MinHash, MinHashLSH

from factory.likeness import boilerplate, facts, neighbours, sketch, tables, tokens
from factory.likeness.boilerplate import tokenised

TEXTS = [
    "Tom has 3 apples and buys 4 more. How many apples does Tom have?",
    r"Let $x$ be a real number with $\frac{x}{2} + \sqrt{3} \le 7$. Find the greatest $x$.",
    "",
    "x",
]
MASK = (1 << 64) - 1


def mixed(value: int) -> int:
    """MurmurHash3's last steps, as published."""
    value ^= value >> 33
    value = value * 0xFF51AFD7ED558CCD & MASK
    value ^= value >> 33
    value = value * 0xC4CEB9FE1A85EC53 & MASK
    return value ^ value >> 33


def shingles(text: str, width: int) -> list[int]:
    """The 32-bit hashes that the signature is of, in plain Python."""
    said = [mixed(s) for s in facts.readings([text])[0].sense if s]
    found = []
    for at in range(max(len(said) - width + 1, min(len(said), 1))):
        code, *rest = said[at : at + width]
        for each in rest:
            code = (code * 0x9E3779B97F4A7C15 + each) & MASK
        found.append(mixed(code) & 0xFFFFFFFF)
    return found


def test_signatures_are_bit_for_bit_those_of_datasketch() -> None:
    for width in (1, 3):
        ours = sketch.sketches(pa.array(TEXTS), width).signatures
        for text, signature in zip(TEXTS, ours, strict=True):
            theirs = MinHash(num_perm=sketch.PERMUTATIONS, scheme="affine32", hashfunc=int)
            theirs.update_batch(shingles(text, width))
            assert np.array_equal(signature, theirs.hashvalues)


def test_signatures_can_be_given_to_datasketch_and_queried_there() -> None:
    found = sketch.sketches(pa.array(TEXTS[:2]), 1).signatures
    lsh = MinHashLSH(threshold=0.5, num_perm=sketch.PERMUTATIONS)
    sketches = [MinHash(sketch.PERMUTATIONS, hashvalues=s, scheme="affine32") for s in found]
    lsh.insert("tom", sketches[0])
    assert lsh.query(sketches[0]) == ["tom"]
    assert lsh.query(sketches[1]) == []
    assert neighbours.bands(0.5) == (lsh.b, lsh.r)


def test_the_estimate_is_the_jaccard_index_of_the_shingles(shared: Path) -> None:
    lines = (shared / "gsm8k_train.jsonl").read_text().splitlines()[:200]
    texts = [json.loads(line)["question"] for line in lines]
    texts += [text.replace("How many", "Find how many of the") + " Say so." for text in texts]
    found = sketch.sketches(pa.array(texts), 1).signatures
    errors = []
    for i in range(200):
        a, b = set(shingles(texts[i], 1)), set(shingles(texts[i + 200], 1))
        errors.append((found[i] == found[i + 200]).mean() - len(a & b) / len(a | b))
    assert abs(float(np.mean(errors))) < 0.01
    assert float(np.std(errors)) < 0.06


def test_without_a_compiler_the_same_comes_out() -> None:
    code = (
        "import json, sys; import pyarrow as pa; from factory.likeness import sketch;"
        "found = sketch.sketches(pa.array(json.load(sys.stdin)), 2);"
        "print(json.dumps([found.keys.tolist(), found.signatures.tolist()]))"
    )
    env = {**os.environ, "PYTHONPATH": str(ROOT)}
    runs = [
        subprocess.run(
            [sys.executable, "-W", "error", "-c", code],
            input=json.dumps(TEXTS), capture_output=True, text=True, check=True,
            env={**env, "NUMBA_DISABLE_JIT": disabled},
        ).stdout
        for disabled in ("0", "1")
    ]  # fmt: skip
    assert runs[0] == runs[1]


def test_null_and_sliced_arrays_are_read_as_they_stand() -> None:
    whole = pa.array(["zero", None, *TEXTS])
    found = sketch.sketches(whole, 1)
    parts = pa.chunked_array([whole.slice(0, 2), whole.slice(2)])
    assert np.array_equal(found.keys, sketch.sketches(parts, 1).keys)
    assert np.array_equal(found.keys[2:], sketch.sketches(whole.slice(2), 1).keys)
    assert np.array_equal(found.keys[1], sketch.sketches(pa.array([""]), 1).keys[0])


def test_keys_as_text_are_their_hexadecimal_digits() -> None:
    numbers = np.array([[1, 2], [2**64 - 1, 0]], np.uint64)
    assert sketch.hex_keys(numbers).to_pylist() == [f"{1:016x}{2:016x}", "f" * 16 + "0" * 16]


def test_only_words_are_spelled_whatever_stood_in_memory() -> None:
    text = r"Is the angle $60^{\circ}$ or 3° + $5^\circ$, Ann?"
    assert facts.readings([9 * text, text])[1].spelled == [
        "is", "the", "angle", "", "", "or", "", "", "", "", "", "ann"
    ]  # fmt: skip
    data, offsets = sketch.buffers(pa.array([text]))
    page = tokens.page(len(data))
    page.end[:] = 0x7FFFFFFF
    with np.errstate(over="ignore"):
        count = tokenised(data, *offsets, tables.load(), boilerplate.load(), page)
    assert np.flatnonzero(page.end[:count] == 0).tolist() == [3, 4, 6, 7, 8, 9, 10]
