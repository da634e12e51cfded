"""The commands that need a home 家目录: ``serve``, ``import``, ``export``, ``figures``, ``fsck``, and the demo's house.

Django is set up only when one of them runs, so that reading and checking stay light. ``MINGBAI_HOME`` says where the
home is (default ``./var``).
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any

DONE, FOUND = 0, 1
HOST, PORT = "127.0.0.1", 8000
_BUILT = "demo.json"
"""Written into a demo home when it is complete: which demo it holds."""

Command = Callable[[str, Any, str, str], argparse.ArgumentParser]


class HomeError(ValueError):
    """The home is not fit for this; the sentence says what to do."""


def commands(command: Command) -> None:
    """Adds the commands to the command line."""
    serving = command(
        "serve",
        _serve,
        "打开应用：网页和后台工一起开，Ctrl-C 一起关",
        "  mingbai serve\n  mingbai serve --port 8080\n  MINGBAI_HOME=/srv/明白账 mingbai serve --host 0.0.0.0",
    )
    serving.add_argument("--host", default=HOST, metavar="地址", help=f"在哪个地址上听（默认 {HOST}，只给本机用）")
    serving.add_argument("--port", default=PORT, type=int, metavar="端口", help=f"在哪个端口上听（默认 {PORT}）")

    importing = command(
        "import",
        _import,
        "把一本台账交进一个村：读出来，说明收几行、退几行，--accept 就收下",
        "  mingbai import 九院村.xlsx --place 140109007901\n  mingbai import 九院村.xlsx --place 140109007901 --accept",
    )
    importing.add_argument(
        "file", metavar="文件", type=Path, help="一本台账（表格、Word 表格、带文字的 PDF），或者装着台账的文件夹"
    )
    importing.add_argument("--accept", action="store_true", help="读得懂的行马上收下（不加就等人在网页上看过再收）")
    _of_place(importing, "交给哪个组织（代码）")

    exporting = command(
        "export",
        _export,
        "把一个地方的台账导出成表格；一个村的导出再导入，一格不变",
        "  mingbai export --place 140109007901 --out 九院村_合同.xlsx\n  mingbai export --place 140109 --out 全区合同.xlsx",
    )
    exporting.add_argument("--out", required=True, type=Path, metavar="文件", help="写到哪里（xlsx）")
    _of_place(exporting, "哪个组织和它下面的（代码）")

    showing = command(
        "figures",
        _figures,
        "一个地方的数字：合同、金额、不规范、整改率、追缴……",
        "  mingbai figures --place 140109\n  mingbai figures --place 140109 --json",
    )
    showing.add_argument("--place", required=True, metavar="代码", help="哪个地方，例如 140109")
    showing.add_argument(
        "--json", action="store_true", help="只打印 JSON（金额是分，比例是 0 到 1 的小数，还没有的是 null）"
    )

    checking = command(
        "fsck",
        _fsck,
        "核对：审计链、附件、疑点、计数、汇总，逐项重算了比，有出入就说是哪一条",
        "  mingbai fsck\n  mingbai fsck --place 140109007\n  mingbai fsck --rebuild",
    )
    checking.add_argument("--place", default=None, metavar="代码", help="只核对这个组织和它下面的（默认全部）")
    checking.add_argument(
        "--rebuild", action="store_true", help="能重算的（疑点、状态、计数）重算成对的；审计链和附件只报不改"
    )

    backing = command(
        "backup",
        _backup,
        "备份家目录：数据库和附件装成一个文件，应用开着也行",
        "  mingbai backup 备份/2026-09-30.zip\n  mingbai backup 备份/全.zip --with-keys",
    )
    backing.add_argument("file", metavar="文件", type=Path, help="写到哪里（zip）")
    backing.add_argument("--with-keys", action="store_true", help="钥匙也装进去（拿到它的人就能看见加密的内容）")
    restoring = command(
        "restore",
        _restore,
        "用备份恢复出一个家目录，核对过才算数",
        "  MINGBAI_HOME=/srv/明白账 mingbai restore 备份/2026-09-30.zip --keys /media/钥匙盘/keys",
    )
    restoring.add_argument("file", metavar="文件", type=Path, help="mingbai backup 写的文件")
    restoring.add_argument("--keys", type=Path, metavar="文件夹", help="另外保管的 keys 文件夹")
    rotating = command(
        "rotate-keys",
        _rotate,
        "换钥匙：加密的内容全部用新钥匙重新封一遍",
        "  mingbai rotate-keys\n  mingbai rotate-keys --forget",
    )
    rotating.add_argument("--forget", action="store_true", help="确认都换好以后，删掉旧钥匙")


def _of_place(parser: argparse.ArgumentParser, help_place: str) -> None:
    parser.add_argument("--place", required=True, metavar="代码", help=help_place)
    parser.add_argument("--register", default="contracts", metavar="台账", help="哪一种台账（默认 contracts 合同台账）")


def house() -> Path:
    """Sets Django up and brings the home's tables up to date; gives the home."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mingbai.settings")
    import django

    django.setup()
    from django.conf import settings
    from django.core.management import call_command
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    home = Path(settings.HOME)
    home.mkdir(parents=True, exist_ok=True)
    executor = MigrationExecutor(connection)
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        print(f"准备家目录 {home} ……", file=sys.stderr)
        call_command("migrate", verbosity=0, interactive=False, skip_checks=True)
    return home


