"""Numbers of persons in free text: found wherever a clerk wrote them, and shown in part only.

Identity numbers (GB 11643: 18 or 15 digits), mobile telephones and bank cards (16–19 digits), also in full-width digits
and in groups with blanks or dashes between. Figures inside a longer word of letters and digits (hashes, contract
numbers with letters) and an organisation's credit code are no numbers of persons.
"""

from __future__ import annotations

import re

from mingbai.units.identity import mask_identity

_FOLD = str.maketrans("０１２３４５６７８９Ｘｘ－　．", "0123456789Xx- .")
_MAYBE = re.compile(r"[0-9０-９](?:[ \u3000\u00a0·.－-]?[0-9０-９]){10}")
_DAY = r"(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01])"
_MOBILE = r"1(?:3[0-9]|4[579]|5[0-35-9]|6[2567]|[789][0-9])"
"""First three digits of people's telephones; 140 and its like are for machines, and begin the codes of a province."""
_NUMBERS = re.compile(
    rf"(?<![0-9A-Za-z*])(?:"
    rf"(?P<person>[1-9][0-9]{{5}}[ \xa0·-]?(?:18|19|20)[0-9]{{2}}[ \xa0·-]?{_DAY}[ \xa0·-]?[0-9]{{3}}[0-9Xx]|[1-9][0-9]{{7}}{_DAY}[0-9]{{3}})"
    rf"|(?P<mobile>{_MOBILE}(?:[ \xa0·.-]?[0-9]{{4}}){{2}})"
    r"|(?P<card>[0-9]{16,19}|[3-9][0-9]{3}(?:[ \xa0·-][0-9]{4}){2,3}[ \xa0·-][0-9]{1,4})"
    r")(?![0-9A-Za-z*])"
)


def mask_numbers(text: str) -> str:
    """The text with every number of a person in part: ``138****2233``, ``1401**********1234``, ``6222***********1234``.

    What was masked already stays as it is; the function may be used twice.
    """
    if not _MAYBE.search(text):
        return text
    found = list(_NUMBERS.finditer(text.translate(_FOLD)))
    for each in reversed(found):
        text = text[: each.start()] + _in_part(each) + text[each.end() :]
    return text


def holds_numbers(text: str) -> bool:
    """Whether :func:`mask_numbers` would hide something."""
    return mask_numbers(text) != text


def _in_part(found: re.Match[str]) -> str:
    digits = re.sub(r"[^0-9Xx]", "", found[0])
    if found["mobile"]:
        return f"{digits[:3]}****{digits[7:]}"
    return mask_identity(digits) if len(digits) in (15, 18) else f"{digits[:4]}{'*' * (len(digits) - 8)}{digits[-4:]}"
