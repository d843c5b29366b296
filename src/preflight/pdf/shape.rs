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

/// A path under construction, on the page.
#[derive(Default)]
pub(super) struct Path {
    pub(super) all: Extent,
    part: Extent,
    /// Whether the part has straight lines alone, and few of them.
    points: usize,
    pub(super) curved: bool,
    /// The thinnest of the parts that are bars.
    pub(super) bar: Option<PageBox>,
    here: (f64, f64),
}

impl Path {
    /// How many times as long as thick a bar is.
    const ELONGATION: f64 = 12.0;

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
        self.points += 1;
    }

    pub(super) fn end_part(&mut self) {
        let bounds = self.part.bounds;
        let (thin, long) = (bounds.thickness(), bounds.width().max(bounds.height()));
        let straight = !self.curved && (4..=5).contains(&self.points);
        if straight && long >= Self::ELONGATION * thin && self.bar.is_none_or(|bar| thin < bar.thickness()) {
            self.bar = Some(bounds);
        }
        (self.part, self.points, self.curved) = (Extent::default(), 0, false);
    }
}
