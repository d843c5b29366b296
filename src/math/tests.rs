//! Tests of formulas: what they look like, what they say, and what can't be set.

use std::fmt::Write as _;

use super::*;
use crate::font::PathElement;

/// The sixty formulas to look at.
const FORMULAS: &str = include_str!("../../tests/math/formulas.txt");

fn formula(tex: &str) -> Formula {
    parse(tex, true, &mut Macros::default()).unwrap_or_else(|fault| panic!("{tex}: {fault:?}"))
}

#[test]
fn every_formula_of_the_page_is_read() {
    let mut faults = String::new();
    for tex in FORMULAS.lines() {
        if let Err(fault) = parse(tex, true, &mut Macros::default()) {
            let _ = writeln!(faults, "{tex}\n  {fault:?}");
        }
    }
    assert_eq!(faults, "");
    assert_eq!(FORMULAS.lines().count(), 60);
}

/// Writes the page: `MATH_PAGE=folder cargo test --lib math:: -- --ignored`. For people to look at.
#[test]
#[ignore = "for people: writes pictures into the folder $MATH_PAGE"]
fn the_page_is_drawn() {
    let Some(folder) = std::env::var_os("MATH_PAGE").map(std::path::PathBuf::from) else { return };
    std::fs::create_dir_all(&folder).unwrap();
    let fonts = FontBook::bundled();
    let size = Length::pt(22);
    let mut text = String::new();
    let mut sheets: Vec<(tiny_skia::Pixmap, f32)> = Vec::new();
    for (number, tex) in FORMULAS.lines().enumerate() {
        let formula = formula(tex);
        let set = formula.set(size, &fonts);
        let _ = writeln!(text, "{}. {tex}\n   {}\n   {}\n", number + 1, formula.alt(), formula.mathml());
        if number % 15 == 0 {
            let mut page = tiny_skia::Pixmap::new(1000, 1400).unwrap();
            page.fill(tiny_skia::Color::WHITE);
            sheets.push((page, 20.0));
        }
        let (page, top) = sheets.last_mut().unwrap();
        let (height, depth) = (set.height.to_pt() as f32, set.depth.to_pt() as f32);
        let baseline = *top + height;
        box_outline(page, 60.0, *top, set.width.to_pt() as f32, height + depth);
        for item in &set.items {
            paint(page, item, 60.0, baseline, &fonts);
        }
        *top += height + depth + 14.0;
    }
    for (number, (page, _)) in sheets.iter().enumerate() {
        page.save_png(folder.join(format!("page{number}.png"))).unwrap();
    }
    std::fs::write(folder.join("words.txt"), text).unwrap();
}

fn box_outline(page: &mut tiny_skia::Pixmap, x: f32, y: f32, width: f32, height: f32) {
    let Some(rect) = tiny_skia::Rect::from_xywh(x, y, width.max(0.1), height.max(0.1)) else { return };
    let mut paint = tiny_skia::Paint::default();
    paint.set_color_rgba8(235, 240, 250, 255);
    page.fill_rect(rect, &paint, tiny_skia::Transform::identity(), None);
}

fn paint(page: &mut tiny_skia::Pixmap, item: &MathItem, x: f32, y: f32, fonts: &FontBook) {
    use tiny_skia::{FillRule, Paint, PathBuilder, Transform};
    let mut ink = Paint { anti_alias: true, ..Paint::default() };
    let mut color = |color: &Option<[u8; 3]>| {
        let [red, green, blue] = color.unwrap_or_default();
        ink.set_color_rgba8(red, green, blue, 255);
    };
    let pt = |length: Length| length.to_pt() as f32;
    let mut path = PathBuilder::new();
    let transform = match item {
        MathItem::Glyph { face, id, origin, size, color: own, .. } => {
            color(own);
            for element in fonts.face(*face).outline(*id) {
                match element {
                    PathElement::MoveTo { x, y } => path.move_to(x, y),
                    PathElement::LineTo { x, y } => path.line_to(x, y),
                    PathElement::QuadTo { cx0, cy0, x, y } => path.quad_to(cx0, cy0, x, y),
                    PathElement::CurveTo { cx0, cy0, cx1, cy1, x, y } => path.cubic_to(cx0, cy0, cx1, cy1, x, y),
                    PathElement::Close => path.close(),
                }
            }
            let scale = pt(*size) / fonts.face(*face).units_per_em() as f32;
            Transform::from_row(scale, 0.0, 0.0, -scale, x + pt(origin.x), y + pt(origin.y))
        }
        MathItem::Rule { rect, color: own } => {
            color(own);
            let (width, height) = (pt(rect.size.width), pt(rect.size.height));
            if let Some(rect) = tiny_skia::Rect::from_xywh(pt(rect.origin.x), pt(rect.origin.y), width, height) {
                path.push_rect(rect);
            }
            Transform::from_translate(x, y)
        }
        MathItem::Path { segments, color: own } => {
            color(own);
            for segment in segments {
                match *segment {
                    PathSegment::MoveTo(to) => path.move_to(pt(to.x), pt(to.y)),
                    PathSegment::LineTo(to) => path.line_to(pt(to.x), pt(to.y)),
                    PathSegment::CubicTo(a, b, to) => {
                        path.cubic_to(pt(a.x), pt(a.y), pt(b.x), pt(b.y), pt(to.x), pt(to.y));
                    }
                    PathSegment::Close => path.close(),
                }
            }
            Transform::from_translate(x, y)
        }
    };
    if let Some(path) = path.finish() {
        page.fill_path(&path, &ink, FillRule::Winding, transform, None);
    }
}
