"""`checkpoint=NAME|STAGE|FOLDER|OWNER/NAME`: a trained model as a teacher, by default `student`.

Who it is does not depend on where it lies: the model's name is that of its folder, its revision a
hash of the files that shape what it says. Of a stage the newest checkpoint counts. A folder without
`lineage.json`, or with a dot before its name, is not complete and never taken out of a store.
"""

import hashlib
import json
import re
from pathlib import Path
from typing import Any

from factory.errors import RecipeError, UserError, unknown
from factory.files import Files

SHAPES = {".safetensors", ".bin", ".json", ".jinja", ".model"}
LINEAGE = "lineage.json"
NEEDED = {"stage", "run_id", "recipe", "identity", "mixture", "parent"}
HUB = re.compile(r"\w[\w.-]*/[\w.-]+")
HUB_S = 10.0
AWAY = "restore the file, or move its folder out of checkpoints/"


def named(words: list[str], store: str) -> list[str]:
    """The words with `checkpoint=` as what it says of the teacher. Raises UserError."""
    asked = [word.partition("=")[2] for word in words if word.startswith("checkpoint=")]
    given = {word.partition("=")[0] for word in words}
    if not asked and "teacher=student" in words and "teacher.model" not in given:
        there = ", ".join(known(store)) or "none; `just train` makes them"
        raise RecipeError(f"teacher=student needs checkpoint=; known: {there}")
    if not asked:
        return words
    if len(asked) > 1:
        raise RecipeError(f"'checkpoint' is given twice: {asked[0]!r} and {asked[1]!r}")
    rest = [word for word in words if not word.startswith("checkpoint=")]
    if taken := given & {"teacher.model", "teacher.path"}:
        raise RecipeError(f"checkpoint= and {taken.pop()}= both name the model; give one of them")
    if "teacher" not in given:
        rest.append("teacher=student")
    found = _found(asked[0], store, "teacher.revision" in given)
    return rest + [f"teacher.{key}={value}" for key, value in found.items()]


def known(store: str) -> dict[str, Path]:
    """The complete checkpoints of a store by name, and for each stage its newest."""
    there = complete(Files(store).local)
    stages = {str(each["stage"]): Path(each["folder"]) for each in there}
    return {Path(each["folder"]).name: Path(each["folder"]) for each in there} | stages


def complete(root: Path) -> list[dict[str, Any]]:
    """The lineage of every complete checkpoint, oldest first, with its `folder`.

    Raises UserError where one cannot be read.
    """
    there = sorted((root / "checkpoints").glob(f"[!.]*/{LINEAGE}"))
    found = [read(path) for path in there]
    return sorted(found, key=lambda lineage: lineage["run_id"])


def _found(asked: str, store: str, pinned: bool) -> dict[str, str]:
    """Model, revision and path of the teacher."""
    there = known(store)
    folder = there.get(asked, Path(asked))
    if asked and (folder / "config.json").is_file():
        folder = folder.resolve()
        return {"model": folder.name, "revision": digest(folder), "path": str(folder)}
    if asked and folder.exists():
        raise UserError(f"checkpoint={asked}: {folder} holds no model (no config.json)")
    if HUB.fullmatch(asked):
        instead = (
            f"give checkpoint=FOLDER of what `hf download {asked}` fetched, or "
            "teacher.revision=COMMIT of what is in the hub's cache"
        )
        return {"model": asked, **({} if pinned else {"revision": commit(asked, instead)})}
    more = ", or a folder, or OWNER/NAME of the hub; `just train` makes checkpoints"
    raise unknown("checkpoint", asked, there, more)


def read(path: Path) -> dict[str, Any]:
    """A lineage, with the `folder` it lies in. Raises UserError."""
    try:
        found = {**json.loads(path.read_text()), "folder": str(path.parent)}
    except (ValueError, TypeError, OSError) as error:
        raise UserError(f"cannot read {path}: {error}; {AWAY}") from error
    if lost := NEEDED - set(found):
        raise UserError(f"{path} does not say its {min(lost)}; {AWAY}")
    return found


def digest(folder: Path) -> str:
    """A hash of all that shapes what the model says."""
    found = hashlib.sha256()
    for path in sorted(folder.iterdir()):
        if path.suffix in SHAPES and path.name != LINEAGE:
            with path.open("rb") as file:
                found.update(
                    f"{path.name} {hashlib.file_digest(file, 'sha256').hexdigest()}\n".encode()
                )
    return found.hexdigest()[:16]


def commit(model: str, instead: str) -> str:
    """The commit that a model of the hub has now. Raises UserError, with what to give instead."""
    from huggingface_hub import HfApi
    from huggingface_hub.utils import httpx

    try:
        return str(HfApi().model_info(model, timeout=HUB_S).sha)
    except (OSError, ValueError, httpx.HTTPError) as error:
        why = " ".join(str(error).split())[:200]
        raise UserError(f"cannot find the model {model!r}: {why}; {instead}") from error
