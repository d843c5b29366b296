//! Colours → inks: what a target prints a colour with, and how much ink that takes.
//!
//! Where a target names no printing condition, colours stay as they are. Else those of sRGB become its four inks through the
//! profile's own tables: perceptual, by tetrahedra between nodes that are computed with + − × ÷ alone, so that every machine
//! gets the same inks. Black and grays are black ink alone; a colour that stands for an ink of its own is that ink.
//! Start at [`Colors::of`].

use std::sync::atomic::{AtomicU16, Ordering};

use moxcms::{ColorProfile, DataColorSpace, LutDataType, LutStore, LutWarehouse};

use crate::layout::book::Ink;
use crate::target::{Spot, Target};

/// What something is painted with.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Paint {
    /// Gray light, from 0 for black to 1.
    Gray(f64),
    /// Light of sRGB, each from 0 to 1.
    Rgb([f64; 3]),
    /// Inks, each from 0 to 255.
    Cmyk([u8; 4]),
    /// An ink of its own.
    Separation(Separation),
}

/// An ink that is told by its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Separation {
    /// All inks of the press, for marks.
    All,
    /// One of the target's own, by its index.
    Spot(usize),
}

impl Separation {
    /// The resource name of its colour space.
    pub(super) fn resource(self) -> String {
        match self {
            Self::All => "All".to_owned(),
            Self::Spot(index) => format!("Spot{index}"),
        }
    }
}

/// The colours of a target.
pub(super) struct Colors<'t> {
    press: Option<Press>,
    spots: &'t [Spot],
    /// Whether paint may let through what is below.
    pub(super) transparency: bool,
}

impl<'t> Colors<'t> {
    /// The colours of `target`.
    ///
    /// # Errors
    /// Where its profile can't be used.
    pub(super) fn of(target: &'t Target) -> Result<Self, String> {
        let press = target.profile.as_ref().map(|profile| Press::of(&profile.data, target)).transpose()?;
        let transparency = target.conformance.has_transparency();
        let spots = if target.conformance.is_tagged() { &[] } else { target.spots.as_slice() };
        Ok(Self { press, spots, transparency })
    }

    /// The inks of the press, where the target names it.
    pub(super) fn press(&self) -> Option<&Press> {
        self.press.as_ref()
    }

    /// What `ink` is printed with.
    pub(super) fn paint(&self, ink: Ink) -> Paint {
        let part = |part: u8| f64::from(part) / 255.0;
        match ink {
            Ink::Black => self.gray(0.0),
            Ink::Tint(percent) => self.gray(1.0 - f64::from(percent.min(100)) / 100.0),
            Ink::Color(color) => match (self.spot(color), color) {
                (Some(spot), _) => Paint::Separation(spot),
                (None, [red, green, blue]) if red == green && green == blue => self.gray(part(red)),
                (None, color) => match &self.press {
                    Some(press) => Paint::Cmyk(press.inks(color)),
                    None => Paint::Rgb(color.map(part)),
                },
            },
        }
    }

    fn gray(&self, light: f64) -> Paint {
        match &self.press {
            #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a part of 255")]
            Some(press) => {
                let inks = [0, 0, 0, (255.0 * (1.0 - light)).round() as u8];
                press.measure(inks);
                Paint::Cmyk(inks)
            }
            None => Paint::Gray(light),
        }
    }

    /// The ink of its own that a colour of sRGB stands for.
    pub(super) fn spot(&self, color: [u8; 3]) -> Option<Separation> {
        self.spots.iter().position(|spot| spot.color == color).map(Separation::Spot)
    }

    /// What an ink of its own is called, and what it looks like.
    pub(super) fn separation(&self, separation: Separation) -> Option<(&str, [u8; 3])> {
        match separation {
            Separation::All => Some(("All", [0; 3])),
            Separation::Spot(index) => self.spots.get(index).map(|spot| (spot.name.as_str(), spot.color)),
        }
    }
}

/// Steps from node to node in each of red, green and blue.
const STEPS: usize = 17;
/// What a step is, of 255.
const STEP: usize = 255 / STEPS;
/// Nodes along a side.
const NODES: usize = STEPS + 1;