def _serve(options: argparse.Namespace) -> int:
    from mingbai import serving

    if not 0 <= options.port <= 65535:
        raise HomeError(f"--port {options.port} 不是端口；应在 1 到 65535 之间")
    listener = serving.listening(options.host, options.port)
    home = house()
    return open_house(listener, home)


def open_house(listener: Any, home: Path) -> int:
    """Serves a home until told to stop."""
    from mingbai import serving
    from mingbai.places.models import Organisation

    host, port = listener.getsockname()[:2]
    os.environ["MINGBAI_HOME"] = str(home)  # the children start elsewhere than a relative ./var
    if host not in ("127.0.0.1", "::1") and "MINGBAI_HOSTS" not in os.environ:
        print(
            "提醒：别的机器来看，要用 MINGBAI_HOSTS 写明它们用的名字，例如 MINGBAI_HOSTS=账.example.cn,10.0.0.5",
            file=sys.stderr,
        )
    shown = f"[{host}]" if ":" in host else host
    if host == "0.0.0.0":  # noqa: S104 - only read here
        shown = "127.0.0.1"
    print(f"明白账开在 http://{shown}:{port} （家目录 {home}；Ctrl-C 关）", flush=True)
    if not Organisation.objects.exists():
        print("家目录还是空的：在网页上按提示建组织、建第一个管理员。", flush=True)
    return serving.serve(listener)


def _import(options: argparse.Namespace) -> int:
    if options.file.is_dir():
        house()
        return _import_folder(options)
    if not options.file.is_file():
        raise FileNotFoundError(f"没有这个文件：{options.file}")
    house()
    from mingbai.board.rollup import at
    from mingbai.kit import intake
    from mingbai.kit.furniture import furniture
    from mingbai.kit.models import Upload

    place, kit = at(options.place), furniture(options.register)
    upload = intake.receive(None, place, kit.name, options.file.name, options.file.read_bytes())
    if upload.state != Upload.State.ACCEPTED:
        _work_off(upload)
    if upload.state == Upload.State.REFUSED:
        print(f"没有读成：{upload.message}", file=sys.stderr)
        return FOUND
    print(
        f"{place.name} {kit.title}：读 {upload.read} 行 = 收 {upload.accepted} + 退 {upload.rejected} + 略 {upload.skipped}"
    )
    reading = intake.reading_of(upload)
    for error in reading.errors:
        hint = f"；建议：{error['suggestion']}" if error["suggestion"] else ""
        print(f"  {error['sheet']}!{error['cell']} “{error['value']}”：{error['reason']}{hint}")
    if options.accept:
        upload = intake.accept(None, upload)
    if upload.state == Upload.State.ACCEPTED:
        print(f"已收下：新增 {upload.added}，更新 {upload.changed}，不变 {upload.same}")
    else:
        print(f"等人看过再收：网页上的 /imports/{upload.pk}/，或者再加 --accept")
    return FOUND if upload.errors or upload.rejected else DONE


