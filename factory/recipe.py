"""Recipes: YAML values, `key=value` overrides in any order, one validated model per step.

The YAML file beside the step holds every default with a comment; the model holds types and ranges.
A named file inside a recipe (`teacher=r1`) is opened first, then the dotted overrides land on top
of it, whichever came first on the command line.
"""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, TypeVar, get_args
from urllib.parse import urlsplit, urlunsplit

import yaml
from pydantic import BaseModel, ConfigDict, ValidationError

from factory.errors import RecipeError, unknown

HOME = Path(__file__).parent


class Recipe(BaseModel):
    """Base of every recipe: unknown keys are refused, values never change."""

    model_config = ConfigDict(extra="forbid", frozen=True, protected_namespaces=())


R = TypeVar("R", bound=Recipe)


def parse(overrides: Iterable[str]) -> dict[str, str]:
    """`["n=8", "teacher.model=x"]` -> `{"n": "8", "teacher.model": "x"}`."""
    values: dict[str, str] = {}
    for word in overrides:
        name, equals, value = word.partition("=")
        if not equals or not name:
            raise RecipeError(f"{word!r} is not an override; write key=value")
        if name in values:
            raise RecipeError(f"{name!r} is given twice: {values[name]!r} and {value!r}")
        values[name] = value
    return values


def resolve(model: type[R], defaults: Path, overrides: Iterable[str]) -> R:
    """The validated recipe: the file's values with the overrides on top."""
    values = load(defaults)
    for name, value in parse(overrides).items():
        put(values, name, value)
    return validate(model, values)


def of_step(model: type[R], name: str, overrides: Iterable[str]) -> R:
    """The recipe of a step or command: `recipes/NAME.yaml` with the overrides on top."""
    return resolve(model, HOME / "recipes" / f"{name}.yaml", overrides)


def load(path: Path) -> dict[str, Any]:
    """The values of a YAML file. Raises RecipeError."""
    try:
        values = yaml.safe_load(path.read_text())
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise RecipeError(f"cannot read recipe {path}: {' '.join(str(error).split())}") from error
    if not isinstance(values, dict):
        raise RecipeError(f"recipe {path} must hold key: value lines, found {values!r}")
    return values


def named(folder: str, what: str, name: str) -> Path:
    """The YAML file of a named teacher, mixture, ... in `folder` of the factory."""
    return file_of(HOME / folder, what, name)


def file_of(folder: Path, what: str, name: str) -> Path:
    """The YAML file `name` of a folder of the house. Raises RecipeError."""
    known = {path.stem: path for path in sorted(folder.glob("*.yaml"))}
    if name not in known:
        place = folder.relative_to(HOME.parent).as_posix()
        raise unknown(what, name, known, f" (add {place}/{name}.yaml to make one)")
    return known[name]


def put(values: dict[str, Any], name: str, value: Any) -> None:
    """Set a dotted key in nested values; the word `null` is YAML's, no value."""
    *outer, last = name.split(".")
    for step in outer:
        inner = values.setdefault(step, {})
        if not isinstance(inner, dict):
            raise RecipeError(f"{name!r}: {step!r} has no keys of its own; it is {inner!r}")
        values = inner
    values[last] = None if value == "null" else value


def validate(model: type[R], values: Mapping[str, Any]) -> R:
    """The model of `values`; the first thing that does not fit in one line."""
    try:
        return model.model_validate(dict(values))
    except ValidationError as error:
        raise RecipeError(_one_line(model, error)) from error


def listed(value: Any) -> Any:
    """`math500,aime24` as a list; what is neither is left for the model to refuse."""
    if not isinstance(value, str):
        return value
    return [name.strip() for name in value.split(",") if name.strip()]


def _one_line(model: type[Recipe], error: ValidationError) -> str:
    errors = error.errors()  # a key that is not known explains one that is missing
    first = next((e for e in errors if e["type"] == "extra_forbidden"), errors[0])
    where = [str(part) for part in first["loc"]]
    name = ".".join(where)
    if first["type"] == "extra_forbidden":
        return str(unknown("key", name, _keys(model)))
    if first["type"] == "missing":
        return f"{name!r} is missing; give {name}=VALUE"
    words = first["msg"].removeprefix("Value error, ").removeprefix("Input ")
    if isinstance(first["input"], dict):  # of the whole of a teacher, not of one key
        return words
    return f"{name}={first['input']!r} does not fit: {words[0].lower()}{words[1:]}"


def _keys(model: type[BaseModel], prefix: str = "") -> list[str]:
    names: list[str] = []
    for name, info in model.model_fields.items():
        kinds = (info.annotation, *get_args(info.annotation))
        inner = [k for k in kinds if isinstance(k, type) and issubclass(k, BaseModel)]
        names += _keys(inner[0], f"{prefix}{name}.") if inner else [f"{prefix}{name}"]
    return names


def shown(recipe: Recipe) -> dict[str, Any]:
    """The recipe as plain values, fit to print and store: no credentials in URLs."""
    values = recipe.model_dump(mode="json")
    if isinstance(teacher := values.get("teacher"), dict) and teacher.get("base_url"):
        teacher["base_url"] = ",".join(redacted(url) for url in teacher["base_url"].split(","))
    return values


def as_yaml(recipe: Recipe) -> str:
    """What `show=true` prints."""
    return yaml.safe_dump(shown(recipe), sort_keys=False, allow_unicode=True)


def redacted(url: str) -> str:
    """A URL without user, password and query."""
    parts = urlsplit(url)
    host = parts.netloc.rpartition("@")[2]
    return urlunsplit((parts.scheme, host, parts.path, "", ""))
