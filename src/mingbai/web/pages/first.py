"""The first start of an empty home: the tree from a list of codes, looked at, then the first administrator.

Nothing is written before the last step, and then all of it or nothing. As soon as there is a person, this page is gone.
"""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from dataclasses import dataclass
from typing import Any

from django.contrib.auth import login as open_session
from django.contrib.auth.hashers import make_password
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from mingbai.places.models import Grant, Home, Organisation, Person, Role
from mingbai.places.powers import ROLES
from mingbai.records.door import commit
from mingbai.web.forms import AdministratorForm
from mingbai.web.opened import open_page
from mingbai.web.pages.signing import BACKEND

MOST_ROWS, MOST_BYTES = 5000, 2 * 1024 * 1024
SAMPLE = "140109,万柏林区\n140109007,白家庄街道\n140109007203,九院村\n140109007204,小卧龙村"
Level: Any = Organisation.Level
_HEADINGS = {
    "code": ("code", "code12", "代码", "区划代码", "统计用区划代码"),
    "name": ("name", "名称", "组织", "单位", "组织名称"),
    "level": ("level", "层级", "级别"),
    "parent": ("parent", "parent_code12", "parent_code", "上级", "上级代码"),
}
_LEVELS = {
    **{level.value: level for level in Level},
    **{level.label: level for level in Level},
    "县": Level.COUNTY,
    "区": Level.COUNTY,
    "县区": Level.COUNTY,
    "市辖区": Level.COUNTY,
    "乡": Level.TOWNSHIP,
    "镇": Level.TOWNSHIP,
    "乡镇": Level.TOWNSHIP,
    "街道": Level.TOWNSHIP,
    "社区": Level.VILLAGE,
    "行政村": Level.VILLAGE,
    "地市": Level.CITY,
    "小组": Level.GROUP,
}
_NO_COLLECTIVE = re.compile("(居委会|居民委员会)$")


@dataclass(frozen=True, slots=True)
class Line:
    """One organisation of the list."""

    number: int
    code: str
    name: str
    level: str
    parent: str = ""


@open_page
@sensitive_post_parameters("password", "again")
@require_http_methods(["GET", "HEAD", "POST"])
def show(request: HttpRequest) -> HttpResponse:
    if Person.objects.exists():
        raise Http404
    text, problem = _handed_in(request)
    lines: list[Line] = []
    errors: list[dict[str, str]] = [problem] if problem else []
    form = AdministratorForm()
    step = 0
    if request.method == "POST" and not errors:
        lines, errors = read_tree(text)
        if not errors and request.POST.get("step") != "change":
            step = 1
    if step and request.POST.get("step") == "found":
        form = AdministratorForm(request.POST)
        if form.is_valid():
            open_session(request, _found(lines, form.cleaned_data), backend=BACKEND)
            return redirect("home")
    counts = Counter(line.level for line in lines)
    context = {
        "step": step,
        "text": text,
        "errors": errors,
        "form": form,
        "sample": SAMPLE,
        "lines": lines[:12],
        "rest": max(len(lines) - 12, 0),
        "counts": [(level.label, counts[level]) for level in Level if counts[level]],
        "wizard": [
            {"title": title, "state": "done" if at < step else "now" if at == step else "todo"}
            for at, title in enumerate((_("建组织"), _("定管理员"), _("请人、导入")))
        ],
    }
    return render(request, "web/first_start.html", context, status=400 if errors or form.errors else 200)


def _handed_in(request: HttpRequest) -> tuple[str, dict[str, str] | None]:
    """The list: a file when one came, else what was pasted."""
    file: Any = request.FILES.get("file")
    if file is None:
        return request.POST.get("tree", ""), None
    if file.size > MOST_BYTES:
        return "", {
            "where": file.name,
            "what": _("文件太大，最多 2 MB"),
            "instead": _("只留代码和名称两栏，存成 CSV"),
            "url": "#id_file",
        }
    data = file.read()
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text, None
    return "", {
        "where": file.name,
        "what": _("不是文字文件"),
        "instead": _("在 Excel 或 WPS 里“另存为 CSV”，或者直接把两栏复制、粘贴到下面"),
        "url": "#id_file",
    }


