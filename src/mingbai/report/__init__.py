"""From a folder of workbooks to what a bureau must know: how many, how much, which are suspect and why.

``survey`` reads and checks; ``page`` draws the summary, ``tables`` writes findings.xlsx, ``publish`` leaves it all in
one folder with a marked copy of every workbook.
"""

from mingbai.report.publish import publish
from mingbai.report.survey import Survey, Totals, by_kind, files_in, survey, unseen_in

__all__ = ["Survey", "Totals", "by_kind", "files_in", "publish", "survey", "unseen_in"]
