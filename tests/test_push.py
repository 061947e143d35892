"""`just push`: the tree a hub gets, what is refused, an upload to a server that speaks as one."""

import json
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from conftest import run_factory
from filled import mixed, rows, steps
from rows import problems, rollout
from rows import run as some_run

from factory import licences, push
from factory.errors import RecipeError, UserError
from factory.identity import problem_id
from factory.progress import Progress
from factory.recipe import HOME, resolve
from factory.store import Store
from schemas.arrow import from_rows


@pytest.fixture(scope="module")
def mixtures(tmp_path_factory: pytest.TempPathFactory) -> Store:
    """Mixtures mid@1 and dpo@1 that may be handed on, and mid@2, which may not; only read."""
    store = Store(tmp_path_factory.mktemp("mixtures") / "store", create=True)
    names = [f"Wie viel ist «{name}»?" for name in "abcd"]
    stated = [
        {"source": "s", "source_row": name, "problem_id": problem_id(name), "answer": "4"}
        | {"split": "train", "license": "cc by 4.0", "run_id": "0-test", "domain": "algebra"}
        for name in names
    ]
    bound = "OpenAI terms of use"
    made = [
        rollout(q, k, f"\\boxed{{{4 + k % 2}}}", license=bound if q == names[3] else "MIT")
        for q in names
        for k in range(4)
    ]
    tables = {"problems": problems(*names), "problem_sources": from_rows("problem_sources", stated)}
    store.commit(some_run(), {**tables, "rollouts": from_rows("rollouts", made)})
    steps(store, "verify", "tag")
    for words in (["licences=cc by 4.0,MIT"], ["mixture=dpo", "licences=cc by 4.0,MIT"], []):
        mixed(store, *words)
    return store


def pushed(store: Store, *words: str) -> None:
    recipe = resolve(push.PushRecipe, HOME / "recipes" / "push.yaml", words)
    push.run(store, recipe, Progress())


def test_the_tree_loads_offline_with_the_rows_in_training_order(
    mixtures: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    datasets = pytest.importorskip("datasets")
    monkeypatch.setattr(push, "READ_ROWS", 2)
    monkeypatch.setattr(push, "FILE_BYTES", 1)
    for name in ("mid@1", "dpo@1"):
        out = tmp_path / name
        pushed(mixtures, f"mixture={name}", "repo=me/it", "dry_run=true", f"out={out}")
        found = datasets.load_dataset(str(out), cache_dir=str(tmp_path / "c"))["train"]
        texts = "prompt, completion, rejected, rollout_id, rejected_id"
        sql = f"select position, {texts} from mixture_rows where name || '@' || version = '{name}'"
        frozen = rows(mixtures, f"{sql} order by position")
        second = "chosen" if name == "dpo@1" else "completion"
        assert list(zip(found["position"], found["prompt"], found[second], strict=True)) == [
            row[:3] for row in frozen
        ]
        lineage = found.select_columns(["source", "license", "teacher", "rollout_license"])
        assert {tuple(row.values()) for row in lineage} == {("s", "cc by 4.0", "t", "MIT")}
        assert set(found["verifier"]) == {"maths"}
        if name == "dpo@1":
            assert [*zip(found["rejected"], found["rejected_id"], strict=True)] == [
                (row[3], row[5]) for row in frozen
            ]
    files = sorted(str(p.relative_to(out)) for p in out.rglob("*.*"))
    assert [file for file in files if "train" in file] == [
        f"data/train-{n:05}.parquet" for n in range(3)
    ]
    text = (out / "README.md").read_text()
    for name in re.findall(r"\]\((\S+\.png)\)", text):
        assert name in files


def test_rows_that_may_not_be_handed_on_are_refused(mixtures: Store, tmp_path: Path) -> None:
    out = tmp_path / "out"
    with pytest.raises(UserError, match=r"mid@2 holds rows .*\(2 rollouts: OpenAI terms of use\)"):
        pushed(mixtures, "mixture=mid@2", "repo=me/it", "dry_run=true", f"out={out}")
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["repo=me"], "repo='me' does not fit: give OWNER/NAME"),
        (["repo=me/it..too"], "repo='me/it..too' does not fit: cannot have -- or .."),
        (["repo=me/it", "dry_run=true"], "out=DIR and dry_run=true go together"),
        (["repo=me/it", "out=x"], "out=DIR and dry_run=true go together"),
    ],
)
def test_a_mistake_is_one_line(words: list[str], says: str) -> None:
    with pytest.raises(RecipeError) as error:
        resolve(push.PushRecipe, HOME / "recipes" / "push.yaml", ["mixture=mid", *words])
    assert says in str(error.value)