/// Full ink in a node.
const FULL: u32 = 65_535;

/// sRGB → the inks of one press.
pub(super) struct Press {
    /// Inks at each node, blue fastest.
    nodes: Vec<[u16; 4]>,
    /// The most ink in one place, of 255 for each.
    limit: u32,
    /// The black of areas, and the colour that stands for it.
    rich_black: Option<([u8; 3], [u8; 4])>,
    /// The most ink so far.
    most: AtomicU16,
}

impl Press {
    /// Reads a profile of a press (ICC.1:2001-04, 6.5.9 and 6.5.10: `lut8Type`, `lut16Type`) whose connection space is Lab.
    fn of(profile: &[u8], target: &Target) -> Result<Self, String> {
        let unusable = |reason: &str| format!("the profile of the press can't be used: {reason}");
        let profile = ColorProfile::new_from_slice(profile).map_err(|error| unusable(&error.to_string()))?;
        if profile.color_space != DataColorSpace::Cmyk || profile.pcs != DataColorSpace::Lab {
            return Err(unusable("it does not lead from Lab to four inks"));
        }
        let table = profile.lut_b_to_a_perceptual.as_ref().or(profile.lut_b_to_a_colorimetric.as_ref());
        let Some(LutWarehouse::Lut(table)) = table else { return Err(unusable("it has no table of inks")) };
        let table = InkTable::of(table).ok_or_else(|| unusable("its table of inks is broken"))?;
        #[expect(clippy::cast_precision_loss, reason = "at most 255")]
        let light: Vec<f64> = (0..NODES).map(|step| linear((step * STEP) as f64 / 255.0)).collect();
        let mut nodes = Vec::with_capacity(NODES * NODES * NODES);
        for red in &light {
            for green in &light {
                nodes.extend(light.iter().map(|blue| table.inks(lab([*red, *green, *blue]))));
            }
        }
        let limit = u32::from(target.total_ink.unwrap_or(400).min(400)) * 255 / 100;
        let of_255 = |percent: u8| u8::try_from(u16::from(percent) * 255 / 100).unwrap_or(u8::MAX);
        let rich_black = target.rich_black.map(|black| (black.color, black.inks.map(of_255)));
        Ok(Self { nodes, limit, rich_black, most: AtomicU16::new(0) })
    }

    /// The inks of a colour of sRGB, within the limit.
    pub(super) fn inks(&self, color: [u8; 3]) -> [u8; 4] {
        let inks = match self.rich_black {
            Some((known, inks)) if known == color => inks,
            Some(_) | None => self.limited(self.interpolated(color)),
        };
        self.measure(inks);
        inks
    }

    /// The inks of pixels of sRGB, four for each three. Linear in the pixels.
    pub(super) fn pixels(&self, samples: &[u8]) -> Vec<u8> {
        let (pixels, _) = samples.as_chunks::<3>();
        let mut inks = Vec::with_capacity(pixels.len() * 4);
        let (mut last, mut known) = ([255; 3], self.inks([255; 3]));
        for pixel in pixels {
            if *pixel != last {
                (last, known) = (*pixel, self.inks(*pixel));
            }
            inks.extend(known);
        }
        inks
    }

    /// Between the nodes of the tetrahedron that a colour is in: the six around the diagonal from dark to light share a cube.
    fn interpolated(&self, color: [u8; 3]) -> [u8; 4] {
        const SIDES: [usize; 3] = [NODES * NODES, NODES, 1];
        let mut axes: [(u32, usize); 3] = [(0, 0); 3];
        let mut node = 0;
        for (index, part) in color.into_iter().enumerate() {
            let step = (usize::from(part) / STEP).min(STEPS - 1);
            node += step * SIDES[index];
            axes[index] = (u32::from(part) - u32::try_from(step * STEP).unwrap_or(0), SIDES[index]);
        }
        axes.sort_by(|one, other| other.cmp(one));
        let step = u32::try_from(STEP).unwrap_or(1);
        let mut weight = step;
        let mut sums = [0_u32; 4];
        for (rest, side) in axes.into_iter().chain([(0, 0)]) {
            let at = self.nodes.get(node).copied().unwrap_or_default();
            for (sum, ink) in sums.iter_mut().zip(at) {
                *sum += (weight - rest) * u32::from(ink);
            }
            weight = rest;
            node += side;
        }
        sums.map(|sum| u8::try_from((sum / step * 255 + FULL / 2) / FULL).unwrap_or(u8::MAX))
    }

