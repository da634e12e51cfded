"""Files of one contract → pages, through the guard. The parent never opens a picture."""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from mingbai.limits import PAPER, Limits
from mingbai.paper.boxes import Page
from mingbai.sheets.grid import Refused
from mingbai.sheets.guard import Guard, Result

PACKAGES = ("rapidocr", "onnxruntime", "pypdfium2", "PIL")


@dataclass(frozen=True, slots=True)
class Leaf:
    """A page and where it came from: ``file`` counts the files from 0, ``picture`` is the upright page as JPEG."""

    page: Page
    file: int
    picture: bytes


def missing() -> bool:
    """Whether the extra is not installed here."""
    return any(find_spec(each) is None for each in PACKAGES)


def reader(limits: Limits = PAPER) -> Guard:
    """A guard with the caps for paper: one child, which keeps its models loaded."""
    return Guard(workers=1, limits=limits)


def read(
    files: Iterable[Path | str],
    guard: Guard,
    progress: Callable[[int, int], None] | None = None,
    limits: Limits = PAPER,
) -> list[Leaf]:
    """The pages of one contract, in the order of the files and of the pages in them, numbered from 1.

    ``progress(done, of)`` is called before each page.

    :raises Refused: the first file that cannot be read, named by its place.
    """
    paths = list(files)
    wanted: list[tuple[int, int]] = []
    for at, path in enumerate(paths):
        wanted += [(at, page) for page in range(int(_run(guard, "count", path, at, len(paths), {})["pages"]))]
    if len(wanted) > limits.pages:
        raise Refused(
            "too_many_pages",
            f"一共 {len(wanted)} 页，一份合同最多读 {limits.pages} 页。",
            "请确认这些照片是同一份合同，分开交。",
        )
    leaves: list[Leaf] = []
    for number, (at, page) in enumerate(wanted, 1):
        if progress is not None:
            progress(number - 1, len(wanted))
        said = _run(guard, "read_page", paths[at], at, len(paths), {"page": page})
        leaves.append(Leaf(Page.from_json(said | {"number": number}), at, base64.b64decode(said["picture"])))
    return leaves


def _run(guard: Guard, name: str, path: Path | str, at: int, of: int, arguments: dict[str, int]) -> Result:
    try:
        return guard.run(f"mingbai.paper.recogniser:{name}", path, arguments)
    except Refused as refused:
        where = f"第 {at + 1} 个文件：" if of > 1 else ""
        reason, mend = _OWN_WORDS.get(refused.kind, (refused.reason, refused.mend))
        raise Refused(refused.kind, where + reason, mend) from refused


_OWN_WORDS = {
    "crashed": ("读这张图的进程中途退出了，文件可能已损坏或被人动过手脚。", "请重新拍照或扫描，再交一次。"),
    "too_slow": ("这一页读得太久，已停止。", "请正对着纸、在亮处重拍，一次只拍一页。"),
    "memory": ("这张图太大，内存装不下。", "请用普通清晰度重新拍，再交一次。"),
}
