"""One value, one sequence of bytes; a flipped byte of a notice is always named."""

from __future__ import annotations

import json
import re
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mingbai.proofs import NotCanonicalError, canonical, code_of, digest, envelope, read_canonical, verify

NOTICE: dict[str, Any] = {
    "head": {"organisation": "九院村", "number": "140109007201-2026-001", "from": "2026-10-08", "to": "2026-10-23", "signed_by": "李监督"},
    "columns": [{"name": "line", "title": "序号"}, {"name": "lessee", "title": "承包方"}, {"name": "total_fen", "title": "总价款(分)"}],
    "rows": [[1, "张某", 4500000], [2, "李某", None], [3, "某公司", 9007199254740991 - 4500000]],
    "totals": {"rows": 3, "total_fen": 9007199254740991},
}
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | st.text(st.characters(exclude_categories=["Cs"]), max_size=12),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(st.characters(exclude_categories=["Cs"]), max_size=6), inner, max_size=4),
    max_leaves=12,
)


def test_the_vectors_in_the_docs_hold() -> None:
    text = (Path(__file__).parents[2] / "docs" / "canonical.md").read_text(encoding="utf-8")
    vectors = re.findall(r"```json vector\n(.*?)\n```\n\n`([0-9a-f]{64})`\n\n```\n(.*?)\n```", text, re.DOTALL)
    assert len(vectors) >= 6
    for written, sha256, expected in vectors:
        value = json.loads(written)
        assert canonical(value).decode() == expected
        assert digest(value) == sha256


@given(VALUES)
def test_there_and_back(value: Any) -> None:
    assert read_canonical(canonical(value)) == value


@pytest.mark.parametrize(("value", "why"), [
    (1.5, "float"), (2**53, "2\\^53"), ({1: "a"}, "不是文字"), ("\ud800", "代理"), ({"a": [0, {"b": -(2**60)}]}, r"\$\.a\[1\]\.b"), ({"a": b"x"}, "bytes"),
])
def test_what_the_profile_does_not_allow_is_named(value: Any, why: str) -> None:
    with pytest.raises(NotCanonicalError, match=why):
        canonical(value)


@pytest.mark.parametrize("data", [
    b'{"b":1,"a":2}', b'{"a": 1}', b'{"a":1}\n', b'{"a":1,"a":1}', b'"\\u0041"', b"1.0", b"1e3", b"NaN", b"-0", b'"\xff"', b"", b"[", b"[" * 100000,
    b"9" * 5000,
])
def test_other_bytes_of_the_same_value_are_refused(data: bytes) -> None:
    with pytest.raises(NotCanonicalError):
        read_canonical(data)


def test_a_notice_as_published_has_no_difference() -> None:
    data = envelope(NOTICE)
    code = code_of(digest(NOTICE))
    assert verify(data) == verify(data, code) == verify(data, code.upper().replace("-", " ")) == []
    assert [each.where for each in verify(data, "0000-0000-0000-0000-0000")] == ["验真码"]
    assert verify(data, code[:6])[0].where == "验真码", "half a code is no code"


def test_every_flipped_byte_is_named() -> None:
    data = envelope(NOTICE)
    seed = 20260930
    random = Random(seed)
    for at in range(len(data)):
        for bit in {random.randrange(8), 5}:
            flipped = bytearray(data)
            flipped[at] ^= 1 << bit
            assert verify(bytes(flipped)), f"byte {at} bit {bit} (seed {seed})"


@pytest.mark.parametrize(("change", "where"), [
    (lambda n: n["rows"][1].__setitem__(1, "王某"), "第 2 行"), (lambda n: n["rows"].pop(), "各行"),
    (lambda n: n["head"].__setitem__("to", "2026-10-09"), "抬头"), (lambda n: n["totals"].__setitem__("rows", 2), "合计"),
    (lambda n: n["columns"].reverse(), "栏目"), (lambda n: n["rows"].reverse(), "第 1 行"),
])
def test_a_changed_part_is_named(change: Any, where: str) -> None:
    found = json.loads(envelope(NOTICE))
    change(found["notice"])
    differences = verify(canonical(found))
    assert any(each.where.startswith(where) for each in differences), differences
    assert any(each.where == "全文" for each in differences)


def test_a_forged_file_with_all_digests_made_anew_fails_against_the_wall() -> None:
    forged = {**NOTICE, "rows": [*NOTICE["rows"][:2], [3, "某公司", 1]], "totals": {"rows": 3, "total_fen": 4500001}}
    assert verify(envelope(forged)) == []
    assert [each.where for each in verify(envelope(forged), code_of(digest(NOTICE)))] == ["验真码"]


def test_totals_that_do_not_add_up_are_named_even_when_the_digests_agree() -> None:
    assert [each.where for each in verify(envelope({**NOTICE, "totals": {"rows": 3, "total_fen": 5}}))] == ["合计"]
    assert "没有这一栏" in verify(envelope({**NOTICE, "totals": {"area": 5}}))[0].what


@given(VALUES)
def test_any_other_file_gets_an_answer_and_no_crash(value: Any) -> None:
    assert verify(canonical(value))
    assert verify(canonical({"notice": value, "proof": value}))
    assert verify(canonical({"notice": {"head": {}, "columns": [value], "totals": {"x": value}, "rows": [value]},
                             "proof": {"format": "mingbai-notice-1", "sha256": "", "parts": value}}))


def test_the_command_says_what_differs(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    from mingbai.cli import main

    file = tmp_path / "NOTICE.json"
    file.write_bytes(envelope(NOTICE))
    assert main(["verify", str(file), "--code", code_of(digest(NOTICE))]) == 0
    file.write_bytes(envelope(NOTICE).replace("李某".encode(), "王某".encode()))
    assert main(["verify", str(file)]) == 1
    assert "第 2 行" in capsys.readouterr().out
    assert main(["verify", str(tmp_path / "none.json")]) == 2
