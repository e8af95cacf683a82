"""Draw a page of a cloud console the way a screen capture shows it: own drawing, no logo, readable account and date."""

import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Final

from PIL import Image, ImageDraw, ImageFont

WIDTH, HEIGHT = 1920, 1080
MENU: Final = 280  # width of the side menu in pixels
TOP: Final = 128  # where the page begins, below the browser and the bar
_FONTS: Final = {
    False: ("Inter-Regular.otf", "DejaVuSans.ttf", "LiberationSans-Regular.ttf"),
    True: ("Inter-SemiBold.otf", "DejaVuSans-Bold.ttf", "LiberationSans-Bold.ttf"),
}
INK, SOFT, LINE, LINK = "#16191f", "#5f6b7a", "#d5dbdb", "#0b5cad"
PAPER, PAGE, BAR, HEAD = "#ffffff", "#f2f3f3", "#1b2530", "#fafafa"
# The first sign of a cell gives it a coloured dot: "+Active", "!Off", "-None".
DOTS: Final = {"+": "#1d8102", "!": "#d13212", "-": "#879596"}

Font = ImageFont.FreeTypeFont | ImageFont.ImageFont


@cache
def font(size: int, *, bold: bool = False) -> Font:
    """The first of our fonts that this machine has; Pillow's own where it has none."""
    for name in _FONTS[bold]:
        try:
            return ImageFont.truetype(name, size)
        except OSError:
            continue
    return ImageFont.load_default(size)


@dataclass(frozen=True)
class Page:
    """What is on the screen: which service, whose account, and when the capture was taken."""

    service: str
    menu: Sequence[str]
    active: str
    title: str
    address: str
    account: str
    owner: str
    region: str
    day: date
    clock: str = "14:21"


