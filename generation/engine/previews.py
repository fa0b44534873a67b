"""Smaller copies for the screen, and the words laid over a picture that nobody has paid for."""

from __future__ import annotations

from PIL import Image, ImageDraw, ImageFont

from . import marking

ANGLE = 30  # degrees
LETTERS = 0.045  # of the picture's shorter side
LIGHT, SHADOW = 88, 60  # alpha, 0-255: legible on a white wall and on a black suit, the face still to be seen


def preview(image: Image.Image, longest: int, mark: bytes = marking.XMP) -> bytes:
    """A marked WebP, its longer side at most so many pixels: 480 for a gallery's tile, 1200 for a screen."""
    small = image.convert("RGB")
    small.thumbnail((longest, longest), Image.Resampling.LANCZOS)
    return marking.webp(small, mark)


def watermarked(image: Image.Image, words: str) -> Image.Image:
    """A copy with the words repeated across it, slanted, in rows that are set off like bricks."""
    bricks = _bricks(words, max(9, round(LETTERS * min(image.size))))
    reach = round((image.width**2 + image.height**2) ** 0.5)  # a square that covers the picture at any angle
    layer = Image.new("RGBA", (reach, reach))
    for top in range(0, reach, bricks.height):
        for left in range(0, reach, bricks.width):
            layer.paste(bricks, (left, top))
    turned = layer.rotate(ANGLE, Image.Resampling.BICUBIC)
    left, top = (reach - image.width) // 2, (reach - image.height) // 2
    part = turned.crop((left, top, left + image.width, top + image.height))
    return Image.alpha_composite(image.convert("RGBA"), part).convert("RGB")


def _bricks(words: str, letters: int) -> Image.Image:
    """Two rows of the pattern, which repeats to all sides; ``letters`` is their height in pixels."""
    font = ImageFont.load_default(size=letters)
    step, leading = round(font.getlength(words)) + 3 * letters, 4 * letters
    tile = Image.new("RGBA", (step, 2 * leading))
    draw = ImageDraw.Draw(tile)
    for at in ((0, letters), (-step // 2, letters + leading), (step - step // 2, letters + leading)):
        draw.text((at[0] + 1, at[1] + 1), words, (0, 0, 0, SHADOW), font)
        draw.text(at, words, (255, 255, 255, LIGHT), font)
    return tile
