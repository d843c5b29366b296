"""Judges files for a press: press.py black|some-black FILE…  or  press.py exchange|broken LEVEL FILE…

black: every page is printed with black ink alone. some-black: some pages are, and none takes so much colour that its text
could be in it. Ghostscript says how much of each ink a page takes. exchange: pdf_oxide takes the file for PDF/X of that level
(1a_2001, 3_2002 or 4). broken: it takes none of the file's copies that lack something which that level asks for, and
Ghostscript finds fewer pages of black ink where black is given as light, which pdf_oxide lets pass. Exits with 1 where a file
fails.
"""

import os
import subprocess
import sys
import tempfile


def inks(path):
    """Of each page the parts of the sheet that cyan, magenta, yellow and black cover."""
    command = ["gs", "-q", "-o", "-", "-sDEVICE=inkcov", path]
    lines = subprocess.run(command, check=True, capture_output=True, text=True).stdout.splitlines()
    return [[float(word) for word in line.split()[:4]] for line in lines if line.rstrip().endswith("OK")]


def black(path):
    pages = inks(path)
    colored = [number for number, page in enumerate(pages, 1) if sum(page[:3]) > 0]
    printed = any(page[3] > 0 for page in pages)
    return [] if printed and not colored else [f"pages with more than black: {colored or 'none, and none with black'}"]


def plain_pages(pages):
    return [page for page in pages if sum(page[:3]) == 0 and page[3] > 0]


def some_black(path):
    pages = inks(path)
    plain = plain_pages(pages)
    return [] if len(plain) * 2 > len(pages) else [f"{len(plain)} of {len(pages)} pages are black alone"]


def exchange(path, level):
    import pdf_oxide

    result = pdf_oxide.PdfDocument(path).validate_pdf_x(level)
    errors = [str(error) for error in result["errors"]]
    # Only PDF/X-1a has this key (ISO 15930-1:2001); ISO 15930-3:2002 knows the version alone.
    return [error for error in errors if not (level == "3_2002" and "GTS_PDFXConformance" in error)]


# What is taken out of a file, by giving it a name of the same length that means nothing.
FAULTS = {
    "no box of the trim": (b"/TrimBox", b"/TrimBax"),
    "no output intent": (b"/OutputIntents", b"/OutputIntentz"),
    "an output intent of another kind": (b"/GTS_PDFX\n", b"/GTS_PDFZ\n"),
}


def broken(path, level):
    with tempfile.TemporaryDirectory() as folder:
        plain, copy = os.path.join(folder, "plain.pdf"), os.path.join(folder, "broken.pdf")
        command = ["qpdf", "--qdf", "--object-streams=disable", path, plain]
        subprocess.run(command, check=True, capture_output=True)
        with open(plain, "rb") as file:
            content = file.read()
        complaints = [f"taken apart it is refused: {error}" for error in exchange(plain, level)]
        for name, (old, new) in FAULTS.items():
            if old not in content:
                complaints.append(f"nothing to break: {name}")
                continue
            with open(copy, "wb") as file:
                file.write(content.replace(old, new))
            if not exchange(copy, level):
                complaints.append(f"accepted: {name}")
        with open(copy, "wb") as file:
            file.write(content.replace(b"0 0 0 1 k\n", b"0 0 1  rg\n"))
        if len(plain_pages(inks(copy))) >= len(plain_pages(inks(path))):
            complaints.append("accepted: light in the place of black ink")
        return complaints


def main():
    kind, *paths = sys.argv[1:]
    if kind in ("exchange", "broken"):
        level, *paths = paths
        judges = {"exchange": exchange, "broken": broken}
        judge = lambda path: judges[kind](path, level)  # noqa: E731
    else:
        judge = {"black": black, "some-black": some_black}[kind]
    failed = False
    for path in paths:
        complaints = judge(path)
        failed = failed or bool(complaints)
        print(f"  {'FAIL' if complaints else 'ok  '}  {path}", *complaints[:5], sep="\n          ")
    sys.exit(failed)


main()
