"""Paper 纸: photographs and scans of contracts → boxes of text → lines in reading order → fields proposed. No Django.

    from mingbai import paper
    with paper.reader() as guard:
        pages = paper.read(["合同1.jpg", "合同2.jpg"], guard)
    proposals = paper.propose(pages, find_register("contracts"), paper.find_wording("contracts"))

Nothing here is a fact: a proposal is what a person looks at beside its piece of the picture, and confirms. Pictures are
opened and recognised in a guarded child only; the recogniser is an extra (``pip install 'mingbai[paper]'``).
"""

from mingbai.paper.boxes import Box, Page
from mingbai.paper.fields import Proposal, propose
from mingbai.paper.order import Line, lines
from mingbai.paper.reading import missing, read, reader
from mingbai.paper.wording import Sentence, Wording, find_wording

__all__ = [
    "Box",
    "Line",
    "Page",
    "Proposal",
    "Sentence",
    "Wording",
    "find_wording",
    "lines",
    "missing",
    "propose",
    "read",
    "reader",
]
