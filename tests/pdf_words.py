"""The words of a PDF as its pages have them, in the order in which they were drawn."""

from contextlib import closing

import pypdfium2


def pages(data: bytes) -> list[str]:
    """The text of each page, its lines apart by ``\\n``."""
    said = []
    with closing(pypdfium2.PdfDocument(data)) as document:
        for page in document:
            with closing(page), closing(page.get_textpage()) as text:
                said.append(text.get_text_bounded().replace("\r\n", "\n"))
    return said
