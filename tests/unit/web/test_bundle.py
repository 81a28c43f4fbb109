import re

import msgspec

from scorewire.web.bundle import load_bundle
from scorewire.web.words import ALL


def test_the_browsers_words_are_the_servers() -> None:
    body = load_bundle().files["words.js"].body
    assert body.startswith(b"export const words = ")
    assert msgspec.json.decode(body.removeprefix(b"export const words = ").rstrip(b";\n")) == ALL


def test_the_address_names_the_content() -> None:
    first, second = load_bundle(), load_bundle()
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