class Canvas:
    """One capture in the making. `y` is where the next block goes."""

    def __init__(self, page: Page) -> None:
        self.image = Image.new("RGB", (WIDTH, HEIGHT), PAGE)
        self.draw = ImageDraw.Draw(self.image)
        self.page = page
        self.left, self.right, self.y = MENU + 40, WIDTH - 40, TOP + 78
        self._browser()
        self._bar()
        self._menu()
        self._taskbar()
        trail = f"{page.service}   ›   {page.active}"
        self.text(self.left, TOP + 18, trail, 14, LINK)
        self.text(self.left, TOP + 42, page.title, 24, bold=True)
        self.y = TOP + 96

    def text(self, x: int, y: int, words: str, size: int = 15, fill: str = INK, *, bold: bool = False) -> None:
        """Words with their top left corner at (x, y)."""
        self.draw.text((x, y), words, font=font(size, bold=bold), fill=fill)

    def fit(self, words: str, width: int, size: int = 15) -> str:
        """As much of the words as fits, with an ellipsis where something was cut."""
        kind = font(size)
        if kind.getlength(words) <= width:
            return words
        while words and kind.getlength(words + "…") > width:
            words = words[:-1]
        return words + "…"

    def _browser(self) -> None:
        self.draw.rectangle((0, 0, WIDTH, 36), fill="#dee1e6")
        self.draw.rounded_rectangle((12, 6, 330, 40), 8, fill=PAPER)
        self.text(28, 13, self.fit(f"{self.page.active} | {self.page.service}", 270, 13), 13)
        self.draw.rectangle((0, 36, WIDTH, 76), fill=PAPER)
        for number, mark in enumerate("←→↻"):
            self.text(18 + 34 * number, 46, mark, 17, SOFT)
        self.draw.rounded_rectangle((130, 42, WIDTH - 120, 70), 14, fill="#f1f3f4")
        self.text(150, 48, self.page.address, 14)

    def _bar(self) -> None:
        page = self.page
        self.draw.rectangle((0, 76, WIDTH, TOP - 4), fill=BAR)
        self.text(24, 91, "Console", 17, "#ffffff", bold=True)
        self.draw.rounded_rectangle((150, 86, 720, 116), 4, fill="#2e3b49")
        self.text(166, 93, "Search for services, features and documentation", 13, "#b6bec9")
        self.text(1190, 93, page.region, 14, "#ffffff")
        spaced = "-".join(page.account[place : place + 4] for place in (0, 4, 8))
        self.text(1400, 93, f"Account ID: {spaced}", 14, "#ffffff", bold=True)
        self.text(1660, 93, self.fit(page.owner, 230, 14), 14, "#ffffff")

    def _menu(self) -> None:
        self.draw.rectangle((0, TOP - 4, MENU, HEIGHT - 40), fill=PAPER)
        self.draw.line((MENU, TOP - 4, MENU, HEIGHT - 40), fill=LINE)
        self.text(24, TOP + 18, self.page.service, 18, bold=True)
        self.draw.line((24, TOP + 54, MENU - 24, TOP + 54), fill=LINE)
        for number, entry in enumerate(self.page.menu):
            is_active = entry == self.page.active
            self.text(24, TOP + 74 + 36 * number, entry, 15, LINK if is_active else INK, bold=is_active)

    def _taskbar(self) -> None:
        self.draw.rectangle((0, HEIGHT - 40, WIDTH, HEIGHT), fill="#20242b")
        for number in range(6):
            x = 24 + 52 * number
            self.draw.rounded_rectangle((x, HEIGHT - 32, x + 26, HEIGHT - 8), 5, fill="#3d4653")
        self.text(WIDTH - 232, HEIGHT - 30, f"{self.page.clock}   {self.page.day:%d/%m/%Y}", 16, "#ffffff", bold=True)

    def box(self, title: str, height: int, hint: str = "") -> int:
        """A white panel with a head of its own; gives the y of its inside."""
        top = self.y
        self.draw.rounded_rectangle((self.left, top, self.right, top + height), 8, fill=PAPER, outline=LINE)
        self.text(self.left + 24, top + 17, title, 18, bold=True)
        if hint:
            self.text(self.left + 24, top + 46, hint, 13, SOFT)
        self.y = top + height + 24
        return top + (74 if hint else 56)

    def button(self, right: int, y: int, words: str, *, strong: bool = False) -> int:
        """A button that ends at `right`; gives its left side."""
        left = right - int(font(14, bold=True).getlength(words)) - 32
        self.draw.rounded_rectangle(
            (left, y, right, y + 32), 16, fill="#ec7211" if strong else PAPER, outline="#ec7211" if strong else SOFT
        )
        self.text(left + 16, y + 7, words, 14, "#ffffff" if strong else INK, bold=True)
        return left

    def cell(self, x: int, y: int, words: str, width: int, *, link: bool = False, size: int = 14) -> None:
        """One value; a first sign out of DOTS becomes a coloured dot."""
        if words[:1] in DOTS and words[1:2].strip():
            self.draw.ellipse((x, y + 4, x + 10, y + 14), fill=DOTS[words[0]])
            words, x, width = words[1:], x + 18, width - 18
        self.text(x, y, self.fit(words, width, size), size, LINK if link else INK)

    def table(
        self,
        title: str,
        columns: Sequence[tuple[str, int]],
        rows: Sequence[Sequence[str]],
        hint: str = "",
        buttons: str = "",
    ) -> None:
        """A panel with a table; columns are names with their widths in pixels."""
        top = self.y
        count = sum(1 for row in rows if row[0])  # a row without a name goes on about the one above
        inside = self.box(f"{title} ({count})", 112 + (18 if hint else 0) + 40 * len(rows), hint)
        edge = self.right - 24
        for number, words in enumerate(filter(None, buttons.split("|"))):
            edge = self.button(edge, top + 14, words, strong=number == 0) - 12
        self.draw.rectangle((self.left + 1, inside, self.right - 1, inside + 38), fill=HEAD)
        self.draw.line((self.left, inside + 38, self.right, inside + 38), fill=LINE)
        for row_number, row in enumerate([[name for name, _ in columns], *rows]):
            x, y = self.left + 24, inside + 10 + 40 * row_number
            for place, (words, (_, width)) in enumerate(zip(row, columns, strict=True)):
                if row_number == 0:
                    self.text(x, y, words, 14, SOFT, bold=True)
                else:
                    self.cell(x, y, words, width - 16, link=place == 0)
                x += width
            if 0 < row_number < len(rows):
                self.draw.line((self.left + 16, y + 29, self.right - 16, y + 29), fill="#eaeded")

    def facts(self, title: str, facts: Sequence[tuple[str, str]], hint: str = "", columns: int = 3) -> None:
        """A panel of names with values under them."""
        lines = -(-len(facts) // columns)
        inside = self.box(title, 70 + (18 if hint else 0) + 66 * lines, hint)
        width = (self.right - self.left - 48) // columns
        for number, (name, value) in enumerate(facts):
            x, y = self.left + 24 + width * (number % columns), inside + 66 * (number // columns)
            self.text(x, y, name, 13, SOFT, bold=True)
            self.cell(x, y + 24, value, width - 20, size=15)

    def switches(self, title: str, switches: Sequence[tuple[str, str, bool]], hint: str = "") -> None:
        """A panel of settings: name, explanation, on or off."""
        inside = self.box(title, 74 + (18 if hint else 0) + 62 * len(switches), hint)
        for number, (name, words, is_on) in enumerate(switches):
            y = inside + 62 * number
            indent = 0 if number == 0 else 32
            self.cell(self.left + 24 + indent, y, ("+On" if is_on else "!Off"), 80, size=15)
            self.text(self.left + 110 + indent, y, name, 15, bold=True)
            self.text(self.left + 110 + indent, y + 24, words, 13, SOFT)

    def png(self) -> bytes:
        """The finished capture."""
        out = io.BytesIO()
        self.image.save(out, "PNG")
        return out.getvalue()
