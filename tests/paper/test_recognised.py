"""Pages rendered, worn like photographs, and read by the real recogniser; and pictures meant to hurt it."""

from __future__ import annotations

import io
import struct
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from mingbai import paper
from mingbai.columns import find_register
from mingbai.limits import PAPER, Limits
from mingbai.sheets.grid import Refused

pytestmark = [pytest.mark.full, pytest.mark.skipif(paper.missing(), reason="the extra is not installed: pip install 'mingbai[paper]'")]


@pytest.fixture(scope="module")
def guard() -> Iterator[Any]:
    with paper.reader() as made:
        yield made


def read(guard: Any, folder: Path, *pictures: bytes, ending: str = "jpg") -> Any:
    paths = []
    for place, data in enumerate(pictures):
        path = folder / f"{place}.{ending}"
        path.write_bytes(data)
        paths.append(path)
    return paper.read(paths, guard)


@pytest.mark.parametrize("level", ["clean", pytest.param("scan", marks=pytest.mark.slow), pytest.param("photo", marks=pytest.mark.slow), "poor photo"])
def test_a_rendered_contract_gives_its_fields(guard: Any, tmp_path: Path, level: str) -> None:
    from paper_pages import LEVELS, contract, rendered, worn

    seed = 20_260_930
    print("seed", seed)
    rng = np.random.default_rng(seed)
    one = contract(1, rng)
    leaves = read(guard, tmp_path, worn(rendered(one), LEVELS[level], rng))
    found = {each.column: each for each in paper.propose([leaf.page for leaf in leaves], find_register("contracts"), paper.find_wording("contracts"))}
    wrong = {name: (value, found[name].raw if name in found else None) for name, value in one.fields.items()
             if name not in found or found[name].value != value}
    assert len(wrong) <= (0 if level in ("clean", "scan") else 2), wrong
    assert leaves[0].page.red, "the seal is seen"
    assert found["signatures_complete"].value is True


def test_a_picture_lying_sideways_is_turned_as_the_camera_says_and_tells_no_place(guard: Any, tmp_path: Path) -> None:
    from PIL import Image

    from paper_pages import contract, rendered

    one = contract(1, np.random.default_rng(1))
    lying = rendered(one).transpose(Image.Transpose.ROTATE_90)
    exif = Image.Exif()
    exif[0x0112] = 6
    exif[0x010F] = "某牌手机"
    out = io.BytesIO()
    lying.save(out, "JPEG", exif=exif)
    (leaf,) = read(guard, tmp_path, out.getvalue())
    assert leaf.page.height > leaf.page.width
    kept = Image.open(io.BytesIO(leaf.picture))
    assert not kept.getexif() and kept.size == (leaf.page.width, leaf.page.height)


@pytest.mark.parametrize("degrees", [90, pytest.param(180, marks=pytest.mark.slow), pytest.param(270, marks=pytest.mark.slow)])
def test_a_page_laid_wrongly_without_a_word_of_the_camera_is_set_upright(guard: Any, tmp_path: Path, degrees: int) -> None:
    from paper_pages import contract, rendered

    one = contract(1, np.random.default_rng(1))
    out = io.BytesIO()
    rendered(one, 110).rotate(degrees, expand=True).save(out, "PNG")
    (leaf,) = read(guard, tmp_path, out.getvalue(), ending="png")
    found = {each.column: each.value for each in paper.propose([leaf.page], find_register("contracts"), paper.find_wording("contracts"))}
    assert found.get("contract_no") == one.fields["contract_no"] and found.get("lessee") == one.fields["lessee"]


@pytest.mark.slow
def test_a_scanned_pdf_is_read_page_by_page(guard: Any, tmp_path: Path) -> None:
    from paper_pages import contract, rendered

    one, other = (rendered(contract(n, np.random.default_rng(n)), 110) for n in (1, 2))
    out = io.BytesIO()
    one.save(out, "PDF", save_all=True, append_images=[other], resolution=110)
    leaves = read(guard, tmp_path, out.getvalue(), ending="pdf")
    assert [(leaf.page.number, leaf.file) for leaf in leaves] == [(1, 0), (2, 0)]


