"""The proof is checked without us: the script printed in docs/setoff.md, in a process that has no mingbai."""

from __future__ import annotations

import json
import random
import subprocess
import sys
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from mingbai.setoff import Wishes, clear, write
from mingbai.setoff.certificate import NotLargestError, bound, potentials
from setoff.debts import table, verifier


def net(seed: int = 4) -> pl.DataFrame:
    draw = random.Random(seed)
    debts = [(f"P{u}", f"P{v}", draw.randint(1, 10**12)) for u, v in ((draw.randrange(30), draw.randrange(30)) for _ in range(160))]
    return table(*debts, weight=[draw.randint(0, 9) for _ in debts], max_clear_fen=["" if draw.random() < 0.8 else str(draw.randint(0, 10**11)) for _ in debts],
                 consent=["no" if draw.random() < 0.1 else "yes" for _ in debts])


def stand_alone(tmp_path: Path, file: str = "debts.csv") -> subprocess.CompletedProcess[str]:
    script = tmp_path / "verify.py"
    script.write_text(verifier(), encoding="utf-8")
    assert "mingbai" not in verifier()
    return subprocess.run([sys.executable, "-I", "-S", script, tmp_path / file, tmp_path / "out"], capture_output=True, text=True, check=False)


def answered(tmp_path: Path, wishes: Wishes | None = None, parties: pl.DataFrame | None = None) -> None:
    net().write_csv(tmp_path / "debts.csv")
    write(clear(tmp_path / "debts.csv", parties, wishes), tmp_path / "out", tmp_path / "debts.csv")


OWN = pl.DataFrame({"party_id": [f"P{n}" for n in range(31)], "cash_limit_fen": [str(10**11 * (n % 4)) for n in range(31)]})


@pytest.mark.parametrize(("wishes", "parties", "proved"), [
    (Wishes(), None, True), (Wishes(tie_break="none"), None, True), (Wishes(mode="priority"), None, True), (Wishes(mode="bilateral"), None, True),
    (Wishes(cash=10**12), None, True), (Wishes(cash=10**12, mode="priority"), None, True), (Wishes(own_cash=True), OWN, True), (Wishes(without="P3"), None, True),
    (Wishes(mode="bilateral-first"), None, False), (Wishes(max_parties=3), None, False), (Wishes(time_limit=0), None, False),
])
def test_the_script_agrees(tmp_path: Path, wishes: Wishes, parties: pl.DataFrame | None, proved: bool) -> None:
    answered(tmp_path, wishes, parties)
    done = stand_alone(tmp_path)
    assert done.returncode == 0, done.stderr
    assert ("proved: none is larger" in done.stdout) is proved
    assert json.loads((tmp_path / "out/proof.json").read_text())["optimal"] is proved


def change(path: Path, at: int, column: str, by: int) -> None:
    rows = pl.read_csv(path, infer_schema=False)
    values = rows[column].to_list()
    values[at] = str(int(values[at]) + by)
    rows.with_columns(pl.Series(column, values)).write_csv(path)


def tampered(tmp_path: Path, how: str) -> None:
    out = tmp_path / "out"
    lines = pl.read_csv(out / "cleared.csv", infer_schema=False)
    some = lines["cleared_fen"].cast(pl.Int64).arg_max()
    left_out = lines["status"].index_of("excluded")
    assert some is not None
    assert left_out is not None
    match how:
        case "one fen more":
            change(out / "cleared.csv", some, "cleared_fen", 1)
        case "one fen less":
            change(out / "cleared.csv", some, "cleared_fen", -1)
        case "an excluded debt cleared":
            change(out / "cleared.csv", left_out, "cleared_fen", 1)
        case "another integer":
            own = pl.read_csv(out / "parties.csv")
            change(out / "parties.csv", own["payable_before_fen"].arg_max() or 0, "y", 1)
        case "nothing cleared":
            lines.with_columns(cleared_fen=pl.lit("0"), status=pl.when(pl.col("status") == "excluded").then("status").otherwise(pl.lit("none"))).write_csv(out / "cleared.csv")
        case "a larger claim":
            proof = json.loads((out / "proof.json").read_text())
            (out / "proof.json").write_text(json.dumps(proof | {"cleared_fen": proof["cleared_fen"] + 2}))
        case "a debt changed":
            change(tmp_path / "debts.csv", some, "amount_fen", -10**12)
        case "a line missing":
            lines[1:].write_csv(out / "cleared.csv")


@pytest.mark.parametrize("how", ["one fen more", "one fen less", "an excluded debt cleared", "another integer", "nothing cleared", "a larger claim",
                                 "a debt changed", "a line missing"])
def test_the_script_refuses_what_was_tampered_with(tmp_path: Path, how: str) -> None:
    answered(tmp_path)
    assert stand_alone(tmp_path).returncode == 0
    tampered(tmp_path, how)
    assert stand_alone(tmp_path).returncode != 0


def test_a_heuristic_answer_cannot_pass_for_proved(tmp_path: Path) -> None:
    answered(tmp_path, Wishes(max_parties=3))
    path = tmp_path / "out/proof.json"
    path.write_text(path.read_text().replace('"optimal": false', '"optimal": true'))
    assert stand_alone(tmp_path).returncode != 0


def test_a_file_the_script_cannot_read_is_written_anew_for_it(tmp_path: Path) -> None:
    net().write_parquet(tmp_path / "debts.parquet")
    write(clear(tmp_path / "debts.parquet"), tmp_path / "out")
    assert stand_alone(tmp_path, "out/obligations.csv").returncode == 0
    tmp_path.joinpath("gbk.csv").write_bytes(net().rename({"debtor": "DEBTOR"}).write_csv().replace("P1,", "村,").encode("gb18030"))
    write(clear(tmp_path / "gbk.csv"), tmp_path / "out")
    assert stand_alone(tmp_path, "out/obligations.csv").returncode == 0


def test_any_integers_bound_and_only_the_largest_is_proved() -> None:
    answer = clear(net())
    arcs = answer.network
    draw = random.Random(1)
    for _ in range(20):
        y = answer.y + [draw.randint(-2, 2) for _ in range(arcs.nodes)]
        assert bound(arcs.tail, arcs.head, arcs.capacity, arcs.gain, y) >= answer.cleared_fen
    half = answer.flow // 2
    with pytest.raises(NotLargestError):
        potentials(arcs.nodes, arcs.tail, arcs.head, arcs.gain, more=half < arcs.capacity, less=half > 0)


def test_integers_stay_small() -> None:
    y: Any = clear(net()).y
    assert y.min() >= 0
    assert y.max() <= 16
