"""What a correction taught: the next file of the village is read so, a neighbour is asked, and it can be taken back."""

from __future__ import annotations

import pytest

from mingbai.kit import intake, lessons
from mingbai.kit.models import Lesson
from mingbai.sheets import MappingError

pytestmark = pytest.mark.django_db

TEXT = "承包方,发包方式,签订日期\n张三,{word},2016.1\n李四,招标,2017-01-01\n"


@pytest.fixture
def hand_in(district):
    def do(village, number):
        upload = intake.receive(None, district.villages[village], "contracts", f"{number}.csv", TEXT.format(word="散包").encode() + b"\n" * number)
        intake.read_upload(None, upload.pk)
        upload.refresh_from_db()
        return upload, intake.reading_of(upload)
    return do


def test_a_word_and_a_date_learnt_once_are_read_in_the_next_file(hand_in):
    upload, reading = hand_in(0, 1)
    for error in reading.errors:
        assert lessons.from_mend(None, upload, error, {"letting_mode": "公开协商", "signed_on": "2016-10"}[error["column"]])
    _, again = hand_in(0, 2)
    assert not again.errors
    assert (again.columns()["letting_mode"], again.columns()["signed_on"]) == (["公开协商", "招标"], ["2016-10-01", "2017-01-01"])
    assert lessons.learnt(upload.organisation, reading.register) == {"words": {"letting_mode": {"散包": "公开协商"}}, "dates": "october"}


def test_a_neighbour_is_offered_it_and_nothing_is_imposed(hand_in):
    upload, _ = hand_in(0, 1)
    lessons.learn(None, upload, "words", "散包", "公开协商", "letting_mode")
    other, reading = hand_in(1, 2)
    assert {error["column"] for error in reading.errors} == {"letting_mode", "signed_on"}
    assert [each.said for each in lessons.offers(other, reading)] == ["散包"]


def test_a_lesson_is_taken_back(hand_in):
    upload, _ = hand_in(0, 1)
    lessons.revoke(None, lessons.learn(None, upload, "words", "散包", "公开协商", "letting_mode"))
    assert not Lesson.objects.exists() and len(hand_in(0, 2)[1].errors) == 2


def test_what_cannot_be_is_not_learnt(hand_in):
    upload, _ = hand_in(0, 1)
    for kind, said, value in (("words", "散包", "散"), ("units", "x", "y"), ("kinds", "a", "b"), ("dates", "", "may"), ("words", "", "招标"), ("other", "a", "b")):
        with pytest.raises(MappingError):
            lessons.learn(None, upload, kind, said, value, "letting_mode")
