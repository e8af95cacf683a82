"""Look at many pages, wide and narrow, and say what is wrong with each."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from django.urls import reverse
from playwright.sync_api import Page

from tests.browser.estate import Estate
from tests.factories import PASSWORD

Axe = Callable[[Page], list[str]]
WIDE, PHONE, NARROWEST = (1440, 900), (390, 844), (320, 640)


@dataclass(frozen=True)
class Address:
    """One page to look at: a named address with its arguments, and a query."""

    name: str
    args: Callable[[Estate], Sequence[object]] = lambda _: ()
    query: str = ""
    leads_to: str = ""  # part of the address one ends at, where that is another one

    def of(self, estate: Estate | None) -> str:
        """The address in this estate."""
        return reverse(self.name, args=self.args(estate)) + self.query


def sideways(page: Page) -> list[str]:
    """How far the page can be moved sideways at its present width, and what sticks out."""
    over = page.evaluate("document.scrollingElement.scrollWidth - innerWidth")
    if over <= 0:
        return []
    widest = page.evaluate("""() => [...document.querySelectorAll("body *")]
        .filter((one) => one.getBoundingClientRect().right > innerWidth + 1 && !one.closest(".tablewrap, .viewer, pre"))
        .slice(0, 3).map((one) => `${one.tagName}.${one.className}`)""")
    return [f"{over} pixels too wide at {page.viewport_size['width']}: {widest}"]


def faults(page: Page, axe: Axe, sizes: Iterable[tuple[int, int]] = (WIDE, PHONE)) -> list[str]:
    """What axe finds at these sizes, and at 390 and 320 pixels what runs off sideways."""
    found = []
    for width, height in sizes:
        page.set_viewport_size({"width": width, "height": height})
        found += [f"{width}: {line}" for line in axe(page)]
    for width, height in (PHONE, NARROWEST):
        page.set_viewport_size({"width": width, "height": height})
        found += sideways(page)
    return found


def visit(
    page: Page, axe: Axe, estate: Estate | None, addresses: Sequence[Address], *, site: str = "", **options: object
) -> dict[str, list[str]]:
    """Everything that is wrong, by page."""
    found = {}
    for address in addresses:
        path = address.of(estate)
        page.set_viewport_size({"width": WIDE[0], "height": WIDE[1]})
        page.goto(site + path)
        if "reauthenticate" in page.url and "reauthenticate" not in path:
            page.get_by_label("Password").fill(PASSWORD)
            page.get_by_role("button", name="Confirm").click()
        wrong = [] if (address.leads_to or path) in page.url else [f"led to {page.url}"]
        if wrong := wrong + faults(page, axe, **options):
            found[f"{address.name} {path}"] = wrong
    return found
