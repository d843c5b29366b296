"""Counts what is wrong with the pages of a PDF, and compares with what pressmark says: pages.py PRESSMARK MANUSCRIPT …

Each manuscript is built. The PDF alone says what is counted: which paragraph, heading, table or code each line of type
belongs to is in its structure tree, and where the line stands in its content streams. Counted are, with the names of
pressmark's findings:

orphan            one line of a paragraph at a page's foot that goes on overleaf; of code, fewer than four
widow             one line at a page's head that ends a paragraph; of code, fewer than four
stranded-heading  a heading that is the last thing on its page
broken-block      a heading, a caption or a table's row that is on two pages
displaced-note    a note that begins on another page than its reference, or has a single line on one
overfull-page     something lower than the type area
overfull-line, overfull-table, overfull-formula
                  something wider than the type area, or beside the page
headless-table    a piece of a table without the head of its first one: pressmark has no such finding, and must make none

Both must tell the same of each page. What is too wide by less than hangs in the margin, or than its own narrower place,
the page does not show: there, pressmark must have told of all that is seen. Exits with 1 where they differ.

`pages.py --self-test PRESSMARK` counts in books with a fault made on purpose, and fails where one is not seen.
"""

import json
import re
import subprocess
import sys
import tempfile
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from pathlib import Path

import pikepdf
from pikepdf import Array, Dictionary, Name, String

# What a page can be looked at for: pressmark's finding names the page.
BY_PAGE = ["orphan", "widow", "stranded-heading", "broken-block", "displaced-note", "overfull-page", "headless-table"]

# What is known by the line of the manuscript alone.
BY_PLACE = ["overfull-line", "overfull-table", "overfull-formula"]

# So many lines of code stay together.
CODE_LINES = 4

# How far a letter may stick out into the margin, in points; a sign hangs by its width at most.
HANG = 1.0

HEADINGS = {"H1", "H2", "H3", "H4", "H5", "H6"}

# What is read by itself, not as running text.
APART = {"TOC", "Index", "Table", "Formula"}


# The content of pages (PDF 32000-1, 9.4 and 14.6).


@dataclass
class Shown:
    """A stretch of type. Points, from the top left corner of the trimmed page."""

    x0: float
    x1: float
    y: float
    size: float
    text: str
    # How wide the last glyph is.
    last: float
    # The index of the instruction that shows it, and of the one that places it.
    index: int
    placed: int


@dataclass
class Page:
    """A page, with what is shown on it by marked-content identifier."""

    label: str
    width: float
    height: float
    marked: dict = field(default_factory=lambda: defaultdict(list))
    # Type that is no part of the text, but for furniture.
    artifacts: list = field(default_factory=list)
    # Left, top, right and bottom of each image, by identifier.
    images: dict = field(default_factory=lambda: defaultdict(list))


def multiply(first, second):
    """The transformation `first`, then `second`."""
    a, b, c, d, e, f = first
    g, h, i, j, k, m = second
    return (a * g + b * i, a * h + b * j, c * g + d * i, c * h + d * j, e * g + f * i + k, e * h + f * j + m)


IDENTITY = (1.0, 0.0, 0.0, 1.0, 0.0, 0.0)


class Font:
    """Widths and meanings of the codes of a composite font."""

    def __init__(self, font):
        descendant = font.DescendantFonts[0]
        self.default = float(descendant.get("/DW", 1000))
        self.widths = {}
        entries = list(descendant.get("/W", []))
        while entries:
            first = int(entries.pop(0))
            second = entries.pop(0)
            if isinstance(second, Array):
                self.widths.update((first + index, float(width)) for index, width in enumerate(second))
            else:
                width = float(entries.pop(0))
                self.widths.update((code, width) for code in range(first, int(second) + 1))
        self.meanings = {}
        if "/ToUnicode" in font:
            self.read_meanings(font.ToUnicode.read_bytes().decode("latin-1"))

    def read_meanings(self, text):
        def say(code):
            return bytes.fromhex(code).decode("utf-16-be", "replace")

        for block in re.findall(r"beginbfchar(.*?)endbfchar", text, re.DOTALL):
            for code, meaning in re.findall(r"<([0-9A-Fa-f]+)>\s*<([0-9A-Fa-f]*)>", block):
                self.meanings[int(code, 16)] = say(meaning)
        for block in re.findall(r"beginbfrange(.*?)endbfrange", text, re.DOTALL):
            for first, last, meaning in re.findall(r"<(\w+)>\s*<(\w+)>\s*<(\w+)>", block):
                start = say(meaning)
                for offset in range(int(last, 16) - int(first, 16) + 1):
                    self.meanings[int(first, 16) + offset] = start[:-1] + chr(ord(start[-1]) + offset)


