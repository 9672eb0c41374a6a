"""What every paper shares: typst with the project's own fonts and nothing from outside, and QR codes."""

import io
from collections.abc import Mapping
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

import orjson
import segno
import typst


@lru_cache(maxsize=1)
def _own_fonts() -> typst.Fonts:
    """The project's fonts and no others."""
    fonts = Path(__file__).parent / "fonts"
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[str(fonts)])


def typeset(
    template: bytes, data: Mapping[str, Any], *, folder: Path | None = None, made_at: datetime | None = None
) -> bytes:
    """One PDF; a template sees the data as `sys.inputs.data` (JSON) and the files in `folder`.

    Raises:
        typst.TypstError: for a picture that cannot be read.
    """
    compiler = typst.Compiler(
        input=template,
        root=str(folder) if folder else None,
        font_paths=_own_fonts(),
        sys_inputs={"data": orjson.dumps(data).decode()},
    )
    pdf = compiler.compile(format="pdf", timestamp=int(made_at.timestamp()) if made_at else None)
    if not isinstance(pdf, bytes):
        raise TypeError("typst gave no single PDF")
    return pdf


def qr_svg(text: str) -> str:
    """A QR code as SVG."""
    out = io.BytesIO()
    segno.make(text, error="m", micro=False).save(out, kind="svg", border=1, xmldecl=False)
    return out.getvalue().decode()
