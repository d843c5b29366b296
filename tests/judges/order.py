"""Reads a PDF as a screen reader does, and compares: order.py [--break] BOOK.pdf BOOK.epub [MANUSCRIPT]

The structure tree is walked from its root, and the words of what it holds are taken from the pages' content streams, with
replacement text in the place of glyphs. They must be

- those of the e-book, one after the other: notes, captions, cells, lists, code and the index included. Left out are what
  an edition makes for itself (contents, numbers, markers, pages in the index; in the e-book the class `generated`) and
  formulas, which have alternative text here and MathML there. Where print says on which page something is, it may say it
  in its own words; and it has what the manuscript (a folder, or a file) marks as `print-only`.
- those that pdftotext finds on each page, as often, with what is an artifact; none is on a page and not in the tree.
- for every list of the book's own (contents, figures, tables), those of what its links lead to.

With --break, each of these must fail in a copy of the book with a fault that it is there for. Exits with 1 otherwise.
"""

import re
import subprocess
import sys
import tempfile
import unicodedata
import zipfile
from collections import Counter
from itertools import takewhile
from pathlib import Path
from xml.etree import ElementTree

import pikepdf
from pikepdf import Array, Dictionary, String

from judges import INLINE
from pages import Reader

XHTML = "{http://www.w3.org/1999/xhtml}"

# What may say where something is, in as many words at most.
ELSEWHERE = object()
WORDS_ELSEWHERE = 8

# What an edition makes for itself.
GENERATED = {"generated", "ebook-only"}


def words_of(text):
    return re.findall(r"[^\W_]+", text)


# The PDF.


class Content:
    """What the pages of a PDF say: text by page and marked-content identifier, and the text of artifacts by page."""

    def __init__(self, pdf):
        self.reader = Reader()
        self.marked = {}
        self.artifacts = []
        for index, page in enumerate(pdf.pages):
            self.artifacts.append([])
            self.read(index, page)

    def read(self, index, page):
        fonts = page.obj.Resources.get("/Font", {})
        font = None
        # Whose content is open: its identifier (`None` for an artifact), whether it has been replaced, and whether its
        # strings are in reverse order (PDF 32000-1, 14.8.2.3.3).
        open_ = []
        for instruction in pikepdf.parse_content_stream(page):
            operator, operands = str(instruction.operator), instruction.operands
            if operator == "Tf":
                font = self.reader.font(fonts, operands[0])
            elif operator == "BDC":
                tag, entries = str(operands[0]), operands[1]
                own = open_[-1] if open_ else (None, False, False)
                mark = int(entries.MCID) if "/MCID" in entries else own[0]
                replaced = "/ActualText" in entries
                mark = None if tag == "/Artifact" else mark
                open_.append((mark, own[1] or replaced, own[2] or tag == "/ReversedChars"))
                if replaced and not own[1]:
                    self.say(index, open_[-1][0], str(entries.ActualText))
            elif operator == "BMC":
                open_.append(open_[-1] if open_ else (None, False, False))
            elif operator == "EMC":
                open_.pop()
            elif operator in ("Tj", "TJ"):
                mark, replaced, reverse = open_[-1] if open_ else (None, False, False)
                if replaced:
                    continue
                said = ""
                for part in operands if operator == "Tj" else operands[0]:
                    if isinstance(part, (String, bytes)):
                        codes = bytes(part)
                        pairs = [codes[place] << 8 | codes[place + 1] for place in range(0, len(codes) - 1, 2)]
                        said += "".join(font.meanings.get(code, "\ufffd") for code in pairs)
                self.say(index, mark, said[::-1] if reverse else said)

    def say(self, page, mark, text):
        if mark is None:
            self.artifacts[page].append(text)
        else:
            self.marked[page, mark] = self.marked.get((page, mark), "") + text