    /// Within the limit of ink: black takes the place of what is gray in the colours (under-colour removal), and where that is
    /// not enough, the colours become paler.
    fn limited(&self, inks: [u8; 4]) -> [u8; 4] {
        let [cyan, magenta, yellow, black] = inks.map(u32::from);
        let sum = cyan + magenta + yellow + black;
        if sum <= self.limit {
            return inks;
        }
        let gray = cyan.min(magenta).min(yellow).min(255 - black).min((sum - self.limit).div_ceil(2));
        let black = (black + gray).min(self.limit);
        let colors = [cyan - gray, magenta - gray, yellow - gray];
        let (colored, room) = (colors.iter().sum::<u32>(), self.limit - black);
        let colors = if colored > room { colors.map(|color| color * room / colored) } else { colors };
        let [cyan, magenta, yellow] = colors;
        [cyan, magenta, yellow, black].map(|ink| u8::try_from(ink).unwrap_or(u8::MAX))
    }

    /// Notes how much ink a colour takes.
    pub(super) fn measure(&self, inks: [u8; 4]) {
        let sum = inks.into_iter().map(u16::from).sum();
        self.most.fetch_max(sum, Ordering::Relaxed);
    }

    /// The most ink that was noted, in per cent, rounded up.
    pub(super) fn total_ink(&self) -> u16 {
        (u32::from(self.most.load(Ordering::Relaxed)) * 100).div_ceil(255).try_into().unwrap_or(u16::MAX)
    }
}

/// A profile's table from Lab to inks, its numbers from 0 to 1.
struct InkTable {
    inputs: Vec<f64>,
    grid: usize,
    nodes: Vec<f64>,
    outputs: Vec<f64>,
    /// How Lab is written: L*, then what is added to a* and b*, and by what they are divided.
    scale: (f64, f64),
}

impl InkTable {
    fn of(table: &LutDataType) -> Option<Self> {
        fn numbers(store: &LutStore) -> Vec<f64> {
            match store {
                LutStore::Store8(values) => values.iter().map(|value| f64::from(*value) / 255.0).collect(),
                LutStore::Store16(values) => values.iter().map(|value| f64::from(*value) / 65_535.0).collect(),
            }
        }
        let grid = usize::from(table.num_clut_grid_points);
        let (inputs, nodes) = (numbers(&table.input_table), numbers(&table.clut_table));
        let outputs = numbers(&table.output_table);
        let whole = table.num_input_channels == 3
            && table.num_output_channels == 4
            && grid >= 2
            && inputs.len() >= 6
            && inputs.len().is_multiple_of(3)
            && nodes.len() == grid * grid * grid * 4
            && outputs.len() >= 8
            && outputs.len().is_multiple_of(4);
        // With 16 bits, 100 and 255 are 0xFF00 (ICC.1:2001-04, annex A).
        let scale = match table.clut_table {
            LutStore::Store8(_) => (100.0, 255.0),
            LutStore::Store16(_) => (100.0 * 65_535.0 / 65_280.0, 255.0 * 65_535.0 / 65_280.0),
        };
        whole.then_some(Self { inputs, grid, nodes, outputs, scale })
    }

