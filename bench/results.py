"""RESULTS.md: one section for each bench, replaced when that bench runs again."""

from __future__ import annotations

from pathlib import Path

RESULTS = Path(__file__).parent / "RESULTS.md"


def keep(title: str, lines: list[str]) -> None:
    """Puts ``lines`` under ``# title`` in place of what stood there, and prints them."""
    sections = RESULTS.read_text(encoding="utf-8").split("\n# ") if RESULTS.exists() else ["# Measured"]
    section = f"{title}\n\n" + "\n".join(lines) + "\n"
    at = next((at for at, each in enumerate(sections) if each.splitlines()[0].lstrip("# ") == title), None)
    if at is None:
        sections.append(section)
    else:
        sections[at] = section
    RESULTS.write_text("\n# ".join(each.rstrip("\n") + "\n" for each in sections), encoding="utf-8")
    print(section)
