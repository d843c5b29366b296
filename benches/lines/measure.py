"""Measures the lines of several typesetters' PDFs of one manuscript: measure.py MANUSCRIPT FACE NAME=FILE.pdf…

Prints a table in Markdown. MANUSCRIPT has a paragraph a line; FACE is the font file of all PDFs. `--worst=N` prints the N
loosest and tightest lines of the last PDF too.

Everything is read from the painted letters. Each has an origin and an advance box, its width in the font as the page scales
it; so widened letters, kerning and hung signs are no part of a space, whether a program paints space or moves over it.
Letters on one baseline are a line. The lines are followed along the manuscript, letter by letter: that tells where its
spaces are, which hyphen was added, and where each paragraph ends, and it proves that the PDF has every word. Lines that are
not the manuscript's (folios, running heads) are passed over. What is measured:

lines        all lines of the manuscript, the last of each paragraph included
word space   from the end of the advance box before it to the start of the next; 1 is the advance of the face's own space
justified    every line but the last of its paragraph
beyond       share of justified lines whose mean word space is below 0.8 or above 1.5, and of those below and above; one
             without any space counts if it is not as wide as its measure
spread       standard deviation of all word spaces in justified lines
hyphens      lines that end in a hyphen which is not in the manuscript, per 1,000 lines
ladders      runs of three or more lines that end in a hyphen, added or the author's
runts        last lines narrower than two ems, per 1,000 paragraphs of two lines or more
stubs        last lines that hold but a part of a word, as before
overfull     lines that end farther beyond the measure than their last letter is wide
median       of the word spaces of last lines, which are mostly as wide as the face has them: how true the method is
"""

import statistics
import sys
import unicodedata
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import pymupdf

TIGHT, LOOSE = 0.8, 1.5
SIZE, MEASURE = 10.5, 276
FLAGS = pymupdf.TEXT_PRESERVE_WHITESPACE | pymupdf.TEXT_ACCURATE_BBOXES


@dataclass
class Letter:
    sign: str
    left: float
    right: float


@dataclass
class Line:
    """A line of the manuscript as painted."""

    text: str
    spaces: list[float]
    """The word spaces, in points."""
    left: float
    right: float
    last_width: float
    first: bool
    last: bool
    added_hyphen: bool
    ends_in_hyphen: bool
    part_of_word: bool
    """Whether it starts inside a word and holds no space."""


def painted_lines(file):
    """The letters of each line in the type size, in the order in which they are painted, page by page."""
    document = pymupdf.open(file)
    for page in document:
        # What stands for letters (replacement text) would hide them.
        for stream in page.get_contents():
            document.update_stream(stream, document.xref_stream(stream).replace(b"/ActualText", b"/HiddenText"))
        rows = {}
        for block in page.get_text("rawdict", flags=FLAGS)["blocks"]:
            for line in block.get("lines", []):
                for span in line["spans"]:
                    if abs(span["size"] - SIZE) > 0.25:
                        continue
                    for char in span["chars"]:
                        if not char["c"].isspace():
                            left, _, right, _ = char["bbox"]
                            row = rows.setdefault(round(char["origin"][1]), [])
                            row.append(Letter(char["c"], left, right))
        yield from (row for _, row in sorted(rows.items()))


def plain(text):
    return unicodedata.normalize("NFKC", text).replace("\u2010", "-").replace("\u00ad", "-")


class Manuscript:
    def __init__(self, text):
        self.paragraphs = [plain(line) for line in text.splitlines()]
        self.paragraph = self.at = 0

    def done(self):
        return self.paragraph == len(self.paragraphs)

    def take(self, letters):
        """The line that these letters are, if they come next in the manuscript."""
        if self.done():
            return None
        text, at, gaps = self.paragraphs[self.paragraph], self.at, []
        first, end, taken = at == 0, None, []
        added = False
        for index, letter in enumerate(letters):
            space = at < len(text) and text[at] == " "
            at += space
            sign = plain(letter.sign)
            if not text.startswith(sign, at):
                added = index == len(letters) - 1 and sign == "-"
                if not added:
                    return None
                at -= space
                taken.append(letter)
                break
            if space and end is not None:
                gaps.append(letter.left - end)
            end = max(letter.right, end if end is not None and not space else letter.right)
            at += len(sign)
            taken.append(letter)
        inside = self.at > 0 and text[self.at] != " "
        words, last = text[self.at : at], at == len(text)
        self.at = at
        if last:
            self.paragraph, self.at = self.paragraph + 1, 0
        right = max(letter.right for letter in taken)
        return Line(
            text=words.strip() + "-" * added,
            spaces=gaps,
            left=taken[0].left,
            right=right,
            last_width=right - taken[-1].left,
            first=first,
            last=last,
            added_hyphen=added,
            ends_in_hyphen=plain(taken[-1].sign) == "-",
            part_of_word=inside and not gaps,
        )