    /// The inks of a colour, each of [`FULL`].
    fn inks(&self, [l, a, b]: [f64; 3]) -> [u16; 4] {
        let (lightness, chroma) = self.scale;
        let coordinates = [l / lightness, (a + 128.0) / chroma, (b + 128.0) / chroma];
        let curve = self.inputs.len() / 3;
        let mut places = [(0, 0.0); 3];
        for (index, coordinate) in coordinates.into_iter().enumerate() {
            let shaped = along(&self.inputs[index * curve..][..curve], coordinate);
            places[index] = step(shaped, self.grid);
        }
        let mut sums = [0.0; 4];
        for corner in 0..8_usize {
            let mut weight = 1.0;
            let mut node = 0;
            for (index, (place, rest)) in places.into_iter().enumerate() {
                let far = corner >> index & 1;
                weight *= if far == 1 { rest } else { 1.0 - rest };
                node = node * self.grid + place + far;
            }
            for (sum, ink) in sums.iter_mut().zip(&self.nodes[node * 4..]) {
                *sum += weight * ink;
            }
        }
        let curve = self.outputs.len() / 4;
        let mut inks = [0; 4];
        for (index, sum) in sums.into_iter().enumerate() {
            let ink = along(&self.outputs[index * curve..][..curve], sum);
            #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a part of 65,535")]
            let ink = (ink.clamp(0.0, 1.0) * f64::from(FULL)).round() as u16;
            inks[index] = ink;
        }
        inks
    }
}

/// The step of `count` places that `value` (0 to 1) is in, the last one's end in the last step, and how far.
fn step(value: f64, count: usize) -> (usize, f64) {
    #[expect(clippy::cast_precision_loss, reason = "tables have a few thousand places")]
    let place = value.clamp(0.0, 1.0) * (count - 1) as f64;
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "between 0 and the last place")]
    let index = (place as usize).min(count - 2);
    #[expect(clippy::cast_precision_loss, reason = "tables have a few thousand places")]
    let rest = place - index as f64;
    (index, rest)
}

/// The value of a curve of equidistant points.
pub(super) fn along(curve: &[f64], value: f64) -> f64 {
    let (index, rest) = step(value, curve.len());
    curve[index] + (curve[index + 1] - curve[index]) * rest
}

/// The light of a value of sRGB from 0 to 1 (IEC 61966-2-1).
pub(super) fn linear(value: f64) -> f64 {
    if value <= 0.040_45 {
        return value / 12.92;
    }
    let base = (value + 0.055) / 1.055;
    // x^2.4 is x² times the fifth root of x².
    base * base * root(base * base, 5)
}

/// The root of a number above 0 and up to 1, by Newton's method from above.
fn root(number: f64, degree: i32) -> f64 {
    let count = f64::from(degree);
    let mut root = 1.0;
    for _ in 0..64 {
        let mut power = 1.0;
        for _ in 1..degree {
            power *= root;
        }
        root = ((count - 1.0) * root + number / power) / count;
    }
    root
}

