//! Pixels of another RGB → sRGB, for what goes on to the inks of a press.
//!
//! A profile of primaries and curves (ICC.1:2010, 8.3.3) is followed with + − × ÷ alone, so that every machine gets the same
//! pixels: the fast paths of libraries differ from processor to processor. Start at [`to_srgb`].

use moxcms::{ColorProfile, DataColorSpace, ToneReprCurve};

use super::color::linear;

/// Pixels of the RGB that `profile` describes as pixels of sRGB, relative colorimetric. Those of a profile without primaries
/// and curves stay as they are. Linear in the pixels.
pub(super) fn to_srgb(mut samples: Vec<u8>, profile: &[u8]) -> Vec<u8> {
    let Some(light) = Light::of(profile) else { return samples };
    let (pixels, _) = samples.as_chunks_mut::<3>();
    let (mut last, mut known) = ([0; 3], light.srgb([0; 3]));
    for pixel in pixels {
        if *pixel != last {
            (last, known) = (*pixel, light.srgb(*pixel));
        }
        *pixel = known;
    }
    samples
}

/// sRGB from the profile connection space, D50: the inverse of the matrix of its primaries.
const FROM_CONNECTION: [[f64; 3]; 3] =
    [[3.134_107, -1.617_390, -0.490_631], [-0.978_784, 1.916_278, 0.033_453], [0.071_982, -0.228_985, 1.405_385]];

/// How an RGB becomes sRGB.
struct Light {
    /// The light of each of 256 steps, of red, green and blue.
    curves: [Vec<f64>; 3],
    /// From this light to sRGB's.
    matrix: [[f64; 3]; 3],
    /// The light at which each step of sRGB but the first begins.
    steps: Vec<f64>,
}

impl Light {
    fn of(profile: &[u8]) -> Option<Self> {
        let profile = ColorProfile::new_from_slice(profile).ok()?;
        if profile.color_space != DataColorSpace::Rgb || profile.pcs != DataColorSpace::Xyz {
            return None;
        }
        let curve = |curve: &Option<ToneReprCurve>| -> Option<Vec<f64>> {
            let curve = curve.as_ref()?;
            (0..=255_u8).map(|step| light_of(curve, f64::from(step) / 255.0)).collect()
        };
        let curves = [curve(&profile.red_trc)?, curve(&profile.green_trc)?, curve(&profile.blue_trc)?];
        let primaries = [profile.red_colorant, profile.green_colorant, profile.blue_colorant];
        let primaries = primaries.map(|primary| [primary.x, primary.y, primary.z]);
        // Without primaries all would be black.
        if primaries.iter().any(|primary| primary[1] <= 0.0) {
            return None;
        }
        let mut matrix = [[0.0; 3]; 3];
        for (row, from) in matrix.iter_mut().zip(FROM_CONNECTION) {
            for (cell, primary) in row.iter_mut().zip(primaries) {
                *cell = (0..3).map(|index| from[index] * primary[index]).sum();
            }
        }
        let steps = (0..255_u8).map(|step| linear((f64::from(step) + 0.5) / 255.0)).collect();
        Some(Self { curves, matrix, steps })
    }

    fn srgb(&self, pixel: [u8; 3]) -> [u8; 3] {
        let light = [0, 1, 2].map(|index| self.curves[index][usize::from(pixel[index])]);
        self.matrix.map(|row| {
            let part = row[0] * light[0] + row[1] * light[1] + row[2] * light[2];
            u8::try_from(self.steps.partition_point(|step| *step <= part)).unwrap_or(u8::MAX)
        })
    }
}

/// The light of a value from 0 to 1 (ICC.1:2010, 10.5 and 10.15); `None` where the curve is broken.
#[expect(clippy::many_single_char_names, reason = "the specification calls them so")]
fn light_of(curve: &ToneReprCurve, value: f64) -> Option<f64> {
    let light = match curve {
        ToneReprCurve::Lut(points) => match points[..] {
            [] => value,
            [gamma] => power(value, f64::from(gamma) / 256.0),
            _ => {
                let points: Vec<f64> = points.iter().map(|point| f64::from(*point) / 65_535.0).collect();
                super::color::along(&points, value)
            }
        },
        ToneReprCurve::Parametric(parameters) => {
            let given: Vec<f64> = parameters.iter().map(|parameter| f64::from(*parameter)).collect();
            // Y = (a X + b)^g + e where X is d at least, else c X + f.
            let [g, a, b, c, d, e, f] = match given[..] {
                [g] => [g, 1.0, 0.0, 0.0, 0.0, 0.0, 0.0],
                [g, a, b] => [g, a, b, 0.0, -b / a, 0.0, 0.0],
                [g, a, b, c] => [g, a, b, 0.0, -b / a, c, c],
                [g, a, b, c, d] => [g, a, b, c, d, 0.0, 0.0],
                [g, a, b, c, d, e, f] => [g, a, b, c, d, e, f],
                _ => return None,
            };
            if value >= d { power(a * value + b, g) + e } else { c * value + f }
        }
    };
    light.is_finite().then(|| light.clamp(0.0, 1.0))
}