class Reader:
    """Reads content streams; fonts are read once."""

    def __init__(self):
        self.fonts = {}

    def font(self, fonts, name):
        font = fonts[name]
        if font.objgen not in self.fonts:
            self.fonts[font.objgen] = Font(font)
        return self.fonts[font.objgen]

    def page(self, page, label):
        box = [float(part) for part in page.obj.get("/TrimBox", page.mediabox)]
        result = Page(label, box[2] - box[0], box[3] - box[1])
        fonts = page.obj.Resources.get("/Font", {})
        ctm, saved = IDENTITY, []
        text = line = IDENTITY
        font, size, spacing, words, scale, rise, leading = None, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0
        marks, placed = [], -1
        for index, instruction in enumerate(pikepdf.parse_content_stream(page)):
            operator, operands = str(instruction.operator), instruction.operands
            if operator == "q":
                saved.append((ctm, font, size, spacing, words, scale, rise, leading))
            elif operator == "Q":
                ctm, font, size, spacing, words, scale, rise, leading = saved.pop()
            elif operator == "cm":
                ctm = multiply(tuple(map(float, operands)), ctm)
            elif operator == "BT":
                text = line = IDENTITY
            elif operator == "Tf":
                font, size = self.font(fonts, operands[0]), float(operands[1])
            elif operator == "Tc":
                spacing = float(operands[0])
            elif operator == "Tw":
                words = float(operands[0])
            elif operator == "Tz":
                scale = float(operands[0]) / 100
            elif operator == "Ts":
                rise = float(operands[0])
            elif operator == "TL":
                leading = float(operands[0])
            elif operator == "Tm":
                text = line = tuple(map(float, operands))
                placed = index
            elif operator in ("Td", "TD", "T*"):
                x, y = map(float, operands) if operands else (0.0, -leading)
                leading = -y if operator == "TD" else leading
                text = line = multiply((1, 0, 0, 1, x, y), line)
                placed = index
            elif operator in ("Tj", "TJ"):
                said, last, end, start = "", 0.0, text, None
                for part in operands if operator == "Tj" else operands[0]:
                    if not isinstance(part, (String, bytes)):
                        text = multiply((1, 0, 0, 1, -float(part) / 1000 * size * scale, 0), text)
                        continue
                    codes = bytes(part)
                    start = start or multiply((1, 0, 0, 1, 0, rise), multiply(text, ctm))
                    for place in range(0, len(codes) - 1, 2):
                        code = codes[place] << 8 | codes[place + 1]
                        width = (font.widths.get(code, font.default) / 1000 * size + spacing) * scale
                        text = multiply((1, 0, 0, 1, width, 0), text)
                        meaning = font.meanings.get(code, "\ufffd")
                        said += meaning
                        # A space at a line's end takes no room.
                        last, end = (last, end) if meaning.isspace() else (width, text)
                if start is None:
                    continue
                end = multiply(end, ctm)
                shown = Shown(
                    start[4] - box[0], end[4] - box[0], box[3] - start[5], size * abs(start[3]), said, last, index, placed
                )
                self.keep(result, shown, marks)
            elif operator == "Do":
                if str(page.obj.Resources.XObject[operands[0]].get("/Subtype")) in ("/Image", "/Form"):
                    left, bottom = ctm[4] - box[0], ctm[5]
                    area = (left, box[3] - bottom - ctm[3], left + ctm[0], box[3] - bottom)
                    result.images[identifier(marks)].append(area)
            elif operator in ("BDC", "BMC"):
                marks.append((str(operands[0]), operands[1] if operator == "BDC" else {}))
            elif operator == "EMC":
                marks.pop()
        return result

    @staticmethod
    def keep(page, shown, marks):
        mark = identifier(marks)
        if mark is not None:
            page.marked[mark].append(shown)
        elif not any(tag == "/Artifact" and str(entries.get("/Type")) == "/Pagination" for tag, entries in marks):
            page.artifacts.append(shown)


