"""Identity numbers, credit codes and telephone numbers: checked by arithmetic only, and never printed in a reason.

Rules: GB 11643-1999 (resident identity number, check digit mod 11-2), GB 32100-2015 (unified social credit code,
mod 31). The first six digits of an identity number are not compared with any list of places: such lists refuse real
people (counties that were merged away), and invented persons use 999999.
"""

from __future__ import annotations

import re
from datetime import date

from mingbai.units.cells import clean_text, is_blank
from mingbai.units.outcome import Cell, Outcome, Unreadable, Value
from mingbai.units.wording import phrase

_CREDIT_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_CREDIT_WEIGHTS = tuple(pow(3, place, 31) for place in range(17))
_RESIDENT_WEIGHTS = tuple(pow(2, 17 - place, 11) for place in range(17))
_RESIDENT_CHECKS = "10X98765432"
_RESIDENT = re.compile(r"[0-9]{17}[0-9X]\Z")
_CREDIT = re.compile(rf"[{_CREDIT_ALPHABET}]{{18}}\Z")
_SCIENTIFIC = re.compile(r"[0-9]\.[0-9]+E\+?[0-9]+\Z")
_HIDDEN = re.compile(r"[*×□■█某]|X{2,}")

FIRMS = ("公司", "合作社", "厂", "中心", "集团", "经营部", "委员会", "协会", "学校", "医院", "商行", "超市", "农场")
"""Words that tell a firm or a body from a person."""
_MOBILE = re.compile(r"1[3-9][0-9]{9}\Z")
_LANDLINE = re.compile(r"(0[0-9]{2,3})-?([2-9][0-9]{6,7})((?:转|-)[0-9]{1,6})?\Z")
_LOCAL = re.compile(r"[2-9][0-9]{6,7}\Z")
_SERVICE = re.compile(r"(?:[48]00[0-9]{7}|(?:95|96|12)[0-9]{3,4}|1[12][0-9]{1,3})\Z")
_PHONE_LABEL = re.compile(r"^\s*(?:电话|手机|联系电话)?:?\s*(?:\(?\+?(?:00)?86\)?[- ]?(?=1[3-9]))?")
_BETWEEN_PHONES = re.compile(r"[/、,;|\\]|或|和")
_NAMES = re.compile(r"([、,;/ ]+)")

_LOST = Unreadable(
    "长号码存成了数字，后几位已被表格软件改成 0，找不回来了", "把这一列设成“文本”格式，照证件重新填写", "lost_digits"
)
_WRONG_CHECK = Unreadable("身份证号码的校验位不对，可能抄错了一位", "照证件重新填写 18 位号码")
_WRONG_CREDIT = Unreadable(
    "统一社会信用代码的校验位不对，可能抄错了一位", "照登记证书重新填写 18 位代码，其中没有字母 I、O、S、V、Z"
)
_HIDDEN_DIGITS = Unreadable("号码里有被遮住的位", "请查原件，填写完整的号码", "masked")
_WRONG_PHONE = Unreadable("不像电话号码", "手机号填 11 位数字，座机写成 区号-号码；几个号码用“/”隔开")


def parse_identity(cell: Cell) -> Outcome[str | None]:
    """An identity number (18 or old 15 digits) or a unified social credit code, in capitals without blanks.

    Checked: check digit and, for persons, a possible date of birth. A cell stored as a number keeps 15 digits only,
    so longer ones are ``lost_digits``. No reason or suggestion repeats the number.
    """
    if is_blank(cell):
        return Value(None)
    if isinstance(cell, bool) or not isinstance(cell, (str, int, float)):
        return Unreadable("这里应是证件号码", "填写 18 位身份证号码或统一社会信用代码")
    if isinstance(cell, (int, float)) and cell >= 10**15:
        return _LOST
    text = re.sub(r"[\s'`‘’_-]", "", clean_text(cell)).upper()
    if _HIDDEN.search(text):
        return _HIDDEN_DIGITS
    if _SCIENTIFIC.match(text):
        return _LOST
    if len(text) == 15 and text.isascii() and text.isdigit():
        if _born(f"19{text[6:12]}"):
            return Value(text)
        return Unreadable("15 位身份证号码中的出生日期不存在", "照证件重新填写；有 18 位号码的填 18 位")
    if not _CREDIT.match(text) and not _RESIDENT.match(text):
        return _wrong_shape(text)
    if _RESIDENT.match(text) and _born(text[6:14]):
        if resident_check(text):
            return Value(text)
        return _LOST if text.endswith("000") else _WRONG_CHECK
    if _CREDIT.match(text) and _credit_check(text):
        return Value(text)
    if _RESIDENT.match(text) and text[0] != "9":
        return Unreadable("身份证号码中的出生日期不存在", "照证件重新填写 18 位号码")
    return _WRONG_CREDIT


