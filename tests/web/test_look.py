"""How values are said, and that every component stands with the parts pages use, without inline script or style."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from html.parser import HTMLParser
from pathlib import Path
from types import SimpleNamespace

import pytest
from django.core.paginator import Paginator
from django.template import Context, Template, engines
from django.test import RequestFactory
from django.utils.html import strip_tags

import mingbai.web
from mingbai.web.templatetags import mingbai as said

WEB = Path(mingbai.web.__file__).parent
CSS = (WEB / "static/web/mingbai.css").read_text("utf-8")


def render(source: str, path: str = "/", **context: object) -> str:
    return engines["django"].from_string(source).render(context, RequestFactory().get(path))


@pytest.mark.parametrize(("fen", "text"), [
    (123450, "1,234.50"), (0, "0.00"), (-5, "-0.05"), (1334021840050, "13,340,218,400.50"), (None, "—"), ("", "—"),
])
def test_yuan_is_exact(fen: int, text: str) -> None:
    assert said.yuan(fen) == text


@pytest.mark.parametrize(("fen", "spoken", "exact"), [
    (1334000000000, "133.40 亿元", "13,340,000,000.00 元"), (3289000000, "3,289 万元", "32,890,000.00 元"),
    (80000, "800 元", "800.00 元"), (8500000, "8.5 万元", "85,000.00 元"),
])
def test_money_is_spoken_with_the_exact_figure_on_hover(fen: int, spoken: str, exact: str) -> None:
    assert strip_tags(said.money(fen)) == spoken
    assert f'title="{exact}"' in said.money(fen)
    assert f'value="{fen}"' in said.money(fen)


@pytest.mark.parametrize(("mu4", "text", "metres"), [
    (123500, "12.35 亩", "8,233.33 ㎡"), (15, "0.0015 亩", "1.00 ㎡"), (123456789, "12,345.6789 亩", "8,230,452.60 ㎡"),
    (0, "0 亩", "0.00 ㎡"),
])
def test_areas_in_mu_with_metres(mu4: int, text: str, metres: str) -> None:
    assert strip_tags(said.mu(mu4)) == text
    assert f'title="{metres}"' in said.mu(mu4)


def test_unknown_is_never_zero() -> None:
    for word in (said.money, said.yuan, said.mu, said.share, said.number, said.day, said.moment, said.term):
        assert word(None) == "—", word


def test_days_and_moments() -> None:
    assert said.day(date(2026, 9, 30)) == said.day("2026-09-30T08:00:00") == "2026-09-30"
    late = datetime(2026, 9, 30, 17, 5, tzinfo=UTC)
    assert said.day(late) == "2026-10-01"
    assert said.moment(late) == "2026-10-01 01:05"
    assert said.moment("2026-10-02 前") == "2026-10-02 前"
    assert said.moment(date(2026, 9, 30)) == "2026-09-30"


@pytest.mark.parametrize(("start", "end", "text"), [
    (date(2005, 1, 1), date(2035, 12, 31), "2005-01-01 至 2035-12-31（31 年）"),
    ("2005-01-01", "2035-01-01", "2005-01-01 至 2035-01-01（30 年）"),
    ("2020-03-15", "2021-09-14", "2020-03-15 至 2021-09-14（1 年 6 个月）"),
    ("2026-09-01", "2026-09-20", "2026-09-01 至 2026-09-20（20 天）"),
    ("2026-09-20", "2026-09-01", "2026-09-20 至 2026-09-01"),
    ("2005-01-01", None, "2005-01-01 起"), (None, "2005-01-01", "至 2005-01-01"),
])
def test_terms_with_their_years(start: str, end: str, text: str) -> None:
    assert strip_tags(said.term(start, end)) == text


@pytest.mark.parametrize(("part", "text"), [
    (0.982, "98.2 %"), (1, "100 %"), (0, "0 %"), (0.9999, "99.9 %"), (0.0001, "0.1 %"), (0.5, "50.0 %"),
])
def test_a_share_short_of_all_is_not_all(part: float, text: str) -> None:
    assert said.share(part) == text


def test_masks() -> None:
    assert said.masked("王建国") == "王某"
    assert said.masked("13800001234", "phone") == "138****1234"
    assert said.masked("6222021234567890123", "bank") == "***************0123"
    assert "19700101" not in said.masked("999999197001010018", "identity")


def test_an_answer_has_a_word_and_a_kind() -> None:
    words = {answer: strip_tags(said.answer_tag(answer)) for answer in ("yes", "cannot_tell", "disputed", "no")}
    assert words == {"yes": "疑似", "cannot_tell": "说不准", "disputed": "有争议", "no": "未见问题"}
    assert "red" not in "".join(said.answer_tag(answer) for answer in words)


@pytest.mark.parametrize(("due", "done_on", "colour", "word"), [
    (date(2026, 9, 29), None, "red", "逾期 1 天"), (date(2026, 9, 30), None, "yellow", "今天到期"),
    (date(2026, 10, 7), None, "yellow", "还有 7 天"), (date(2026, 10, 8), None, "green", "还有 8 天"),
    (date(2026, 9, 20), date(2026, 9, 30), "done", "办结，晚 10 天"), (date(2026, 9, 30), date(2026, 9, 30), "done", "按期办结"),
    (None, date(2026, 9, 30), "done", "办结"), (None, None, "none", "未定期限"),
])
def test_a_deadline_has_a_colour_and_a_word(due: date, done_on: date, colour: str, word: str) -> None:
    assert said.deadline(due, date(2026, 9, 30), done_on) == (colour, word)


def test_the_light_takes_the_day_of_the_home() -> None:
    shell = SimpleNamespace(today=date(2026, 9, 30))
    page = Template("{% light due %}", engine=engines["django"].engine)
    assert "还有 2 天" in page.render(Context({"due": date(2026, 10, 2), "shell": shell}))


@pytest.mark.parametrize(("tag", "path", "query"), [
    ("{% query page=2 %}", "/?street=a&page=7", "?street=a&amp;page=2"),
    ("{% query street='b' %}", "/?street=a&page=7", "?street=b"),
    ("{% query street=None %}", "/?street=a&rule=C04", "?rule=C04"),
    ("{% query rule=rules %}", "/?rule=C01", "?rule=C04&amp;rule=C11"),
    ("{% query %}", "/", "?"),
])
def test_query_keeps_the_rest(tag: str, path: str, query: str) -> None:
    assert render(tag, path, rules=["C04", "C11"]) == query


def test_the_pager_keeps_filters_and_escapes_them() -> None:
    html = render('{% include "web/parts/pager.html" %}', '/?q="><b>', page=Paginator(range(3486), 50).page(7))
    assert "共 3,486 条，这里是第 301–350 条" in html
    assert "page=8" in html
    assert "<b>" not in html


def test_meter_draws_from_zero() -> None:
    html = said.meter(17, 20, 2)
    assert re.findall(r'width="([\d.]+%)"', html) == ["100%", "85.00%", "10.00%"]
    assert re.findall(r'width="([\d.]+%)"', said.meter(0, 0)) == ["100%", "0%", "0%"]


class Inline(HTMLParser):
    """What a strict content security policy would refuse, and every class used."""

    def __init__(self) -> None:
        super().__init__()
        self.refused: list[str] = []
        self.classes: set[str] = set()
        self.ids: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        self.refused += [f"{tag} {name}" for name in found if name == "style" or name.startswith("on")]
        if tag == "style" or (tag == "script" and not found.get("src")):
            self.refused.append(tag)
        for name in ("src", "href"):
            if (found.get(name) or "").startswith(("http", "//", "data:")):
                self.refused.append(f"{tag} {found[name]}")
        self.classes |= set((found.get("class") or "").split())
        self.ids += [found["id"]] if found.get("id") else []  # type: ignore[list-item]


@pytest.mark.django_db
def test_every_component_stands_and_needs_nothing_inline() -> None:
    html = render('{% include "web/components.html" %}')
    page = Inline()
    page.feed(html)
    assert page.refused == []
    assert len(page.ids) == len(set(page.ids))
    assert 'lang="zh-Hans"' in html
    assert "None" not in strip_tags(html)
    for part in ("finding", "timeline", "facts", "errors", "progress", "empty", "pager", "light", "steps", "tally",
                 "evidence", "sheet", "figures", "tree", "frame"):
        assert part in page.classes, part
    without = {name for name in page.classes if f".{name}" not in CSS}
    assert without <= {"running", "waiting", "area", "still"}, f"no style for {without}"


@pytest.mark.django_db
def test_a_page_stands_without_anybody_signed_in() -> None:
    html = render('{% extends "web/base.html" %}{% block title %}x{% endblock %}')
    assert "None" not in strip_tags(html)
    assert 'class="skip"' in html


def test_words_of_a_record_are_escaped() -> None:
    bad = "<script>x</script>"
    finding = {"rule": "C04", "title": bad, "answer": "yes", "severity": 3, "sentence": bad, "usual": bad, "reason": bad,
               "said": [{"label": bad, "value": bad, "cell": bad}], "laws": [{"cite": bad, "text": bad}]}
    html = render('{% include "web/parts/finding.html" %}{% include "web/parts/facts.html" with facts=facts %}'
                  '{% include "web/parts/timeline.html" with events=events %}{% include "web/parts/errors.html" with errors=errors %}',
                  finding=finding, facts=[{"label": bad, "value": bad}], events=[{"at": bad, "what": bad, "detail": bad}],
                  errors=[{"where": bad, "what": bad, "instead": bad}])
    assert "<script>" not in html


def test_colours_have_contrast() -> None:
    """4.5:1 for text, 3:1 for the edge of a field."""
    value = dict(re.findall(r"--([a-z-]+): (#[0-9a-f]{3,6})", CSS))

    def light(colour: str) -> float:
        colour = colour.strip("#") if len(colour) == 7 else "".join(c * 2 for c in colour.strip("#"))
        parts = [int(colour[i : i + 2], 16) / 255 for i in (0, 2, 4)]
        r, g, b = (p / 12.92 if p <= 0.03928 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
        return 0.2126 * r + 0.7152 * g + 0.0722 * b

    def contrast(one: str, other: str) -> float:
        bright, dark = sorted((light(value[one]), light(value[other])), reverse=True)
        return (bright + 0.05) / (dark + 0.05)

    for text in ("ink", "soft", "accent", "amber", "violet", "grey", "red"):
        for ground in ("paper", "ground", "band"):
            assert contrast(text, ground) >= 4.5, (text, ground, contrast(text, ground))
    for text, ground in (("amber", "amber-pale"), ("violet", "violet-pale"), ("red", "red-pale"), ("grey", "grey-pale"), ("deep", "pale")):
        assert contrast(text, ground) >= 4.5, (text, contrast(text, ground))
    assert contrast("faint", "paper") >= 3
    assert contrast("edge", "paper") >= 3
