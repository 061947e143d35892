"""Row models of what steps find out about problems and rollouts; `schemas.rows` has the others."""

from datetime import datetime
from typing import ClassVar

from pydantic import Field

from schemas.row import Overlap, Row, Subject


class Duplicate(Row):
    """The cluster a problem or rollout belongs to; a null cluster takes it out again."""

    KEY: ClassVar = ("subject", "subject_id")
    REPLACES: ClassVar = True

    subject: Subject = Field(description="what is assigned: problem or rollout")
    subject_id: str = Field(description="problem_id or rollout_id")
    cluster_id: str | None = Field(description="id of the cluster")
    representative_id: str | None = Field(description="the kept member of the cluster")
    kind: str = Field(description="exact: as the representative but for spelling; or near")
    score: float = Field(ge=0, le=1, description="similarity that joined it to the cluster")
    reason: str = Field(description="why it was joined")
    version: str = Field(description="version of the rule")
    run_id: str = Field(description="run that assigned")


class Fingerprint(Row):
    """What a text says and what it is like; of problems their statement, of rollouts all text."""

    KEY: ClassVar = ("subject", "subject_id", "version")

    subject: Subject = Field(description="whose text: problem or rollout")
    subject_id: str = Field(description="problem_id or rollout_id")
    version: str = Field(description="version of the reader of texts")
    canonical_key: str = Field(description="equal where texts differ in spelling and markup only")
    maths_key: str = Field(
        description="equal where numerals, signs and variables are the same; "
        "of rollouts in their order, and the last three words"
    )
    numerals_key: str = Field(description="equal where the same numerals above 3 occur")
    template_key: str = Field(description="equal where texts differ in numerals only")
    tokens: int = Field(ge=0, description="tokens of the reader, boilerplate taken off")
    run_id: str = Field(description="run that read it")
    signature: bytes = Field(description="MinHash, 128 x uint32, as datasketch 2.0 affine32 seed 1")


class Comparison(Row):
    """The judgement on two problem texts that might be one problem; keys are canonical."""

    KEY: ClassVar = ("one_key", "other_key", "version")

    one_key: str = Field(description="canonical_key of one text, the smaller")
    other_key: str = Field(description="canonical_key of the other")
    same: bool = Field(description="whether both state one problem")
    apart: bool = Field(description="their mathematics differs: never in one cluster")
    score: float = Field(ge=0, le=1, description="likeness of words and mathematics")
    version: str = Field(description="version of the rule")
    run_id: str = Field(description="run that compared")
    reason: str = Field(description="what decided")


class BenchmarkItem(Row):
    """One item of an evaluation set, as texts are checked against it."""

    KEY: ClassVar = ("benchmark", "digest", "item_id")
    REPLACES: ClassVar = True

    benchmark: str = Field(description="name of the evaluation set")
    digest: str = Field(description="hash of all items of the set; the one that came last counts")
    item_id: str = Field(description="the item's id in the set, or its row number from 0")
    run_id: str = Field(description="run that brought it in")
    statement: str = Field(description="the question", min_length=1)


class Check(Row):
    """One shard of problems or rollouts that was checked against an evaluation set."""

    KEY: ClassVar = ("benchmark", "digest", "version", "shard")
    REPLACES: ClassVar = True

    benchmark: str = Field(description="name of the evaluation set")
    digest: str = Field(description="hash of the set's items")
    version: str = Field(description="version of the rule")
    shard: str = Field(description="sha256 of the shard")
    rows: int = Field(ge=1, description="texts in it")
    hits: int = Field(ge=0, description="rows of `contaminations` that came of it")
    run_id: str = Field(description="run that checked")


class Contamination(Row):
    """One overlap of a problem or rollout with an item of an evaluation set."""

    KEY: ClassVar = ("subject", "subject_id", "benchmark", "digest", "item_id", "version")
    REPLACES: ClassVar = True

    subject: Subject = Field(description="what overlaps: problem or rollout")
    subject_id: str = Field(description="problem_id or rollout_id")
    benchmark: str = Field(description="name of the evaluation set")
    digest: str = Field(description="hash of the set's items")
    item_id: str = Field(description="item of the evaluation set")
    kind: Overlap = Field(
        description="copy: the item in any spelling; near: reworded or in part; number_variant: "
        "with other numerals; suspect: for a teacher to decide; different: so it decided"
    )
    score: float = Field(
        ge=0,
        le=1,
        description="share of the item's runs of 5 tokens found near one another; of "
        "a number_variant with numerals masked",
    )
    version: str = Field(description="version of the rule")
    run_id: str = Field(description="run that found it")
    judge: str | None = Field(description="model of the teacher that decided, where one did")
    reason: str = Field(description="why it is called that")
    span: str | None = Field(description="the overlapping text, about; 300 characters at most")


class Tag(Row):
    """One derived value about a problem or rollout."""

    KEY: ClassVar = ("subject", "subject_id", "scope", "tagger", "name")
    REPLACES: ClassVar = True

    subject: Subject = Field(description="what is tagged: problem or rollout")
    subject_id: str = Field(description="problem_id or rollout_id")
    scope: str = Field(description="policy_id, tokenizer or teacher it is of; may be empty")
    tagger: str = Field(description="name of the tagger")
    version: str = Field(description="version of the tagger")
    name: str = Field(description="name of the value")
    value: float | None = Field(description="the value, where it is a number")
    label: str | None = Field(description="the value, where it is a word")
    run_id: str = Field(description="run that tagged")


class Retraction(Row):
    """A source, or one row of it, that was taken back or restored; of a row the newest word counts.

    What is said of a source is said of each of its rows. What is taken back leaves every view.
    """

    KEY: ClassVar = ("source", "source_row")
    REPLACES: ClassVar = True
    LATER: ClassVar = ("restored",)

    source: str = Field(description="name of the source")
    source_row: str | None = Field(description="the row; null: all rows, those to come too")
    reason: str = Field(description="why, in the words of who said so", min_length=1)
    run_id: str = Field(description="run that recorded it")
    created_at: datetime = Field(description="when, UTC")
    restored: bool | None = Field(description="true: restored; false or null: taken back")
