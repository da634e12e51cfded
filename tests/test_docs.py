"""What the pages tell people to type, exists; what they link to and show, is there."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

from mingbai import cli

ROOT = Path(__file__).parents[1]
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md")])


def commands() -> list[tuple[str, str]]:
    """Every command line of a page: in shell blocks, and between backticks in the text."""
    found = []
    for page in PAGES:
        text = page.read_text(encoding="utf-8")
        lines = [line for block in re.findall(r"```sh\n(.*?)```", text, re.DOTALL) for line in block.splitlines()]
        lines += re.findall(r"`((?:mingbai|make|python) [^`]+)`", text)
        found += [(page.name, line) for line in lines if line.strip() and not line.startswith("#")]
    return found


def test_there_are_commands_to_run() -> None:
    assert len(commands()) > 30


@pytest.mark.parametrize(("page", "line"), commands())
def test_a_command_of_the_pages_is_one_that_exists(page: str, line: str) -> None:
    words = shlex.split(line, comments=True)
    while words and re.fullmatch(r"[A-Z_]+=.*", words[0]):
        words.pop(0)
    name, rest = Path(words[0]).name, words[1:]
    if name == "mingbai":
        if len(rest) < 2 or rest == ["--version"]:  # a command named in passing
            with pytest.raises(SystemExit, match="0"):
                cli._parser().parse_args([*rest, "--help"])
        else:
            cli._parser().parse_args(rest)
    elif name == "make":
        targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
        assert set(rest) <= targets, f"{page}: {line}"
    elif name == "python":
        assert rest[0] in ("-m", "verify.py") or (ROOT / rest[0]).is_file(), f"{page}: {line}"
        if rest[0] == "-m":
            assert rest[1] in ("bench", "bench.setoff", "bench.house", "bench.paper", "django", "mingbai"), f"{page}: {line}"
    else:
        assert name in ("pip", "cp", "mkdir", "rm", "sudo", "git", "curl", "systemctl"), f"{page}: {line}"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_link_and_picture_of_a_page_is_there(page: Path) -> None:
    for target in re.findall(r"\]\(([^)#\s]+)[^)]*\)", page.read_text(encoding="utf-8")):
        if not target.startswith(("http://", "https://", "mailto:")):
            assert (page.parent / target).exists(), f"{page.name} links to {target}"


def test_the_walk_of_one_contract_names_what_is_in_the_code() -> None:
    """``name`` … in [file](…): each name before a link is defined in the file it leads to."""
    walk = (ROOT / "docs/one-contract.md").read_text(encoding="utf-8")
    told = re.findall(r"((?:`\w+`[^`\[\]]{0,12}?)+) in\s+\[[^\]]+\]\(([^)]+)\)", walk)
    assert len(told) > 25
    for names, target in told:
        source = (ROOT / "docs" / target).read_text(encoding="utf-8")
        for name in re.findall(r"`(\w+)`", names):
            assert re.search(rf"^(?:    )?(?:def|class) {name}\b", source, re.MULTILINE), f"{name} in {target}"