def _import_folder(options: argparse.Namespace) -> int:
    """A folder, file by file: one that cannot be read stops nothing, and a line each would help nobody among thousands."""
    from mingbai.board.rollup import at
    from mingbai.kit import intake
    from mingbai.kit.furniture import furniture
    from mingbai.kit.models import Upload
    from mingbai.records.files import UnwelcomeError
    from mingbai.report import by_kind, files_in, unseen_in

    place, kit, show = at(options.place), furniture(options.register), _line()
    files = files_in([options.file])
    counts, troubles = dict.fromkeys(("read", "accepted", "rejected", "skipped", "errors"), 0), list[str]()
    for number, file in enumerate(files, 1):
        try:
            upload = intake.receive(None, place, kit.name, file.name, file.read_bytes())
            if upload.state == Upload.State.RECEIVED:
                _work_off(upload)
            if upload.state == Upload.State.REFUSED or not upload.accepted:
                troubles.append(f"{file}：{upload.message or '没有一行可以收'}")
            elif options.accept:
                upload = intake.accept(None, upload)
            counts = {name: count + getattr(upload, name) for name, count in counts.items()}
        except (UnwelcomeError, intake.IntakeError, OSError) as trouble:
            troubles.append(f"{file}：{trouble}")
        show(file.name, number, len(files))
    print(
        f"{place.name} {kit.title}：{len(files)} 个文件，读 {counts['read']} 行 = 收 {counts['accepted']} + 退 {counts['rejected']} + 略 {counts['skipped']}；"
        f"没读成的 {len(troubles)} 个，错格 {counts['errors']} 个"
    )
    for line in troubles[:20]:
        print(f"  {line}")
    if len(troubles) > 20:
        print(f"  还有 {len(troubles) - 20} 个，都在网页的“导入台账”里")
    for line in by_kind(unseen_in([options.file])):
        print(f"没有看的文件：{line}")
    if not options.accept:
        print("等人看过再收：网页上的 /imports/，或者再加 --accept")
    return FOUND if troubles or counts["errors"] or counts["rejected"] else DONE


def _work_off(upload: Any, seconds: float = 600) -> None:
    """Has the upload read: by working the queue off here, or by the worker that took it first."""
    from mingbai.kit.models import Upload
    from mingbai.records.worker import SlotTakenError, work

    until = time.monotonic() + seconds
    while upload.state == Upload.State.RECEIVED:
        with suppress(SlotTakenError):
            work("command", until_empty=True)
        upload.refresh_from_db()
        if time.monotonic() > until:
            raise HomeError("后台工十分钟还没有读到这本台账；请看看 mingbai serve 是不是卡住了")
        if upload.state == Upload.State.RECEIVED:
            time.sleep(0.2)


def _export(options: argparse.Namespace) -> int:
    if options.out.exists():
        raise HomeError(f"{options.out} 已经有了，不覆盖；请换一个文件名")
    house()
    from mingbai.board.rollup import at
    from mingbai.kit.export import workbook
    from mingbai.places.scope import whole

    place = at(options.place)
    made = workbook(whole("export").within(place), options.register)
    options.out.write_bytes(made.data)
    print(f"{place.name}：{made.records} 条，写在 {options.out}" + (f"（{made.note}）" if made.note else ""))
    return DONE


def _figures(options: argparse.Namespace) -> int:
    house()
    from mingbai.board.rollup import at, figures, figures_json
    from mingbai.places.clock import today
    from mingbai.places.scope import whole
    from mingbai.units import say_money

    if options.json:
        json.dump(figures_json(options.place), sys.stdout, ensure_ascii=False, indent=1)
        sys.stdout.write("\n")
        return DONE
    place = at(options.place)
    print(f"{place.name}，{today():%Y-%m-%d}")
    for each in figures(whole(), place).values():
        match each.unit, each.value:
            case _, None:
                said = "还没有"
            case "fen", value:
                said = say_money(int(value))
            case "share", value:
                said = f"{value:.2%}"
            case _, value:
                said = f"{value:,}"
        print(f"  {each.title} {said}    （{each.note}）")
    return DONE


def _fsck(options: argparse.Namespace) -> int:
    house()
    from mingbai.board import fsck
    from mingbai.board.rollup import at
    from mingbai.places.scope import whole

    scope = whole("view")
    if options.place:
        scope = scope.within(at(options.place))
    if options.rebuild:
        print(f"重算：{fsck.mend(scope)} 个组织有要改的")
    found = 0
    for each in fsck.differences(scope, _line()):
        found += 1
        print(each)
    places = scope.organisations.count()
    print(
        f"核对了 {places} 个组织："
        + (f"{found} 处有出入" if found else "审计链、附件、收款编号、疑点、计数、汇总都对得上")
    )
    return FOUND if found else DONE


