"""A district of one street and two villages, their ledgers taken in through the door."""

from datetime import date
from pathlib import Path
from types import SimpleNamespace

import pytest

from mingbai import demo

TODAY = date(2026, 9, 30)


@pytest.fixture(scope="session")
def books(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    folder = tmp_path_factory.mktemp("books")
    demo.write(folder, villages=2)
    return sorted(path for path in folder.iterdir() if path.suffix == ".xlsx")


@pytest.fixture
def district(db, settings, tmp_path, books):  # type: ignore[no-untyped-def]
    from mingbai.kit import intake
    from mingbai.places.models import Grant, Home, Organisation, Person, Role
    from mingbai.places.powers import ROLES
    from mingbai.records.door import derived

    settings.HOME = tmp_path
    with derived():
        Home.objects.create(is_demo=True, today=TODAY)
        roles = {key: Role.objects.create(key=key, title=title, powers=list(powers)) for key, title, powers in ROLES}
        county = Organisation(code="140109000000", name="区", level="county").placed()
        county.save()
        street = Organisation(code="140109007000", name="街道", level="township", parent=county).placed()
        street.save()
        people = {}
        for key, role in roles.items():
            people[key] = Person.objects.create(login=key, name=role.title)
            Grant.objects.create(person=people[key], role=role, organisation=county)
    villages = []
    for number, book in enumerate(books, 1):
        with derived():
            village = Organisation(code=f"14010900790{number}", name=f"{number}村", level="village", parent=street, is_collective=True).placed()
            village.save()
        upload = intake.receive(people["clerk"], village, "contracts", book.name, book.read_bytes())
        intake.read_upload(None, upload.pk)
        intake.accept(people["clerk"], upload)
        villages.append(village)
    from mingbai.board import fsck
    from mingbai.places.scope import whole

    fsck.mend(whole())  # prices are compared within the county: the second village moved the first one's
    return SimpleNamespace(county=county, street=street, villages=villages, people=people)
