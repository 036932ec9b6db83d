//! Which characters lines and boxes are drawn with.

use super::{Border, BoxAt};

/// How strongly a line is drawn.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Stroke {
    /// Not at all.
    #[default]
    None,
    /// Thin.
    Light,
    /// Thick.
    Heavy,
}

/// All junctions of thin and thick lines: the strokes up, right, down, left are the digits of a number to the base 3.
const LINES: &str = " ╴╸╷┐┑╻┒┓╶─╾┌┬┭┎┰┱╺╼━┍┮┯┏┲┳╵┘┙│┤┥╽┧┪└┴┵├┼┽┟╁╅┕┶┷┝┾┿┢╆╈╹┚┛╿┦┩┃┨┫┖┸┹┞╀╃┠╂╉┗┺┻┡╄╇┣╊╋";

/// The character of a cell from which lines lead up, right, down, left.
#[must_use]
pub fn glyph(arms: [Stroke; 4]) -> char {
    let place = arms.into_iter().fold(0, |place, arm| place * 3 + arm as usize);
    LINES.chars().nth(place).unwrap_or(' ')
}

/// A box as characters, `mark` before the name: column, line, character.
pub(super) fn boxed(at: &BoxAt, mark: char) -> Vec<(usize, usize, char)> {
    let [top, middle, bottom] = match at.border {
        Border::Plain => ["┌─┐", "│", "└─┘"],
        Border::Runs => ["╔═╗", "║", "╚═╝"],
        Border::End => ["╭─╮", "│", "╰─╯"],
    };
    let name = at.state.name();
    let lines = if at.height == 1 {
        let [left, right] = match at.border {
            Border::Plain => ['[', ']'],
            Border::Runs => ['║', '║'],
            Border::End => ['(', ')'],
        };
        vec![format!("{}{name}{right}", if mark == ' ' { left } else { mark })]
    } else {
        let across = |ends: &str| {
            let mut ends = ends.chars();
            let mut next = || ends.next().unwrap_or(' ');
            let (left, line, right) = (next(), next(), next());
            format!("{left}{}{right}", line.to_string().repeat(at.width - 2))
        };
        vec![across(top), format!("{middle}{mark}{name} {middle}"), across(bottom)]
    };
    let cells = lines.iter().zip(at.y..).flat_map(|(line, y)| line.chars().zip(at.x..).map(move |(c, x)| (x, y, c)));
    cells.collect()
}
