"""Every test process has a home of its own, and what the tests of the house share: a district with its people.

The fixtures that touch the database ask for it themselves; tests of the ground floor never open one.
"""

import fcntl
import io
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from pathlib import Path
from types import SimpleNamespace
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mingbai.settings")

import openpyxl
import pytest

TODAY = date(2026, 9, 30)


def pytest_configure(config: pytest.Config) -> None:
    from django.conf import settings

    os.environ["MINGBAI_HOME"] = str(settings.HOME)  # for the children tests start
    os.environ.pop("MINGBAI_DATABASE", None)
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--slow", action="store_true", help="only what is marked slow")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """What is marked slow runs when asked for. On PostgreSQL only what asks for a database is run again."""
    wanted = [item for item in items if bool(item.get_closest_marker("slow")) == config.getoption("--slow")]
    config.hook.pytest_deselected(items=[item for item in items if item not in set(wanted)])
    items[:] = wanted
    if "MINGBAI_TEST_DATABASE" in os.environ:
        asks = [item for item in items if {"db", "transactional_db", "server_database"} & set(getattr(item, "fixturenames", ())) or item.get_closest_marker("django_db")]
        config.hook.pytest_deselected(items=[item for item in items if item not in set(asks)])
        items[:] = asks


@pytest.fixture(scope="session", autouse=True)
def _tables_may_be_cleared() -> Iterator[None]:
    """Django empties the tables after a test with real transactions: that is no business of the door."""
    from django.test import TransactionTestCase

    from mingbai.records import guard

    clear = TransactionTestCase._fixture_teardown

    def unguarded(self: Any) -> None:
        with guard.lifted():
            clear(self)

    TransactionTestCase._fixture_teardown = unguarded
    yield
    TransactionTestCase._fixture_teardown = clear


@pytest.fixture
def server_database() -> Iterator[Callable[[str], str]]:
    """``server_database(name)``: the address of an empty PostgreSQL database; skipped where the tests run on SQLite."""
    if "MINGBAI_TEST_DATABASE" not in os.environ:
        pytest.skip("在 PostgreSQL 上才跑：python tests/cluster.py pytest")
    import psycopg
    from django.conf import settings

    main, made = os.environ["MINGBAI_TEST_DATABASE"], []
    here = settings.HOME.name.replace("-", "_").lower()

    def make(name: str) -> str:
        with psycopg.connect(main, autocommit=True) as server:
            server.execute(f'CREATE DATABASE "{name}_{here}"')
        made.append(f"{name}_{here}")
        return main.replace("/postgres?", f"/{name}_{here}?")

    yield make
    with psycopg.connect(main, autocommit=True) as server:
        for name in made:
            server.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


@pytest.fixture(scope="session")
def demo_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The small demo of six villages as ``mingbai demo`` leaves it, built once for all test processes: the home ``var``, the
    ledgers ``out``, what was said while it was built ``told``. Others look at it too: whoever writes copies ``var`` first."""
    base = tmp_path_factory.getbasetemp()
    folder = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "demo"
    folder.mkdir(exist_ok=True)
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (folder / "told").exists():
            made = subprocess.run([sys.executable, "-m", "mingbai", "demo", "--villages", "6", "--no-serve", "--out", str(folder / "out")],
                                  env={**os.environ, "MINGBAI_HOME": str(folder / "var")}, capture_output=True, text=True, check=False)
            assert made.returncode == 0, made.stderr
            (folder / "told").write_text(made.stderr, encoding="utf-8")
    return folder


@pytest.fixture
def behind_the_door() -> Iterator[None]:
    """Someone who holds the database itself and writes in it, past the application."""
    from mingbai.records import guard

    with guard.lifted():
        yield


@pytest.fixture
def district(db: None) -> SimpleNamespace:
    """万柏林区 with two streets of four villages, one of them with a group, and one person for each role at its place.

    ``district.county``, ``.streets``, ``.villages``, ``.group``; ``.people["clerk"]`` … at the first village (clerk,
    supervisor), the first street (reviewer) and the county (county, auditor, administrator); ``.foreign``: the clerk
    of the last village.
    """
    from mingbai.places.models import Grant, Home, Organisation, Person, Role
    from mingbai.places.powers import ROLES
    from mingbai.records import door

    def place(name: str, code: str, level: str, parent: Any = None) -> Any:
        made = Organisation(name=name, code=code, level=level, parent=parent, is_collective=level in ("village", "group")).placed()
        made.save()
        return made

    with door.derived():
        Home.objects.create(is_demo=True, today=TODAY)
        for key, title, powers in ROLES:
            Role.objects.create(key=key, title=title, powers=list(powers))
        county = place("万柏林区", "140109000000", "county")
        streets = [place("白家庄街道", "140109007000", "township", county), place("化客头街道", "140109008000", "township", county)]
        villages = [place(name, code, "village", streets[which]) for name, code, which in (
            ("九院村", "140109007201", 0), ("东社村", "140109007202", 0), ("西坡村", "140109008201", 1), ("南头村", "140109008202", 1))]
        group = place("九院村一组", "140109007291", "group", villages[0])

        def person(login: str, name: str, role: str, where: Any) -> Any:
            made = Person(login=login, name=name, home=where)
            made.set_password("quick-and-plain")
            made.save()
            Grant.objects.create(person=made, role=Role.objects.get(key=role), organisation=where)
            return made

        people = {
            "clerk": person("clerk", "王报账", "clerk", villages[0]), "supervisor": person("supervisor", "李监督", "supervisor", villages[0]),
            "reviewer": person("reviewer", "张审核", "reviewer", streets[0]), "county": person("county", "赵区局", "county", county),
            "auditor": person("auditor", "钱审计", "auditor", county), "administrator": person("admin", "孙管理", "administrator", county),
        }
        foreign = person("foreign", "周外村", "clerk", villages[-1])
    return SimpleNamespace(county=county, streets=streets, villages=villages, group=group, people=people, foreign=foreign, today=TODAY)


