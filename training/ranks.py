"""Several processes train one student (torchrun, accelerate launch): one speaks and writes."""

import os


def world() -> int:
    """How many processes train together."""
    return int(os.environ.get("WORLD_SIZE", "1"))


def neighbours() -> int:
    """How many of them are on this machine."""
    return int(os.environ.get("LOCAL_WORLD_SIZE", "1"))


def rank() -> int:
    """Which of them this is, from 0."""
    return int(os.environ.get("RANK", "0"))


def first() -> bool:
    """Whether this process is the one that speaks and writes."""
    return rank() == 0


def together() -> None:
    """Wait until every process is here."""
    if world() > 1:
        import torch
        from accelerate import PartialState

        PartialState(cpu=not torch.cuda.is_available()).wait_for_everyone()


def say(what: str, words: str) -> None:
    """One plain line of the first process."""
    if first():
        print(f"{what:<10} {words}", flush=True)
