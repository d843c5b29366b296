//! Shapes on a page: what moves them, and the boxes around them (ISO 32000-2, 8.3 and 8.5).

use super::PageBox;

/// A transformation of coordinates, as the specification writes it (8.3.3).
pub(super) type Matrix = [f64; 6];

pub(super) const IDENTITY: Matrix = [1.0, 0.0, 0.0, 1.0, 0.0, 0.0];

/// First `first`, then `then`.
pub(super) fn product(first: Matrix, then: Matrix) -> Matrix {
    let along = |x: f64, y: f64| (x * then[0] + y * then[2], x * then[1] + y * then[3]);
    let (one, other, corner) = (along(first[0], first[1]), along(first[2], first[3]), along(first[4], first[5]));
    [one.0, one.1, other.0, other.1, corner.0 + then[4], corner.1 + then[5]]
}

pub(super) fn moved(matrix: Matrix, x: f64, y: f64) -> (f64, f64) {
    (matrix[0] * x + matrix[2] * y + matrix[4], matrix[1] * x + matrix[3] * y + matrix[5])
}

/// How much a matrix enlarges, over all directions.
pub(super) fn scale(matrix: Matrix) -> f64 {
    (matrix[0] * matrix[3] - matrix[1] * matrix[2]).abs().sqrt()
}

/// The box around a rectangle that a matrix moves.
pub(super) fn boxed(matrix: Matrix, left: f64, bottom: f64, right: f64, top: f64) -> PageBox {
    let mut found = Extent::default();
    for (x, y) in [(left, bottom), (left, top), (right, bottom), (right, top)] {
        let (x, y) = moved(matrix, x, y);
        found.add(x, y);
    }
    found.bounds
}

/// The box around points.
#[derive(Clone, Copy)]
pub(super) struct Extent {
    pub(super) bounds: PageBox,
}

impl Default for Extent {
    fn default() -> Self {
        let (most, least) = (f64::INFINITY, f64::NEG_INFINITY);
        Self { bounds: PageBox { left: most, bottom: most, right: least, top: least } }
    }
}

impl Extent {
    pub(super) fn add(&mut self, x: f64, y: f64) {
        let PageBox { left, bottom, right, top } = &mut self.bounds;
        (*left, *bottom, *right, *top) = (left.min(x), bottom.min(y), right.max(x), top.max(y));
    }

    pub(super) fn is_empty(&self) -> bool {
        self.bounds.left > self.bounds.right
    }
}

/// A straight bar, which is a line that is drawn as a shape.
#[derive(Clone, Copy, Debug)]
pub(in super::super) struct Bar {
    /// The box around it.
    pub(in super::super) area: PageBox,
    /// Across it, however it is turned, in points.
    pub(in super::super) thickness: f64,
}

impl Bar {
    /// How many times as long as thick a bar is.
    const ELONGATION: f64 = 12.0;

    /// The bar with these corners in turn, if they have one: four of a long parallelogram.
    fn of([first, second, third, fourth]: [(f64, f64); 4], area: PageBox) -> Option<Self> {
        let side = |from: (f64, f64), to: (f64, f64)| (to.0 - from.0, to.1 - from.1);
        let (one, other, back) = (side(first, second), side(second, third), side(third, fourth));
        let (one_long, other_long) = (one.0.hypot(one.1), other.0.hypot(other.1));
        let long = one_long.max(other_long);
        let slant = (one.0 + back.0).hypot(one.1 + back.1);
        let thickness = if long > 0.0 { (one.0 * other.1 - one.1 * other.0).abs() / long } else { 0.0 };
        // A side that is another's opposite leads back as far, but for rounding.
        (slant <= 0.01 + long / 1000.0 && long >= Self::ELONGATION * thickness).then_some(Self { area, thickness })
    }
}

/// A path under construction, on the page.
#[derive(Default)]
pub(super) struct Path {
    pub(super) all: Extent,
    part: Extent,
    /// How many points the part has, and the first four.
    points: usize,
    corners: [(f64, f64); 4],
    /// Whether the part has curves.
    pub(super) curved: bool,
    /// The thinnest of the parts that are bars.
    bar: Option<Bar>,
    /// Whether any part has curves, or what looks like them.
    rounded: bool,
    here: (f64, f64),
}

impl Path {
    /// With more points than this a part is a curve that is made of short lines.
    const CORNERS: usize = 16;

    pub(super) fn begin(&mut self, matrix: Matrix, x: f64, y: f64) {
        self.end_part();
        self.here = (x, y);
        self.line(matrix, x, y);
    }

    pub(super) fn line(&mut self, matrix: Matrix, x: f64, y: f64) {
        self.here = (x, y);
        let (x, y) = moved(matrix, x, y);
        self.all.add(x, y);
        self.part.add(x, y);
        if let Some(corner) = self.corners.get_mut(self.points) {
            *corner = (x, y);
        }
        self.points += 1;
    }

    pub(super) fn end_part(&mut self) {
        let straight = !self.curved && (4..=5).contains(&self.points);
        let bar = if straight { Bar::of(self.corners, self.part.bounds) } else { None };
        self.bar = [self.bar, bar].into_iter().flatten().min_by(|one, other| one.thickness.total_cmp(&other.thickness));
        self.rounded |= self.curved || self.points > Self::CORNERS;
        (self.part, self.points, self.curved) = (Extent::default(), 0, false);
    }

    /// The thinnest of the bars, in a path that has no curves: with them it is a sign, such as an arrow or a letter, and its
    /// stems are no lines.
    pub(super) fn bar(&self) -> Option<Bar> {
        self.bar.filter(|_| !self.rounded)
    }
}
