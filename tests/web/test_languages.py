"""Chinese is what the house is written in, English is complete: no sentence of the pages is without its translation."""

from __future__ import annotations

import ast
import gettext
import re
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.utils.translation.template import templatize

import mingbai
from mingbai.units.wording import Reader

SOURCE = Path(mingbai.__file__).parent
ENGLISH = SOURCE / "web" / "locale" / "en" / "LC_MESSAGES"
CALLS = {"_", "gettext", "gettext_lazy", "ngettext", "ngettext_lazy", "pgettext", "phrase"}
DEEDS = {"commit"}
"""Its fourth word is what was done, which the audit pages show."""
TOLD = {"Unreadable", "Doubt", "_doubt", "Refused", "Trouble", "Wrong"}
"""What a cell, a file, an entry is refused with; and whatever is raised as an error."""
APART = ("demo/", "cli/", "setoff/", "safekeeping/", "serving.py", "settings.py", "application.py", "proofs/", "report/", "registers/scaffold.py", "rules/engines.py",
         "records/worker.py", "vault/", "sheets/writing.py", "board/rollup.py", "columns/register.py", "kit/furniture.py", "units/formats.py", "dues/law.py")
"""Where refusals are for whoever runs the program, or writes a register: no page shows them."""
CHINESE = re.compile("[\u4e00-\u9fff]")
PLACED = re.compile(r"%\(\w+\)[sd]|%%|\{\w+(?:!s)?\}")
ONE = {"1年", "1个月", "1天"}
"""What English says of one in words of its own."""
_IN_TEMPLATE = re.compile(r"""\b(n?gettext|_)\(\s*u?('(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")(?:\s*,\s*u?('(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*"))?""", re.DOTALL)


def said_in_python() -> set[str]:
    found = set()
    for path in SOURCE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in DEEDS | CALLS and len(node.args) > (at := 3 if node.func.id in DEEDS else 0):
                word = node.args[at]
                if isinstance(word, ast.Constant) and isinstance(word.value, str):
                    found.add(word.value)
    return found


def said_in_refusals() -> set[str]:
    """The sentences of errors and of cells nobody can read, as phrases: an f-string with its gaps named."""
    found: set[str] = set()

    def look(node: ast.AST, told: bool) -> None:
        if isinstance(node, ast.Call):
            name = getattr(node.func, "id", getattr(node.func, "attr", ""))
            if name in CALLS:
                return
            told = told or name in TOLD or name.endswith("Error")
        told = told or isinstance(node, ast.Raise)
        if told and isinstance(node, ast.Constant | ast.JoinedStr) and CHINESE.search(text := as_phrase(node)):
            found.add(text)
        for each in ast.iter_child_nodes(node):
            if isinstance(node, ast.JoinedStr) and isinstance(each, ast.Constant):
                continue
            look(each, told)

    for path in SOURCE.rglob("*.py"):
        name = path.relative_to(SOURCE).as_posix()
        if not name.startswith(APART) and "/migrations/" not in name:
            look(ast.parse(path.read_text(encoding="utf-8")), told=False)
    return found


def as_phrase(node: ast.Constant | ast.JoinedStr) -> str:
    """``f"还有 {len(left)} 张，第一张：{title!s}"`` → ``还有 {left} 张，第一张：{title!s}``; quoted(cell) brings its quotation marks along."""
    parts = [node] if isinstance(node, ast.Constant) else node.values
    said, names = "", list[str]()
    for part in parts:
        if isinstance(part, ast.Constant):
            said += str(part.value).replace("{", "{{").replace("}", "}}")
        elif isinstance(part, ast.FormattedValue):
            names.append(gap(part.value).strip("_"))
            name = names[-1] + (str(again) if (again := names.count(names[-1])) > 1 else "")
            quoted = isinstance(part.value, ast.Call) and getattr(part.value.func, "id", "") == "quoted"
            said += f"“{{{name}!s}}”" if quoted else f"{{{name}!s}}" if part.conversion == ord("s") else f"{{{name}}}"
    return said


def gap(node: ast.AST) -> str:
    """The name a value goes by: that of what it is made of."""
    match node:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
        case ast.Call(args=[first, *_]) | ast.Subscript(value=first) | ast.BinOp(left=first) | ast.IfExp(test=first) | ast.Compare(left=first) \
                | ast.BoolOp(values=[first, *_]) | ast.UnaryOp(operand=first) | ast.GeneratorExp(elt=first) | ast.ListComp(elt=first) | ast.Starred(value=first) \
                | ast.Call(func=first):
            return gap(first)
    return "said"


