"""A county's home: the rows in a PostgreSQL, the files in a folder. One backup holds both."""

from __future__ import annotations

import zipfile
from pathlib import Path
from typing import Any

import pytest

import drill
from mingbai.safekeeping import MANIFEST, SafekeepingError, backup, restore


def test_a_restored_county_is_the_county(server_database: Any, tmp_path: Path) -> None:
    """A county's home: the rows in PostgreSQL, the files in the folder; one backup holds both."""
    home, restored = server_database("home"), server_database("restored")
    drill.run(tmp_path / drill.HOME, "demo", "--villages", "1", "--no-serve", "--out", str(tmp_path / "out"), database=home)
    kept = drill.drill(tmp_path, (home, restored))
    assert "都对得上" in kept["fsck"]
    with zipfile.ZipFile(kept["packed"]) as box:
        assert {"mingbai.pgdump", MANIFEST} <= set(box.namelist())
    with pytest.raises(SafekeepingError, match="MINGBAI_DATABASE"):
        restore(kept["packed"], tmp_path / "file", keys=kept["home"] / "keys")


def test_a_database_that_is_not_empty_is_never_restored_into(server_database: Any, tmp_path: Path, monkeypatch: Any) -> None:
    import psycopg

    (tmp_path / "home").mkdir()
    url, other = server_database("one"), server_database("two")
    with psycopg.connect(url, autocommit=True) as one:
        one.execute("CREATE TABLE records_event (id bigint, hash text)")
    monkeypatch.setenv("MINGBAI_DATABASE", url)
    backup(tmp_path / "home", tmp_path / "b.zip")
    with pytest.raises(SafekeepingError, match="createdb"):
        restore(tmp_path / "b.zip", tmp_path / "new")
    monkeypatch.setenv("MINGBAI_DATABASE", other)
    restore(tmp_path / "b.zip", tmp_path / "new")
    with psycopg.connect(other) as two:
        assert two.execute("SELECT count(*) FROM records_event").fetchone() == (0,)
