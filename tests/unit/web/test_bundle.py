import re

import msgspec

from scorewire.web.board import HUES
from scorewire.web.bundle import load_bundle
from scorewire.web.words import ALL


def test_the_browsers_words_are_the_servers() -> None:
    body = load_bundle().files["words.js"].body
    assert body.startswith(b"export const words = ")
    assert msgspec.json.decode(body.removeprefix(b"export const words = ").rstrip(b";\n")) == ALL


def test_the_address_names_the_content() -> None:
    first, second = load_bundle(), load_bundle.__wrapped__()
    assert re.fullmatch(r"/static/[0-9a-f]{12}/style\.css", first.url("style.css"))
    assert first.build == second.build


def test_modules_import_only_what_is_there_and_nothing_from_elsewhere() -> None:
    files = load_bundle().files
    for name, file in files.items():
        text = file.body.decode()
        for module in re.findall(r'from "([^"]+)"', text):
            assert module.removeprefix("./") in files, f"{name} imports {module}"
        assert not re.findall(r"(?:src|href|url)\(?=?[\"']?https?://", text), name


def test_each_kind_of_file_says_what_it_is() -> None:
    files = load_bundle().files
    assert files["game.js"].media_type.startswith("text/javascript")
    assert files["style.css"].media_type.startswith("text/css")
    assert files["favicon.svg"].media_type == "image/svg+xml"


def luminance(colour: str) -> float:
    digits = colour.lstrip("#")
    digits = "".join(digit * 2 for digit in digits) if len(digits) == 3 else digits
    parts = [int(digits[at : at + 2], 16) / 255 for at in (0, 2, 4)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def test_text_stands_out_in_both_themes() -> None:
    """WCAG 2.2, 1.4.3: at least 4.5 to 1."""
    css = load_bundle().files["style.css"].body.decode()
    themes = [
        dict(re.findall(r"--(\w+): (#\w+)", block))
        for block in re.findall(r":root[^{]*\{[^}]*--bg[^}]*\}", css)
    ]
    assert len(themes) == 3
    assert themes[1] == themes[2], "the dark theme stands twice, for the system's wish and for the viewer's"
    for theme in themes[:2]:
        for paper in ("bg", "card", "sunk"):
            for ink in ("ink", "soft", "live", "link"):
                assert contrast(theme[ink], theme[paper]) >= 4.5, (ink, paper, theme)
        assert contrast(theme["ink"], theme["flash"]) >= 4.5
        assert contrast(theme["live"], theme["glow"]) >= 4.5
    badges = re.findall(r"\.h\d+ \{ background: (#\w+)", css)
    assert len(badges) == HUES
    assert all(contrast("#fff", badge) >= 4.5 for badge in badges)
