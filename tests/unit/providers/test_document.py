"""docs/providers.md says what the decoders say of themselves."""

from pathlib import Path

from scorewire.providers import PROVIDERS, document

PAGE = Path(__file__).resolve().parents[3] / "docs" / "providers.md"


def test_the_committed_page_is_what_the_decoders_say() -> None:
    assert PAGE.read_text(encoding="utf-8") == document.page(), (
        "run: python -m scorewire.providers.document > docs/providers.md"
    )


def test_every_format_has_a_row_and_a_section_with_its_source() -> None:
    page = document.page()
    for one in PROVIDERS.values():
        assert f"| [`{one.name}`](#{one.name}) |" in page
        section = page.split(f"\n## {one.name}\n")[1].split("\n## ")[0]
        assert len(section) > 300
        assert "Source:" in section or one.name == "native"


def test_lists_stand_at_the_margin() -> None:
    assert "\n    - " not in document.page()
