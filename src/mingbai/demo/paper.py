"""A page of paper 纸: one small PDF with a title and some lines, for the evidence that the demo brings.

The font is the Chinese one every PDF reader knows by name (STSong-Light); nothing is embedded.
"""

from __future__ import annotations

from collections.abc import Sequence

_WIDTH, _HEIGHT, _LEFT, _TOP = 595, 842, 72, 760


def paper(title: str, lines: Sequence[str]) -> bytes:
    """A one-page PDF. The same words give the same bytes."""
    text = [f"BT /F 18 Tf {_LEFT} {_TOP} Td <{_hex(title)}> Tj 0 -20 Td /F 12 Tf"]
    text += [f"0 -24 Td <{_hex(line)}> Tj" for line in lines]
    stream = "\n".join([*text, "ET"])
    return _file(
        "<< /Type /Catalog /Pages 2 0 R >>",
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 {_WIDTH} {_HEIGHT}] /Contents 4 0 R /Resources << /Font << /F 5 0 R >> >> >>",
        f"<< /Length {len(stream)} >>\nstream\n{stream}\nendstream",
        "<< /Type /Font /Subtype /Type0 /BaseFont /STSong-Light /Encoding /UniGB-UCS2-H /DescendantFonts [6 0 R] >>",
        "<< /Type /Font /Subtype /CIDFontType0 /BaseFont /STSong-Light /FontDescriptor 7 0 R /DW 1000"
        " /CIDSystemInfo << /Registry (Adobe) /Ordering (GB1) /Supplement 2 >> >>",
        "<< /Type /FontDescriptor /FontName /STSong-Light /Flags 6 /FontBBox [-25 -254 1000 880] /ItalicAngle 0"
        " /Ascent 880 /Descent -120 /CapHeight 880 /StemV 93 >>",
    )


def _hex(text: str) -> str:
    return text.encode("utf-16-be").hex()


def _file(*objects: str) -> bytes:
    """The objects, numbered from 1, with the table of where each begins."""
    whole, begins = b"%PDF-1.4\n", []
    for number, body in enumerate(objects, 1):
        begins.append(len(whole))
        whole += f"{number} 0 obj\n{body}\nendobj\n".encode("ascii")
    table = "".join(f"{begin:010d} 00000 n \n" for begin in begins)
    end = f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n{table}trailer\n<< /Size {len(objects) + 1} /Root 1 0 R >>\nstartxref\n{len(whole)}\n%%EOF\n"
    return whole + end.encode("ascii")