def _backup(options: argparse.Namespace) -> int:
    home = house()
    from mingbai.safekeeping import backup

    manifest = backup(home, options.file, with_keys=options.with_keys, progress=_line())
    print(f"备份好了：{options.file}，{len(manifest['files'])} 个文件，{sum(manifest['totals']['rows'].values()):,} 行")
    if not options.with_keys:
        print(f"钥匙没有装进去：请把 {home / 'keys'} 另外抄一份，分开保管；没有钥匙，备份打不开。")
    return DONE


def _restore(options: argparse.Namespace) -> int:
    from mingbai.safekeeping import restore

    home = Path(os.environ.get("MINGBAI_HOME", "var")).absolute()
    manifest = restore(options.file, home, keys=options.keys, progress=_line())
    house()
    from mingbai.board import fsck
    from mingbai.places.scope import whole

    found = list(fsck.differences(whole("view"), _line()))
    for each in found:
        print(each)
    print(
        f"恢复到 {home}：{manifest['made_at']} 的备份，{sum(manifest['totals']['rows'].values()):,} 行；"
        + (f"{len(found)} 处有出入" if found else "审计链、附件、合计都对得上")
    )
    return FOUND if found else DONE


def _rotate(options: argparse.Namespace) -> int:
    house()
    from mingbai.safekeeping import new_keys

    under = new_keys(options.forget, _line())
    print(
        "现在："
        + ("、".join(f"{name} 封着 {count:,} 处" for name, count in sorted(under.items())) or "还没有加密的内容")
    )
    if not options.forget:
        print("请重启 mingbai serve，再运行一次 mingbai rotate-keys --forget 删掉旧钥匙；钥匙的另一份抄本也要换。")
    return DONE


def play_demo(villages: int | None, *, serve: bool, fresh: bool = False, host: str = HOST, port: int = PORT) -> int:
    """Builds the demo into the home, or opens it as it was left, and serves it.

    :raises HomeError: when the home holds somebody's own records.
    """
    if find_spec("mingbai.demo.play") is None:
        return DONE
    from mingbai import serving

    listener = serving.listening(host, port) if serve else None
    home = house()
    whole_demo = {"villages": villages}
    if fresh or not _already(home, whole_demo):
        _clear_for_demo(home)
        play = import_module("mingbai.demo.play").play

        started = time.monotonic()
        play(villages, _line())
        (home / _BUILT).write_text(json.dumps(whole_demo), encoding="utf-8")
        print(f"演示区建好了，用时 {time.monotonic() - started:.0f} 秒，在 {home}")
    else:
        print(f"演示区已经在 {home}，照上次的样子打开；要从头再来：mingbai demo --fresh")
    return open_house(listener, home) if listener is not None else DONE


def _already(home: Path, wanted: dict[str, Any]) -> bool:
    try:
        return bool(json.loads((home / _BUILT).read_text(encoding="utf-8")) == wanted)
    except (FileNotFoundError, ValueError):
        return False


def _clear_for_demo(home: Path) -> None:
    """Empties a demo home for another demo; anything else must be empty already."""
    from django.core.management import call_command

    from mingbai.places.clock import home as of_home
    from mingbai.places.models import Organisation, Person
    from mingbai.records import guard

    if not of_home().is_demo and (Organisation.objects.exists() or Person.objects.exists()):
        raise HomeError(f"家目录 {home} 里是真的账，演示不能建在里面；请另指一个：MINGBAI_HOME=演示 mingbai demo")
    (home / _BUILT).unlink(missing_ok=True)
    with guard.lifted():
        call_command("flush", verbosity=0, interactive=False, skip_checks=True)
    shutil.rmtree(home / "files", ignore_errors=True)


def _line() -> Callable[[str, int, int], None]:
    """A progress line on standard error: rewritten in place on a terminal, one line a stage elsewhere."""
    terminal, last, before = sys.stderr.isatty(), 0.0, ""

    def progress(stage: str, done: int, total: int) -> None:
        nonlocal last, before
        if not terminal:
            if done >= total or stage != before:
                print(f"{stage} {done}/{total}", file=sys.stderr, flush=True)
            before = stage
            return
        now = time.monotonic()
        if done < total and now - last < 0.05:
            return
        last = now
        print(f"\r\x1b[K{stage} {done}/{total}", end="\n" if done >= total else "", file=sys.stderr, flush=True)

    return progress
