"""The cast 演员: the district's tree with its people, grid cells and officers, written through the door.

People sign in as ``clerk-140109007901`` (the code of their village, street or county); those around 九院村 also by the
short names in :data:`EASY`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from random import Random

from mingbai.demo.district import PLACE, SHOWN, SHOWN_STREET, Collective, streets
from mingbai.demo.people import person as invent
from mingbai.places.models import Grant, GridCell, Home, Kin, Officer, Organisation, Person, Role
from mingbai.places.powers import ROLES
from mingbai.records.door import Commit, commit

EASY = ("clerk", "supervisor", "reviewer", "county", "inspector", "auditor", "admin")
"""Logins of the people one plays: at 九院村, in its street, and in the district."""
_CELLS = ("东片", "西片", "沟里")
_POSTS = ("党支部书记、理事长", "村委会主任", "监委会主任", "会计", "委员")
_RELATIONS = ("配偶", "女婿", "儿媳", "岳父")


@dataclass(frozen=True)
class Team:
    """A village and those who work on its contracts."""

    place: Organisation
    clerk: Person
    supervisor: Person
    reviewer: Person
    cells: tuple[GridCell, ...]
    officers: tuple[Officer, ...]

    @property
    def is_shown(self) -> bool:
        return self.place.name == f"{SHOWN}村"


@dataclass(frozen=True)
class Cast:
    """Everybody who plays."""

    county: Organisation
    officer: Person
    inspector: Person
    teams: tuple[Team, ...]


def gather(homes: list[Collective], sizes: list[int], founded: date, seed: int) -> Cast:
    """Makes the tree and its people in an empty home. ``sizes``: how many contracts each village has; a larger one has
    more grid cells."""
    county = Organisation(code=f"{PLACE}000000", name="万柏林区", level=Organisation.Level.COUNTY).placed()
    with commit(None, county, "places", "建立演示区", on=founded) as act:
        act.save(county)
        act.save(Home(is_demo=True, today=founded))
        for key, title, powers in ROLES:
            act.save(Role(key=key, title=title, powers=list(powers)))
        crowd = _Crowd(act, county, seed)
        crowd.joins("admin", "administrator")
        officer, inspector = crowd.joins("county", "county"), crowd.joins("inspector", "county")
        crowd.joins("auditor", "auditor")
    reviewers = {name: _street(county, code, name, founded, seed) for code, name in streets()}
    teams = [_team(home, size, reviewers[home.street], founded, seed) for home, size in zip(homes, sizes, strict=True)]
    return Cast(county, officer, inspector, tuple(teams))


class _Crowd:
    """The people of one organisation, each with an invented name nobody else there has."""

    def __init__(self, act: Commit, place: Organisation, seed: int) -> None:
        self.act, self.place, self.random = act, place, Random(f"{seed}/{place.code}/人员")
        self.taken: set[str] = set()

    def name(self) -> str:
        return invent(self.random, self.taken).name

    def joins(self, login: str, role: str) -> Person:
        """Somebody new with a role over the organisation."""
        who = invent(self.random, self.taken)
        person = Person(login=login, name=who.name, phone=who.phone, home=self.place)
        person.set_unusable_password()  # one click signs in, in a demo home on the loopback address only
        self.act.save(person)
        self.act.save(Grant(person=person, role=Role.objects.get(key=role), organisation=self.place))
        return person


def _street(county: Organisation, code: str, name: str, founded: date, seed: int) -> Person:
    street = Organisation(code=code, name=name, level=Organisation.Level.TOWNSHIP, parent=county).placed()
    with commit(None, street, "places", "建立组织", on=founded) as act:
        act.save(street)
        return _Crowd(act, street, seed).joins("reviewer" if name == SHOWN_STREET else f"reviewer-{code}", "reviewer")


def _team(home: Collective, size: int, reviewer: Person, founded: date, seed: int) -> Team:
    village = Organisation(
        code=home.code, name=home.village, level=Organisation.Level.VILLAGE, parent=reviewer.home, is_collective=True
    ).placed()
    easy = home.name == SHOWN
    with commit(None, village, "places", "建立组织", on=founded) as act:
        act.save(village)
        crowd = _Crowd(act, village, seed)
        clerk = crowd.joins("clerk" if easy else f"clerk-{home.code}", "clerk")
        supervisor = crowd.joins("supervisor" if easy else f"supervisor-{home.code}", "supervisor")
        helpers = [crowd.joins(f"helper-{home.code}-{number}", "clerk") for number in (1, 2)]
        leaders = [clerk, *helpers][: 1 if size < 30 else 2 if size < 70 else 3]
        cells = []
        for number, leader in enumerate(leaders, 1):
            cell = act.save(
                GridCell(organisation=village, title=f"第{number}责任田（{_CELLS[number - 1]}）", leader=leader)
            )
            members = [each for each in (clerk, *helpers) if each != leader]
            cell.members.set(members)
            act.told(f"places.gridcell:{cell.pk}", members=[each.pk for each in members])
            cells.append(cell)
        officers = []
        for post in _POSTS[: crowd.random.randint(3, 5)]:
            officer = act.save(
                Officer(
                    organisation=village, name=crowd.name(), post=post, since=date(2021, 3, crowd.random.randint(1, 28))
                )
            )
            officers.append(officer)
            for relation in crowd.random.sample(_RELATIONS, crowd.random.randint(0, 2)):
                act.save(Kin(officer=officer, name=crowd.name(), relation=relation))
    return Team(village, clerk, supervisor, reviewer, tuple(cells), tuple(officers))