def read_tree(text: str) -> tuple[list[Line], list[dict[str, str]]]:
    """The organisations of a list, top first, and what is wrong with it, by line."""
    errors: list[dict[str, str]] = []

    def wrong(number: int, what: str, instead: str = "") -> None:
        errors.append({"where": _("第 %(n)s 行") % {"n": number}, "what": what, "instead": instead, "url": "#id_tree"})

    lines: dict[str, Line] = {}
    places = {"code": 0, "name": 1, "level": 2, "parent": 3}
    for number, cells in enumerate(_cells(text), 1):
        if not any(cells):
            continue
        headings = _places(cells)
        if headings is not None:
            places = headings
            continue
        said = {key: cells[at] if at < len(cells) else "" for key, at in places.items()}
        code, parent = _whole(said["code"]), _whole(said["parent"]) if said["parent"] else ""
        level = _LEVELS.get(said["level"]) if said["level"] else _level(code)
        if len(lines) >= MOST_ROWS:
            wrong(number, _("最多 %(n)s 个组织") % {"n": MOST_ROWS})
            break
        if not code:
            wrong(
                number,
                _("“%(said)s”不是区划代码") % {"said": said["code"][:20]},
                _("写 2、4、6、9 或 12 位数字，例如 140109007203"),
            )
        elif not said["name"]:
            wrong(number, _("%(code)s 后面没有名称") % {"code": said["code"]}, f"{said['code']},九院村")
        elif level is None:
            wrong(
                number,
                _("不认识层级“%(said)s”") % {"said": said["level"][:10]},
                "、".join(level.label for level in Level),
            )
        elif code in lines:
            wrong(
                number,
                _("代码 %(code)s 在第 %(n)s 行已经写过") % {"code": code, "n": lines[code].number},
                _("删去一行，或改成另一个代码"),
            )
        else:
            lines[code] = Line(number, code, said["name"][:100], level, parent)
    if not lines and not errors:
        wrong(1, _("还没有写组织"), "140109,万柏林区")
    if errors:
        return [], errors[:20]
    return _rooted(lines, wrong), errors[:20]


def _rooted(lines: dict[str, Line], wrong: Any) -> list[Line]:
    """The same lines with their parents, each after its parent; there is one top."""
    rooted: dict[str, Line] = {}
    top = ""
    for code, line in sorted(lines.items(), key=lambda item: (list(Level).index(Level(item[1].level)), item[0])):
        parent = line.parent if line.parent in lines else _above(code, lines)
        if not parent and top:
            wrong(
                line.number,
                _("%(name)s 的上级没有写") % {"name": line.name},
                _("先写一行它的上级，例如 %(code)s；最上面的只能有一个（现在是 %(top)s）")
                % {"code": code[: 9 if code[9:].strip("0") else 6], "top": lines[top].name},
            )
            continue
        if parent and parent not in rooted and parent != code:
            wrong(
                line.number,
                _("%(name)s 的层级不在它上级 %(parent)s 之下") % {"name": line.name, "parent": lines[parent].name},
                _("改正这两行的层级"),
            )
            continue
        top = top or code
        rooted[code] = Line(line.number, code, line.name, line.level, parent)
    return list(rooted.values())


def _cells(text: str) -> list[list[str]]:
    """A pasted table has tabs, a CSV commas; full-width commas are typed by hand."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    if any("\t" in line for line in lines):
        return [[cell.strip() for cell in line.split("\t")] for line in lines]
    plain = [line.replace("，", ",") if "," not in line else line for line in lines]
    return [[cell.strip() for cell in next(csv.reader(io.StringIO(line)), [""])] or [""] for line in plain]


def _places(headings: list[str]) -> dict[str, int] | None:
    found = {key: at for key, names in _HEADINGS.items() for at, said in enumerate(headings) if said.lower() in names}
    return found if {"code", "name"} <= set(found) else None


def _whole(said: str) -> str:
    """Twelve digits, or "" for what is no code of a place."""
    digits = said.strip().lstrip("'").removesuffix(".0")
    return digits.ljust(12, "0") if digits.isascii() and digits.isdigit() and len(digits) in (2, 4, 6, 9, 12) else ""


def _level(code: str) -> str | None:
    if not code:
        return Level.VILLAGE
    return next(
        (
            level
            for end, level in ((2, Level.PROVINCE), (4, Level.CITY), (6, Level.COUNTY), (9, Level.TOWNSHIP))
            if not code[end:].strip("0")
        ),
        Level.VILLAGE,
    )


def _above(code: str, lines: dict[str, Line]) -> str:
    near = (code[:end].ljust(12, "0") for end in (9, 6, 4, 2))
    return next((each for each in near if each != code and each in lines), "")


def _found(lines: list[Line], first: dict[str, Any]) -> Person:
    made: dict[str, Organisation] = {}
    top = Organisation(code=lines[0].code, name=lines[0].name, level=lines[0].level).placed()
    with commit(None, top, "places", "第一次启动", note=f"建 {len(lines)} 个组织，第一位管理员 {first['name']}") as act:
        for line in lines:
            place = (
                top
                if line.code == top.code
                else Organisation(code=line.code, name=line.name, level=line.level, parent=made[line.parent])
            )
            place.is_collective = line.level in (Level.VILLAGE, Level.GROUP) and not _NO_COLLECTIVE.search(line.name)
            made[line.code] = act.save(place if place is top else place.placed())
        roles = {role.key: role for role in Role.objects.all()}
        for key, title, powers in ROLES:
            if key not in roles:
                roles[key] = act.save(Role(key=key, title=title, powers=list(powers)))
        if not Home.objects.exists():
            act.save(Home())
        person = act.save(
            Person(login=first["login"], name=first["name"], home=top, password=make_password(first["password"]))
        )
        act.save(Grant(person=person, role=roles["administrator"], organisation=top, since=act.on))
    return person