def identifier(marks):
    """The marked-content identifier that is in force; `None` for artifacts."""
    for tag, entries in reversed(marks):
        if tag == "/Artifact":
            return None
        if "/MCID" in entries:
            return int(entries["/MCID"])
    return None


# The structure tree (14.7).


@dataclass
class Element:
    kind: str
    kids: list
    # Where a link of its own leads: the index of the page, and the place on it.
    leads_to: tuple = ()

    def content(self, without=()):
        """(page, identifier) of all marked content below, in order; but for elements of some kinds."""
        for kid in self.kids:
            if isinstance(kid, Element):
                if kid.kind not in without:
                    yield from kid.content(without)
            else:
                yield kid

    def elements(self):
        return [kid for kid in self.kids if isinstance(kid, Element)]


def structure(pdf):
    """The document's element."""
    indices = {page.objgen: index for index, page in enumerate(pdf.pages)}
    names = {}
    if "/Names" in pdf.Root and "/Dests" in pdf.Root.Names:
        names = dict(pikepdf.NameTree(pdf.Root.Names.Dests).items())

    def target(annotation):
        destination = annotation.get("/Dest")
        if destination is None and "/A" in annotation:
            destination = annotation.A.get("/D")
        if isinstance(destination, String):
            destination = names.get(str(destination))
        if isinstance(destination, Dictionary):
            destination = destination.get("/D")
        if not isinstance(destination, Array):
            return ()
        return (indices[destination[0].objgen], tuple(str(part) for part in list(destination)[1:]))

    def element(node, page):
        page = indices[node.Pg.objgen] if "/Pg" in node else page
        result = Element(str(node.get("/S", ""))[1:], [])
        kids = node.get("/K", Array([]))
        for kid in kids if isinstance(kids, Array) else [kids]:
            if not isinstance(kid, Dictionary):
                result.kids.append((page, int(kid)))
            elif "/MCID" in kid:
                result.kids.append((indices[kid.Pg.objgen] if "/Pg" in kid else page, int(kid.MCID)))
            elif "/Obj" in kid:
                result.leads_to = target(kid.Obj)
            else:
                result.kids.append(element(kid, page))
        return result

    sys.setrecursionlimit(10_000)
    return element(pdf.Root.StructTreeRoot, -1).elements()[0]


# The book.


@dataclass
class Line:
    """A line of type of one block."""

    page: int
    y: float
    x0: float
    x1: float
    text: str
    # How far it may stick out at the right.
    hang: float


@dataclass
class Block:
    """What a page may end within: a paragraph, a heading, code, a caption, a table's row, a note."""

    kind: str
    lines: list
    # What is below in the same flow: nothing for what ends a chapter.
    ends_flow: bool = False

    def per_page(self):
        """How many lines are on each page, in order."""
        return Counter(line.page for line in self.lines)


