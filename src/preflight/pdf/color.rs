//! Colours: the spaces that they are given in, and the inks that they take (ISO 32000-2, 8.6).

use lopdf::{Dictionary, Document, Object};

/// How many spaces may stand within one another.
const DEEPEST: usize = 6;

/// The most inks that a space may name (ISO 32000-2, annex C).
const MOST_INKS: usize = 32;

/// A colour space.
#[derive(Clone, Debug, PartialEq)]
pub(in super::super) enum Space {
    Gray,
    Rgb,
    Cmyk,
    CalGray,
    CalRgb,
    Lab,
    /// By a profile with so many components.
    Icc(usize),
    /// A number for each of a table of colours.
    Indexed(Box<Space>, Vec<u8>),
    /// Inks by name, a Separation's or a `DeviceN`'s, and what stands for them where there are none.
    Inks(Vec<String>, Box<Space>),
    /// A pattern; an uncoloured one has its colours in the space.
    Pattern(Option<Box<Space>>),
    /// Another, or one that can't be read.
    Unknown,
}

/// How much ink a colour takes, 1 for all of one.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(in super::super) struct Inks {
    /// Cyan, magenta, yellow, black.
    pub(in super::super) process: [f64; 4],
    /// All others together.
    pub(in super::super) spot: f64,
}

impl Inks {
    pub(in super::super) fn total(self) -> f64 {
        self.process.iter().sum::<f64>() + self.spot
    }
}

impl Space {
    /// Reads a space: a name, or an array that describes it. `resources` may say what stands for the spaces of devices.
    pub(super) fn read(document: &Document, object: &Object, resources: &Dictionary) -> Self {
        Self::within(document, object, Some(resources), 0)
    }

    fn within(document: &Document, object: &Object, resources: Option<&Dictionary>, depth: usize) -> Self {
        let Ok((_, object)) = document.dereference(object) else { return Self::Unknown };
        if depth > DEEPEST {
            return Self::Unknown;
        }
        if let Ok(name) = object.as_name() {
            return Self::named(document, name, resources, depth);
        }
        let Ok(parts) = object.as_array() else { return Self::Unknown };
        let part = |at: usize| Some(document.dereference(parts.get(at)?).ok()?.1);
        let inner = |at: usize| {
            let space = parts.get(at).map(|part| Self::within(document, part, resources, depth + 1));
            Box::new(space.unwrap_or(Self::Unknown))
        };
        match part(0).and_then(|name| name.as_name().ok()).unwrap_or_default() {
            b"CalGray" => Self::CalGray,
            b"CalRGB" => Self::CalRgb,
            b"Lab" => Self::Lab,
            b"ICCBased" => {
                let stream = part(1).and_then(|profile| profile.as_stream().ok());
                let components = stream.and_then(|stream| stream.dict.get_deref(b"N", document).ok()?.as_i64().ok());
                components.and_then(|components| usize::try_from(components).ok()).map_or(Self::Unknown, Self::Icc)
            }
            b"Indexed" | b"I" => {
                let table = match part(3) {
                    Some(Object::String(bytes, _)) => bytes.clone(),
                    Some(Object::Stream(stream)) => stream.get_plain_content_with_limit(1 << 16).unwrap_or_default(),
                    _ => Vec::new(),
                };
                Self::Indexed(inner(1), table)
            }
            b"Separation" => Self::Inks(part(1).and_then(ink_name).into_iter().collect(), inner(2)),
            b"DeviceN" => {
                let names = part(1).and_then(|names| names.as_array().ok()).map(Vec::as_slice).unwrap_or_default();
                let names = names.iter().take(MOST_INKS).filter_map(|name| document.dereference(name).ok());
                Self::Inks(names.filter_map(|(_, name)| ink_name(name)).collect(), inner(2))
            }
            b"Pattern" => Self::Pattern(parts.get(1).map(|_| inner(1))),
            name if parts.len() == 1 => Self::named(document, name, resources, depth),
            _ => Self::Unknown,
        }
    }

    /// A space by its name: a device's, or one of the resources'.
    fn named(document: &Document, name: &[u8], resources: Option<&Dictionary>, depth: usize) -> Self {
        let listed = |name: &[u8]| {
            let spaces = resources?.get_deref(b"ColorSpace", document).ok()?.as_dict().ok()?;
            spaces.get(name).ok()
        };
        // What stands for a device's space has none that stands for it (8.6.5.6).
        let device = |space: Self, default: &[u8]| match listed(default) {
            Some(default) => Self::within(document, default, None, depth + 1),
            None => space,
        };
        match name {
            b"DeviceGray" | b"G" => device(Self::Gray, b"DefaultGray"),
            b"DeviceRGB" | b"RGB" => device(Self::Rgb, b"DefaultRGB"),
            b"DeviceCMYK" | b"CMYK" => device(Self::Cmyk, b"DefaultCMYK"),
            b"Pattern" => Self::Pattern(None),
            _ => listed(name).map_or(Self::Unknown, |space| Self::within(document, space, resources, depth + 1)),
        }
    }

