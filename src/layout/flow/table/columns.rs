//! The widths of a table's columns, from what their cells ask for.
//!
//! It knows lengths only. Start at [`solve`].

use crate::geometry::Length;

/// What the cells of a column ask for.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Wanted {
    /// The longest word: less would cut it.
    pub least: Length,
    /// The longest line: more would be of no use.
    pub most: Length,
    /// The lines of all cells, end to end.
    pub area: Length,
    /// What the author asks for.
    pub told: Option<Length>,
}

/// The widths of columns that have `room` together; `unit` is the least that a column can have.
///
/// Each is as wide as its longest line where all fit. Else columns of short lines are as wide as these, and the others share
/// what is left so that the table comes out about as low as can be: with areas A, the sum of A ÷ w is least where w goes with
/// √A, between the longest word and the longest line of each. Where not even the words fit, each has its share of the room.
/// What the author asks for counts before all that, but for the longest words. Linear, but for a search over 48 steps and
/// for the order of the columns.
pub(super) fn solve(wanted: &[Wanted], room: Length, unit: Length) -> Vec<Length> {
    let narrow: Length = wanted.iter().map(|column| column.least).sum();
    if narrow > room {
        let share = |least: Length| least.scale(room.raw().max(1), narrow.raw().max(1)).max(unit / 2);
        return wanted.iter().map(|column| share(column.least)).collect();
    }
    // A told width is a column without choice; what all of them have too much, those give that can.
    let mut wanted: Vec<Wanted> = wanted.to_vec();
    let told: Length = wanted.iter().map(|column| column.told.unwrap_or_default().max(column.least)).sum();
    let excess = (told - room).max(Length::ZERO);
    let spare: Length = wanted.iter().filter_map(|column| Some((column.told? - column.least).max(Length::ZERO))).sum();
    for column in &mut wanted {
        if let Some(told) = column.told {
            let own = (told - column.least).max(Length::ZERO);
            let width = column.least + own - excess.scale(own.raw(), spare.raw().max(1));
            (column.least, column.most) = (width, width);
        }
    }
    let wide: Length = wanted.iter().map(|column| column.most).sum();
    if wide <= room {
        return wanted.iter().map(|column| column.most).collect();
    }
    // Short lines are not turned over to make room for long ones.
    let even = room / i64::try_from(wanted.len().max(1)).unwrap_or(1);
    let mut order: Vec<usize> = (0..wanted.len()).collect();
    order.sort_by_key(|&column| (wanted[column].most, column));
    let mut taken: Length = wanted.iter().map(|column| column.least).sum();
    for column in order {
        let column = &mut wanted[column];
        let more = column.most - column.least;
        if column.most > even || taken + more > room {
            break;
        }
        taken += more;
        column.least = column.most;
    }
    let widths = |factor: i64| -> Vec<Length> {
        let root = |column: &Wanted| column.area.max(unit).raw().isqrt().saturating_mul(factor) >> 16;
        wanted.iter().map(|column| Length::from_raw(root(column)).min(column.most).max(column.least)).collect()
    };
    let (mut low, mut high) = (0_i64, 1_i64 << 48);
    while low + 1 < high {
        let middle = low.midpoint(high);
        let fits = widths(middle).into_iter().sum::<Length>() <= room;
        (low, high) = if fits { (middle, high) } else { (low, middle) };
    }
    widths(low)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Columns of so many points: longest word, longest line, all lines.
    fn solved(columns: &[(i64, i64, i64)], room: i64) -> Vec<i64> {
        let pt = Length::pt;
        let wanted: Vec<Wanted> = columns
            .iter()
            .map(|&(least, most, area)| Wanted { least: pt(least), most: pt(most), area: pt(area), told: None })
            .collect();
        let widths = solve(&wanted, pt(room), pt(10));
        #[expect(clippy::cast_possible_truncation, reason = "whole points")]
        widths.into_iter().map(|width| width.to_pt().round() as i64).collect()
    }

    #[test]
    fn columns_that_fit_are_as_wide_as_their_longest_lines() {
        assert_eq!(solved(&[(20, 50, 90), (30, 100, 300)], 200), [50, 100]);
    }

    #[test]
    fn short_lines_are_not_turned_over_for_long_ones() {
        assert_eq!(solved(&[(20, 60, 200), (30, 2_000, 9_000)], 200), [60, 140]);
    }

    #[test]
    fn long_columns_share_the_room_by_the_roots_of_their_areas() {
        assert_eq!(solved(&[(10, 900, 1_000), (10, 900, 4_000)], 300), [100, 200]);
    }

    #[test]
    fn no_word_is_cut_that_need_not_be() {
        assert_eq!(solved(&[(140, 900, 1_000), (10, 900, 4_000)], 200), [140, 60]);
        assert_eq!(solved(&[(140, 900, 1_000), (60, 900, 4_000)], 100), [70, 30]);
    }

    #[test]
    fn told_widths_count_before_the_content() {
        let pt = Length::pt;
        let column = |least, told| Wanted { least: pt(least), most: pt(300), area: pt(900), told };
        let told = |columns: &[Wanted]| solve(columns, pt(200), pt(10));
        assert_eq!(told(&[column(20, Some(pt(50))), column(20, Some(pt(80)))]), [pt(50), pt(80)]);
        assert_eq!(told(&[column(60, Some(pt(50))), column(20, Some(pt(80)))]), [pt(60), pt(80)]);
        assert_eq!(told(&[column(20, Some(pt(120))), column(20, Some(pt(120)))]), [pt(100), pt(100)]);
        let widths = told(&[column(20, Some(pt(50))), column(20, None)]);
        assert_eq!(widths[0], pt(50));
        assert!(widths[1] <= pt(150) && widths[1] > pt(149));
    }
}
