"""The demo as planned: the printed figures, invented people, no real village, every rule met."""

from __future__ import annotations

import csv
import io
from importlib import resources

import pytest

from mingbai import demo
from mingbai.columns import find_register
from mingbai.demo.layouts import OTHERS, XLSX, layout_of
from mingbai.demo.people import PREFIX, checked
from mingbai.demo.plan import SHOWN_ARREARS_FEN
from mingbai.rules import find_rulebook, load_law

YUAN = 100
ARGUED = ("C02", "C04", "C16", "C19", "C20", "C29")


@pytest.fixture(scope="module")
def key() -> demo.Key:
    return demo.key()


def places() -> list[dict[str, str]]:
    text = resources.files("mingbai.demo").joinpath("wanbolin.csv").read_text(encoding="utf-8-sig")
    return list(csv.DictReader(io.StringIO(text)))


def test_the_printed_figures_come_out_exactly(key):
    assert (len(key.files), key.contracts, key.amount_fen) == (69, 3486, 13_340_000_000 * YUAN)
    assert key.by_village()["九院村"] == (19, 136_000_000 * YUAN)
    assert sum(amount for _, amount in key.by_village().values()) == key.amount_fen


@pytest.mark.parametrize("seed", [1, 2])
def test_another_seed_is_another_district_with_the_same_figures(seed, key):
    other = demo.key(seed=seed)
    assert (other.contracts, other.amount_fen) == (key.contracts, key.amount_fen)
    assert other.by_village()["九院村"] == (19, 136_000_000 * YUAN)
    assert other.findings != key.findings


def test_arrears_are_somewhat_over_what_was_collected(key):
    owed = dict.fromkeys(key.by_village(), 0)
    for line in key.lines:
        if ("C15", "yes") in line.findings:
            arrears = line.values.get("arrears_fen")
            owed[line.village] += arrears if arrears is not None else line.values["due_fen"] - line.values["received_fen"]
    assert owed["九院村"] == sum(SHOWN_ARREARS_FEN) > 290_000 * YUAN
    assert 32_890_000 * YUAN < sum(owed.values()) < 50_000_000 * YUAN


def test_every_rule_is_met_several_times_in_every_answer_it_has(key):
    planted = key.planted()
    assert {rule for rule, _ in planted} == set(find_rulebook("contracts").rules)
    assert {rule for rule, answer in planted if answer == "disputed"} == set(ARGUED)
    assert min(planted.values()) >= 5, planted
    irregular = sum(1 for line in key.lines if line.findings)
    assert 0.35 < irregular / key.contracts < 0.47


def test_the_key_of_some_villages_is_that_part_of_the_whole(key):
    part = demo.key(villages=4)
    assert part.lines == tuple(line for line in key.lines if line.file in part.files)
    assert part.bad_cells == {bad for bad in key.bad_cells if bad[0] in part.files}
    with pytest.raises(ValueError, match="一个村"):
        demo.key(villages=0)


def test_collectives_are_invented_and_coded_under_their_real_streets():
    real = {row["name"] for row in places()}
    stems = {name.removesuffix("居委会").removesuffix("居民委员会").removesuffix("村委会").removesuffix("社区").removesuffix("村")
             for name in real}
    homes = demo.collectives()
    streets = {name: code for code, name in demo.streets()}
    assert len(streets) == 14
    assert len({home.code for home in homes}) == len({home.name for home in homes}) == 69
    assert [home.name for home in homes if home.name in stems or home.village in real] == ["九院"]
    for home in homes:
        assert home.code[:9] == streets[home.street][:9]
        assert home.code[9] == "9"
        assert len(home.code) == 12
        assert home.code not in {row["code12"] for row in places()}
    assert next(home for home in homes if home.name == "九院").street == "白家庄街道"


def test_persons_are_nobody(key):
    numbers = [line.values["lessee_id_no"] for line in key.lines if "lessee_id_no" in line.values]
    assert len(numbers) > 400
    assert all(number.startswith(PREFIX) and checked(number[:17]) == number for number in numbers)
    phones = [line.values["phone"] for line in key.lines if "phone" in line.values]
    assert phones
    assert all(phone.startswith("1990000") for phone in phones)


def test_values_of_the_key_are_columns_of_the_register(key):
    columns = find_register("contracts").by_name
    for line in key.lines:
        assert line.values.keys() <= columns.keys()
        for name, value in line.values.items():
            if columns[name].kind == "choice":
                assert value in columns[name].choices, (line.file, line.row, name)


def test_a_dozen_layouts_come_in_the_first_thirteen_ledgers():
    first = {layout_of(place)[0].name for place in range(13)}
    assert first == {layout.name for layout in XLSX} | {layout.name for layout, _ in OTHERS}
    assert len(first) == 12
    forms = [layout_of(place)[1] for place in range(69)]
    assert {form: forms.count(form) for form in set(forms)} == {
        "xlsx": 63, "gb18030.csv": 3, "bom.csv": 1, "html.xls": 1, "ods": 1}


def test_the_policy_is_of_the_demo_place_and_the_example_policy_loads(tmp_path):
    demo.write(tmp_path, villages=1)
    law = load_law("contracts").under(tmp_path / demo.POLICY, demo.PLACE)
    assert law.place == demo.PLACE
    assert len(law.treatments) == 5
    assert law.parameters["price_floor_fen"].on(demo.AS_OF).value["机动地"] == 10_000
    example = resources.files("mingbai.registers.contracts").joinpath("policies", "chaijia-2022.yaml")
    with resources.as_file(example) as path:
        assert len(load_law("contracts").under(path, "140109").treatments) == 5