    /// How many numbers make a colour.
    pub(in super::super) fn components(&self) -> usize {
        match self {
            Self::Gray | Self::CalGray | Self::Indexed(..) => 1,
            Self::Rgb | Self::CalRgb | Self::Lab => 3,
            Self::Cmyk => 4,
            Self::Icc(components) => *components,
            Self::Inks(names, _) => names.len(),
            Self::Pattern(under) => under.as_ref().map_or(0, |space| space.components()),
            Self::Unknown => 0,
        }
    }

    /// The colour that is set with the space (8.6.5 and 8.6.6).
    pub(super) fn initial(&self) -> Vec<f64> {
        match self {
            Self::Cmyk => vec![0.0, 0.0, 0.0, 1.0],
            Self::Icc(4) => vec![0.0; 4],
            Self::Inks(names, _) => vec![1.0; names.len()],
            Self::Gray
            | Self::Rgb
            | Self::CalGray
            | Self::CalRgb
            | Self::Lab
            | Self::Icc(_)
            | Self::Indexed(..)
            | Self::Pattern(_)
            | Self::Unknown => vec![0.0; self.components().min(MOST_INKS)],
        }
    }

    /// The space that colours are made in: an Indexed one's own.
    pub(in super::super) fn base(&self) -> &Self {
        if let Self::Indexed(base, _) | Self::Pattern(Some(base)) = self { base } else { self }
    }

    /// The inks of a colour. `None` for light, whose inks a press finds.
    pub(in super::super) fn inks(&self, color: &[f64]) -> Option<Inks> {
        let part = |at: usize| color.get(at).copied().unwrap_or(0.0).clamp(0.0, 1.0);
        match self {
            Self::Gray | Self::CalGray | Self::Icc(1) => {
                Some(Inks { process: [0.0, 0.0, 0.0, 1.0 - part(0)], spot: 0.0 })
            }
            Self::Cmyk | Self::Icc(4) => Some(Inks { process: [part(0), part(1), part(2), part(3)], spot: 0.0 }),
            Self::Indexed(base, table) => {
                #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "`as` saturates")]
                let start = (color.first().copied().unwrap_or(0.0).max(0.0) as usize).saturating_mul(base.components());
                let bytes = table.get(start..start.saturating_add(base.components()))?;
                let color: Vec<f64> = bytes.iter().map(|byte| f64::from(*byte) / 255.0).collect();
                base.inks(&color)
            }
            Self::Inks(names, _) => {
                let mut inks = Inks::default();
                for (at, name) in names.iter().enumerate() {
                    match name.as_str() {
                        "Cyan" => inks.process[0] += part(at),
                        "Magenta" => inks.process[1] += part(at),
                        "Yellow" => inks.process[2] += part(at),
                        "Black" => inks.process[3] += part(at),
                        "All" => inks.process = inks.process.map(|ink| ink + part(at)),
                        "None" => {}
                        _ => inks.spot += part(at),
                    }
                }
                Some(inks)
            }
            Self::Pattern(Some(under)) => under.inks(color),
            Self::Rgb | Self::CalRgb | Self::Lab | Self::Icc(_) | Self::Pattern(None) | Self::Unknown => None,
        }
    }

    /// Whether a colour leaves paper as it is.
    pub(in super::super) fn is_white(&self, color: &[f64]) -> bool {
        const NEARLY: f64 = 0.998;
        match self {
            Self::Rgb | Self::CalRgb | Self::Icc(3) => color.len() == 3 && color.iter().all(|part| *part >= NEARLY),
            Self::Lab => color.first().is_some_and(|light| *light >= 100.0 * NEARLY),
            Self::Gray
            | Self::Cmyk
            | Self::CalGray
            | Self::Icc(_)
            | Self::Indexed(..)
            | Self::Inks(..)
            | Self::Pattern(_)
            | Self::Unknown => self.inks(color).is_some_and(|inks| inks.total() <= 1.0 - NEARLY),
        }
    }

    /// What people call it.
    pub(in super::super) fn name(&self) -> String {
        match self {
            Self::Gray => "DeviceGray".to_owned(),
            Self::Rgb => "DeviceRGB".to_owned(),
            Self::Cmyk => "DeviceCMYK".to_owned(),
            Self::CalGray => "CalGray".to_owned(),
            Self::CalRgb => "CalRGB".to_owned(),
            Self::Lab => "Lab".to_owned(),
            Self::Icc(components) => match components {
                1 => "ICCBased gray".to_owned(),
                3 => "ICCBased RGB".to_owned(),
                4 => "ICCBased CMYK".to_owned(),
                _ => format!("ICCBased with {components} components"),
            },
            Self::Indexed(base, _) => base.name(),
            Self::Inks(names, alternate) => format!("ink `{}` by {}", names.join("`, `"), alternate.name()),
            Self::Pattern(_) => "Pattern".to_owned(),
            Self::Unknown => "an unknown space".to_owned(),
        }
    }
}

fn ink_name(object: &Object) -> Option<String> {
    object.as_name().ok().map(|name| String::from_utf8_lossy(name).into_owned())
}
