"""Judges both editions of a manuscript: judge.py [--break[=FAULT] | --without=JUDGE,…] MANUSCRIPT BOOK.pdf BOOK.epub

The manuscript is a Markdown file; or, where it is a project in pressmark's own dialect, the e-book stands for it.
Every judge must accept both files, but for those left out. With --break, the judges must also reject every broken copy of them, and each judge
must have rejected at least one: a judge that accepts everything is not one. With --break=FAULT, only the judges who must see
this one fault are asked, about the copy with it and the one without. Exits with 1 otherwise.
"""

import sys
import tempfile
import time
from pathlib import Path

from breakages import EPUB_BREAKAGES, EPUB_CONTROL, PDF_BREAKAGES, PDF_CONTROL, NothingToBreak, NotInThisBook
from judges import EPUB_JUDGES, PDF_JUDGES

SHOWN_COMPLAINTS = 12


def report(passed, judge, what, seconds, notes=()):
    print(f"  {'ok  ' if passed else 'FAIL'}  {judge}: {what} ({seconds:.1f} s)", flush=True)
    for note in list(notes)[:SHOWN_COMPLAINTS]:
        print(f"          {note}", flush=True)


def timed(judge, book, manuscript):
    start = time.monotonic()
    complaints = judge(book, manuscript)
    return complaints, time.monotonic() - start


def accept(judges, book, manuscript):
    """Runs every judge on a good file; true if none complains."""
    passed = True
    for name, judge in judges.items():
        complaints, seconds = timed(judge, book, manuscript)
        report(not complaints, name, f"accepts {book.name}" if not complaints else f"rejects {book.name}", seconds, complaints)
        passed = passed and not complaints
    return passed


def reject(judges, control, breakages, book, manuscript, folder):
    """Runs the judges that are named for each fault; true if all of them complain and no judge was left idle.

    All judges must accept the control first, a copy without a fault that was made the way the broken ones are.
    """
    unbroken = folder / f"unbroken-{book.name}"
    control(book, unbroken)
    passed = accept(judges, unbroken, manuscript)
    proven = set()
    for number, (fault, make, names) in enumerate(breakages, 1):
        broken = folder / f"{number}-{book.name}"
        try:
            make(book, broken)
        except NotInThisBook as reason:
            print(f"  left out: {fault}: {reason}", flush=True)
            continue
        except NothingToBreak as nothing:
            print(f"  FAIL  no file with {fault} could be made: {nothing}", flush=True)
            passed = False
            continue
        for name in names:
            complaints, seconds = timed(judges[name], broken, manuscript)
            verdict = "rejects" if complaints else "ACCEPTS"
            report(bool(complaints), name, f"{verdict} {book.name} with the fault “{fault}”", seconds, complaints[:1])
            passed = passed and bool(complaints)
            if complaints:
                proven.add(name)
    for name in judges.keys() - proven:
        print(f"  FAIL  {name} has rejected no broken file", flush=True)
        passed = False
    return passed


def reject_one(fault, pdf, epub, manuscript):
    """Asks about one fault alone; true if its judges accept a good copy and reject the broken one."""
    for judges, control, breakages, book in (
        (PDF_JUDGES, PDF_CONTROL, PDF_BREAKAGES, pdf),
        (EPUB_JUDGES, EPUB_CONTROL, EPUB_BREAKAGES, epub),
    ):
        found = [breakage for breakage in breakages if breakage[0] == fault]
        if found:
            asked = {name: judges[name] for name in found[0][2]}
            with tempfile.TemporaryDirectory() as folder:
                return reject(asked, control, found, book, manuscript, Path(folder))
    sys.exit(f"no fault is called “{fault}”")


def main(arguments):
    option = arguments[0] if arguments and arguments[0].startswith("--") else ""
    fault = option.removeprefix("--break=") if option.startswith("--break=") else ""
    with_broken = option == "--break"
    left_out = set(option.removeprefix("--without=").split(",")) if option.startswith("--without=") else set()
    if option and not with_broken and not fault and not left_out <= PDF_JUDGES.keys() | EPUB_JUDGES.keys():
        sys.exit(__doc__)
    paths = [Path(argument).resolve() for argument in arguments[1 if option else 0 :]]
    if len(paths) != 3:
        sys.exit(__doc__)
    manuscript, pdf, epub = paths
    if fault:
        return 0 if reject_one(fault, pdf, epub, manuscript) else 1
    asked = [{name: judge for name, judge in judges.items() if name not in left_out} for judges in (PDF_JUDGES, EPUB_JUDGES)]
    passed = accept(asked[0], pdf, manuscript)
    passed = accept(asked[1], epub, manuscript) and passed
    if with_broken:
        with tempfile.TemporaryDirectory() as folder:
            passed = reject(PDF_JUDGES, PDF_CONTROL, PDF_BREAKAGES, pdf, manuscript, Path(folder)) and passed
            passed = reject(EPUB_JUDGES, EPUB_CONTROL, EPUB_BREAKAGES, epub, manuscript, Path(folder)) and passed
    return 0 if passed else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