def lines_of(file, text):
    manuscript = Manuscript(text)
    lines = [line for letters in painted_lines(file) if (line := manuscript.take(letters))]
    if not manuscript.done():
        missing = manuscript.paragraphs[manuscript.paragraph][manuscript.at :][:80]
        sys.exit(f"{file} does not have the manuscript's words: after {len(lines)} lines comes no “{missing}”")
    return lines


def figures(lines, space):
    justified = [line for line in lines if not line.last]
    # The pages' left edges, which differ between left and right pages.
    edges = Counter(round(line.left, 1) for line in justified if not line.first)
    edges = [edge for edge, count in edges.items() if count > len(justified) / 20]

    def edge_of(line):
        return min(edges, key=lambda edge: abs(line.left - edge))

    means = [statistics.fmean(line.spaces) / space for line in justified if line.spaces]
    single = [line for line in justified if not line.spaces and line.right < edge_of(line) + MEASURE - 3]
    below = sum(mean < TIGHT for mean in means)
    above = sum(mean > LOOSE for mean in means) + len(single)
    several = [line for line in lines if line.last and not line.first]
    ladders = run = 0
    for line in lines:
        run = run + 1 if line.ends_in_hyphen and not line.last else 0
        ladders += run == 3
    overfull = sum(line.right > edge_of(line) + MEASURE + line.last_width for line in justified)
    unset = [gap / space for line in lines if line.last for gap in line.spaces]
    return {
        "lines": f"{len(lines):,}",
        "beyond 0.8–1.5": f"{(below + above) / len(justified):.2%}",
        "below": f"{below / len(justified):.2%}",
        "above": f"{above / len(justified):.2%}",
        "spread": f"{statistics.pstdev(gap / space for line in justified for gap in line.spaces):.4f}",
        "hyphens per 1,000 lines": f"{sum(line.added_hyphen for line in lines) * 1000 / len(lines):.1f}",
        "ladders of three": f"{ladders}",
        "runts per 1,000": f"{sum(line.right - line.left < 2 * SIZE for line in several) * 1000 / len(several):.1f}",
        "stubs per 1,000": f"{sum(line.part_of_word for line in several) * 1000 / len(several):.1f}",
        "overfull": f"{overfull}",
        "median in last lines": f"{statistics.median(unset):.3f}",
    }


def main(arguments):
    worst = [int(option.removeprefix("--worst=")) for option in arguments if option.startswith("--worst=")]
    manuscript, face, *files = [argument for argument in arguments if not argument.startswith("--")]
    text = Path(manuscript).read_text(encoding="utf-8")
    space = pymupdf.Font(fontfile=face).glyph_advance(ord(" ")) * SIZE
    rows, lines = {}, []
    for name, file in (file.split("=", 1) for file in files):
        lines = lines_of(file, text)
        rows[name] = figures(lines, space)
    names = next(iter(rows.values())).keys()
    print(f"| | {' | '.join(names)} |")
    print(f"|---|{'---:|' * len(names)}")
    for name, row in rows.items():
        print(f"| {name} | {' | '.join(row[key] for key in names)} |")
    for count in worst:
        means = [(statistics.fmean(line.spaces) / space, line.text) for line in lines if line.spaces and not line.last]
        for mean, words in sorted(means)[:count] + sorted(means)[-count:]:
            print(f"{mean:.2f} {words}")


if __name__ == "__main__":
    main(sys.argv[1:])