class Element:
    """A structure element: its type, and in order its kids: elements, and (page, identifier) of content."""

    def __init__(self, node, indices, page=-1):
        self.node = node
        self.kind = str(node.get("/S", ""))[1:]
        self.kids, self.annotations = [], []
        page = indices[node.Pg.objgen] if "/Pg" in node else page
        kids = node.get("/K", Array([]))
        for kid in kids if isinstance(kids, Array) else [kids]:
            if not isinstance(kid, Dictionary):
                self.kids.append((page, int(kid)))
            elif "/MCID" in kid:
                self.kids.append((indices[kid.Pg.objgen] if "/Pg" in kid else page, int(kid.MCID)))
            elif "/Obj" in kid:
                self.annotations.append(kid.Obj)
            else:
                self.kids.append(Element(kid, indices, page))

    def elements(self):
        return [kid for kid in self.kids if isinstance(kid, Element)]

    def all(self):
        yield self
        for kid in self.elements():
            yield from kid.all()


def is_block(kind):
    """Whether a word ends where an element of this type does."""
    return kind not in {"Span", "Em", "Strong", "Link", "Reference", "Code", "Lbl", "Formula", "Figure"}


def text_below(element, content, skip=lambda element, within: False, within=()):
    """The text of an element, in the order of the tree."""
    parts = []
    for kid in element.kids:
        if isinstance(kid, Element):
            if skip(kid, within + (element.kind,)):
                continue
            parts.append(text_below(kid, content, skip, within + (element.kind,)))
            # A row and its cells, an item and its label stand apart.
            if is_block(kid.kind) or kid.kind == "Lbl":
                parts.append(" ")
        else:
            parts.append(content.marked.get(kid, ""))
    return "".join(parts)


def is_made_by_print(element, within):
    """Whether the e-book has none of it, or in another form."""
    kind = element.kind
    if kind == "Formula" or any(kid.kind == "TOC" for kid in element.elements()):
        return True
    if kind == "Lbl":
        # Terms, of the glossary and of the index, are labels and the author's words.
        return all(kid.kind != "Span" for kid in element.elements())
    # The numbers of notes, and the pages of the index.
    return kind == "Reference" or (kind == "Link" and "Index" in within)


def read_pdf(path):
    pdf = pikepdf.open(path)
    sys.setrecursionlimit(20_000)
    indices = {page.objgen: index for index, page in enumerate(pdf.pages)}
    root = pdf.Root.StructTreeRoot.K
    root = root[0] if isinstance(root, Array) else root
    return pdf, Content(pdf), Element(root, indices)


# The e-book.


def read_epub(path):
    """The words of the e-book that print has too, in the order of its spine."""

    def collect(element, parts):
        classes = set((element.get("class") or "").split())
        if "page-reference" in classes:
            parts.append(ELSEWHERE)
        elif not classes & GENERATED and element.tag != "{http://www.w3.org/1998/Math/MathML}math":
            parts.append(element.text or "")
            for child in element:
                collect(child, parts)
                parts.append(child.tail or "")
            if element.tag.removeprefix(XHTML) not in INLINE:
                parts.append(" ")
        # What is left out ends no word.

    def children(element, parts):
        for child in element:
            collect(child, parts)
            parts.append(child.tail or "")

    parts = []
    with zipfile.ZipFile(path) as archive:
        container = ElementTree.fromstring(archive.read("META-INF/container.xml"))
        package_path = container.find(".//{*}rootfile").get("full-path")
        package = ElementTree.fromstring(archive.read(package_path))
        items = {item.get("id"): item for item in package.findall(".//{*}item")}
        folder = package_path.rpartition("/")[0]
        for reference in package.findall(".//{*}itemref"):
            item = items[reference.get("idref")]
            if "nav" in (item.get("properties") or "").split() or reference.get("linear") == "no":
                continue
            page = ElementTree.fromstring(archive.read(f"{folder}/{item.get('href')}".lstrip("/")))
            children(page.find(f"{XHTML}body"), parts)
            parts.append(" ")
    words, text = [], ""
    for part in [*parts, ELSEWHERE]:
        if part is ELSEWHERE:
            words += [*words_of(text), ELSEWHERE]
            text = ""
        else:
            text += part
    return words[:-1]


# The comparisons.


def letters_of(text):
    """Letters and digits, each as often as it occurs; but for accents, which poppler joins with their letters."""
    kinds = ((letter, unicodedata.category(letter)) for letter in unicodedata.normalize("NFD", text))
    return Counter(letter for letter, kind in kinds if kind[0] in "LN" and kind != "Lm")


