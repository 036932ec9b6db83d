//! What the environment says of the terminal: colours, ground, letters.
//!
//! Pure: the environment comes in as a function from a name to its value.

use super::theme::Background;

/// When to use colour.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum When {
    /// On a terminal that has colours, unless `NO_COLOR` is set or `CLICOLOR` is 0
    Auto,
    /// Wherever it goes
    Always,
    /// Weights only
    Never,
}

impl When {
    /// The words of a configuration file.
    pub const WORDS: [(&str, Self); 3] = [("auto", Self::Auto), ("always", Self::Always), ("never", Self::Never)];

    /// Its word.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Auto => "auto",
            Self::Always => "always",
            Self::Never => "never",
        }
    }

    /// Whether there is to be colour, on a terminal or not. `NO_COLOR` comes before `CLICOLOR_FORCE`, that before
    /// `CLICOLOR`; each counts where it is not empty.
    #[must_use]
    pub fn holds(self, is_terminal: bool, env: &impl Fn(&str) -> Option<String>) -> bool {
        let set = |name: &str| env(name).filter(|value| !value.is_empty());
        match self {
            Self::Always => true,
            Self::Never => false,
            Self::Auto if set("NO_COLOR").is_some() => false,
            Self::Auto if set("CLICOLOR_FORCE").is_some_and(|value| value != "0") => true,
            Self::Auto => is_terminal && set("CLICOLOR").is_none_or(|value| value != "0") && colors(env).is_some(),
        }
    }
}

/// How many colours there are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Colors {
    /// The terminal's own sixteen.
    Sixteen,
    /// The 256 of xterm.
    Indexed,
    /// Red, green, blue, 256 steps each.
    True,
}

/// Terminals that have all colours, and say so by their name alone.
const TRUE: [&str; 6] = ["alacritty", "foot", "xterm-ghostty", "xterm-kitty", "wezterm", "contour"];

/// How many colours the terminal has, if any: what `COLORTERM` says, else what is known of `TERM`.
#[must_use]
pub fn colors(env: &impl Fn(&str) -> Option<String>) -> Option<Colors> {
    let term = env("TERM").unwrap_or_default();
    let without = |term: &str| {
        // DEC's terminals, and those that a name says to be without.
        let digits = term.strip_prefix("vt").is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit()));
        term == "dumb" || term.ends_with("-m") || term.ends_with("-mono") || digits
    };
    if without(&term) {
        return None;
    }
    if matches!(env("COLORTERM").as_deref(), Some("truecolor" | "24bit")) || term.ends_with("-direct") {
        return Some(Colors::True);
    }
    if TRUE.iter().any(|name| term == *name || term.strip_prefix(name).is_some_and(|rest| rest.starts_with('-'))) {
        return Some(Colors::True);
    }
    match term.as_str() {
        // Windows names no terminal; what it has since 2017 knows all colours.
        "" => cfg!(windows).then_some(Colors::True),
        _ if term.contains("256color") => Some(Colors::Indexed),
        _ => Some(Colors::Sixteen),
    }
}

/// The ground, where `COLORFGBG` says it: `15;0`, `0;default;15`, of the sixteen colours by number.
#[must_use]
pub fn background(env: &impl Fn(&str) -> Option<String>) -> Option<Background> {
    match env("COLORFGBG")?.rsplit(';').next()?.parse().ok()? {
        0..=6 | 8 => Some(Background::Dark),
        7 | 9..=15 => Some(Background::Light),
        _ => None,
    }
}

/// Whether the terminal may be asked for its ground: GNU screen shows the answer to the reader, or answers late.
#[must_use]
pub fn may_be_asked(env: &impl Fn(&str) -> Option<String>) -> bool {
    let screen = env("TERM").is_some_and(|term| term.starts_with("screen")) && env("TMUX").is_none();
    cfg!(unix) && !screen
}

