"""Compares both editions page by page: paged.py PDF EPUB  or  paged.py --self-test PDF EPUB

The e-book marks where each page of print begins. What stands between two marks must stand on that page of the PDF, as poppler
reads it: every word, as often. Notes, figures, tables and formulas are left out, for print sets them elsewhere; so is what the
e-book alone has. The page list must have the same labels in the same order. Exits with 1 where a word is on another page.

--self-test moves marks by one word, and fails where that is not seen.
"""

import re
import sys
import zipfile
from collections import Counter
from pathlib import PurePosixPath
from xml.etree import ElementTree

import pikepdf
from judges import INLINE, run, words_of

XHTML = "{http://www.w3.org/1999/xhtml}"
TYPE = "{http://www.idpf.org/2007/ops}type"
OPF = "{http://www.idpf.org/2007/opf}"

# What stands in print where the page has room for it.
ASIDE = {"aside", "figure", "table", "nav", "math"}

# How many marks the self-test moves, and how many of them must be seen: a word may stand in a note of the page before too.
MOVED = 20
SEEN = 0.9


def words_of_pages(path):
    """The label of each page of a PDF and how often each word stands on it, whether lines end within words or not."""
    status, out, err = run("pdftotext", "-enc", "UTF-8", path, "-")
    if status != 0:
        sys.exit(err)
    with pikepdf.open(path) as pdf:
        labels = [page.label for page in pdf.pages]
    pages = []
    for label, text in zip(labels, out.split("\f")):
        joined = re.sub(r"[-\u00ad\u2010]\s*\n\s*", "", text)
        # A drop cap is read apart from its word, where a file has no tags to say so.
        initials = re.sub(r"(?m)^(\w)\s+(?:\W\s+)?(?=[a-z])", r"\1", joined)
        pages.append((label, Counter(words_of(text)) | Counter(words_of(joined)) | Counter(words_of(initials))))
    return pages


def spine(archive):
    """The documents of an e-book in reading order: name and content."""
    container = ElementTree.fromstring(archive.read("META-INF/container.xml"))
    package_name = next(element.get("full-path") for element in container.iter() if element.get("full-path"))
    package = ElementTree.fromstring(archive.read(package_name))
    names = {item.get("id"): item.get("href") for item in package.iter(f"{OPF}item")}
    for item in package.iter(f"{OPF}itemref"):
        name = str(PurePosixPath(package_name).parent / names[item.get("idref")])
        yield name, archive.read(name).decode("utf-8")


def words_between_marks(documents):
    """The words after each mark of a page, with its label, in reading order."""
    pages = []

    def collect(element):
        tag = element.tag.rpartition("}")[2]
        classes = set((element.get("class") or "").split())
        if "pagebreak" in (element.get(TYPE) or "").split():
            pages.append((element.get("aria-label"), []))
        hidden = tag in ASIDE or {"generated", "ebook-only"} & classes
        if not hidden and pages:
            pages[-1][1].append(element.text or "")
        for child in element:
            if hidden:
                marks_within(child)
            else:
                collect(child)
            if not hidden and pages:
                pages[-1][1].append(child.tail or "")
        if tag not in INLINE and pages:
            pages[-1][1].append(" ")

    def marks_within(element):
        for inner in element.iter():
            if "pagebreak" in (inner.get(TYPE) or "").split():
                pages.append((inner.get("aria-label"), []))

    for _, text in documents:
        body = ElementTree.fromstring(text).find(f"{XHTML}body")
        if "toc" not in " ".join(element.get(TYPE) or "" for element in body.iter(f"{XHTML}nav")).split():
            collect(body)
    return [(label, Counter(words_of("".join(text)))) for label, text in pages]


def page_list(documents):
    for _, text in documents:
        for nav in ElementTree.fromstring(text).iter(f"{XHTML}nav"):
            if "page-list" in (nav.get(TYPE) or "").split():
                return ["".join(link.itertext()) for link in nav.iter(f"{XHTML}a")]
    return []


def compare(printed, documents):
    """Complaints, one for each page at fault; and how many words were found in their places."""
    marked = words_between_marks(documents)
    labels = [label for label, _ in marked]
    complaints = []
    if page_list(documents) != labels:
        complaints.append("the page list differs from the marks in the text")
    on_page = dict(printed)
    order = [label for label, _ in printed if label in set(labels)]
    if order != labels:
        complaints.append("the marks are not those of the PDF's pages, in their order")
    for label, words in marked:
        missing = words - on_page.get(label, Counter())
        if missing:
            complaints.append(f"page {label} lacks {', '.join(sorted(missing)[:6])}")
    return complaints, sum(sum(words.values()) for _, words in marked)


MARK_AND_WORD = re.compile(r'(<span [^>]*epub:type="pagebreak"[^>]*></span>)([^\W\d_]{4,}\b)')


def self_test(printed, documents):
    """Moves marks by a word, one at a time; true where that is seen."""
    marks = [(index, match) for index, (_, text) in enumerate(documents) for match in MARK_AND_WORD.finditer(text)]
    seen = 0
    for index, match in marks[:MOVED]:
        name, text = documents[index]
        moved = text[: match.start()] + match[2] + match[1] + text[match.end() :]
        copy = documents[:index] + [(name, moved)] + documents[index + 1 :]
        seen += bool(compare(printed, copy)[0])
    count = len(marks[:MOVED])
    print(f"  {seen} of {count} marks that were moved by a word are seen")
    return count >= 5 and seen >= count * SEEN


def main(arguments):
    own_test = arguments[:1] == ["--self-test"]
    if len(arguments) != 2 + own_test:
        sys.exit(__doc__)
    pdf, epub = arguments[-2:]
    printed = words_of_pages(pdf)
    with zipfile.ZipFile(epub) as archive:
        documents = list(spine(archive))
    if own_test:
        return 0 if self_test(printed, documents) else 1
    complaints, count = compare(printed, documents)
    print(f"  {'FAIL' if complaints else 'ok  '}  {epub}: {count} words on their pages", *complaints[:10], sep="\n          ")
    return 1 if complaints or count < 100 else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