def said_in_templates() -> set[str]:
    found = set()
    for path in SOURCE.rglob("*.html"):
        text = path.read_text(encoding="utf-8")
        if "{% " in text:
            found |= {ast.literal_eval(each[2]) for each in _IN_TEMPLATE.finditer(templatize(text, origin=str(path)))}
    return found


def vocabulary(*, registers: bool) -> set[str]:
    """The words of the house that are data: stages, steps, states, filters, roles; with those of the registers if asked."""
    from mingbai.board.rollup import COLLECTIVES, DONE
    from mingbai.dues.law import limitation_law
    from mingbai.kit.filters import CHOICES, lights
    from mingbai.kit.furniture import furnished, furniture
    from mingbai.kit.models import Change, Finding, Upload
    from mingbai.kit.road import MOVES, Stage
    from mingbai.letters.kinds import kinds
    from mingbai.letters.models import Form, Letter
    from mingbai.places.models import Organisation
    from mingbai.places.powers import ROLES
    from mingbai.records.models import Job
    from mingbai.scans.models import Field, Paper
    from mingbai.units.wording import BESIDE, CHAINED, EITHER, LISTED

    words = {COLLECTIVES.title, DONE.title, COLLECTIVES.note, DONE.note, *(stage.label for stage in Stage), *(move.title for move in MOVES.values()), *(title for _, title, _ in ROLES)}
    words |= {kind.title for kind in kinds().values()}
    for states in (Letter.Way, Letter.Answer, Form.State, Upload.State, Finding.State, Change.State, Job.State, Organisation.Level, Paper.State, Field.State, Field.Settled):
        words |= {str(label) for label in states.labels}
    for title, values in CHOICES.values():
        words |= {title, *(said for said, _ in values.values())}
    words |= {said for said, _ in lights(date(2026, 9, 30)).values()}
    words |= of_a_life() | {LISTED, EITHER, CHAINED, BESIDE}
    barred = limitation_law()
    words |= {each.cite for each in (*barred.regimes, *barred.effects.values(), *barred.facts.values())} | {barred.facts["defence"].says}
    for name in furnished() if registers else ():
        road = furniture(name).road
        words |= {furniture(name).title, furniture(name).short}
        words |= of_rules(name) | {each for klass in road.classes.values() for each in (klass.title, klass.treatment)} | {word for each in road.indicators for word in (each.title, each.note)} - {""}
        words |= {*road.groups, *(proof.title for klass in road.classes.values() for proof in klass.proofs)}
        words |= {word for column in (*furniture(name).register.columns, *furniture(name).register.house) for word in (column.title, column.note, *column.choices)} - {""}
    return words


def of_rules(name: str) -> set[str]:
    """What the catalogue of a register's rules says: titles, remedies, what is missing, the numbers with their units, the articles."""
    from mingbai.kit.furniture import furniture
    from mingbai.rules import load_law
    from mingbai.units.goods import PRICED

    rulebook, law = furniture(name).rulebook, load_law(name)
    assert rulebook is not None
    words = {each for rule in rulebook.rules.values() for each in (rule.title, rule.remedy, rule.otherwise)} - {""}
    words |= {word for article in law.articles.values() for word in (article.cite, article.says)}
    for each in law.parameters.values():
        words |= {each.title, each.unit.replace("分", "元", 1) if each.unit.startswith("分") else each.unit} | (set(PRICED) if "公斤" in each.unit else set())
    return words


def of_a_life() -> set[str]:
    """What may happen to a contract, in the words of its pages."""
    from mingbai.registers.contracts import calendar, life
    from mingbai.registers.contracts.models import SelfReport
    from mingbai.registers.contracts.road import ROAD

    words = {*life.TITLES.values(), *life.PHASES.values(), *life.SUBLEASES.values(), *life.DISPUTES.values(), *calendar.KINDS.values()}
    words |= {word for kind in life.KINDS.values() for word in (kind.group, kind.then)}
    words |= {word for field in life.FIELDS.values() for word in (field.title, field.help, *field.choices)}
    return (words | {str(label) for label in SelfReport.State.labels} | {title for title, _ in (*ROAD.ways, *ROAD.looks.values())}) - {""}


def catalogue() -> dict[str, list[str]]:
    with (ENGLISH / "django.mo").open("rb") as file:
        read: Any = gettext.GNUTranslations(file)
    found: dict[str, list[str]] = {}
    for key, value in read._catalog.items():
        if key:
            found.setdefault(key[0] if isinstance(key, tuple) else key, []).append(value)
    return found


def english() -> Reader:
    return Reader({said: texts[0] for said, texts in catalogue().items()})


