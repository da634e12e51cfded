"""The peers of ``bench.books``, each in a process and a database of its own: ``python -m bench.ledgers NAME URL CONNECTIONS VOUCHERS``.

django-hordak books a transaction of two legs (``Account.transfer_to``, its documented way), django-ledger a posted journal
entry of two legs (``LedgerModel.commit_txs``); one commit each. Prints the seconds of each voucher of every connection.

    pip install "django-hordak==2.0.0" "django-ledger==0.8.5" "beanquery==0.2.0"
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from multiprocessing import get_context
from typing import Any
from urllib.parse import parse_qsl, urlsplit

APPS = {
    "hordak": ["mptt", "djmoney", "hordak"],
    "ledger": ["django.contrib.sessions", "django.contrib.messages", "treebeard", "django_ledger"],
}
LEGS = {"hordak": 2, "ledger": 2}


def main(name: str, url: str, connections: int, vouchers: int) -> None:
    from django.conf import settings

    said = urlsplit(url)
    settings.configure(
        SECRET_KEY="bench",
        USE_TZ=True,
        DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
        CURRENCIES=["CNY"],
        DEFAULT_CURRENCY="CNY",
        HORDAK_INTERNAL_CURRENCY="CNY",
        INSTALLED_APPS=["django.contrib.contenttypes", "django.contrib.auth", *APPS[name]],
        TEMPLATES=[{"BACKEND": "django.template.backends.django.DjangoTemplates", "APP_DIRS": True}],
        DATABASES={
            "default": {
                "ENGINE": "django.db.backends.postgresql",
                "NAME": said.path.lstrip("/"),
                "USER": said.username,
                "HOST": dict(parse_qsl(said.query))["host"],
            }
        },
    )
    import django
    from django.core.management import call_command

    django.setup()
    call_command("migrate", verbosity=0)
    {"hordak": hordak_begin, "ledger": ledger_begin}[name](connections)
    print(json.dumps(at_once({"hordak": hordak, "ledger": ledger}[name], connections, vouchers)))


def at_once(writer: Callable[[int], Callable[[int], None]], connections: int, vouchers: int) -> dict[str, Any]:
    """``connections`` processes that each book ``vouchers``, started together: seconds in all and of each commit."""
    from django.db import connections as open_ones

    open_ones.close_all()
    fork = get_context("fork")
    ready, results = fork.Barrier(connections + 1), fork.Queue()

    def work(number: int) -> None:
        book = writer(number)
        for at in range(WARM):
            book(-1 - at)
        times = []
        ready.wait()
        for at in range(vouchers):
            started = time.perf_counter()
            book(at)
            times.append(time.perf_counter() - started)
        results.put(times)

    children = [fork.Process(target=work, args=(number,)) for number in range(connections)]
    for child in children:
        child.start()
    ready.wait()
    started = time.perf_counter()
    times = [results.get() for _ in children]
    whole = time.perf_counter() - started
    for child in children:
        child.join()
    return {"seconds": whole, "vouchers": connections * vouchers, "each": sorted(each for one in times for each in one)}


WARM = 10


def hordak_begin(connections: int) -> None:
    from hordak.models import Account

    for number in range(connections):
        for kind, name in (("AS", "银行存款"), ("IN", "经营收入")):
            Account.objects.create(name=f"{number}村{name}", code=f"{number}{kind}", type=kind, currencies=["CNY"])


def hordak(number: int) -> Callable[[int], None]:
    from django.db import transaction
    from djmoney.money import Money
    from hordak.models import Account

    bank, income = (Account.objects.get(name=f"{number}村{name}") for name in ("银行存款", "经营收入"))

    def book(at: int) -> None:
        with transaction.atomic():
            income.transfer_to(bank, Money(10 + at % 90, "CNY"), description=f"收第{at}笔承包费")

    return book


def ledger_begin(connections: int) -> None:
    from django.contrib.auth import get_user_model
    from django_ledger.models import EntityModel

    admin = get_user_model().objects.create_user("admin")
    for number in range(connections):
        entity = EntityModel.create_entity(name=f"{number}村", use_accrual_method=True, admin=admin, fy_start_month=1)
        entity.create_chart_of_accounts(assign_as_default=True, commit=True)
        entity.populate_default_coa(activate_accounts=True)
        entity.create_ledger(name="账", posted=True)


def ledger(number: int) -> Callable[[int], None]:
    from datetime import UTC, datetime
    from decimal import Decimal

    from django.db import transaction
    from django_ledger.models import EntityModel

    entity = EntityModel.objects.get(name=f"{number}村")
    bank, income = (
        entity.get_default_coa_accounts().filter(role=role).first() for role in ("asset_ca_cash", "in_operational")
    )
    book_of = entity.ledgermodel_set.first()
    day = datetime(2024, 3, 1, tzinfo=UTC)

    def book(at: int) -> None:
        amount = Decimal(10 + at % 90)
        with transaction.atomic():
            book_of.commit_txs(
                je_timestamp=day,
                je_posted=True,
                je_txs=[
                    {"account": bank, "amount": amount, "tx_type": "debit", "description": f"收第{at}笔承包费"},
                    {"account": income, "amount": amount, "tx_type": "credit", "description": f"收第{at}笔承包费"},
                ],
            )

    return book


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4]))
