"""Draws MissingLetter.ttf: the box with a number that stands for a letter which no font has. Needs fonttools.

Glyphs: 0 empty; 1 a box for two digits by two, 2 one for three by two; 3 to 18 the hexadecimal digits, each where the first
of a box stands. A character's box is the box, and each of its digits moved to its column and row.
"""

from fontTools.fontBuilder import FontBuilder
from fontTools.pens.ttGlyphPen import TTGlyphPen

DIGITS = """
### .#. ### ### #.# ### ### ### ### ### ### ##. ### ##. ### ###
#.# ##. ..# ..# #.# #.. #.. ..# #.# #.# #.# #.# #.. #.# #.. #..
#.# .#. ### ### ### ### ### .#. ### ### ### ##. #.. #.# ### ###
#.# .#. #.. ..# ..# ..# #.# .#. #.# ..# #.# #.# #.. #.# #.. #..
### ### ### ### ..# ### ### .#. ### ### #.# ##. ### ##. ### #..
"""
DOT, FRAME, SIDE, BOTTOM, TOP = 50, 36, 40, -60, 704
STEP = (200, 310)  # From digit to digit; bundled.rs has it as well.
FIRST = (SIDE + FRAME + 48, 346)  # The lower left corner of the first digit.


def rectangle(pen, left, bottom, right, top, hole=False):
    corners = [(left, bottom), (left, top), (right, top), (right, bottom)]
    if hole:
        corners.reverse()
    pen.moveTo(corners[0])
    for corner in corners[1:]:
        pen.lineTo(corner)
    pen.closePath()


def box(columns):
    pen = TTGlyphPen(None)
    right = FIRST[0] + STEP[0] * (columns - 1) + 3 * DOT + 48 + FRAME
    rectangle(pen, SIDE, BOTTOM, right, TOP)
    rectangle(pen, SIDE + FRAME, BOTTOM + FRAME, right - FRAME, TOP - FRAME, hole=True)
    return pen.glyph(), right + SIDE


def digit(number):
    pen = TTGlyphPen(None)
    for row, line in enumerate(DIGITS.split("\n")[1:6]):
        dots = line.split()[number]
        column = 0
        while column < 3:
            if dots[column] == "#":
                end = column
                while end < 3 and dots[end] == "#":
                    end += 1
                left, bottom = FIRST[0] + DOT * column, FIRST[1] + DOT * (4 - row)
                rectangle(pen, left, bottom, FIRST[0] + DOT * end, bottom + DOT)
                column = end
            column += 1
    return pen.glyph(), 0


glyphs = {".notdef": (TTGlyphPen(None).glyph(), 0), "box": box(2), "widebox": box(3)}
glyphs |= {f"digit{number:X}": digit(number) for number in range(16)}
builder = FontBuilder(1000, isTTF=True)
builder.setupGlyphOrder(list(glyphs))
# A font needs a map; these private characters are never asked for.
builder.setupCharacterMap({0xF0000 + number: name for number, name in enumerate(glyphs) if number})
builder.setupGlyf({name: glyph for name, (glyph, _) in glyphs.items()})
builder.setupHorizontalMetrics({name: (width, glyph.xMin if glyph.numberOfContours else 0) for name, (glyph, width) in glyphs.items()})
builder.setupHorizontalHeader(ascent=800, descent=-200)
builder.setupNameTable({"familyName": "Missing Letter", "styleName": "Regular", "psName": "MissingLetter"})
builder.setupOS2(sTypoAscender=800, sTypoDescender=-200, sCapHeight=TOP, sxHeight=500)
builder.setupPost(keepGlyphNames=False)
builder.updateHead(created=0, modified=0)
builder.font.recalcTimestamp = False
builder.save("MissingLetter.ttf")
