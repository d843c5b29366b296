//! Exact distances, points and boxes.
//!
//! Everything that the layout decides is computed with [`Length`], an integer, so that equal input breaks lines and
//! pages equally on every machine. Page coordinates start at the top left corner of the trimmed page; `y` grows
//! downwards. Start at [`Length`].

use std::iter::Sum;
use std::ops::{Add, AddAssign, Div, Mul, Neg, Sub, SubAssign};

/// A distance in units of 1/65536 PDF point (1 point = 1/72 inch).
///
/// Sums and differences are exact; a conversion from a real number rounds once.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Length(i64);

impl Length {
    /// No distance.
    pub const ZERO: Self = Self(0);
    /// The largest distance that arithmetic on a page can meet without overflow: a stand-in for "unbounded".
    pub const MAX: Self = Self(i64::MAX / 4);

    /// A whole number of points.
    #[must_use]
    pub const fn pt(points: i64) -> Self {
        Self(points * 65_536)
    }

    /// Thousandths of a point, for constants such as `Length::millipoints(10_500)`, ten and a half points.
    #[must_use]
    pub const fn millipoints(thousandths: i64) -> Self {
        Self(thousandths * 65_536 / 1000)
    }

    /// Hundredths of a millimetre, rounded to the nearest unit: `Length::mm(148_00)` is 148 mm.
    #[must_use]
    pub const fn mm(hundredths: i64) -> Self {
        // 1 mm = 72 / 25.4 pt, so 1/100 mm = 72 * 65536 / 2540 units.
        Self((hundredths * 72 * 65_536 + 1270) / 2540)
    }

    /// Rounds a number of points to the nearest unit; what is not finite becomes zero.
    #[must_use]
    #[expect(clippy::cast_possible_truncation, reason = "`as` saturates, and points are small")]
    pub fn from_pt(points: f64) -> Self {
        if points.is_finite() { Self((points * 65_536.0 + 0.5).floor() as i64) } else { Self::ZERO }
    }

    /// The distance in points.
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "a page's distances fit 52 bits")]
    pub const fn to_pt(self) -> f64 {
        self.0 as f64 / 65_536.0
    }

    /// The raw number of units of 1/65536 point.
    #[must_use]
    pub const fn raw(self) -> i64 {
        self.0
    }

    /// A distance of `units` of 1/65536 point.
    #[must_use]
    pub const fn from_raw(units: i64) -> Self {
        Self(units)
    }

    /// `self` × `numerator` / `denominator`, rounded to nearest (halves upwards), through 128 bits where it takes them.
    ///
    /// # Panics
    /// Never for a `denominator` above zero, which every caller passes as a constant or a font's units per em.
    #[must_use]
    #[expect(clippy::cast_possible_truncation, reason = "the quotient of two page distances fits 64 bits")]
    pub const fn scale(self, numerator: i64, denominator: i64) -> Self {
        if let Some(product) = self.0.checked_mul(numerator)
            && let Some(product) = product.checked_add(denominator / 2)
        {
            return Self(product.div_euclid(denominator));
        }
        let product = self.0 as i128 * numerator as i128;
        let denominator = denominator as i128;
        Self((product + denominator / 2).div_euclid(denominator) as i64)
    }

    /// `self` × `thousandths` / 1000.
    #[must_use]
    pub const fn permille(self, thousandths: i64) -> Self {
        self.scale(thousandths, 1000)
    }

    /// The smaller of two distances.
    #[must_use]
    pub fn min(self, other: Self) -> Self {
        Ord::min(self, other)
    }

    /// The larger of two distances.
    #[must_use]
    pub fn max(self, other: Self) -> Self {
        Ord::max(self, other)
    }

    /// The distance without its sign.
    #[must_use]
    pub const fn abs(self) -> Self {
        Self(self.0.abs())
    }

    /// Rounds up to a multiple of `step` (above zero): how far a block reaches on a baseline grid.
    #[must_use]
    pub const fn round_up(self, step: Self) -> Self {
        Self((self.0 + step.0 - 1).div_euclid(step.0) * step.0)
    }
}

impl Add for Length {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        Self(self.0 + other.0)
    }
}

impl Sub for Length {
    type Output = Self;
    fn sub(self, other: Self) -> Self {
        Self(self.0 - other.0)
    }
}

impl Neg for Length {
    type Output = Self;
    fn neg(self) -> Self {
        Self(-self.0)
    }
}

impl Mul<i64> for Length {
    type Output = Self;
    fn mul(self, factor: i64) -> Self {
        Self(self.0 * factor)
    }
}

impl Div<i64> for Length {
    type Output = Self;
    fn div(self, divisor: i64) -> Self {
        Self(self.0 / divisor)
    }
}

