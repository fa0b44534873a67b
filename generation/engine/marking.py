"""Every picture that leaves says in its own file that it was made by AI."""

from __future__ import annotations

import os
from io import BytesIO
from pathlib import Path

from PIL import Image
from PIL.PngImagePlugin import PngInfo

QUALITY = 94
SCREEN_QUALITY = 82
NOTICE = "Made with AI from the subject's own photos."
# IPTC's code for "created using an algorithm trained on sampled content" (newscodes digitalsourcetype).
SOURCE_TYPE = "http://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia"
XMP = f"""<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description rdf:about="" xmlns:Iptc4xmpExt="http://iptc.org/std/Iptc4xmpExt/2008-02-29/"
 xmlns:dc="http://purl.org/dc/elements/1.1/" Iptc4xmpExt:DigitalSourceType="{SOURCE_TYPE}">
<dc:description><rdf:Alt><rdf:li xml:lang="x-default">{NOTICE}</rdf:li></rdf:Alt></dc:description>
</rdf:Description></rdf:RDF></x:xmpmeta>
<?xpacket end="w"?>""".encode()
UNMARKED = b""


def jpeg(image: Image.Image, mark: bytes = XMP) -> bytes:
    """A JPEG of an RGB picture that carries the mark in XMP; ``UNMARKED`` is for what no model made."""
    buffer = BytesIO()
    image.convert("RGB").save(buffer, "JPEG", quality=QUALITY, subsampling=0, xmp=mark)
    return buffer.getvalue()


def webp(image: Image.Image, mark: bytes = XMP) -> bytes:
    """A WebP of an RGB or RGBA picture that carries the mark in XMP: smaller, for the screen."""
    buffer = BytesIO()
    image.save(buffer, "WEBP", quality=SCREEN_QUALITY, method=4, xmp=mark)
    return buffer.getvalue()


def transparent(image: Image.Image, mark: bytes = XMP) -> bytes:
    """A PNG of an RGBA picture that leaves and carries the mark in XMP."""
    info = PngInfo()
    if mark:
        info.add_itxt("XML:com.adobe.xmp", mark.decode())
    buffer = BytesIO()
    image.save(buffer, "PNG", pnginfo=info)
    return buffer.getvalue()


def png(image: Image.Image) -> bytes:
    """A lossless copy for the work in between; it never leaves and carries no mark."""
    buffer = BytesIO()
    image.save(buffer, "PNG", compress_level=1)
    return buffer.getvalue()


def write(path: Path, data: bytes) -> None:
    """Write a file whole or not at all: beside its place first, then renamed onto it."""
    part = path.with_name(f".{path.name}.part")
    try:
        with part.open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