def test_every_sentence_is_translated() -> None:
    said, english = said_in_python() | said_in_refusals() | said_in_templates() | vocabulary(registers=False), catalogue()
    anywhere = said | vocabulary(registers=True)
    assert len(said) > 2_500
    assert sorted(each for each in said if each not in english) == [], "write them into web/locale/en/LC_MESSAGES/django.po, then msgfmt -o django.mo django.po"
    assert sorted(each for each in english if each not in anywhere | ONE) == [], "said nowhere any more"
    assert [each for each, texts in english.items() if not all(text.strip() for text in texts)] == []


def test_a_translation_keeps_what_is_filled_in() -> None:
    wrong = [(said, text) for said, texts in catalogue().items() for text in texts if set(PLACED.findall(said)) != set(PLACED.findall(text))]
    assert wrong == []


def test_english_has_no_full_width_punctuation_of_its_own() -> None:
    marks = re.compile(r"[，。；：？！（）]")
    allowed = {"耕地 100；园地 120", "“正在清查”"}
    wrong = [text for texts in catalogue().values() for text in texts if marks.search(text) and not any(each in text for each in allowed)]
    assert wrong == []


def test_the_compiled_catalogue_is_that_of_the_text() -> None:
    text = (ENGLISH / "django.po").read_text(encoding="utf-8")
    ids = [ast.literal_eval(each) for each in re.findall(r'^msgid (".+")$', text, re.MULTILINE)]
    texts = [ast.literal_eval(each) for each in re.findall(r'^msgstr(?:\[\d\])? (".*")$', text, re.MULTILINE)]
    english = catalogue()
    assert sorted(each for each in ids if each) == sorted(english)
    assert sorted(each for each in texts if each) == sorted(text for found in english.values() for text in found)


def test_the_rules_are_read_in_english() -> None:
    """Of every rule its title, remedy and what is missing, of the law its numbers and articles; columns and what stands in them."""
    assert sorted(vocabulary(registers=True) - set(catalogue())) == []


@pytest.mark.django_db
def test_the_choice_at_the_foot_of_a_page_is_kept(district: Any, clerk: Any) -> None:
    client = Client(headers={"accept-language": "en-US,en"})
    client.force_login(clerk)
    page = client.get("/").content.decode()
    assert "工作台" in page
    assert 'lang="zh-Hans"' in page, "Chinese, whatever the browser was installed with"
    answer = client.post("/language/", {"language": "en", "next": "/rules/"})
    assert (answer.status_code, answer.headers["Location"]) == (302, "/rules/")
    page = client.get("/").content.decode()
    assert "Work bench" in page
    assert "工作台" not in page
    assert '<html lang="en">' in page
    client.post("/language/", {"language": "zh-hans", "next": "/"})
    assert "工作台" in client.get("/").content.decode()


def test_what_is_none_of_its_words_stays_and_the_rest_is_said() -> None:
    read = english()
    assert read("张三看不到九院村的记录，不能派给他") == "张三 does not see the records of 九院村 and cannot be given this"
    assert read("“三百左右”只是个约数；请改写成 300元") == "“三百左右” is only about that; write 300元 instead"
    assert read("文件已损坏或没有传完整（部件被截断）。请确认选对了文件。") == "The file is damaged or did not arrive whole (a part is cut off). Make sure it is the right file."
    assert read("2026年8月 记-0003已经冲销过了；摘要没有写；请写一句发生了什么，例如：收到王某 2024 年承包费").endswith(" has been taken back already; The summary is missing; "
                                                                               "write what happened in a sentence, such as: rent of 2024 received from Wang")
    assert read("天上掉下来的话、另一句") == "天上掉下来的话、另一句"


@pytest.mark.django_db
def test_a_refusal_on_the_page_is_in_english(district: Any, village: Any, clerk: Any) -> None:
    client = Client()
    client.force_login(clerk)
    client.post("/language/", {"language": "en", "next": "/"})
    entered = client.post("/registers/contracts/new/", {"organisation": village.pk, "rent_fen_per_year": "三百左右", "lessee": "王五"}).content.decode()
    assert "is only about that; write " in entered
    refused = client.post(f"/assets/books/{village.code}/count/save/", {"deed": "begin", "on": "2030-01-01"}, follow=True).content.decode()
    assert "The day of the count 2030-01-01 is after today" in refused


@pytest.mark.django_db
def test_nobody_is_led_away_by_the_choice(clerk: Any) -> None:
    client = Client()
    client.force_login(clerk)
    assert client.post("/language/", {"language": "en", "next": "https://example.com/"}).headers["Location"] == "/"
