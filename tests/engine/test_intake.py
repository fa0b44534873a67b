"""Photos as people upload them: formats, limits, colours, metadata, damage."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from contextlib import suppress
from io import BytesIO
from pathlib import Path

import numpy as np
import pillow_heif
import pytest
from PIL import Image, ImageCms

from generation.engine import intake
from generation.engine.types import BadInput

ORANGE = (210, 120, 40)


def scene(width: int = 320, height: int = 280) -> Image.Image:
    """Left half orange, right half dark blue: orientation and colours can be told."""
    picture = Image.new("RGB", (width, height), (20, 30, 90))
    picture.paste(ORANGE, (0, 0, width // 2, height))
    return picture


def saved(picture: Image.Image, kind: str, **options: object) -> bytes:
    stream = BytesIO()
    picture.save(stream, kind, **options)
    return stream.getvalue()


def heic(picture: Image.Image) -> bytes:
    stream = BytesIO()
    pillow_heif.from_pillow(picture).save(stream, quality=90)
    return stream.getvalue()


def near(picture: Image.Image, place: tuple[int, int], colour: tuple[int, ...], within: int = 12) -> bool:
    return bool(np.abs(np.subtract(picture.getpixel(place), colour)).max() <= within)


@pytest.mark.parametrize(
    "encode",
    [
        lambda p: saved(p, "JPEG", quality=95),
        lambda p: saved(p, "PNG"),
        lambda p: saved(p, "WEBP", quality=95),
        heic,
    ],
    ids=["jpeg", "png", "webp", "heic"],
)
def test_known_formats_open_as_rgb(encode: Callable[[Image.Image], bytes]) -> None:
    photo = intake.open_photo(encode(scene()), "holiday")
    assert photo.image.mode == "RGB"
    assert photo.image.size == (320, 280)
    assert near(photo.image, (60, 140), ORANGE)
    assert near(photo.image, (260, 140), (20, 30, 90))
    assert photo.name == "holiday"
    assert not photo.ai_made


@pytest.mark.parametrize("kind", ["GIF", "TIFF", "BMP", "PDF", "ICO"])
def test_other_formats_are_refused(kind: str) -> None:
    with pytest.raises(BadInput, match="JPEG, PNG, WebP or HEIC"):
        intake.open_photo(saved(scene(), kind), "scan")


def test_text_and_emptiness_are_refused() -> None:
    with pytest.raises(BadInput, match="not a photo"):
        intake.open_photo(b"<svg xmlns='http://www.w3.org/2000/svg'/>" * 20, "logo.jpg")
    with pytest.raises(BadInput, match="empty"):
        intake.open_photo(b"", "nothing.jpg")


def test_a_format_in_disguise_is_not_opened() -> None:
    """JPEG's first bytes before a GIF must not reach Pillow's GIF reader."""
    with pytest.raises(BadInput, match="damaged"):
        intake.open_photo(b"\xff\xd8\xff" + saved(scene(), "GIF"), "trick.jpg")


@pytest.mark.parametrize("share", [0.1, 0.5, 0.9])
@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_a_cut_off_file_is_refused(kind: str, share: float) -> None:
    noise = np.random.default_rng(1).integers(0, 255, (300, 300, 3), np.uint8)
    data = saved(Image.fromarray(noise), kind)
    with pytest.raises(BadInput, match="damaged"):
        intake.open_photo(data[: int(len(data) * share)], "half.jpg")


def test_flipped_bytes_never_escape_as_another_error() -> None:
    whole = bytearray(saved(scene(), "JPEG"))
    dice = np.random.default_rng(2)
    for _ in range(60):
        spoiled = bytearray(whole)
        for place in dice.integers(3, len(spoiled), 12):
            spoiled[int(place)] = int(dice.integers(256))
        with suppress(BadInput):
            assert intake.open_photo(bytes(spoiled)).image.mode == "RGB"


@pytest.mark.parametrize("size", [(255, 400), (400, 255)])
def test_too_few_pixels(size: tuple[int, int]) -> None:
    with pytest.raises(BadInput, match="256"):
        intake.open_photo(saved(Image.new("RGB", size), "PNG"), "tiny.png")


def test_too_many_pixels_are_refused_before_they_are_decoded() -> None:
    """60 megapixels would be 180 MB of pixels; the header alone must do."""
    data = saved(Image.new("1", (10_000, 6_000)), "PNG")
    with pytest.raises(BadInput, match="50 megapixels"):
        intake.open_photo(data[:200], "poster.png")


def test_too_long_a_side() -> None:
    with pytest.raises(BadInput, match="12000"):
        intake.open_photo(saved(Image.new("1", (12_001, 300)), "PNG"), "panorama.png")


def test_too_many_bytes(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(intake, "MOST_BYTES", 1000)
    path = tmp_path / "big.png"
    path.write_bytes(bytes(1001))
    for source in (path, path.read_bytes()):
        with pytest.raises(BadInput, match="50 MB"):
            intake.open_photo(source)


def test_paths_open_under_their_own_name(tmp_path: Path) -> None:
    path = tmp_path / "me.jpg"
    path.write_bytes(saved(scene(), "JPEG"))
    assert intake.open_photo(path).name == "me.jpg"
    with pytest.raises(BadInput, match="cannot be read"):
        intake.open_photo(tmp_path / "gone.jpg")


@pytest.mark.parametrize("turn", range(1, 9))
def test_every_orientation_comes_out_upright(turn: int) -> None:
    """The file is stored as a camera held that way stores it; upright, orange is on the left."""
    undo = {
        2: Image.Transpose.FLIP_LEFT_RIGHT,
        3: Image.Transpose.ROTATE_180,
        4: Image.Transpose.FLIP_TOP_BOTTOM,
        5: Image.Transpose.TRANSPOSE,
        6: Image.Transpose.ROTATE_90,
        7: Image.Transpose.TRANSVERSE,
        8: Image.Transpose.ROTATE_270,
    }
    stored = scene().transpose(undo[turn]) if turn in undo else scene()
    exif = Image.Exif()
    exif[0x0112] = turn
    photo = intake.open_photo(saved(stored, "JPEG", exif=exif, quality=95))
    assert photo.image.size == (320, 280)
    assert near(photo.image, (60, 140), ORANGE)
    assert near(photo.image, (260, 140), (20, 30, 90))


def test_metadata_stays_behind_but_for_the_month() -> None:
    exif = Image.Exif()
    exif[0x010F] = "Secret camera"
    exif.get_ifd(0x8769)[0x9003] = "2025:07:19 10:11:12"
    exif.get_ifd(0x8825)[1] = "N"
    photo = intake.open_photo(saved(scene(), "JPEG", exif=exif, comment=b"my address"))
    assert photo.month == (2025, 7)
    assert not photo.image.info
    assert not photo.image.getexif()
    assert b"Secret" not in saved(photo.image, "JPEG")


@pytest.mark.parametrize(
    "text", ["", "0000:00:00 00:00:00", "yesterday", "2025:13:01 00:00:00", "1800:01:01"]
)
def test_nonsense_dates_are_no_month(text: str) -> None:
    exif = Image.Exif()
    exif.get_ifd(0x8769)[0x9003] = text
    assert intake.open_photo(saved(scene(), "JPEG", exif=exif)).month is None


def test_wide_colours_become_srgb() -> None:
    """Linear light in a file that says so: middle grey must come out lighter, as sRGB codes it."""
    lab = ImageCms.ImageCmsProfile(ImageCms.createProfile("LAB"))
    srgb = ImageCms.createProfile("sRGB")
    picture = ImageCms.profileToProfile(scene(), srgb, srgb)
    assert picture is not None
    same = intake.open_photo(saved(picture, "PNG", icc_profile=ImageCms.ImageCmsProfile(srgb).tobytes()))
    assert near(same.image, (60, 140), ORANGE, 2)
    wrong = intake.open_photo(saved(picture, "PNG", icc_profile=lab.tobytes()))
    assert near(wrong.image, (60, 140), ORANGE, 2), "a profile that does not fit is passed over"


def test_display_p3_red_gets_purer() -> None:
    """The same numbers mean a stronger red in Display P3 than in sRGB."""
    photo = intake.open_photo(
        saved(Image.new("RGB", (300, 300), (200, 60, 60)), "JPEG", quality=98, icc_profile=display_p3())
    )
    red, green, _ = photo.image.getpixel((150, 150))
    assert red > 208
    assert green < 54


def display_p3() -> bytes:
    """A minimal v2 matrix profile with Display P3's primaries and a gamma of 2.2."""

    def fixed(*values: float) -> bytes:
        return b"XYZ \0\0\0\0" + b"".join(round(v * 65536).to_bytes(4, "big", signed=True) for v in values)

    tags = {
        b"rXYZ": fixed(0.51512, 0.24120, -0.00105),
        b"gXYZ": fixed(0.29198, 0.69225, 0.04189),
        b"bXYZ": fixed(0.15710, 0.06657, 0.78407),
        b"wtpt": fixed(0.9642, 1.0, 0.8249),
        b"cprt": b"text\0\0\0\0none\0\0\0\0",
        b"desc": b"desc\0\0\0\0" + (3).to_bytes(4, "big") + b"P3\0" + bytes(79),
    }
    curve = b"curv\0\0\0\0" + (1).to_bytes(4, "big") + round(2.2 * 256).to_bytes(2, "big") + b"\0\0"
    tags |= {b"rTRC": curve, b"gTRC": curve, b"bTRC": curve}
    table, body, start = b"", b"", 128 + 4 + 12 * len(tags)
    for name, value in tags.items():
        value += bytes(-len(value) % 4)
        table += name + (start + len(body)).to_bytes(4, "big") + len(value).to_bytes(4, "big")
        body += value
    header = bytearray(128)
    header[8:12] = b"\x02\x10\0\0"
    header[12:24] = b"mntrRGB XYZ "
    header[36:40] = b"acsp"
    header[68:80] = fixed(0.9642, 1.0, 0.8249)[8:]
    data = bytes(header) + len(tags).to_bytes(4, "big") + table + body
    return (len(data)).to_bytes(4, "big") + data[4:]


