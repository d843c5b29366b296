"""Judges files for a press: press.py black|some-black FILE…  or  press.py exchange LEVEL FILE…

black: every page is printed with black ink alone. some-black: some pages are, and none takes so much colour that its text
could be in it. Ghostscript says how much of each ink a page takes. exchange: pdf_oxide takes the file for PDF/X of that level
(1a_2001, 3_2002 or 4). Exits with 1 where a file fails.
"""

import subprocess
import sys


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


def some_black(path):
    pages = inks(path)
    plain = [page for page in pages if sum(page[:3]) == 0 and page[3] > 0]
    return [] if len(plain) * 2 > len(pages) else [f"{len(plain)} of {len(pages)} pages are black alone"]


def exchange(path, level):
    import pdf_oxide

    result = pdf_oxide.PdfDocument(path).validate_pdf_x(level)
    return [] if result["valid"] else [str(error) for error in result["errors"]]


def main():
    kind, *paths = sys.argv[1:]
    if kind == "exchange":
        level, *paths = paths
        judge = lambda path: exchange(path, level)  # noqa: E731
    else:
        judge = {"black": black, "some-black": some_black}[kind]
    failed = False
    for path in paths:
        complaints = judge(path)
        failed = failed or bool(complaints)
        print(f"  {'FAIL' if complaints else 'ok  '}  {path}", *complaints[:5], sep="\n          ")
    sys.exit(failed)


main()
