"""Holds pressmark's reading of Markdown against pandoc's: pandoc.py PRESSMARK

Each case is a piece of manuscript in syntax that both understand. What both make of it, the e-book's XHTML and pandoc's
HTML, is reduced to the same outline: elements that mean something and the words in them. Exits with 1 where outlines differ.
"""

import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path
from xml.etree import ElementTree

import pypandoc

# Pages that the program adds to the text.
ADDED = {"cover", "half-title", "title", "copyright", "nav"}
READER = "markdown+alerts+mark+autolink_bare_uris+emoji-implicit_figures-auto_identifiers+gfm_auto_identifiers-emoji"

CASES = {
    "emphasis": "*a* **b *c*** ~~d~~",
    "scripts": "H~2~O is 2^10^",
    "headings": "# A\n\n## B {#b}\n\nSee [B](#b).\n\n### C {.unnumbered}",
    "setext headings": "A\n===\n\nB\n---\n\nc",
    "line break": "a\\\nb  \nc",
    "block quote": "> a\n>\n> > b\n\nc",
    "bullet list": "- a\n- b\n    - c\n    - d\n- e",
    "loose list": "- a\n\n- b\n\n    c",
    "ordered list": "3. a\n4. b",
    "task list": "- [x] a\n- [ ] b",
    "definition list": "a\n:   b\n\n    c\n\nd\n:   e\n:   f",
    "fenced code": "```rust\nfn a() {}\n```",
    "code with attributes": "```{.python #x .numberLines startFrom=\"3\"}\na = 1\nb = 2\n```",
    "indented code": "    a\n      b",
    "inline code": "a `b  c` d",
    "scene break": "a\n\n* * *\n\nb",
    "pipe table": "| a | b |\n|:--|--:|\n| c | *d* |\n\n: e",
    "grid table": (
        "+---+:-----:+\n| a | b     |\n+===+=======+\n| c | - *d* |\n|   | - e   |\n+---+-------+\n| f | g     |\n|   |       |\n"
        "|   | h     |\n+---+-------+\n\n: i *j*"
    ),
    "grid table with spans": (
        "+---+---+---+\n| a     | b |\n+---+---+   |\n| c | d |   |\n|   +---+---+\n|   | e     |\n+---+-------+"
    ),
    "grid table in a list": "- a\n\n  +---+---+\n  | b | c |\n  +---+---+\n  | d | e |\n  +---+---+\n\n- f",
    "grid table in a quote": "> +-------+\n> | a     |\n> |       |\n> | ```   |\n> | b     |\n> | ```   |\n> +-------+\n\nc",
    "simple table": (
        "Table: e *f*\n\n    Right  Left        Middle       Any\n---------  -------- ------------  -----\n       12  a | b      `c|d`       e\n"
        "        1  # f        - g         h\n\ni"
    ),
    "simple table without head": "a\n\n-----  ---\n   12  a\n   13  b\n-----  ---\n\n: c\n\nd",
    "multiline table": (
        "---------------------------\n  a      b             c d\n  e      f               g\n------- -------- ----------\n  h      *i          j\\\n"
        "         k*              l\n\n  m      n               o\n---------------------------\n\n: p\n\nq"
    ),
    "multiline table without head": "------- ------\n   a    b\n        c\n\n   d    e\n------- ------\n\nf",
    "no table": "a\n\n- - -\n\nb\n\n---\n\nc -- d\n\n+--+ e",
    "line block": "| a\n|   b\n| c",
    "footnote": "a[^1] b\n\n[^1]: c *d*\n\n    e",
    "inline note": "a^[b *c*] d",
    "link": "[a](https://example.org/b) <https://example.org/c>",
    "bare address": "see https://example.org/a.",
    "reference link": "[a][b] [b]\n\n[b]: https://example.org/",
    "bracketed span": "[a *b*]{.smallcaps} [c]{.underline} [d]{.mark}",
    "language span": "[mot]{lang=fr}",
    "div": "::: {lang=de}\na\n\nb\n:::\n\nc",
    "nested divs": ":::: {.x}\na\n\n::: {.y}\nb\n:::\n\nc\n::::\n\nd",
    "smart quotes": "\"a 'b' c\" it's --- 1--2...",
    "escapes": "\\*a\\* \\[b\\]{.c} \\@d 5\\$",
    "inline mathematics": "a $x^2$ b and $5 and $6",
    "display mathematics": "a\n\n$$x = \\frac{1}{2}$$\n\nb",
    "raw inline elements": "a<br/>b",
    "heading with code": "# The `a` of *b*",
    "link with attributes": "[a](https://example.org/){.x}",
    "nested emphasis in link": "[*a* b](https://example.org/)",
    "hard spaces": "a&nbsp;b &amp; c",
    "alert": "> [!NOTE]\n> a",
    "metadata": "---\ntitle: T\nlang: en\n---\n\na",
    "list after paragraph": "a\n\n1. b\n\n    - c\n\n2. d",
    "quote with list": "> - a\n> - b",
}  # fmt: skip

KEPT = {
    "p", "h1", "h2", "h3", "h4", "h5", "h6", "em", "strong", "del", "sub", "sup", "code", "pre", "blockquote", "ul", "ol",
    "li", "dl", "dt", "dd", "caption", "th", "td", "tr", "br", "hr", "mark", "u",
}  # fmt: skip


def local(tag):
    return tag.rsplit("}", 1)[-1]


