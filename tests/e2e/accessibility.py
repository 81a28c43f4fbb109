"""What axe-core finds wrong with a page that a browser shows, as sentences.

Source: WCAG 2.2, level AA, as far as a program can tell; axe-core, which `axe-playwright-python` brings.
"""

from functools import cache

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

LEVELS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
PHONE, DESK = {"width": 390, "height": 844}, {"width": 1280, "height": 900}
COLOURS = {"type": "rule", "values": ["color-contrast"]}
ALL = {"type": "tag", "values": LEVELS}


@cache
def _script() -> str:
    return str(Axe().axe_script)


def look_at(page: Page, *, of_its_kind: bool = False) -> list[str]:
    """Everything that is wrong with the page, narrow and wide, light and dark; empty if nothing is.

    All rules are held at both widths. Dark asks the one that colours may break.

    Args:
        of_its_kind: pages of the same templates are looked at in full: narrow and light will do, and wide and
            dark for its colours.
    """
    page.evaluate(_script())
    found: list[str] = []
    for width in (PHONE, DESK):
        page.set_viewport_size(width)  # type: ignore[arg-type]
        both = (("light", ALL), ("dark", COLOURS))
        for scheme, rules in both if not of_its_kind else both[:1] if width is PHONE else both[1:]:
            page.emulate_media(color_scheme=scheme, reduced_motion="reduce")  # type: ignore[arg-type]
            found += [f"{width['width']} px, {scheme}: {fault}" for fault in _faults(page, rules)]
        across = page.evaluate("document.documentElement.scrollWidth")
        if across > width["width"]:
            found.append(f"{width['width']} px: it is {across} px wide, and scrolls sideways")
    return found


def _faults(page: Page, rules: dict[str, object]) -> list[str]:
    """Each as the rule's name, the element, and what of it is wrong."""
    found = page.evaluate(
        "(rules) => axe.run(document, { runOnly: rules, resultTypes: ['violations'], elementRef: false })",
        rules,
    )
    return [
        f"{fault['id']}: {node['target'][0]}: {' '.join(node['failureSummary'].split())[:300]}"
        for fault in found["violations"]
        for node in fault["nodes"]
    ]