def print_only(manuscript):
    """The passages that print alone has, each as words."""
    files = sorted(manuscript.rglob("*.md")) if manuscript.is_dir() else [manuscript]
    text = "\n\n".join(file.read_text(encoding="utf-8") for file in files)
    passages = re.findall(r"\[([^\]]*)\]\{\.print-only\}", text)
    passages += re.findall(r"^:::+ *print-only *$(.*?)^:::+ *$", text, re.DOTALL | re.MULTILINE)
    return [words for words in map(words_of, passages) if words]


def first_difference(read, wanted, passages):
    """Where two lists of words part; `None` where they are the same but for what is said of pages and these passages."""
    at = 0
    for place, word in enumerate(wanted):
        if word is not ELSEWHERE and read[at : at + 1] != [word]:
            at += max((len(passage) for passage in passages if read[at : at + len(passage)] == passage), default=0)
        if word is ELSEWHERE:
            following = list(takewhile(lambda word: word is not ELSEWHERE, wanted[place + 1 : place + 4]))
            for skipped in range(WORDS_ELSEWHERE + 1):
                ahead = read[at + skipped : at + skipped + len(following)]
                if following == ahead:
                    at += skipped
                    break
        elif at < len(read) and read[at] == word:
            at += 1
        else:
            return at, place
    return None if at == len(read) else (at, len(wanted))


def in_the_order_of_the_manuscript(book, files):
    """The tree says what the e-book says, word for word."""
    _, content, root = book
    _, epub, passages = files
    read = words_of(text_below(root, content, is_made_by_print))
    wanted = read_epub(epub)
    difference = first_difference(read, wanted, passages)
    if difference is None:
        return []
    at, place = difference
    around = [word if isinstance(word, str) else "[page]" for word in wanted[max(place - 6, 0) : place + 6]]
    return [f"word {at}: “… {' '.join(read[max(at - 6, 0) : at + 6])} …” instead of “… {' '.join(around)} …”"]


def all_on_the_page(book, files):
    """The tree and the artifacts hold the words of each page, and no others."""
    _, content, root = book
    path, _, _ = files
    kept = [[] for _ in content.artifacts]
    pieces = []

    def gather(element):
        for kid in element.kids:
            if isinstance(kid, Element):
                gather(kid)
                if is_block(kid.kind) or kid.kind == "Lbl":
                    pieces.append((None, " "))
            else:
                pieces.append((kid[0], content.marked.get(kid, "")))

    gather(root)
    for page, text in pieces:
        for list_ in kept if page is None else [kept[page]]:
            list_.append(text)
    complaints = []
    for number, (tree, artifacts) in enumerate(zip(kept, content.artifacts), 1):
        command = ["pdftotext", "-enc", "UTF-8", "-f", str(number), "-l", str(number), str(path), "-"]
        seen = subprocess.run(command, capture_output=True, check=True).stdout.decode("utf-8", "replace")
        # Letters alone, each as often: where words end between two pieces of type, poppler guesses from the gaps.
        letters, known = letters_of(seen), letters_of("".join(tree) + " ".join(artifacts))
        if letters != known:
            only = lambda one, other: "".join(sorted((one - other).elements()))[:40]
            complaints.append(f"page {number}: only there “{only(letters, known)}”, only in the tree “{only(known, letters)}”")
    return complaints


