"""The recogniser 文字识别: RapidOCR with the models that lie in its package; nothing is ever fetched. Runs in a guarded
child only: a page takes seconds and about a gigabyte."""

from __future__ import annotations

import base64
import io
import logging
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mingbai.limits import Limits
from mingbai.paper import pictures
from mingbai.sheets.grid import Refused

if TYPE_CHECKING:
    from PIL import Image

MODELS = {
    "Det": "PP-OCRv6_det_small.onnx",
    "Rec": "PP-OCRv6_rec_small.onnx",
    "Cls": "ch_ppocr_mobile_v2.0_cls_mobile.onnx",
}
_CELL = 16
"""Side of the squares in which red ink is counted, in pixels."""


def count(path: Path, limits: Limits) -> dict[str, Any]:
    """See :func:`mingbai.paper.pictures.count`."""
    return pictures.count(path, limits)


def read_page(path: Path, page: int, limits: Limits) -> dict[str, Any]:
    """One page: ``{"width", "height", "picture": JPEG in base64, "boxes": [[text, confidence, corners]], "red": [[l, t, r, b]]}``.

    :raises Refused: see :mod:`mingbai.paper.pictures`; ``missing`` where the extra is not installed.
    """
    picture = pictures.upright(path, page, limits)
    picture, boxes = _set_upright(picture)
    if not boxes:
        raise Refused("no_text", "这一页上没有认出字。", "请在亮处正对着纸重拍，让整页都在画面里；空白页不用交。")
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=72, optimize=False)
    return {
        "width": picture.width,
        "height": picture.height,
        "picture": base64.b64encode(out.getvalue()).decode(),
        "boxes": boxes,
        "red": _red(picture),
    }


def _set_upright(picture: Image.Image) -> tuple[Image.Image, list[Any]]:
    """The page and its boxes, turned by quarters where reading it as it lies goes badly: most lines stand on end, or
    little is read surely."""
    boxes = _boxes(picture)
    long = [corners for text, _, corners in boxes if len(text) > 1]
    on_end = not long or sum(_side(each, 0, 3) > 1.5 * _side(each, 0, 1) for each in long) > len(long) / 2
    poor = _worth(boxes) < 0.7 * sum(len(text) for text, _, _ in boxes)
    turns = (90, 270) if on_end else (180,) if poor else ()
    others = [(other, _boxes(other)) for other in (picture.rotate(turn, expand=True) for turn in turns)]
    return max(others if on_end else [(picture, boxes), *others], key=lambda each: _worth(each[1]))


def _side(corners: Any, a: int, b: int) -> float:
    return float(((corners[a][0] - corners[b][0]) ** 2 + (corners[a][1] - corners[b][1]) ** 2) ** 0.5)


def _worth(boxes: list[Any]) -> float:
    """How much was read, and how surely."""
    return float(sum(len(text) * confidence for text, confidence, _ in boxes))


@cache
def _engine() -> Any:
    for each in ("rapidocr", "onnxruntime", "pypdfium2", "PIL"):
        if find_spec(each) is None:
            raise missing()
    import rapidocr

    folder = Path(rapidocr.__file__).parent / "models"
    if not all((folder / name).is_file() for name in MODELS.values()):
        raise missing()
    logging.disable(logging.CRITICAL)  # what is recognised is nobody's log
    # With the paths given it looks nowhere else, least of all on a network.
    given: dict[str, Any] = {f"{part}.model_path": str(folder / name) for part, name in MODELS.items()}
    return rapidocr.RapidOCR(
        params={
            "Global.use_cls": False,
            "Global.log_level": "critical",
            "Global.text_score": 0.3,
            "EngineConfig.onnxruntime.intra_op_num_threads": 2,
            "EngineConfig.onnxruntime.inter_op_num_threads": 1,
            **given,
        }
    )


def _boxes(picture: Image.Image) -> list[Any]:
    import numpy

    seen = numpy.asarray(picture)[:, :, ::-1]
    read = _engine()(numpy.ascontiguousarray(seen))
    if read.boxes is None or read.txts is None:
        return []
    return [
        [str(text), float(score), [[float(x), float(y)] for x, y in corners]]
        for corners, text, score in zip(read.boxes, read.txts, read.scores, strict=True)
        if str(text).strip()
    ]


def _red(picture: Image.Image) -> list[list[int]]:
    """Where red ink lies (a seal, a thumbprint): rectangles of neighbouring squares that hold enough of it."""
    import numpy

    seen = numpy.asarray(picture).astype(numpy.int16)
    ink = (seen[:, :, 0] - numpy.maximum(seen[:, :, 1], seen[:, :, 2]) > 60) & (seen[:, :, 0] > 110)
    rows, columns = ink.shape[0] // _CELL, ink.shape[1] // _CELL
    dense = ink[: rows * _CELL, : columns * _CELL].reshape(rows, _CELL, columns, _CELL).mean(axis=(1, 3)) > 0.06
    left = {(int(y), int(x)) for y, x in zip(*numpy.nonzero(dense), strict=True)}
    found: list[list[int]] = []
    while left and len(found) < 20:
        heap = [left.pop()]
        patch = []
        while heap:
            y, x = heap.pop()
            patch.append((y, x))
            for near in [(y + a, x + b) for a in (-1, 0, 1) for b in (-1, 0, 1)]:
                if near in left:
                    left.remove(near)
                    heap.append(near)
        if len(patch) >= 4:
            ys, xs = [y for y, _ in patch], [x for _, x in patch]
            found.append([min(xs) * _CELL, min(ys) * _CELL, (max(xs) + 1) * _CELL, (max(ys) + 1) * _CELL])
    return found


def missing() -> Refused:
    """The word for a home without the extra."""
    return Refused(
        "missing",
        "这台机器没有装读纸质合同的程序包。",
        "请管理员运行 pip install 'mingbai[paper]'（约 300 MB），再重新读。",
    )