def test_nothing_is_fetched(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """With every socket refused the recogniser still starts: its models lie in the package."""
    import socket

    from mingbai.paper import recogniser

    def refuse(*_: Any, **__: Any) -> Any:
        raise AssertionError("a socket was opened")

    monkeypatch.setattr(socket, "socket", refuse)
    recogniser._engine.cache_clear()
    assert recogniser._engine()


def png(width: int, height: int) -> bytes:
    """A PNG of this size whose bytes are few: what a header claims is not what is sent."""
    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    row = zlib.compress(b"\0" * (1 + width // 8) * min(height, 2_000), 9)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)) + chunk(b"IDAT", row) + chunk(b"IEND", b"")


def jpeg() -> bytes:
    from PIL import Image

    out = io.BytesIO()
    Image.effect_noise((900, 1200), 60).save(out, "JPEG")
    return out.getvalue()


def tiff() -> bytes:
    from PIL import Image

    out = io.BytesIO()
    Image.new("1", (20_000, 20_000)).save(out, "TIFF", compression="group4")
    return out.getvalue()


HOSTILE = {
    "a bomb of 4 thousand million points": (lambda: png(65_535, 65_535), "too_many_pixels"),
    "a giant TIFF under another name": (tiff, "damaged"),
    "half a JPEG": (lambda: jpeg()[:20_000], "damaged"),
    "a header and nothing": (lambda: b"\xff\xd8\xff\xe0\x00\x10JFIF", "damaged"),
    "a PNG cut short": (lambda: png(900, 1200)[:60], "damaged"),
    "a picture of one point": (lambda: png(8, 8), "too_small"),
    "a blank page": (lambda: _blank(), "no_text"),
    "a PDF that is none": (lambda: b"%PDF-1.7\nnothing", "damaged"),
    "no picture at all": (lambda: b"hello" * 100, "damaged"),
    "a GIF under another name": (lambda: b"GIF89a" + b"\0" * 400, "damaged"),
}


def _blank() -> bytes:
    from PIL import Image

    out = io.BytesIO()
    Image.new("RGB", (900, 1200), "white").save(out, "JPEG")
    return out.getvalue()


@pytest.mark.parametrize("name", HOSTILE)
def test_a_picture_meant_to_hurt_is_refused_with_a_sentence(guard: Any, tmp_path: Path, name: str) -> None:
    make, kind = HOSTILE[name]
    with pytest.raises(Refused) as refused:
        read(guard, tmp_path, make())
    assert refused.value.kind == kind
    assert refused.value.reason.endswith("。") and refused.value.mend.endswith("。")


def test_a_pdf_of_too_many_pages_is_refused(tmp_path: Path) -> None:
    from PIL import Image

    out = io.BytesIO()
    pages = [Image.new("1", (300, 300)) for _ in range(5)]
    pages[0].save(out, "PDF", save_all=True, append_images=pages[1:])
    few = Limits(pages=4, seconds=60, memory_bytes=PAPER.memory_bytes)
    with paper.reader(few) as narrow, pytest.raises(Refused) as refused:
        read(narrow, tmp_path, out.getvalue(), ending="pdf")
    assert refused.value.kind == "too_many_pages"


def test_a_page_that_takes_too_long_ends_its_child_only(tmp_path: Path) -> None:
    from paper_pages import contract, rendered, worn, LEVELS  # isort: skip

    rng = np.random.default_rng(1)
    data = worn(rendered(contract(1, rng)), LEVELS["clean"], rng)
    short = Limits(seconds=0.5, memory_bytes=PAPER.memory_bytes)
    with paper.reader(short) as hurried:
        with pytest.raises(Refused) as refused:
            read(hurried, tmp_path, data)
        assert refused.value.kind == "too_slow" and "拍" in refused.value.mend
        with pytest.raises(Refused):  # and the next one is read by another child
            read(hurried, tmp_path, data)
