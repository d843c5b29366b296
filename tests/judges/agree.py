"""Holds preflight against other judges of the same standards: agree.py PRESSMARK SCREEN.pdf X4.pdf X1A.pdf

Each file is sound by both. Of each a copy is broken by one fault that both know: both must reject it, and preflight for the
fault that it is, by its code. pdf_oxide judges PDF/X, page-validation PDF/UA-1 and PDF/A-2a. Exits with 1 where one
disagrees.
"""

import json
import subprocess
import sys
import tempfile
from pathlib import Path

import page  # The package page-validation.
import pdf_oxide

from breakages import NothingToBreak, PDF_CONTROL, edit_pdf, substitute


def validation(profile):
    return lambda path: [failure.rule_id for failure in page.validate_pdf(path, profile=profile).failures]


def exchange(level):
    def judge(path):
        result = pdf_oxide.PdfDocument(path).validate_pdf_x(level)
        return [] if result["valid"] else [str(error) for error in result["errors"]] or ["not valid"]

    return judge


def preflight(program, path, target):
    """The codes of the errors that preflight finds."""
    command = [program, "preflight", path, "--target", target, "--message-format", "json"]
    lines = subprocess.run(command, capture_output=True, text=True, check=False).stdout.splitlines()
    findings = [json.loads(line) for line in lines]
    return sorted({finding["code"] for finding in findings if finding["severity"] == "error"})


def without(key):
    """A key of a dictionary has another name everywhere."""
    return edit_pdf(lambda qdf: substitute(rb"/" + key + rb"\b", b"/Former" + key, qdf))


def instead(pattern, replacement, count=0):
    return edit_pdf(lambda qdf: substitute(pattern, replacement, qdf, count=count))


def locked(good, broken):
    command = ["qpdf", "--encrypt", "", "owner", "128", "--use-aes=y", "--", str(good), str(broken)]
    subprocess.run(command, check=True, capture_output=True)


SCRIPT = b"/OpenAction << /S /JavaScript /JS (1) >> /Type /Catalog"
script = instead(rb"/Type /Catalog", SCRIPT)

# The index of the file, its target, the judge, and its faults: the code that preflight gives, what is broken, how.
SETS = [
    (0, "screen", "PDF/UA-1", validation("ua1"), [
        ("untagged", "no structure tree", without(b"StructTreeRoot")),
        ("untagged", "no MarkInfo", without(b"MarkInfo")),
        ("missing-language", "no language", without(b"Lang")),
        ("missing-alternative", "no alternative text", without(b"Alt")),
        ("missing-title", "the title not shown", without(b"DisplayDocTitle")),
        ("missing-title", "no title in the packet", instead(rb"dc:title>", b"dc:type>")),
        ("conformance-claim", "no claim of PDF/UA", instead(rb"<pdfuaid:part>1", b"<pdfuaid:part>7")),
        ("heading-order", "a heading of the second level first", instead(rb"/S /H1\b", b"/S /H2")),
        ("table-headers", "header cells without scope", without(b"Scope")),
        ("note-id", "notes without names", instead(rb"/ID \(note", b"/Former (note")),
        ("untagged-link", "links without words", instead(rb"/Contents \(", b"/Former (")),
        ("tab-order", "no order of tabs", without(b"Tabs")),
        ("unknown-tag", "a role that means nothing", instead(rb"/S /P\b", b"/S /Absatz", 1)),
    ]),
    (0, "screen", "PDF/A-2a", validation("2a"), [
        ("forbidden-action", "a script", script),
        ("encrypted", "encrypted", locked),
        ("external-content", "an image with another in its place", instead(rb"/Subtype /Image", b"/Subtype /Image /Alternates [ ]", 1)),
        ("forbidden-annotation", "annotations that are not printed", instead(rb"/F 4\b", b"/F 0")),
    ]),
    (1, "offset-coated", "PDF/X-4", exchange("4"), [
        ("output-intent", "no output intent", without(b"OutputIntents")),
        ("output-intent", "no condition", without(b"OutputConditionIdentifier")),
        ("page-boxes", "no TrimBox", without(b"TrimBox")),
        ("page-boxes", "cut outside the sheet", instead(rb"/TrimBox \[[^]]*\]", b"/TrimBox [ 0 0 9000 9000 ]")),
        ("conformance-claim", "no packet", without(b"Metadata")),
        ("forbidden-action", "a script", script),
        ("encrypted", "encrypted", locked),
    ]),
    (2, "ingramspark", "PDF/X-1a", exchange("1a_2001"), [
        ("output-intent", "no output intent", without(b"OutputIntents")),
        ("output-intent", "no condition", without(b"OutputConditionIdentifier")),
        ("page-boxes", "no TrimBox", without(b"TrimBox")),
        ("conformance-claim", "no claim", without(b"GTS_PDFXVersion")),
        ("forbidden-action", "a script", script),
        ("encrypted", "encrypted", locked),
    ]),
]


def main():
    program, *files = sys.argv[1:]
    failed = False

    def tell(fine, *words):
        nonlocal failed
        failed = failed or not fine
        print("  ok   " if fine else "  FAIL ", *words)

    with tempfile.TemporaryDirectory() as folder:
        broken = str(Path(folder) / "broken.pdf")
        for index, target, standard, judge, faults in SETS:
            PDF_CONTROL(files[index], broken)
            own, other = preflight(program, broken, target), judge(broken)
            tell(not own and not other, f"{standard}: sound", own, other[:3])
            for code, fault, make in faults:
                try:
                    make(files[index], broken)
                except NothingToBreak as reason:
                    tell(False, f"{standard}: {fault}", reason)
                    continue
                own, other = preflight(program, broken, target), judge(broken)
                tell(code in own and other, f"{standard}: {fault}", own, other[:3])
    sys.exit(failed)


if __name__ == "__main__":
    main()