impl AddAssign for Length {
    fn add_assign(&mut self, other: Self) {
        self.0 += other.0;
    }
}

impl SubAssign for Length {
    fn sub_assign(&mut self, other: Self) {
        self.0 -= other.0;
    }
}

impl Sum for Length {
    fn sum<I: Iterator<Item = Self>>(items: I) -> Self {
        items.fold(Self::ZERO, Add::add)
    }
}

/// A place on a page, from the top left corner of the trim; `y` grows downwards.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Point {
    /// Distance from the left edge.
    pub x: Length,
    /// Distance from the top edge.
    pub y: Length,
}

impl Point {
    /// The point `x` from the left and `y` from the top.
    #[must_use]
    pub const fn new(x: Length, y: Length) -> Self {
        Self { x, y }
    }
}

/// The extent of a box.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Size {
    /// Horizontal extent.
    pub width: Length,
    /// Vertical extent.
    pub height: Length,
}

impl Size {
    /// A box `width` wide and `height` high.
    #[must_use]
    pub const fn new(width: Length, height: Length) -> Self {
        Self { width, height }
    }
}

/// A box on a page.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Rect {
    /// The top left corner.
    pub origin: Point,
    /// The extent to the right and downwards.
    pub size: Size,
}

impl Rect {
    /// The box with its top left corner at (`x`, `y`).
    #[must_use]
    pub const fn new(x: Length, y: Length, width: Length, height: Length) -> Self {
        Self { origin: Point::new(x, y), size: Size::new(width, height) }
    }

    /// The right edge.
    #[must_use]
    pub fn right(&self) -> Length {
        self.origin.x + self.size.width
    }

    /// The bottom edge.
    #[must_use]
    pub fn bottom(&self) -> Length {
        self.origin.y + self.size.height
    }

    /// The least box of these proportions that covers this one, around the same middle: this one where it has them, but for
    /// rounding.
    #[must_use]
    pub fn covering(&self, proportions: Size) -> Self {
        let (wide, high) = (proportions.width.raw().max(1), proportions.height.raw().max(1));
        let Size { width, height } = self.size;
        let size = Size::new(width.max(height.scale(wide, high)), height.max(width.scale(high, wide)));
        let beyond = Point::new(size.width - width, size.height - height);
        if beyond.x.max(beyond.y) <= Length::millipoints(10) {
            return *self;
        }
        Self { origin: Point::new(self.origin.x - beyond.x / 2, self.origin.y - beyond.y / 2), size }
    }
}

/// Margins of a page in a bound book: `inner` lies at the spine.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Insets {
    /// Above the type area.
    pub top: Length,
    /// Below the type area.
    pub bottom: Length,
    /// Between the spine and the type area.
    pub inner: Length,
    /// Between the type area and the fore-edge.
    pub outer: Length,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn millimetres_and_inches_agree() {
        assert_eq!(Length::mm(25_40), Length::pt(72));
        assert_eq!(format!("{:.0}", Length::mm(210_00).to_pt()), "595");
    }

    #[test]
    fn a_box_is_covered_around_its_middle() {
        let pt = Length::pt;
        let page = Rect::new(pt(-10), pt(-10), pt(120), pt(220));
        let covering = page.covering(Size::new(pt(1), pt(2)));
        assert_eq!(covering, Rect::new(pt(-10), pt(-20), pt(120), pt(240)));
        let wide = page.covering(Size::new(pt(220), pt(110)));
        assert_eq!(wide, Rect::new(pt(-170), pt(-10), pt(440), pt(220)));
        assert_eq!(page.covering(Size::new(pt(6), pt(11))), page);
        assert_eq!(page.covering(Size::default()).size.height, pt(220), "no proportions at all");
    }

    #[test]
    fn scaling_rounds_to_nearest_for_both_signs() {
        assert_eq!(Length::from_raw(7).scale(1, 2), Length::from_raw(4));
        assert_eq!(Length::from_raw(-7).scale(1, 2), Length::from_raw(-3));
        assert_eq!(Length::from_raw(-8).scale(1, 2), Length::from_raw(-4));
        assert_eq!(Length::from_raw(i64::MAX / 2 + 1).scale(3, 6), Length::from_raw(i64::MAX / 4 + 1));
    }

    #[test]
    fn a_block_rounds_up_to_whole_lines() {
        assert_eq!(Length::pt(15).round_up(Length::pt(14)), Length::pt(28));
        assert_eq!(Length::pt(14).round_up(Length::pt(14)), Length::pt(14));
        assert_eq!(Length::ZERO.round_up(Length::pt(14)), Length::ZERO);
    }
}