def lists_say_what_they_lead_to(book, _):
    """An entry of the contents is the heading or caption at the place that it leads to."""
    pdf, content, root = book
    indices = {page.objgen: index for index, page in enumerate(pdf.pages)}
    titled = {}
    for element in root.all():
        if re.fullmatch(r"H[1-6]|Caption", element.kind):
            text = re.sub(r"\s", "", text_below(element, content))
            page = next((kid[0] for below in element.all() for kid in below.kids if not isinstance(kid, Element)), None)
            titled.setdefault(page, []).append(text)
    complaints, entries = [], 0
    for item in (element for element in root.all() if element.kind == "TOCI"):
        own = [below for below in item.all() if below.annotations]
        said = re.sub(r"\s", "", "".join(text_below(below, content) for below in own))
        target = own[0].annotations[0] if own else Dictionary()
        target = target.A.D if "/A" in target else target.get("/Dest")
        if target is None:
            complaints.append(f"“{said}” leads nowhere")
            continue
        entries += 1
        page = indices[target[0].objgen]
        # The page is behind the words.
        plain = "".join(words_of(said))
        titles = ["".join(words_of(title)) for title in titled.get(page, [])]
        # Nor does a list of figures say "Figure" in each line.
        titles += [re.sub(r"^[^\d]+", "", title) for title in titles]
        if not any(title and plain.startswith(title) for title in titles):
            complaints.append(f"“{said}” leads to page {page + 1}, which has {titled.get(page, [])}")
    return complaints if complaints or entries or "/Outlines" not in pdf.Root else ["no list at all"]


CHECKS = [in_the_order_of_the_manuscript, all_on_the_page, lists_say_what_they_lead_to]


# Faults made on purpose.


def kids_of(pdf, kind):
    """Dictionaries of structure elements of one type that have several kids."""
    found, stack = [], [pdf.Root.StructTreeRoot.K[0]]
    while stack:
        node = stack.pop()
        kids = node.get("/K")
        if isinstance(kids, Array):
            if str(node.S) == kind and len(kids) > 1:
                found.append(node)
            stack.extend(kid for kid in reversed(list(kids)) if isinstance(kid, Dictionary) and "/S" in kid)
        elif isinstance(kids, Dictionary) and "/S" in kids:
            stack.append(kids)
    return found


def swapped(kind):
    def edit(pdf):
        nodes = kids_of(pdf, kind)
        for node in nodes:
            node.K = Array(list(node.K)[::-1])
        return bool(nodes)

    return edit


def dropped(kind):
    def edit(pdf):
        nodes = kids_of(pdf, kind)
        for node in nodes:
            node.K = Array(list(node.K)[1:])
        return bool(nodes)

    return edit


def misled(pdf):
    """Every link leads to the first page."""
    links = [a for page in pdf.pages for a in page.obj.get("/Annots", []) if "/Dest" in a or "/D" in a.get("/A", {})]
    for link in links:
        (link.A.D if "/A" in link else link.Dest)[0] = pdf.pages[0].obj
    return bool(links)


FAULTS = [
    ("a table whose cells go from right to left", swapped("/TR"), in_the_order_of_the_manuscript),
    ("divisions whose blocks go backwards", swapped("/Sect"), in_the_order_of_the_manuscript),
    ("notes that lose what they begin with", dropped("/Note"), all_on_the_page),
    ("notes that lose what they begin with", dropped("/FENote"), all_on_the_page),
    ("paragraphs that lose what they begin with", dropped("/P"), all_on_the_page),
    ("contents that lead to the first page", misled, lists_say_what_they_lead_to),
]


def main(arguments):
    with_faults = arguments[:1] == ["--break"]
    paths = [Path(argument) for argument in arguments[with_faults:]]
    if len(paths) not in (2, 3):
        sys.exit(__doc__)
    pdf, epub, *manuscript = paths
    passages = [passage for path in manuscript for passage in print_only(path)]
    passed = True

    def judge(check, path):
        return check(read_pdf(path), (path, epub, passages))

    for check in CHECKS:
        complaints = judge(check, pdf)
        print(f"  {'FAIL' if complaints else 'ok  '}  {check.__doc__}", flush=True)
        for complaint in complaints[:12]:
            print(f"          {complaint}")
        passed = passed and not complaints
    if with_faults:
        with tempfile.TemporaryDirectory() as folder:
            for number, (fault, edit, check) in enumerate(FAULTS):
                broken = Path(folder) / f"{number}.pdf"
                with pikepdf.open(pdf) as copy:
                    if not edit(copy):
                        print(f"  left out: {fault}: not in this book")
                        continue
                    copy.save(broken)
                seen = bool(judge(check, broken))
                print(f"  {'ok  ' if seen else 'FAIL'}  {'rejects' if seen else 'ACCEPTS'} {fault}", flush=True)
                passed = passed and seen
    return 0 if passed else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