/// A number above 0 to some power, by the series of logarithm and exponential; 0 for what is not above 0.
fn power(number: f64, exponent: f64) -> f64 {
    if number <= 0.0 || !number.is_finite() || !exponent.is_finite() {
        return 0.0;
    }
    // To between 1/√2 and √2 by halves: ln x = 2 artanh ((x − 1) / (x + 1)).
    let (mut rest, mut halves) = (number, 0_i32);
    while rest > std::f64::consts::SQRT_2 && halves < 2_000 {
        (rest, halves) = (rest / 2.0, halves + 1);
    }
    while rest < std::f64::consts::FRAC_1_SQRT_2 && halves > -2_000 {
        (rest, halves) = (rest * 2.0, halves - 1);
    }
    let ratio = (rest - 1.0) / (rest + 1.0);
    let (mut term, mut logarithm) = (ratio, 0.0);
    for odd in 0..24 {
        logarithm += term / f64::from(2 * odd + 1);
        term *= ratio * ratio;
    }
    let logarithm = 2.0 * logarithm + f64::from(halves) * std::f64::consts::LN_2;
    // e^x = (e^(x / 1024))^1024.
    let small = (logarithm * exponent).clamp(-700.0, 700.0) / 1_024.0;
    let (mut term, mut result) = (1.0, 1.0);
    for order in 1..16 {
        term *= small / f64::from(order);
        result += term;
    }
    for _ in 0..10 {
        result *= result;
    }
    result
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn powers_agree_with_the_machines_own() {
        for number in [0.000_1, 0.02, 0.5, 0.7, 0.999, 1.0, 1.8, 300.0_f64] {
            for exponent in [0.0, 0.45, 1.0, 1.8, 2.2, 2.4, 5.0] {
                let (own, machine) = (power(number, exponent), number.powf(exponent));
                assert!((own - machine).abs() <= machine * 1e-12, "{number}^{exponent}: {own}, {machine}");
            }
        }
        assert!(power(0.0, 2.2).abs() < f64::EPSILON && power(-1.0, 2.2).abs() < f64::EPSILON);
    }

    #[test]
    fn srgb_described_by_its_own_profile_stays() {
        let profile = ColorProfile::new_srgb().encode().unwrap();
        let samples: Vec<u8> = (0..=255_u8).flat_map(|step| [step, 255 - step, step / 2]).collect();
        let converted = to_srgb(samples.clone(), &profile);
        let far = samples.iter().zip(&converted).map(|(one, other)| one.abs_diff(*other)).max();
        assert!(far <= Some(1), "{far:?}");
        assert!(Light::of(&profile).is_some());
    }

    #[test]
    fn a_wider_rgb_becomes_what_another_converter_gives() {
        // LittleCMS 2, relative colorimetric, from Adobe RGB (1998).
        let profile = ColorProfile::new_adobe_rgb().encode().unwrap();
        for (pixel, expected) in ADOBE {
            let converted = to_srgb(pixel.to_vec(), &profile);
            let near = converted.iter().zip(expected).all(|(one, other)| one.abs_diff(other) <= 1);
            assert!(near, "{pixel:?}: {converted:?}, expected {expected:?}");
        }
    }

    /// Pixels of Adobe RGB, and of sRGB.
    const ADOBE: [([u8; 3], [u8; 3]); 5] = [
        ([128, 128, 128], [129, 129, 129]),
        ([200, 100, 50], [227, 100, 42]),
        ([60, 120, 180], [0, 121, 184]),
        ([180, 90, 120], [205, 90, 122]),
        ([255, 255, 255], [255, 255, 255]),
    ];

    #[test]
    fn a_profile_without_primaries_changes_nothing() {
        assert_eq!(to_srgb(vec![1, 2, 3], b"no profile"), [1, 2, 3]);
        let tables = crate::target::PROFILES[0].2;
        assert_eq!(to_srgb(vec![1, 2, 3], tables), [1, 2, 3]);
    }
}