@pytest.mark.parametrize("mode", ["L", "LA", "P", "1", "CMYK", "YCbCr"])
def test_every_pixel_mode_opens(mode: str) -> None:
    kind = "JPEG" if mode in ("CMYK", "YCbCr") else "PNG"
    photo = intake.open_photo(saved(scene().convert(mode), kind))
    assert photo.image.mode == "RGB"
    pixels = np.asarray(photo.image)
    assert pixels[:, :150].mean() > pixels[:, 170:].mean() + 30


def test_cmyk_keeps_its_colours() -> None:
    photo = intake.open_photo(saved(scene().convert("CMYK"), "JPEG", quality=95))
    assert near(photo.image, (60, 140), ORANGE, 14)


def test_sixteen_bits_are_scaled_not_clipped() -> None:
    values = np.full((300, 300), 20_000, np.uint16)
    photo = intake.open_photo(saved(Image.fromarray(values), "PNG"))
    assert near(photo.image, (150, 150), (78, 78, 78), 1)


def test_transparency_is_laid_on_white() -> None:
    clear = Image.new("RGBA", (300, 300), (255, 0, 0, 0))
    clear.paste((10, 20, 30, 255), (0, 0, 150, 300))
    photo = intake.open_photo(saved(clear, "PNG"))
    assert photo.image.getpixel((250, 150)) == (255, 255, 255)
    assert photo.image.getpixel((50, 150)) == (10, 20, 30)


@pytest.mark.parametrize("kind", ["WEBP", "PNG"])
def test_an_animation_gives_its_first_picture(kind: str) -> None:
    frames = [Image.new("RGB", (300, 300), colour) for colour in (ORANGE, (0, 0, 255), (0, 255, 0))]
    data = saved(frames[0], kind, save_all=True, append_images=frames[1:], duration=50, lossless=True)
    assert near(intake.open_photo(data).image, (150, 150), ORANGE)


def test_intake_needs_no_heavy_module() -> None:
    """The web application decodes in a small child process."""
    code = (
        "import sys; from generation.engine import intake;"
        "print(sorted({'torch', 'cv2', 'diffusers', 'ai_edge_litert'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
