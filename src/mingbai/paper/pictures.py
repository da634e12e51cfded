"""Pictures of paper opened 打开图片: a photograph, a scan or a page of a PDF → one upright picture without what a camera
wrote beside it. Runs in a guarded child only; every cap stands in :mod:`mingbai.limits`."""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mingbai.limits import Limits
from mingbai.sheets.grid import Refused

if TYPE_CHECKING:
    from PIL import Image

_PDF = b"%PDF-"
_SMALLEST = 300


def count(path: Path, limits: Limits) -> dict[str, Any]:
    """``{"pages": n}`` of a file.

    :raises Refused: too large, too many pages, no picture and no PDF, locked or damaged.
    """
    _weigh(path, limits)
    if not _is_pdf(path):
        return {"pages": 1}
    document = _document(path)
    pages = len(document)
    document.close()
    if pages > limits.pages:
        raise Refused(
            "too_many_pages",
            f"这个 PDF 有 {pages} 页，一份合同最多读 {limits.pages} 页。",
            "请把每份合同分成一个文件再交。",
        )
    if not pages:
        raise Refused("empty", "这个 PDF 一页也没有。", "请重新扫描后再交。")
    return {"pages": pages}


def upright(path: Path, page: int, limits: Limits) -> Image.Image:
    """Page ``page`` (from 0) as an RGB picture no side of which is longer than ``limits.page_side``: turned as the camera
    says, and rid of what it wrote (place, time, device).

    :raises Refused: see :func:`count`; also too many pixels, too small to read.
    """
    from PIL import Image

    _weigh(path, limits)
    picture = _rendered(path, page, limits) if _is_pdf(path) else _opened(path, limits)
    if min(picture.size) < _SMALLEST:
        raise Refused(
            "too_small",
            f"这张图只有 {picture.width}×{picture.height} 点，字认不出来。",
            "请靠近一些、拍满整页，或用 200 点以上的分辨率扫描。",
        )
    picture.thumbnail((limits.page_side, limits.page_side), Image.Resampling.LANCZOS)
    clean = Image.new("RGB", picture.size, "white")
    clean.paste(picture)
    return clean


def _weigh(path: Path, limits: Limits) -> None:
    size = path.stat().st_size
    if size > limits.file_bytes:
        raise Refused(
            "too_large",
            f"这个文件有 {size / 2**20:.0f} MB，最多收 {limits.file_bytes // 2**20} MB。",
            "请降低扫描分辨率，或分开交。",
        )


def _is_pdf(path: Path) -> bool:
    with path.open("rb") as file:
        return _PDF in file.read(1024)


def _document(path: Path) -> Any:
    import pypdfium2

    try:
        return pypdfium2.PdfDocument(path)
    except pypdfium2.PdfiumError as error:
        if "assword" in str(error):
            raise Refused("locked", "这个 PDF 有密码，打不开。", "请去掉密码另存一份再交。") from error
        raise _damaged() from error


def _rendered(path: Path, page: int, limits: Limits) -> Image.Image:
    import pypdfium2

    document = _document(path)
    try:
        leaf = document[page]
        width, height = leaf.get_size()  # points of 1/72 inch
        if min(width, height) <= 0:
            raise _damaged()
        scale = min(limits.page_side / max(width, height), 300 / 72)
        made: Image.Image = leaf.render(scale=scale, may_draw_forms=False).to_pil().convert("RGB")
        return made
    except (pypdfium2.PdfiumError, IndexError, ValueError) as error:
        raise _damaged() from error
    finally:
        document.close()


def _opened(path: Path, limits: Limits) -> Image.Image:
    from PIL import Image, ImageOps

    Image.MAX_IMAGE_PIXELS = limits.picture_pixels
    with warnings.catch_warnings():
        warnings.simplefilter("error", Image.DecompressionBombWarning)
        try:
            picture: Image.Image = Image.open(path, formats=("JPEG", "PNG"))
            if picture.width * picture.height > limits.picture_pixels:
                raise Image.DecompressionBombError
            if picture.format == "JPEG":
                picture.draft("RGB", (limits.page_side, limits.page_side))
            picture.load()
            turned = ImageOps.exif_transpose(picture)
            if turned.mode in ("RGBA", "LA", "PA") or "transparency" in turned.info:
                ground = Image.new("RGBA", turned.size, "white")
                turned = Image.alpha_composite(ground, turned.convert("RGBA"))
            elif turned.mode.startswith("I") or turned.mode == "F":
                turned = turned.point(lambda value: value / 257)
                return turned.convert("L").convert("RGB")
            return turned.convert("RGB")
        except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
            raise Refused(
                "too_many_pixels",
                f"这张图的点数太多，最多收 {limits.picture_pixels // 1_000_000} 百万点。",
                "请用普通清晰度重新拍，或按 300 点分辨率扫描。",
            ) from error
        except (OSError, SyntaxError, ValueError, EOFError, KeyError, IndexError, TypeError) as error:
            raise _damaged() from error


def _damaged() -> Refused:
    return Refused("damaged", "这个文件打不开：不是完整的 JPEG、PNG 图片或 PDF。", "请重新拍照或扫描，再交一次。")