@pytest.fixture
def village(district: SimpleNamespace) -> Any:
    return district.villages[0]


@pytest.fixture
def clerk(district: SimpleNamespace) -> Any:
    return district.people["clerk"]


def a_row(**said: Any) -> dict[str, Any]:
    """A contract nobody finds anything wrong with, as a clerk writes it; ``said`` changes what a test is about."""
    return {
        "合同编号": "HT-001", "合同名称": "村东耕地承包", "发包方": "九院村", "发包层级": "村", "承包方": "张三", "是否本集体成员": "是",
        "承包人是否村干部或近亲属": "否", "合同类型": "其他方式承包", "合同形式": "书面", "标的类别": "资源", "地类": "耕地", "坐落": "村东",
        "地块编码": "P1", "面积(亩)": 10, "实测面积(亩)": 10, "约定用途": "种植", "实际用途": "种植", "民主程序": "代表会议", "会议日期": "2020-01-01",
        "应到人数": 30, "实到人数": 28, "同意人数": 27, "签订日期": "2020-01-05", "起始日期": "2020-01-05", "终止日期": "2029-01-04",
        "计价方式": "递增", "承包费单价(元/亩·年)": 500, "缴纳方式": "按年", "应收金额(元)": 35000, "已收金额(元)": 35000, "欠缴金额(元)": 0,
        "备案编号": "备1", "原件是否在档": "是", "是否到期在用": "否", "所有权人(层级)": "村", "签章是否齐全": "是", "抵债事项": "无",
        "总价款(元)": 45000, "乡镇批准文号": "批1", "备注": None,
    } | said


def a_long_lease(**said: Any) -> dict[str, Any]:
    """A lease of 31 years signed in 2005: C04 says it is over twenty."""
    return a_row(**{"合同类型": "租赁", "签订日期": "2005-01-01", "起始日期": "2005-01-01", "终止日期": "2035-12-31"} | said)


def a_workbook(*rows: Mapping[str, Any], sheet: str = "合同") -> bytes:
    """An .xlsx with the headings of the first row."""
    book = openpyxl.Workbook()
    page = book.active
    page.title = sheet
    page.append(list(rows[0]))
    for row in rows:
        page.append([row[heading] for heading in rows[0]])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


Import = Callable[..., Any]


@pytest.fixture
def hand_in(village: Any, clerk: Any) -> Import:
    """``hand_in(row, row, place=…, person=…, name=…)``: a workbook handed in and read, not yet accepted."""
    from mingbai.kit import intake

    def run(*rows: Mapping[str, Any], place: Any = None, person: Any = None, name: str = "台账.xlsx", data: bytes | None = None) -> Any:
        upload = intake.receive(person or clerk, place or village, "contracts", name, data or a_workbook(*rows))
        intake.read_upload(None, upload.pk)
        upload.refresh_from_db()
        return upload

    return run


@pytest.fixture
def import_rows(hand_in: Import) -> Import:
    """``import_rows(row, row, …)``: handed in, read and accepted; gives the village's contracts in order."""
    from mingbai.kit import intake
    from mingbai.registers.contracts.models import Contract

    def run(*rows: Mapping[str, Any], person: Any = None, **more: Any) -> list[Any]:
        upload = hand_in(*rows, person=person, **more)
        intake.accept(person or upload.by, upload)
        return list(Contract.objects.filter(organisation=upload.organisation).order_by("serial"))

    return run


@pytest.fixture(scope="session", autouse=True)
def _home_is_taken_away() -> Iterator[None]:
    from django.conf import settings

    home = settings.HOME
    yield
    shutil.rmtree(home, ignore_errors=True)


@pytest.fixture
def chromium(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """The browser; skipped where there is none."""
    sync_api = pytest.importorskip("playwright.sync_api")
    program = shutil.which("chromium") or shutil.which("chromium-browser")
    if program is None:
        pytest.skip("没有 chromium：sudo apt install chromium 后再跑浏览器测试")
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")  # Playwright keeps a loop running in this thread
    with sync_api.sync_playwright() as play:
        browser = play.chromium.launch(executable_path=program, args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"])
        yield browser
        browser.close()


@pytest.fixture
def walker(chromium: Any, district: Any, live_server: Any, settings: Any) -> Iterator[Callable[[Any], Any]]:
    """``walker(person)``: a page of Chromium in which a person is signed in; None is a villager with a phone. Any answer of 400
    or more, or an error of a script, fails the test at its end."""
    from django.test import Client

    settings.STORAGES = {**settings.STORAGES, "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
    bad: list[str] = []

    def page_of(person: Any) -> Any:
        context = chromium.new_context(base_url=live_server.url, viewport={"width": 1366, "height": 768} if person else {"width": 390, "height": 844})
        if person:
            client = Client()
            client.force_login(person)
            context.add_cookies([{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": live_server.url}])
        page = context.new_page()
        page.on("response", lambda answer: bad.append(f"{answer.status} {answer.url}") if answer.status >= 400 and "favicon" not in answer.url else None)
        page.on("pageerror", lambda error: bad.append(str(error)))
        return page

    yield page_of
    assert bad == []