class Book:
    """A PDF, read: blocks in order, and what is on each page."""

    def __init__(self, path):
        with pikepdf.open(path) as pdf:
            reader = Reader()
            self.pages = [reader.page(page, page.label) for page in pdf.pages]
            self.root = structure(pdf)
        self.blocks = []
        self.tables = []
        self.formulas = []
        self.notes = []
        self.references = []
        for section in self.root.elements():
            if not any(kid.kind in ("TOC", "Title") for kid in section.elements()):
                self.section(section)
        self.measure()

    def lines(self, content, blank=False):
        """The lines of marked content: what is on one baseline, or raised and lowered beside it; of code, blank ones too."""
        by_page = defaultdict(list)
        for page, mark in content:
            by_page[page].extend(self.pages[page].marked.get(mark, []))
        lines = []
        for page, shown in sorted(by_page.items()):
            shown = sorted((part for part in shown if blank or part.text.strip()), key=lambda part: part.y)
            if not shown:
                continue
            step = 0.6 * sorted(part.size for part in shown)[len(shown) // 2]
            rows = [[shown[0]]]
            for part in shown[1:]:
                if part.y - rows[-1][0].y > step:
                    rows.append([])
                rows[-1].append(part)
            for row in rows:
                last = max(row, key=lambda part: part.x1)
                sign = not last.text.rstrip()[-1:].isalnum()
                words = "".join(part.text for part in sorted(row, key=lambda part: part.x0))
                # The baseline is that of the largest type.
                y = max(row, key=lambda part: part.size).y
                hang = last.last if sign else HANG
                lines.append(Line(page, y, min(part.x0 for part in row), last.x1, words.strip(), hang))
        return lines

    def add(self, kind, content):
        lines = self.lines(content, blank=kind == "code")
        if lines:
            self.blocks.append(Block(kind, lines))

    def section(self, element):
        """A chapter or a part: a flow of its own."""
        first = len(self.blocks)
        for kid in element.elements():
            self.block(kid)
        if element.kind == "Part" and len(self.blocks) > first:
            # A chapter in it begins on a page of its own.
            own = [kid for kid in element.elements() if kid.kind != "Sect"]
            if own and own[-1].kind in HEADINGS:
                lines = self.lines(own[-1].content())
                for block in self.blocks[first:]:
                    block.ends_flow |= bool(lines) and block.lines[0] == lines[0]

    def block(self, element):
        kind = element.kind
        if kind in ("Sect", "Part"):
            self.section(element)
        elif kind in HEADINGS:
            self.add("heading", element.content())
        elif kind == "Caption":
            self.add("caption", element.content())
        elif kind == "Table":
            self.table(element)
        elif kind == "Note":
            self.note(element)
        elif kind == "Index":
            pass
        elif kind == "P":
            self.paragraph(element)
        else:
            for kid in element.elements():
                self.block(kid)

    def paragraph(self, element):
        self.find_references(element)
        kids = element.kids
        formulas = [kid for kid in element.elements() if kid.kind == "Formula"]
        self.formulas.extend(kid for kid in formulas if len(kids) <= 2)
        if len(kids) == 1 and element.elements() and element.elements()[0].kind == "Code":
            self.add("code", element.content())
        else:
            self.add("paragraph", element.content(without=("Formula",)))

    def find_references(self, element):
        """References to notes: the page that each is on, and where it leads."""
        if element.kind == "Reference":
            for kid in element.elements():
                content = list(kid.content())
                # Of several references to a note, the first is where it belongs.
                if kid.leads_to and content and all(kid.leads_to != known for _, known in self.references):
                    self.references.append((content[0][0], kid.leads_to))
        for kid in element.elements():
            self.find_references(kid)

    def table(self, element):
        rows = []
        for row in element.elements():
            if row.kind == "TR":
                self.find_references(row)
                cells = row.elements()
                lines = [line for cell in cells for line in self.lines(cell.content())]
                is_head = bool(cells) and all(cell.kind == "TH" for cell in cells)
                if lines:
                    rows.append((is_head, lines))
            elif row.kind == "Caption":
                self.add("caption", row.content())
        if rows:
            self.tables.append(rows)
            for _, lines in rows:
                self.blocks.append(Block("row", lines))

    def note(self, element):
        self.find_references(element)
        lines = self.lines(element.content())
        if lines:
            self.notes.append(Block("note", lines))

    def measure(self):
        """The edges of the type area, as most lines have them: left and right by side, and the lowest baseline."""
        running = [line for block in self.blocks if block.kind == "paragraph" for line in block.lines]
        self.left, self.right = {}, {}
        for side in (0, 1):
            lines = [line for line in running if line.page % 2 == side]
            ends = [line.x1 for line in lines if line.text[-1:].isalpha()]
            self.left[side] = most_common([line.x0 for line in lines], 0.0)
            self.right[side] = most_common(ends, self.pages[0].width)
        lowest = {}
        for block in self.blocks + self.notes:
            for line in block.lines:
                lowest[line.page] = max(lowest.get(line.page, 0.0), line.y)
        feet = Counter(round(y, 0) for y in lowest.values())
        often = [foot for foot, count in feet.items() if count > 1] or list(feet)
        self.bottom = max(often, default=self.pages[0].height)

    def label(self, page):
        return self.pages[page].label

    # What is wrong, as (finding, page, words).

    def faults(self):
        found = []
        last = self.last_blocks()
        for number, block in enumerate(self.blocks):
            found.extend(self.block_faults(number, block, last))
        for note in self.notes:
            counts = note.per_page()
            for page, count in counts.items():
                if len(counts) > 1 and count == 1:
                    found.append(("displaced-note", page, note.lines[0].text))
                    break
        for page, (target, _) in self.references:
            if page != target and self.is_note_page(target):
                found.append(("displaced-note", page, "a reference"))
        for rows in self.tables:
            found.extend(self.table_faults(rows))
        for formula in self.formulas:
            if any(self.is_beyond(line) for line in self.lines(formula.content())):
                found.append(("overfull-formula", self.lines(formula.content())[0].page, "a formula"))
        found.extend(self.low())
        return sorted(set(found), key=lambda fault: (fault[1], fault[0], fault[2]))

    def is_note_page(self, page):
        return any(line.page == page for note in self.notes for line in note.lines)

    def last_blocks(self):
        """The block that is last on each page, and its last line there."""
        last = {}
        for number, block in enumerate(self.blocks):
            for line in block.lines:
                if line.page not in last or line.y >= last[line.page][1]:
                    last[line.page] = (number, line.y)
        return last

    def block_faults(self, number, block, last):
        counts = block.per_page()
        words = block.lines[0].text
        pages = sorted(counts)
        if block.kind in ("paragraph", "code"):
            least = 2 if block.kind == "paragraph" else CODE_LINES
            if len(pages) > 1 and counts[pages[0]] < least:
                yield "orphan", pages[0], words
            if len(pages) > 1 and counts[pages[-1]] < least:
                yield "widow", pages[-1], words
        elif len(pages) > 1:
            yield "broken-block", pages[0], words
        if block.kind == "heading" and last[pages[-1]][0] == number:
            follows = number + 1 < len(self.blocks) and not block.ends_flow
            if follows:
                yield "stranded-heading", pages[-1], words
        if block.kind in ("paragraph", "heading", "caption", "code"):
            for line in block.lines:
                if self.is_beyond(line):
                    yield "overfull-line", line.page, line.text

    def is_beyond(self, line):
        side = line.page % 2
        return line.x1 > self.right[side] + line.hang or line.x0 < 0 or line.x1 > self.pages[line.page].width

    def table_faults(self, rows):
        lines = [line for _, own in rows for line in own]
        if any(self.is_beyond(line) for line in lines):
            yield "overfull-table", lines[0].page, lines[0].text
        head = [line for is_head, own in rows for line in own if is_head]
        body = [line for is_head, own in rows for line in own if not is_head]
        if not head or not body:
            return
        wanted = sorted("".join(line.text for line in head).replace(" ", ""))
        for page in sorted({line.page for line in body} - {line.page for line in head}):
            own = [line for line in body if line.page == page]
            # What is turned on its side goes up the page, and its head is at the left.
            down = (lambda part: part.x0) if all(is_turned(line) for line in own) else (lambda part: part.y)
            top = min(down(line) for line in own)
            parts = [part for part in self.pages[page].artifacts if is_turned(part) == is_turned(own[0])]
            above = [part.text for part in parts if down(part) < top]
            if Counter("".join(above).replace(" ", "")) & Counter(wanted) != Counter(wanted):
                yield "headless-table", page, lines[0].text

    def low(self):
        """Pages on which something stands lower than the type area."""
        for number, page in enumerate(self.pages):
            depths = [part.y for parts in page.marked.values() for part in parts]
            depths += [box[3] - 4 for mark, boxes in page.images.items() if mark is not None for box in boxes]
            # Descenders, subscripts and fractions reach below the last baseline.
            if depths and max(depths) > self.bottom + 8:
                yield "overfull-page", number, f"{max(depths) - self.bottom:.0f} pt"


def is_turned(stretch):
    """Whether type runs up the page."""
    return stretch.x1 - stretch.x0 < 0.01 and bool(stretch.text.strip())


def most_common(values, default):
    """The value that occurs most often, to half a point."""
    counts = Counter(round(value * 2) / 2 for value in values)
    return max(counts, key=lambda value: (counts[value], value)) if counts else default


# What pressmark says.


def build(pressmark, manuscript, folder):
    """Builds a manuscript for a screen. Returns the PDF and the findings."""
    command = [pressmark, "build", manuscript, "--out", folder, "--target", "screen", "--message-format", "json"]
    done = subprocess.run([str(part) for part in command], capture_output=True, check=False)
    if done.returncode != 0:
        sys.exit(f"{manuscript} can't be built:\n{done.stderr.decode('utf-8', 'replace')}")
    findings = [json.loads(line) for line in done.stderr.decode("utf-8").splitlines() if line.startswith("{")]
    (pdf,) = Path(folder).glob("*.pdf")
    return pdf, findings


def told(findings):
    """(finding, label of the page), once for each finding; no label where it names a line alone."""
    for finding in findings:
        if finding["code"] in BY_PAGE:
            page = re.match(r"page (\S+) ", finding["message"])
            yield finding["code"], page.group(1) if page else ""
        elif finding["code"] in BY_PLACE:
            yield finding["code"], ""


def compare(name, book, findings):
    """Prints both counts; true if they agree."""
    faults = book.faults()
    counted = Counter((code, book.label(page)) for code, page, _ in faults if code in BY_PAGE)
    said = Counter(pair for pair in told(findings) if pair[0] in BY_PAGE)
    seen = Counter(code for code, _, _ in faults)
    all_said = Counter(code for code, _ in told(findings))
    print(f"{name}: {len(book.pages)} pages, {len(book.blocks)} blocks, {len(book.tables)} tables, {len(book.notes)} notes")
    passed = True
    for code in BY_PAGE + BY_PLACE:
        agrees = seen[code] == all_said[code] if code in BY_PAGE else seen[code] <= all_said[code]
        print(f"  {'ok  ' if agrees else 'FAIL'}  {code}: {seen[code]} in the PDF, {all_said[code]} told")
        passed = passed and agrees
    for code, page, words in faults:
        print(f"        {code}, page {book.label(page)}: {words[:60]}")
    for pair in sorted((counted - said) + (said - counted)):
        print(f"  FAIL  {pair[0]}, page {pair[1]}: {counted[pair]} in the PDF, {said[pair]} told")
        passed = False
    return passed


# Faults made on purpose.

SENTENCES = "The keeper remembers the tower. A ship was painted beside a harbour without a name. Rain leads to winter. "

PLAIN = (
    "# A chapter\n\n"
    + "\n\n".join(SENTENCES * (3 + number % 4) for number in range(24))
    + "\n\n```\n"
    + "".join(f"line {number}\n" for number in range(60))
    + "```\n\n| Number | Name |\n|---|---|\n"
    + "".join(f"| {number} | row |\n" for number in range(60))
    + f"\n\nA note.[^long]\n\n{SENTENCES * 12}\n\n[^long]: {SENTENCES * 40}\n"
)

# Manuscripts that the program can't set well: what both must see.
MANUSCRIPTS = [
    ("a heading before the end of a page", "\n\n## Stranded\n\n\\newpage\n\nText.\n", "stranded-heading"),
    (
        "a formula wider than the page",
        "\n\n$$\n" + "+".join("abcdefghijklmnopqrstuvwxyz" * 3) + "\n$$\n\nText.\n",
        "overfull-formula",
    ),
    (
        "a formula higher than a page",
        "\n\n$$\n\\begin{matrix}\n" + "a \\\\\n" * 60 + "\\end{matrix}\n$$\n\nText.\n",
        "overfull-page",
    ),
]


def change(source, target, page, edit):
    """A copy of a PDF with a page's instructions edited: `edit` gets and returns the list."""
    with pikepdf.open(source) as pdf:
        own = pdf.pages[page]
        instructions = [(list(part.operands), part.operator) for part in pikepdf.parse_content_stream(own)]
        own.Contents = pdf.make_stream(pikepdf.unparse_content_stream(edit(instructions)))
        pdf.save(target)


def leaving(stretches):
    """Leaves out what is shown."""
    dropped = {stretch.index for stretch in stretches}
    return lambda instructions: [part for index, part in enumerate(instructions) if index not in dropped]


def moving(stretches, x, y):
    """Moves what is shown, in points to the right and down."""
    places = {stretch.placed for stretch in stretches}

    def edit(instructions):
        # Each line is placed from the one before: what follows a moved one is moved back.
        moved = False
        for index, (operands, operator) in enumerate(instructions):
            if str(operator) == "ET":
                moved = False
            elif index in places or (moved and str(operator) in ("Td", "Tm")):
                assert str(operator) == "Td"
                by = int(index in places) - int(moved)
                instructions[index] = ([float(operands[0]) + by * x, float(operands[1]) - by * y], operator)
                moved = index in places
        return instructions

    return edit


def stretches(book, page, keep):
    """What is shown in the text of a page at the baselines that `keep` chooses."""
    return [part for parts in book.pages[page].marked.values() for part in parts if keep(part.y)]


def edits(book):
    """Each fault: what it is, the page, the edit of its instructions, the finding and the page that must be seen."""

    def split(kind, at):
        """The first block of a kind on several pages with more lines than it must have there; the page; its lines there."""
        for block in book.blocks + book.notes:
            pages = sorted(block.per_page())
            if block.kind == kind and len(pages) > 1 and block.per_page()[pages[at]] > 1:
                return pages[at], [line.y for line in block.lines if line.page == pages[at]]
        sys.exit(f"no {kind} goes over pages")

    def only(kind, at, line, finding):
        page, ys = split(kind, at)
        gone = [y for y in ys if y != ys[line]]
        near = stretches(book, page, lambda y: any(abs(y - own) < 2 for own in gone))
        return f"a {kind} with one line on page {book.label(page)}", page, leaving(near), finding, page

    yield only("paragraph", 0, 0, "orphan")
    yield only("paragraph", -1, -1, "widow")
    yield only("code", 0, 0, "orphan")
    yield only("code", -1, -1, "widow")
    yield only("note", -1, -1, "displaced-note")
    page, ys = split("paragraph", 0)
    yield "a line that sticks out", page, moving(stretches(book, page, lambda y: y == ys[0]), 12, 0), "overfull-line", page
    yield "a line beside the page", page, moving(stretches(book, page, lambda y: y == ys[0]), 500, 0), "overfull-line", page
    lowest = [part for part in stretches(book, page, lambda y: y >= book.bottom - 1)]
    yield "a line below the others", page, moving(lowest, 0, 14), "overfull-page", page
    rows = book.tables[0]
    page = max(line.page for _, lines in rows for line in lines)
    top = min(line.y for _, lines in rows for line in lines if line.page == page)
    head = [part for part in book.pages[page].artifacts if part.y < top]
    yield "a table that goes on without its head", page, leaving(head), "headless-table", page
    first = rows[0][1][0]
    own = stretches(book, first.page, lambda y: y == first.y)
    yield "a row that sticks out", first.page, moving(own, 300, 0), "overfull-table", first.page


def self_test(pressmark):
    """True if every fault is seen, and nothing in the book without."""
    passed = True

    def report(ok, what):
        nonlocal passed
        passed = passed and ok
        print(f"  {'ok  ' if ok else 'FAIL'}  {what}", flush=True)

    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)

        def built(text, name):
            source = folder / name / "book.md"
            source.parent.mkdir()
            source.write_text(text, "utf-8")
            return build(pressmark, source, folder / name)

        pdf, findings = built(PLAIN, "plain")
        book = Book(pdf)
        faults = book.faults()
        report(not faults and not list(told(findings)), f"nothing in a good book: {faults[:3]}")
        for number, (fault, page, edit, code, on) in enumerate(edits(book)):
            broken = folder / f"{number}.pdf"
            change(pdf, broken, page, edit)
            # The fault must not change what the page is measured by.
            seen = [(code, page) for code, page, _ in Book(broken).faults()]
            report((code, on) in seen, f"{fault}: {code} in {seen}")
        for number, (fault, text, code) in enumerate(MANUSCRIPTS):
            pdf, findings = built(PLAIN + text, f"manuscript-{number}")
            book = Book(pdf)
            seen, said = Counter(fault[0] for fault in book.faults()), Counter(code for code, _ in told(findings))
            report(seen[code] == said[code] == 1, f"{fault}: {code} seen {seen[code]} times, told {said[code]} times")
            report(compare(fault, book, findings), f"{fault}: both agree")
    return passed


def main(arguments):
    if len(arguments) < 2:
        sys.exit(__doc__)
    if arguments[0] == "--self-test":
        return 0 if self_test(arguments[1]) else 1
    passed = True
    for manuscript in arguments[1:]:
        with tempfile.TemporaryDirectory() as folder:
            pdf, findings = build(arguments[0], manuscript, folder)
            passed = compare(Path(manuscript).name, Book(pdf), findings) and passed
    return 0 if passed else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
