"""Writes one manuscript for three typesetters: manuscript.py RUST-BOOK FONTS WORK

The manuscript is the running text of the Rust Book: the paragraphs that stand in no list, quotation or table, in the order
of the summary. Inline code is set as plain text, and quotation marks, dashes and dots are made those of print here, so that
every program gets the same characters. A paragraph with a character that the face lacks is left out.

WORK gets `manuscript.txt` (a paragraph a line, for measure.py), `pressmark/`, `typst.typ` and `lualatex.tex`.
"""

import re
import sys
from pathlib import Path

import pymupdf
from markdown_it import MarkdownIt

# The design, in PDF points: theme "document".
SIZE, LEADING, MEASURE, INDENT = 10.5, 14, 276, 14
FACE = "LibertinusSerif-Regular.otf"


def printed(text):
    """The text with the signs of print, and with single spaces."""
    text = text.replace("...", "…").replace("---", "—")
    text = re.sub(r"(?<![^\s(\[{<–—])\"", "“", text).replace('"', "”")
    text = re.sub(r"(?<![^\s(\[{<–—“])'(?=\w+[^\w])", "‘", text).replace("'", "’")
    return " ".join(text.split())


def paragraphs(project):
    """The paragraphs of running text, as plain text."""
    summary = (project / "src" / "SUMMARY.md").read_text(encoding="utf-8")
    for name in dict.fromkeys(re.findall(r"\]\(([^)#]+\.md)\)", summary)):
        tokens = MarkdownIt("commonmark").enable("table").parse((project / "src" / name).read_text(encoding="utf-8"))
        for before, token in zip(tokens, tokens[1:]):
            if before.type != "paragraph_open" or before.level > 0:
                continue
            shown = {"text": None, "code_inline": None, "softbreak": " ", "hardbreak": " "}
            parts = [shown[part.type] or part.content for part in token.children if part.type in shown]
            text = printed("".join(parts))
            if text and "{{" not in text and "[^" not in text:
                yield text


def markdown(text):
    text = re.sub(r"([\\`*_{}\[\]<>#|~^$@&:=!])", r"\\\1", text)
    return re.sub(r"^([-+]|\d+(?=[.)]))", lambda sign: re.sub(r"(\W|$)", r"\\\1", sign[0], count=1), text)


def typst(text):
    return '#"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def tex(text):
    text = re.sub(r"[\\{}$&#%_^~]", lambda sign: rf"\char{ord(sign[0])}{{}}", text)
    return text.replace("--", "-{}-")


TYPST = """\
#set page(width: 148mm, height: 210mm, margin: (x: (148mm - {measure}pt) / 2, y: 25mm))
#set text(font: "Libertinus Serif", size: {size}pt, lang: "en", number-type: "old-style")
#set text(top-edge: 10pt, bottom-edge: -{below}pt)
#set par(justify: true, linebreaks: "optimized", first-line-indent: (amount: {indent}pt, all: true))
#set par(leading: 0pt, spacing: 0pt)

{text}
"""

# With the spaces of every sentence alike, as the other two set them.
LUALATEX = r"""
\documentclass{{article}}
\usepackage[paperwidth=148mm, paperheight=210mm, textwidth={measure}bp, textheight=420bp]{{geometry}}
\usepackage{{fontspec}}
\setmainfont{{{face}}}[Path={fonts}/, Numbers=OldStyle, Ligatures=TeXOff]
\usepackage[english]{{babel}}
\usepackage{{microtype}}
\frenchspacing
\raggedbottom
\pagestyle{{empty}}
\begin{{document}}
\fontsize{{{size}bp}}{{{leading}bp}}\selectfont
\setlength{{\parindent}}{{{indent}bp}}
\setlength{{\parskip}}{{0pt}}

{text}
\end{{document}}
"""

MANIFEST = """\
[book]
title = "Lines"
language = "en"
name = "pressmark"
theme = "document"
smart-punctuation = false
chapters = ["lines.md"]
"""


def main(project, fonts, work):
    face = pymupdf.Font(fontfile=str(fonts / FACE))
    text = [words for words in paragraphs(project) if all(face.has_glyph(ord(letter)) for letter in words)]
    design = {"size": SIZE, "leading": LEADING, "measure": MEASURE, "indent": INDENT, "below": LEADING - 10}

    def joined(escape):
        return "\n\n".join(map(escape, text))

    (work / "pressmark").mkdir(parents=True, exist_ok=True)
    (work / "manuscript.txt").write_text("\n".join(text) + "\n", encoding="utf-8")
    (work / "pressmark" / "pressmark.toml").write_text(MANIFEST, encoding="utf-8")
    (work / "pressmark" / "lines.md").write_text(joined(markdown) + "\n", encoding="utf-8")
    (work / "typst.typ").write_text(TYPST.format(text=joined(typst), **design), encoding="utf-8")
    source = LUALATEX.format(text=joined(tex), face=FACE, fonts=fonts, **design)
    (work / "lualatex.tex").write_text(source, encoding="utf-8")


if __name__ == "__main__":
    main(*(Path(argument).resolve() for argument in sys.argv[1:4]))