def outline(element):
    """What an element and those in it mean, as nested lists of a name and contents."""
    name, classes = local(element.tag), set((element.get("class") or "").split())
    kind = element.get("{http://www.idpf.org/2007/ops}type") or ""
    role = element.get("role") or ""
    if "generated" in classes and "noteref" not in kind:
        return [part for child in element if local(child.tag) == "math" for part in outline(child)]
    # The word over an alert is each program's own.
    if role in {"doc-backlink", "doc-pagebreak"} or name in {"input", "colgroup"} or classes == {"title"}:
        return []
    if name == "math":
        annotation = next((part for part in element.iter() if local(part.tag) == "annotation"), None)
        return [["math", "".join((annotation.text if annotation is not None else "").split())]]
    if role == "doc-noteref" or "noteref" in kind:
        return [["note"]]
    if classes & {"line-block", "verse"}:
        # pandoc parts the lines by breaks, pressmark has an element for each.
        for part in element.iter():
            if local(part.tag) in {"br", "p"}:
                part.tail = f"\n{part.tail or ''}"
        lines = ["".join(line.split()) for line in "".join(element.itertext()).splitlines()]
        return [["verse", *([line] for line in lines if line)]]
    content = [element.text or ""]
    for child in element:
        content += outline(child)
        content.append(child.tail or "")
    if name == "a" and (element.get("href") or "").startswith("http"):
        return [[f"a {element.get('href')}", *content]]
    if name == "span" and "smallcaps" in classes | {part.replace("-", "") for part in classes}:
        return [["smallcaps", *content]]
    language = element.get("lang") or element.get("{http://www.w3.org/XML/1998/namespace}lang")
    if language and name in {"span", "div", "section"}:
        return [[f"lang={language}", *content]]
    return [[name, *content]] if name in KEPT else content


def tidy(items):
    """Merges text, folds its white space, drops what is empty; a paragraph in an item, a cell or a term is its text."""
    merged = []
    for item in items:
        if isinstance(item, str) and merged and isinstance(merged[-1], str):
            merged[-1] += item
        elif isinstance(item, str):
            merged.append(item)
        else:
            name, *content = item
            content = content if name in {"math", "verse"} else tidy(content)
            if name in {"li", "td", "th", "dd", "dt"}:
                content = [part for item in content for part in (item[1:] if item[0] == "p" else [item])]
                content = tidy([f"{part} " if isinstance(part, str) else part for part in content])
            if name == "p" and len(content) == 1 and content[0][0] == "math":
                merged.append(content[0])
            elif name != "p" or content:
                merged.append([name, *content])
    folded = [" ".join(item.split()) if isinstance(item, str) else item for item in merged]
    folded = [item.replace("\u00a0", " ") if isinstance(item, str) else item for item in folded]
    return [item for item in folded if item]


def pandoc(markdown):
    html = pypandoc.convert_text(
        markdown, "html5", format=READER, extra_args=["--wrap=none", "--mathml", "--syntax-highlighting=none", "--section-divs"]
    )
    root = ElementTree.fromstring(f"<body>{html.replace('<br>', '<br />')}</body>")
    notes = [part for part in root.iter() if part.get("role") == "doc-endnotes"]
    found = []
    for part in notes:
        for item in part.iter("li"):
            found.append(["aside", *tidy(outline(item)[0][1:])])
        for parent in root.iter():
            if part in list(parent):
                parent.remove(part)
    return tidy(outline(root)) + found


def ours(program, markdown, folder):
    (folder / "case.md").write_text(markdown)
    done = subprocess.run(
        [program, "build", folder / "case.md", "--only", "epub", "--out", folder / "out"], capture_output=True, text=True,
        check=False,
    )  # fmt: skip
    if done.returncode != 0:
        return [done.stderr.strip()]
    main, notes = [], []
    with zipfile.ZipFile(folder / "out" / "case.epub") as archive:
        # The text has a file for each chapter, `case.xhtml` or called after its heading, in the order of the archive.
        for name in (name for name in archive.namelist() if name.endswith(".xhtml") and Path(name).stem not in ADDED):
            body = ElementTree.fromstring(archive.read(name)).find("{http://www.w3.org/1999/xhtml}body")
            for part in list(body.iter()):
                for child in list(part):
                    if child.get("role") == "doc-footnote":
                        notes.append(["aside", *tidy(outline(child))])
                        part.remove(child)
            main += outline(body)
    return tidy(main) + notes


def plain(items):
    """A note's only paragraph counts as its text."""
    return [
        ["aside", *item[1][1:]] if item[0] == "aside" and len(item) == 2 and item[1][0] == "p" else item for item in items
    ]


def main(arguments):
    if len(arguments) != 1:
        sys.exit(__doc__)
    program, differences = Path(arguments[0]).resolve(), 0
    with tempfile.TemporaryDirectory() as folder:
        for name, markdown in CASES.items():
            theirs, own = plain(pandoc(markdown)), plain(ours(program, markdown, Path(folder)))
            if theirs != own:
                differences += 1
                print(f"  FAIL  {name}\n          pandoc    {theirs}\n          pressmark {own}")
        # A comparison that can't fail is none.
        if plain(pandoc("*a*")) == plain(ours(program, "**a**", Path(folder))):
            sys.exit("stress and strong stress go for the same")
    print(f"  {len(CASES)} cases, {differences} differences (pandoc {pypandoc.get_pandoc_version()})")
    return 1 if differences else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
