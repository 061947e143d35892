"""The command line: `python -m factory COMMAND key=value ...`, behind every `just` recipe.

A user's mistake is one line on standard error and exit code 2; a traceback is a bug of ours.
"""

import re
import sys
from pathlib import Path

HELP = """\
The CoT factory: maths problems in, verified chain-of-thought rollouts out.

  just generate [teacher=NAME] [n=8] [where=SQL] ...   ask a teacher, run the line, sum up
  just generate checkpoint=NAME|STAGE|FOLDER ...       the same of a trained model
  just check teacher=NAME                              one tiny request, and what came back
  just preview teacher=NAME limit=3                    prompts and replies; nothing is stored
  just ingest source=NAME path=FILE ...                problems and traces from a file or the hub
  just verify | dedup | tag                            one step alone, over what it owes
  just tag teacher=NAME                                level and domain where no source has them
  just decontaminate benchmark=NAME [path=FILE]        mark what overlaps with an evaluation set
  just adjudicate teacher=NAME                         a teacher on what the rules leave open
  just judge path=IN.jsonl out=OUT.jsonl               verdicts for any rows, without a store
  just audit n=200 | labels=FILE                       verdicts to label; what the labels say
  just similar "TEXT"                                  the problems most like a text
  just eval [benchmark=NAME] [teacher=NAME] ...        scores on a set of questions, and how sure
  just compare a=EVAL b=EVAL                           what tells two evaluations apart
  just mix [mixture=mid|sft|dpo|rl] [key=value ...]    freeze a training mixture
  just diff a=mid@1 b=mid@2                            what tells two mixtures apart
  just train stage=mid|sft|rft|dpo|rl [recipe=smoke]   train on it (extra `train`)
  just ladder [recipe=smoke]                           every stage, beside its control
  just plan stage=mid recipe=phi4mini [gpus=128]       its steps, GPU-hours, memory and cost
  just sql "select ..." [format=table|json|csv|parquet]
  just why ID                                          everything known of a problem or rollout
  just status                                          what is owed, journalled; the store's health
  just doctor [repair=true]                            re-check every hash
  just compact                                         small shards into large ones
  just gc [older_than=7d] [plan=true]                  remove files nobody reads any more
  just export out=DIR [format=hf] [tables=corpus]      tables for other tools
  just export mixture=mid@1 format=chat out=DIR        a mixture: chat, completion, dpo, verl
  just card mixture=mid@1                              what is known of a mixture, with pictures
  just push mixture=mid@1 repo=OWNER/NAME              that mixture to the hub, with its card
  just retract source=NAME [row=ID] reason="..."       take rows back, and say from which mixtures

store=PATH or store=s3://BUCKET/PREFIX (default ./data) works everywhere; show=true prints the
recipe of a step and stops.
README.md has the tour.
"""


KEPT = {
    "judge": "nothing was written",
    "audit": "labels that had arrived are in the file",
}


def main(words: list[str]) -> int:
    """Run one command; the exit code."""
    if not words or words[0] in ("help", "-h", "--help"):
        print(HELP, end="")
        return 0
    if {"-h", "--help"} & set(words):
        return _help(words[0])
    from factory import commands, shell

    kept = KEPT.get(words[0], "what had arrived is kept; run it again to go on")
    return shell.run(lambda: commands.run(words[0], words[1:]), kept)


def _help(command: str) -> int:
    """The line of a command, and its recipe: every key with its default and what it means."""
    lines = [line for line in HELP.splitlines() if re.match(rf"  just [^#]*\b{command}\b", line)]
    recipe = Path(__file__).parent / "recipes" / f"{command}.yaml"
    print("\n".join(lines) or HELP)
    if recipe.exists():
        print(f"\n{recipe.read_text()}", end="")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