def parse_phone(cell: Cell) -> Outcome[str | None]:
    """A telephone number: ``13800000000``, ``0351-6060000``; several are kept, joined by ``/``."""
    if isinstance(cell, str) and _MOBILE.match(cell):
        return Value(cell)  # most of them: nothing to fold
    if is_blank(cell):
        return Value(None)
    if isinstance(cell, bool) or not isinstance(cell, (str, int, float)):
        return _WRONG_PHONE
    text = clean_text(cell)
    if _HIDDEN.search(text.upper()):
        return _HIDDEN_DIGITS
    if len(text) > 100:
        return _WRONG_PHONE
    whole = _phone(text)
    if whole:
        return Value(whole)
    pieces = [piece for piece in _BETWEEN_PHONES.split(text) if piece.strip()]
    phones = [_phone(piece) for piece in pieces]
    if not all(phones) or not phones:
        phones = [_phone(piece) for piece in text.split(" ")]
    if not all(phones) or not phones:
        return _WRONG_PHONE
    return Value("/".join(dict.fromkeys(phone for phone in phones if phone)))


def mask_identity(number: str) -> str:
    """For public pages: first and last four of a person's number, ``1401**********1234``. A valid credit code of an
    organisation is public and stays; anything else is hidden whole."""
    text = re.sub(r"\s", "", clean_text(number)).upper()
    if _CREDIT.match(text) and _credit_check(text) and not _RESIDENT.match(text):
        return text
    if len(text) in (15, 18) and text[:-1].isdigit():
        return f"{text[:4]}{'*' * (len(text) - 8)}{text[-4:]}"
    return "*" * len(text)


def mask_phone(number: str) -> str:
    """``138****0000``; of a landline the area code and the last two digits remain; several are masked one by one."""
    return "/".join(_masked_phone(piece.strip()) for piece in _BETWEEN_PHONES.split(clean_text(number)))


def mask_name(name: str) -> str:
    """A person's name for public pages: ``李某``. Several names are masked one by one, what stands in brackets goes."""
    text = re.sub(r"\([^()]*\)", "", clean_text(name))
    text = re.sub(r"(?<![一-鿿])([一-鿿]) (?=[一-鿿](?![一-鿿]))", r"\1", text)  # “张 三”中间的空格是排版
    parts = _NAMES.split(text)
    return "".join(part if at % 2 else (f"{part[0]}某" if part else "") for at, part in enumerate(parts))


def mask_party(name: str) -> str:
    """The other side of a contract on a public page: a person as ``李某``, a firm or a body by its name."""
    return name if any(word in name for word in FIRMS) else mask_name(name)


def _masked_phone(number: str) -> str:
    if _MOBILE.match(number):
        return f"{number[:3]}****{number[7:]}"
    landline = _LANDLINE.match(number)
    if landline:
        return f"{landline[1]}-{'*' * (len(landline[2]) - 2)}{landline[2][-2:]}"
    return "*" * len(number)


def _phone(text: str) -> str:
    number = re.sub(r"[\s()·]", "", _PHONE_LABEL.sub("", text))
    digits = number.replace("-", "")
    if not number.isascii() and "转" not in number:
        return ""
    if _MOBILE.match(digits) or _LOCAL.match(digits) or _SERVICE.match(digits):
        return digits
    landline = _LANDLINE.match(number) or _LANDLINE.match(digits)
    return f"{landline[1]}-{landline[2]}{(landline[3] or '').replace('转', '-')}" if landline else ""


def _wrong_shape(text: str) -> Unreadable:
    if text.isascii() and text.isalnum():
        length = phrase("证件号码应是 18 位（老身份证 15 位），这里有 {text!s} 位", text=len(text))
        return Unreadable(length, "照证件重新填写，一格只填一个号码")
    return Unreadable("这里应是证件号码，却写了别的字", "只填 18 位身份证号码或统一社会信用代码，一格一个")


def _born(digits: str) -> bool:
    year, month, day = int(digits[:4]), int(digits[4:6]), int(digits[6:])
    try:
        date(year, month, day)
    except ValueError:
        return False
    return 1880 <= year <= 2100


def resident_check(text: str) -> bool:
    """Whether the last of 18 characters is the check digit of the 17 before it."""
    total = sum(int(digit) * weight for digit, weight in zip(text[:17], _RESIDENT_WEIGHTS, strict=True))
    return _RESIDENT_CHECKS[total % 11] == text[17]


def _credit_check(text: str) -> bool:
    total = sum(_CREDIT_ALPHABET.index(c) * weight for c, weight in zip(text[:17], _CREDIT_WEIGHTS, strict=True))
    return _CREDIT_ALPHABET[-total % 31] == text[17]
