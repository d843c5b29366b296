"""Compares an e-book with what mdBook makes of the same project: mdbook.py MDBOOK PROJECT BOOK.epub WORK

Every word that mdBook shows must be in the e-book, in the same order, and no other. mdBook reads a copy of the project
without preprocessors and without style sheets and scripts of its own, into WORK. What a `Listing` element says in its
attributes is left out: without its preprocessor mdBook doesn't show it. Exits with 1 where words differ.
"""

import re
import shutil
import subprocess
import sys
import tomllib
import zipfile
from html.parser import HTMLParser
from pathlib import Path
from xml.etree import ElementTree

VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}
INLINE = {
    "a", "abbr", "b", "cite", "code", "del", "em", "i", "ins", "kbd", "mark", "q", "s", "small", "span", "strong", "sub",
    "sup", "u", "var", "wbr",
}  # fmt: skip
EPUB_TYPE = "{http://www.idpf.org/2007/ops}type"
# What mdBook's pages don't have.
ADDED = {"cover", "halftitlepage", "titlepage", "copyright-page", "toc"}
SHOWN_DIFFERENCES = 20


class Shown(HTMLParser):
    """The words of the `main` element as a reader sees them, hidden lines of code left out."""

    def __init__(self):
        super().__init__(convert_charrefs=True)
        self.open = []
        self.hidden = 0
        self.in_main = 0
        self.text = []

    def hides(self, tag, attributes):
        classes = set((dict(attributes).get("class") or "").split())
        # Notes have numbers and arrows of the program's own there too.
        back = tag == "a" and (dict(attributes).get("href") or "").startswith("#fr-")
        return tag in {"script", "style", "button"} or back or bool(classes & {"boring", "fa-svg", "footnote-reference"})

    def handle_starttag(self, tag, attributes):
        if tag not in INLINE:
            self.text.append(" ")
        if tag in VOID:
            return
        hides = self.hides(tag, attributes)
        self.open.append((tag, hides))
        self.hidden += hides
        self.in_main += tag == "main"

    def handle_endtag(self, tag):
        if tag not in INLINE:
            self.text.append(" ")
        while any(name == tag for name, _ in self.open):
            name, hides = self.open.pop()
            self.hidden -= hides
            self.in_main -= name == "main"
            if name == tag:
                break

    def handle_data(self, data):
        if self.in_main and not self.hidden:
            self.text.append(data)


def local(tag):
    return tag.rsplit("}", 1)[-1]


def epub_words(element, text):
    """Adds the author's words in `element`: nothing generated, and no title or caption of a listing."""
    classes = set((element.get("class") or "").split())
    if not classes & {"generated", "listing-title"}:
        block = local(element.tag) not in INLINE
        text.append(" " if block else "")
        text.append(element.text or "")
        for child in element:
            if "listing" not in classes or local(child.tag) != "figcaption":
                epub_words(child, text)
            text.append(child.tail or "")
        text.append(" " if block else "")


def words(text):
    """Words without typographic differences: mdBook turns quotation marks its own way."""
    plain = {"\u2018": "'", "\u2019": "'", "\u201c": '"', "\u201d": '"', "\u2013": "--", "\u2014": "---", "\u2026": "..."}
    text = "".join(plain.get(character, character) for character in text)
    return text.replace("\u00ad", "").replace("\u200b", "").split()


def mdbook_pages(mdbook, project, work):
    """The words of each page, in the order of the summary."""
    copy = work / "project"
    shutil.rmtree(work, ignore_errors=True)
    shutil.copytree(project, copy)
    (copy / "book.toml").chmod(0o644)
    settings = tomllib.loads((copy / "book.toml").read_text())
    title = settings.get("book", {}).get("title", "")
    (copy / "book.toml").write_text(f'[book]\ntitle = "{title}"\n')
    for folder in [copy, *copy.rglob("*")]:
        if folder.is_dir():
            folder.chmod(0o755)
    done = subprocess.run([mdbook, "build", copy, "-d", work / "html"], capture_output=True, text=True, check=False)
    if done.returncode != 0:
        sys.exit(done.stderr)
    summary = (copy / "src" / "SUMMARY.md").read_text()
    for target in dict.fromkeys(re.findall(r"\]\(([^)#]+\.md)\)", summary)):
        name = re.sub(r"README\.html$", "index.html", target.removesuffix(".md") + ".html")
        page = Shown()
        page.feed((work / "html" / name).read_text())
        yield target, words("".join(page.text))


def epub_text(book):
    """The author's words of the whole e-book, in reading order."""
    with zipfile.ZipFile(book) as archive:
        container = ElementTree.fromstring(archive.read("META-INF/container.xml"))
        package_name = next(element for element in container.iter() if local(element.tag) == "rootfile").get("full-path")
        folder = package_name.rpartition("/")[0]
        package = ElementTree.fromstring(archive.read(package_name))
        items = {item.get("id"): item for item in package.iter() if local(item.tag) == "item"}
        text = []
        for reference in (element for element in package.iter() if local(element.tag) == "itemref"):
            item = items[reference.get("idref")]
            page = ElementTree.fromstring(archive.read(f"{folder}/{item.get('href')}" if folder else item.get("href")))
            body = next(element for element in page.iter() if local(element.tag) == "body")
            kinds = {kind for part in [body, *body] for kind in (part.get(EPUB_TYPE) or "").split()}
            if not kinds & ADDED:
                epub_words(body, text)
    return words("".join(text))


def compare(pages, ours):
    """The differences, each in a line: where words of a page are not in the e-book, or others are."""
    at = 0
    for page, theirs in pages:
        start = 0
        while start < len(theirs):
            if at < len(ours) and ours[at] == theirs[start]:
                at, start = at + 1, start + 1
                continue
            # The nearest place where eight words agree again.
            found = next(
                (
                    (skip_ours, skip_theirs)
                    for total in range(1, 400)
                    for skip_ours in range(total + 1)
                    for skip_theirs in [total - skip_ours]
                    if ours[at + skip_ours : at + skip_ours + 8] == theirs[start + skip_theirs : start + skip_theirs + 8]
                    and theirs[start + skip_theirs : start + skip_theirs + 8]
                ),
                (len(ours), len(theirs) - start),
            )
            skip_ours, skip_theirs = found
            missing = " ".join(theirs[start : start + min(skip_theirs, 20)])
            extra = " ".join(ours[at : at + min(skip_ours, 20)])
            yield f"{page}: mdBook has “{missing}”, the e-book “{extra}”"
            at, start = at + skip_ours, start + skip_theirs
    if at < len(ours):
        yield f"after the last page the e-book has “{' '.join(ours[at : at + 20])}”"


def main(arguments):
    if len(arguments) != 4:
        sys.exit(__doc__)
    mdbook, project, book, work = (Path(argument) for argument in arguments)
    pages = list(mdbook_pages(mdbook, project, work))
    ours = epub_text(book)
    differences = list(compare(pages, ours))
    total = sum(len(page) for _, page in pages)
    for difference in differences[:SHOWN_DIFFERENCES]:
        print(f"  {difference}")
    # A check that can't fail is none: without one of its words, the e-book is found out.
    if not differences and not list(compare(pages, ours[: total // 2] + ours[total // 2 + 1 :])):
        sys.exit("a missing word goes unnoticed")
    print(f"  {len(pages)} pages, {total} words, {len(differences)} differences")
    return 1 if differences or total == 0 else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
