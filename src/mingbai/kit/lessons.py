"""Lessons 读表记忆: what a person's corrections taught the reader, for the village's next file and, as offers, its neighbours'.

The whole of it can be taken away as the mapping file that ``mingbai read --mapping`` reads, and each line taken back.
"""

from __future__ import annotations

import re
from typing import Any

from mingbai.columns import Register
from mingbai.kit.models import Heading, Lesson, Upload
from mingbai.places.models import Organisation, Person
from mingbai.records.door import commit
from mingbai.sheets import MappingError, Reading
from mingbai.sheets.mapping import checked
from mingbai.units import clean_text

LONE_MONTH = re.compile(r"(?:19|20)[0-9]{2}\.1\Z")
WORD, UNIT, DATE = "words", "units", "dates"
_DATES = {"-01": "january", "-10": "october"}


def learnt(organisation: Organisation, register: Register) -> dict[str, Any]:
    """The village's own lessons as a mapping (see :mod:`mingbai.sheets.mapping`), its settled headings among them.

    A lesson the register no longer understands (a choice that is gone) is passed over.
    """
    found: dict[str, Any] = {"headers": {}, "words": {}, "units": {}, "kinds": {}}
    for heading in Heading.objects.filter(register=register.name, organisation=organisation).order_by("pk"):
        if not heading.column or heading.column in register.by_name:
            found["headers"][heading.heading] = heading.column or None
    for lesson in Lesson.objects.filter(register=register.name, organisation=organisation).order_by("pk"):
        try:
            checked(as_mapping(lesson), register)
        except MappingError:
            continue
        if lesson.kind == WORD:
            found["words"].setdefault(lesson.column, {})[lesson.said] = lesson.value
        elif lesson.kind == DATE:
            found["dates"] = lesson.value
        else:
            found[lesson.kind][lesson.said] = lesson.value
    return {key: said for key, said in found.items() if said}


def as_mapping(lesson: Lesson) -> dict[str, Any]:
    """One lesson as a mapping of its own."""
    if lesson.kind == WORD:
        return {"words": {lesson.column: {lesson.said: lesson.value}}}
    return {"dates": lesson.value} if lesson.kind == DATE else {lesson.kind: {lesson.said: lesson.value}}


def learn(person: Person | None, upload: Upload, kind: str, said: str, value: str, column: str = "") -> Lesson:
    """Remembers a correction for the village of an upload; the same again changes it.

    :raises MappingError: for a lesson that cannot be: a choice, unit or register there is not.
    """
    from mingbai.kit.furniture import furniture

    register = furniture(upload.register).register
    said = re.sub(r"\s", "", said) if kind == WORD else said.strip()
    lesson = Lesson(
        organisation=upload.organisation,
        register=register.name,
        kind=kind,
        column=column,
        said=said[:200],
        value=value,
        by=person,
    )
    if kind not in Lesson.Kind.values or (not said and kind != DATE):
        raise MappingError("没有写要记住什么")
    checked(as_mapping(lesson), register)
    with commit(person, upload.organisation, "import", "记住读法") as act:
        old = Lesson.objects.filter(
            organisation=upload.organisation, register=register.name, kind=kind, column=column, said=lesson.said
        ).first()
        lesson = old or lesson
        lesson.value, lesson.by, lesson.on = value, act.person, act.on
        return act.save(lesson)


def teachable(error: dict[str, Any] | None, register: Register) -> tuple[str, str]:
    """(kind, what is written) a correction of this cell could teach for good; ("", "") where it is this cell's own matter."""
    column = register.by_name.get(str(error["column"])) if error else None
    if error is None or column is None:
        return "", ""
    text = clean_text(error["value"])
    if column.kind == "choice" and text and len(text) <= 20 and error["kind"] in ("not_a_choice", "doubt"):
        return WORD, text
    return (DATE, "") if column.kind == "date" and LONE_MONTH.match(text) else ("", "")


def from_mend(person: Person | None, upload: Upload, error: dict[str, Any], text: str) -> bool:
    """A mend that is to hold for every such cell. False where it teaches nothing: then it is a mend of the cell alone."""
    from mingbai.kit.furniture import furniture

    register = furniture(upload.register).register
    kind, said = teachable(error, register)
    if kind == WORD and text in register.by_name[error["column"]].choices:
        learn(person, upload, kind, said, text, error["column"])
        return True
    month = _DATES.get(text[4:7], "") if kind == DATE else ""
    if month:
        learn(person, upload, kind, "", month)
    return bool(month)


def offers(upload: Upload, reading: Reading) -> list[Lesson]:
    """What neighbours under the same parent taught that would answer something in this file, newest first, once each."""
    mine = learnt(upload.organisation, reading.register)
    asked = {(error["column"], re.sub(r"\s", "", clean_text(error["value"]))) for error in reading.errors}
    lone = any(LONE_MONTH.match(word) for _, word in asked)
    headings = {entry["header"] for sheet in reading.sheets for entry in sheet.mapping if not entry["unit"]}
    sheets = {sheet.name for sheet in reading.sheets if not sheet.accepted}
    near = Lesson.objects.filter(register=upload.register, organisation__parent=upload.organisation.parent).exclude(
        organisation=upload.organisation
    )
    found: dict[tuple[str, str, str, str], Lesson] = {}
    for lesson in near.select_related("organisation").order_by("-pk"):
        fits = (
            (lesson.column, lesson.said) in asked
            if lesson.kind == WORD
            else lone and "dates" not in mine
            if lesson.kind == DATE
            else lesson.said in headings and lesson.said not in mine.get("units", {})
            if lesson.kind == UNIT
            else lesson.said in sheets and lesson.said not in mine.get("kinds", {})
        )
        if fits:
            found.setdefault((lesson.kind, lesson.column, lesson.said, lesson.value), lesson)
    return list(found.values())[:20]


def headings_next_door(upload: Upload, reading: Reading) -> list[Heading]:
    """Headings of this file that neighbours under the same parent settled otherwise than it is read now, the newest of each. Nothing
    of it holds here until a person takes it."""
    settled = {*learnt(upload.organisation, reading.register).get("headers", {}), *upload.mapping}
    now = {
        entry["header"]: entry["column"] or "" for sheet in reading.sheets for entry in sheet.mapping if entry["header"]
    }
    near = Heading.objects.filter(
        register=upload.register, heading__in=now.keys() - settled, organisation__parent=upload.organisation.parent
    ).exclude(organisation=upload.organisation)
    found: dict[str, Heading] = {}
    for each in near.select_related("organisation").order_by("-pk"):
        if each.column != now[each.heading] and (not each.column or each.column in reading.register.by_name):
            found.setdefault(each.heading, each)
    return list(found.values())[:20]


def revoke(person: Person | None, row: Lesson | Heading) -> None:
    """Takes a lesson back; files accepted meanwhile stay as they are."""
    with commit(person, row.organisation, "import", "忘掉读法") as act:
        act.remove(row, "忘掉读法")