/// Light of sRGB → Lab under D50 (CIE 15), with the primaries that the program's own profile of sRGB gives.
fn lab([red, green, blue]: [f64; 3]) -> [f64; 3] {
    const WHITE: [f64; 3] = [0.9642, 1.0, 0.8249];
    const ROWS: [[f64; 3]; 3] =
        [[0.436_066, 0.385_147, 0.143_066], [0.222_488, 0.716_873, 0.060_608], [0.013_916, 0.097_076, 0.714_096]];
    let mut parts = [0.0; 3];
    for index in 0..3 {
        let [from_red, from_green, from_blue] = ROWS[index];
        let part = (from_red * red + from_green * green + from_blue * blue) / WHITE[index];
        parts[index] =
            if part > 216.0 / 24_389.0 { root(part.min(1.0), 3) } else { (24_389.0 / 27.0 * part + 16.0) / 116.0 };
    }
    let [x, y, z] = parts;
    [116.0 * y - 16.0, 500.0 * (x - y), 200.0 * (y - z)]
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::target::{Conformance, PROFILES, Profile, RichBlack};

    fn target(profile: usize, total_ink: Option<u16>) -> Target {
        let (_, condition, data) = PROFILES[profile];
        let profile = Profile { condition: condition.to_owned(), data: Arc::from(data), embedded: true };
        Target { conformance: Conformance::X4, profile: Some(profile), total_ink, ..Target::default() }
    }

    #[test]
    fn colours_become_the_inks_that_another_converter_gives() {
        // LittleCMS 2, perceptual, in per cent.
        for (profile, color, expected) in [
            (0, [255, 0, 0], [0, 95, 93, 1]),
            (0, [0, 51, 160], [90, 65, 0, 30]),
            (0, [30, 20, 10], [43, 58, 71, 93]),
            (0, [128, 128, 128], [50, 40, 39, 16]),
            (1, [255, 0, 0], [0, 89, 89, 0]),
            (1, [128, 128, 128], [42, 33, 29, 26]),
            (1, [255, 255, 255], [0, 0, 0, 0]),
        ] {
            let target = target(profile, None);
            let colors = Colors::of(&target).unwrap();
            let inks = colors.press().unwrap().inks(color);
            let percent = inks.map(|ink| (i32::from(ink) * 100 + 127) / 255);
            let near = percent.iter().zip(expected).all(|(ink, expected): (&i32, i32)| (ink - expected).abs() <= 3);
            assert!(near, "{color:?}: {percent:?}, expected {expected:?}");
        }
    }

    #[test]
    fn no_colour_takes_more_ink_than_the_limit() {
        let target = target(0, Some(240));
        let colors = Colors::of(&target).unwrap();
        let press = colors.press().unwrap();
        for color in (0..=255_u8).step_by(5).flat_map(|red| [0, 40, 90].map(|green| [red, green, red / 2])) {
            let inks = press.inks(color);
            assert!(inks.into_iter().map(u32::from).sum::<u32>() <= 240 * 255 / 100, "{color:?}: {inks:?}");
        }
        assert!((230..=240).contains(&press.total_ink()), "{}", press.total_ink());
        assert_eq!(press.limited([10, 20, 30, 40]), [10, 20, 30, 40], "what is within the limit stays");
        let [cyan, magenta, yellow, black] = press.limited([220, 200, 190, 150]);
        assert!(black > 150 && cyan > magenta && magenta > yellow, "black replaces gray, and the hue stays");
    }

    #[test]
    fn black_and_gray_are_black_ink_alone_on_a_press() {
        let target = target(1, Some(280));
        let colors = Colors::of(&target).unwrap();
        assert_eq!(colors.paint(Ink::Black), Paint::Cmyk([0, 0, 0, 255]));
        assert_eq!(colors.paint(Ink::Tint(20)), Paint::Cmyk([0, 0, 0, 51]));
        assert_eq!(colors.paint(Ink::Color([0; 3])), Paint::Cmyk([0, 0, 0, 255]));
        let screen = Target::default();
        let colors = Colors::of(&screen).unwrap();
        assert_eq!(colors.paint(Ink::Black), Paint::Gray(0.0));
        assert_eq!(colors.paint(Ink::Color([255, 0, 0])), Paint::Rgb([1.0, 0.0, 0.0]));
    }

    #[test]
    fn rich_black_is_the_inks_that_were_asked_for_and_no_other_black_is() {
        let rich_black = Some(RichBlack { inks: [60, 40, 40, 100], color: [10, 10, 20] });
        let target = Target { rich_black, ..target(0, Some(240)) };
        let colors = Colors::of(&target).unwrap();
        assert_eq!(colors.paint(Ink::Color([10, 10, 20])), Paint::Cmyk([153, 102, 102, 255]));
        assert_eq!(colors.paint(Ink::Black), Paint::Cmyk([0, 0, 0, 255]));
        let press = colors.press().unwrap();
        assert_eq!(press.pixels(&[10, 10, 20]), [153, 102, 102, 255]);
        assert_ne!(press.inks([10, 10, 21]), [153, 102, 102, 255]);
        assert_eq!(press.total_ink(), 240);
    }

    #[test]
    fn a_colour_that_stands_for_an_ink_is_that_ink() {
        let spots = vec![Spot { name: "PANTONE 286 C".to_owned(), color: [0, 51, 160] }];
        let target = Target { spots, ..target(0, None) };
        let colors = Colors::of(&target).unwrap();
        assert_eq!(colors.paint(Ink::Color([0, 51, 160])), Paint::Separation(Separation::Spot(0)));
        assert!(matches!(colors.paint(Ink::Color([0, 51, 161])), Paint::Cmyk(_)));
    }

    #[test]
    fn a_profile_without_a_table_of_inks_is_refused() {
        let mut broken = target(0, None);
        let data: Arc<[u8]> = Arc::from(&PROFILES[0].2[..4000]);
        broken.profile = broken.profile.map(|profile| Profile { data, ..profile });
        assert!(Colors::of(&broken).is_err());
    }
}
