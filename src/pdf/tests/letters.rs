//! Letters: in which order they are read, and where they stand.

use super::*;

#[test]
fn right_to_left_text_reads_in_logical_order() {
    let mut set = Typesetter::new(document());
    set.page(Numbering::Decimal, 1);
    set.line();
    let mut run = set.run("abc", SERIF, Length::millipoints(10_500), Features::default());
    run.glyphs.reverse();
    set.set_run(node(1), run);
    assert_eq!(File::of(&set.book).said(), "abc");
}

#[test]
fn a_raised_glyph_is_painted_where_it_belongs_and_the_rest_stays_on_the_baseline() {
    let mut set = Typesetter::new(document());
    set.page(Numbering::Decimal, 1);
    set.line();
    let mut run = set.run("abc", SERIF, Length::pt(10), Features::default());
    run.glyphs[1].offset = Point::new(Length::pt(1), -Length::pt(3));
    let (origin, before) = (run.origin, run.glyphs[0].advance);
    let height = set.book.style.page.trim.height;
    set.set_run(node(1), run);
    let file = File::of(&set.book);
    let places: Vec<(f32, f32)> = file
        .operations(file.pages[0])
        .iter()
        .filter(|operation| operation.operator == "Tm")
        .map(|operation| (operation.operands[4].as_float().unwrap(), operation.operands[5].as_float().unwrap()))
        .collect();
    let baseline = (height - origin.y).to_pt();
    assert_eq!(places.len(), 3);
    assert!((f64::from(places[1].0) - (origin.x + before).to_pt() - 1.0).abs() < 0.01);
    assert!((f64::from(places[1].1) - baseline - 3.0).abs() < 0.01);
    assert!((f64::from(places[2].1) - baseline).abs() < 0.01);
}