/// Whether the locale says that the terminal shows nothing but ASCII, or letters of another set than Unicode's. Where
/// nothing is said, it shows UTF-8, as nearly all do.
#[must_use]
pub fn is_ascii(env: &impl Fn(&str) -> Option<String>) -> bool {
    let set = ["LC_ALL", "LC_CTYPE", "LANG"].into_iter().find_map(|name| env(name).filter(|value| !value.is_empty()));
    set.is_some_and(|locale| !locale.to_lowercase().replace('-', "").contains("utf8"))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `NAME=value`, a blank between.
    fn env(text: &'static str) -> impl Fn(&str) -> Option<String> {
        move |name| {
            let set = text.split(' ').filter_map(|set| set.split_once('='));
            set.into_iter().find(|(known, _)| *known == name).map(|(_, value)| value.to_owned())
        }
    }

    #[test]
    fn colours_are_counted_by_what_the_terminal_is_called() {
        use Colors::{Indexed, Sixteen, True};
        let table = [
            ("TERM=xterm-256color", Some(Indexed)),
            ("TERM=xterm-256color COLORTERM=truecolor", Some(True)),
            ("TERM=tmux-256color COLORTERM=24bit", Some(True)),
            ("TERM=xterm-256color COLORTERM=yes", Some(Indexed)),
            ("TERM=xterm-direct", Some(True)),
            ("TERM=xterm-kitty", Some(True)),
            ("TERM=foot-extra", Some(True)),
            ("TERM=xterm", Some(Sixteen)),
            ("TERM=linux", Some(Sixteen)),
            ("TERM=screen", Some(Sixteen)),
            ("TERM=vt100", None),
            ("TERM=vt220-w", None),
            ("TERM=vte", Some(Sixteen)),
            ("TERM=xterm-mono", None),
            ("TERM=linux-m", None),
            ("TERM=dumb COLORTERM=truecolor", None),
        ];
        for (set, expected) in table {
            assert_eq!(colors(&env(set)), expected, "{set}");
        }
    }

    #[test]
    fn colour_is_used_where_it_is_wanted() {
        let table = [
            (When::Auto, true, "TERM=xterm", true),
            (When::Auto, false, "TERM=xterm", false),
            (When::Auto, true, "TERM=vt100", false),
            (When::Auto, true, "TERM=xterm NO_COLOR=1", false),
            (When::Auto, true, "TERM=xterm NO_COLOR=", true),
            (When::Auto, true, "TERM=xterm CLICOLOR=0", false),
            (When::Auto, true, "TERM=xterm CLICOLOR=1", true),
            (When::Auto, false, "TERM=xterm CLICOLOR=1", false),
            (When::Auto, false, "TERM=xterm CLICOLOR_FORCE=1", true),
            (When::Auto, false, "TERM=xterm CLICOLOR_FORCE=0", false),
            (When::Auto, true, "TERM=xterm CLICOLOR_FORCE=1 NO_COLOR=1", false),
            (When::Always, false, "NO_COLOR=1", true),
            (When::Never, true, "CLICOLOR_FORCE=1 TERM=xterm", false),
        ];
        for (when, is_terminal, set, expected) in table {
            assert_eq!(when.holds(is_terminal, &env(set)), expected, "{when:?} {is_terminal} {set}");
        }
    }

    #[test]
    fn the_ground_is_told_by_its_number() {
        let table = [
            ("COLORFGBG=15;0", Some(Background::Dark)),
            ("COLORFGBG=0;15", Some(Background::Light)),
            ("COLORFGBG=0;default;7", Some(Background::Light)),
            ("COLORFGBG=12;8", Some(Background::Dark)),
            ("COLORFGBG=15;default", None),
            ("COLORFGBG=0;16", None),
            ("COLORFGBG=", None),
            ("", None),
        ];
        for (set, expected) in table {
            assert_eq!(background(&env(set)), expected, "{set}");
        }
        assert!(!may_be_asked(&env("TERM=screen.xterm-256color")));
        assert_eq!(may_be_asked(&env("TERM=screen-256color TMUX=/tmp/tmux")), cfg!(unix));
    }

    #[test]
    fn letters_are_those_of_the_locale() {
        let table = [
            ("LANG=C", true),
            ("LANG=POSIX", true),
            ("LANG=C.UTF-8", false),
            ("LANG=de_DE.utf8", false),
            ("LANG=de_DE.ISO-8859-1", true),
            ("LANG=de_DE.UTF-8 LC_ALL=C", true),
            ("LANG=C LC_CTYPE=UTF-8", false),
            ("LANG=C.UTF-8 LC_ALL= LC_CTYPE=C", true),
            ("", false),
        ];
        for (set, expected) in table {
            assert_eq!(is_ascii(&env(set)), expected, "{set}");
        }
    }
}
