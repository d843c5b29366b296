"""An e-book beside others' of the same manuscript: compare.py PRESSMARK CROWBOOK RUST-BOOK OUT

Writes the Rust Book as plain Markdown that all three programs read, one file a chapter, into OUT; has each make an EPUB of it;
has epubcheck and Ace judge the three; counts what is in them; and prints the table of docs/ebooks.md. JUDGES_NODE names the
folder with Ace's node_modules. Runs in the environment of tests/judges/requirements.txt.
"""

import json
import os
import re
import resource
import shutil
import subprocess
import sys
import time
import zipfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "tests" / "judges"))
from judges import EPUB_JUDGES

HIDDEN = re.compile(r"^\s*#( |$)")


def listing(chapter, path, part):
    """The lines of a listing that mdBook shows: of one anchor, without those that only rustdoc reads."""
    lines = (chapter.parent / path).read_text(encoding="utf-8").splitlines()
    if part and not part[0].isdigit():
        begin = next((i for i, line in enumerate(lines) if re.search(rf"ANCHOR: {re.escape(part)}\b", line)), -1)
        end = next((i for i, line in enumerate(lines) if re.search(rf"ANCHOR_END: {re.escape(part)}\b", line)), len(lines))
        lines = lines[begin + 1 : end]
    return "\n".join(line for line in lines if "ANCHOR" not in line and not HIDDEN.match(line))


def manuscript(book, out):
    """The chapters in the order of the summary, with their listings in place and without HTML around them."""
    shutil.rmtree(out, ignore_errors=True)
    out.mkdir(parents=True)
    names = re.findall(r"\(([\w./-]+\.md)\)", (book / "src" / "SUMMARY.md").read_text(encoding="utf-8"))
    names = list(dict.fromkeys(names))
    for number, name in enumerate(names):
        chapter = book / "src" / name
        text = chapter.read_text(encoding="utf-8")
        text = re.sub(
            r"\{\{#(?:rustdoc_)?include ([^}:\s]+):?([^}\s]*)\}\}", lambda m: listing(chapter, m[1], m[2]), text
        )
        text = re.sub(r"<!--.*?-->", "", text, flags=re.DOTALL)
        # Images as Markdown, and no other HTML outside of code.
        text = re.sub(r'<img[^>]*src="([^"]+)"[^>]*/?>', r"![A figure of the book](\1)", text)
        parts = re.split(r"(```.*?```|`[^`\n]*`)", text, flags=re.DOTALL)
        parts[::2] = [re.sub(r"</?[A-Za-z][^>\n]*>", "", part) for part in parts[::2]]
        (out / f"{number:03}-{Path(name).name}").write_text("".join(parts), encoding="utf-8")
    shutil.copytree(book / "src" / "img", out / "img")
    return sorted(path.name for path in out.glob("*.md"))


def timed(command, folder):
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    start = time.monotonic()
    subprocess.run([str(part) for part in command], cwd=folder, check=True, capture_output=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, time.monotonic() - start


def ace_violations(complaints):
    return "pass" if not complaints else f"{len(complaints)} violations"


def features(path):
    with zipfile.ZipFile(path) as archive:
        texts = {n: archive.read(n).decode("utf-8", "replace") for n in archive.namelist() if n.endswith((".xhtml", ".opf", ".html"))}
        names = archive.namelist()
    package = next(text for name, text in texts.items() if name.endswith(".opf"))
    body = "".join(text for name, text in texts.items() if not name.endswith(".opf"))
    nav = next((text for text in texts.values() if 'epub:type="toc"' in text), "")
    yes = lambda found: "yes" if found else "no"
    return [
        ("EPUB version", re.search(r'<package[^>]*version="([^"]+)"', package)[1]),
        ("files of text", len(texts) - 1),
        ("page list, entries", len(re.findall("doc-pagebreak|pagebreak", body)) and len(re.findall('role="doc-pagebreak"', body))),
        ("landmarks", yes('epub:type="landmarks"' in nav)),
        ("NCX", yes(any(name.endswith(".ncx") for name in names))),
        ("accessibility metadata, properties", len(re.findall(r'property="schema:access', package))),
        ("DPUB-ARIA roles, kinds", len(set(re.findall(r'role="(doc-[a-z]+)"', body)))),
        ("fonts, subset", sum(name.endswith((".woff2", ".otf", ".ttf")) for name in names)),
        ("cover made by itself", yes('properties="cover-image"' in package or 'name="cover"' in package)),
        ("code highlighted without colour", yes('class="k"' in body)),
    ]


def main(pressmark, crowbook, book, out):
    out = Path(out).resolve()
    chapters = manuscript(Path(book), out / "text")
    import pypandoc

    pandoc = [pypandoc.get_pandoc_path(), "-o", out / "pandoc.epub", "--metadata", "title=The Rust Programming Language"]
    pandoc += ["--metadata", "lang=en", "--toc", *chapters]
    (out / "text" / "book.crow").write_text(
        'title: The Rust Programming Language\nauthor: Nobody\nlang: en\noutput.epub: ../crowbook.epub\n'
        "rendering.num_depth: 0\nepub.version: 3\n" + "".join(f"- {name}\n" for name in chapters)
    )
    commands = {
        "pressmark": [pressmark, "build", ".", "--only", "epub", "--set", "title=The Rust Programming Language", "--set",
                      "name=pressmark", "--out", out, "-q"],
        "pandoc": pandoc,
        "crowbook": [crowbook, "book.crow"],
    }  # fmt: skip
    rows = {}
    for name, command in commands.items():
        cpu, wall = timed(command, out / "text")
        epub = out / f"{name}.epub"
        problems = EPUB_JUDGES["epubcheck"](epub, epub)
        row = [("size, KB", round(epub.stat().st_size / 1000)), ("CPU, s", f"{cpu:.2f}"), ("time, s", f"{wall:.2f}")]
        row.append(("epubcheck 5.3, errors and warnings", len(problems)))
        row.append(("Ace 1.4.6", ace_violations(EPUB_JUDGES["Ace"](epub, epub))))
        rows[name] = row + features(epub)
        print(name, json.dumps(rows[name]), problems[:3], file=sys.stderr, flush=True)
    print("| | " + " | ".join(rows) + " |\n|---|" + "---:|" * len(rows))
    for index, (what, _) in enumerate(rows["pressmark"]):
        print(f"| {what} | " + " | ".join(str(row[index][1]) for row in rows.values()) + " |")


if __name__ == "__main__":
    if len(sys.argv) != 5:
        sys.exit(__doc__)
    os.environ.setdefault("JUDGES_NODE", "target/judges/node")
    main(*sys.argv[1:])