@pytest.mark.parametrize(
    ("licence", "hub"),
    [
        ("Apache-2.0", "apache-2.0"),
        ("Apache License 2.0", "apache-2.0"),
        ("mit", "mit"),
        ("The MIT License", "mit"),
        ("BSD-3-Clause", "bsd-3-clause"),
        ("CC0", "cc0-1.0"),
        ("CC BY-SA 4.0", "cc-by-sa-4.0"),
        ("CC-BY-NC-SA-4.0", "cc-by-nc-sa-4.0"),
        ("ODC-By v1.0", "odc-by"),
        ("CC-BY-ND-4.0", None),
        ("cc-by-nc-nd-4.0", None),
        ("OpenAI terms of use", None),
        ("MIT or proprietary", None),
        ("", None),
        (None, None),
    ],
)
def test_a_licence_lets_a_row_go_or_it_does_not(licence: str | None, hub: str | None) -> None:
    assert licences.of_hub(licence) == hub
    assert licences.non_commercial(licence) == ("-nc" in (hub or ""))


class Hub(BaseHTTPRequestHandler):
    """What of the hub's protocol an upload of small files asks for."""

    asked: list[tuple[str, str]]  # of the class made for a test
    files: list[str]

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.asked.append((self.path, self.headers["Authorization"]))
        here = f"http://{self.headers['Host']}/datasets/me/it"
        if self.path.endswith("/create"):
            self.answer({"url": here})
        elif "/preupload/" in self.path:
            paths = [file["path"] for file in json.loads(body)["files"]]
            modes = {"uploadMode": "regular", "shouldIgnore": False}
            self.answer({"files": [{"path": path, **modes} for path in paths]})
        elif self.path.endswith("/validate-yaml"):
            self.answer({"errors": [], "warnings": []})
        else:
            lines = [json.loads(line) for line in body.splitlines()]
            self.files += [line["value"]["path"] for line in lines if line["key"] == "file"]
            self.answer(
                {"commitUrl": f"{here}/commit/{'0' * 40}", "commitOid": "0" * 40, "success": True}
            )

    def do_GET(self) -> None:
        self.answer({"id": "me/it", "sha": "0" * 40, "siblings": []})

    def answer(self, body: object) -> None:
        content = json.dumps(body).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Nothing: pytest's output is enough."""


@contextmanager
def hub() -> Iterator[tuple[str, type[Hub]]]:
    """A server and what it was asked."""
    kind = type("ThisHub", (Hub,), {"asked": [], "files": []})
    with ThreadingHTTPServer(("127.0.0.1", 0), kind) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}", kind
        server.shutdown()


def test_a_push_uploads_the_whole_tree_and_says_what_is_in_its_way(
    mixtures: Store, tmp_path: Path
) -> None:
    words = ("push", "mixture=mid@1", "repo=me/it", f"store={mixtures.root}")
    env = {"HF_HOME": str(tmp_path), "HF_TOKEN": "", "HF_HUB_OFFLINE": "0"}
    bare = run_factory(*words, env=env, process=True)  # its libraries read it when they are loaded
    assert (bare.returncode, bare.stderr.count("\n")) == (2, 1)
    assert "no token for the hub" in bare.stderr
    with hub() as (url, kind):
        env |= {"HF_TOKEN": "hf_secret", "HF_ENDPOINT": url}
        done = run_factory(*words, env=env, process=True)
    assert done.returncode == 0, done.stderr
    assert "datasets/me/it" in done.stdout
    assert {"README.md", "data/train-00000.parquet", "pictures/lengths.png"} <= set(kind.files)
    assert {auth for _, auth in kind.asked} == {"Bearer hf_secret"}
    gone = run_factory(*words, env=env, process=True)
    assert gone.returncode == 2
    last = gone.stderr.splitlines()[-1]
    assert "error: the hub cannot be reached" in last
    assert "hf_secret" not in gone.stderr
