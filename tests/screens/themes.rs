//! Themes: one screen of each with its styles, contrast, what eyes that see fewer colours can tell apart, the picker.

use super::*;
use ratatui::buffer::Cell;
use ratatui::style::{Color as Drawn, Modifier as Weight, Style};
use saslscope::config::theme::{Background, Color, Modifier, Role, luminance};
use saslscope::wire::base64::encode as base64;
use std::fmt::Write as _;
use unicode_width::UnicodeWidthStr as _;

const NAMES: [&str; 10] = [
    "catppuccin",
    "dark",
    "deuteranopia",
    "gruvbox",
    "high-contrast",
    "light",
    "mono",
    "nord",
    "solarized",
    "terminal16",
];

fn theme(name: &str) -> Theme {
    Theme::find(name).unwrap_or_else(|error| panic!("{error}"))
}

/// The lab at the held `NegTokenInit`, in that theme.
fn held(name: &str) -> Model {
    let mut lab = Lab::new([7; 32], NOW);
    lab.mechanism = Mechanism::Gssapi;
    let mut model = model(Options { theme: theme(name), ..options() });
    model.open_lab(lab);
    press(&mut model, "n n n");
    model
}

/// How each role looks; then each row as text, below it the roles of its cells, where they are not plain text.
fn styled(name: &str) -> String {
    let theme = theme(name);
    let ground = screen_style(&theme, Role::Text);
    let styles: Vec<(String, Style)> = Role::ALL
        .iter()
        .map(|role| (role.name().to_owned(), ground.patch(screen_style(&theme, *role))))
        .chain(Role::ALL.iter().map(|role| {
            let style = ground.patch(screen_style(&theme, *role)).patch(screen_style(&theme, Role::Selected));
            (format!("selected {}", role.name()), style)
        }))
        .collect();
    let mut drawn = format!("{name}: {}\n", theme.background.word());
    for (name, style) in &styles[..Role::ALL.len()] {
        writeln!(drawn, "  {name:13} {}", look(*style)).unwrap();
    }
    let terminal = screen(&mut held(name), SIZES[0]);
    for row in terminal.backend().buffer().content.chunks(usize::from(SIZES[0].0)) {
        let text: String = row.iter().map(Cell::symbol).collect();
        let style = |at: usize| Style { underline_color: None, ..row[at].style() };
        let mut runs = Vec::new();
        let mut start = 0;
        while start < row.len() {
            let end = (start..row.len()).find(|at| style(*at) != style(start)).unwrap_or(row.len());
            let found = styles.iter().find(|(_, known)| look(*known) == look(style(start)));
            let name = found.map_or_else(|| look(style(start)), |(name, _)| name.clone());
            if name != "text" {
                runs.push(format!("{start}..{end} {name}"));
            }
            start = end;
        }
        writeln!(drawn, "{}", text.trim_end()).unwrap();
        if !runs.is_empty() {
            writeln!(drawn, "      {}", runs.join(", ")).unwrap();
        }
    }
    drawn
}

fn screen_style(theme: &Theme, role: Role) -> Style {
    let color = |color: &Color| match *color {
        Color::Rgb(r, g, b) => Drawn::Rgb(r, g, b),
        Color::Named(number) => NAMED[usize::from(number)],
        Color::Indexed(number) => Drawn::Indexed(number),
    };
    let theme = theme.look(role);
    let mut style = Style { fg: theme.fg.as_ref().map(color), bg: theme.bg.as_ref().map(color), ..Style::new() };
    for modifier in &theme.modifiers {
        style = style.add_modifier(match modifier {
            Modifier::Bold => Weight::BOLD,
            Modifier::Dim => Weight::DIM,
            Modifier::Italic => Weight::ITALIC,
            Modifier::Underline => Weight::UNDERLINED,
            Modifier::Reverse => Weight::REVERSED,
        });
    }
    style
}

/// The terminal's own sixteen, in their order.
const NAMED: [Drawn; 16] = [
    Drawn::Black,
    Drawn::Red,
    Drawn::Green,
    Drawn::Yellow,
    Drawn::Blue,
    Drawn::Magenta,
    Drawn::Cyan,
    Drawn::Gray,
    Drawn::DarkGray,
    Drawn::LightRed,
    Drawn::LightGreen,
    Drawn::LightYellow,
    Drawn::LightBlue,
    Drawn::LightMagenta,
    Drawn::LightCyan,
    Drawn::White,
];

/// `#6cb6ff on #14181f bold`
fn look(style: Style) -> String {
    let color = |color: Option<Drawn>| match color {
        None | Some(Drawn::Reset) => "own".to_owned(),
        Some(color) => color.to_string().to_lowercase(),
    };
    let mut look = format!("{} on {}", color(style.fg), color(style.bg));
    for (name, _) in style.add_modifier.iter_names() {
        look.extend([" ", &name.to_lowercase()]);
    }
    look
}

#[test]
fn one_screen_of_each_theme() {
    for name in NAMES {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("tests/screens/themes/{name}.txt"));
        let drawn = styled(name);
        if std::env::var_os("SASLSCOPE_BLESS").is_some() {
            std::fs::write(&path, &drawn).unwrap();
        }
        let expected = std::fs::read_to_string(&path).unwrap_or_default();
        assert!(drawn == expected, "{}: differs; now it is\n{drawn}", path.display());
    }
}

/// Letters and ground of a look that stands on `below`, on a terminal of so many colours. The terminal's own are xterm's,
/// grey on black.
fn pair(theme: &Theme, role: Role, below: [u8; 3], colors: Colors) -> [[u8; 3]; 2] {
    let look = theme.look_within(role, colors);
    let letters = theme.look_within(Role::Text, colors).fg.map_or([229; 3], Color::rgb);
    let pair = [look.fg.map_or(letters, Color::rgb), look.bg.map_or(below, Color::rgb)];
    if look.modifiers.contains(&Modifier::Reverse) { [pair[1], pair[0]] } else { pair }
}

/// Of WCAG 2.2, 1 to 21.
fn contrast([a, b]: [[u8; 3]; 2]) -> f64 {
    let (a, b) = (luminance(a), luminance(b));
    (a.max(b) + 0.05) / (a.min(b) + 0.05)
}

#[test]
fn what_is_to_be_read_can_be_read() {
    let mut wrong = Vec::new();
    for name in NAMES.into_iter().filter(|name| *name != "mono") {
        let theme = theme(name);
        for colors in [Colors::True, Colors::Indexed, Colors::Sixteen] {
            let [_, ground] = pair(&theme, Role::Text, [0; 3], colors);
            let [_, selected] = pair(&theme, Role::Selected, ground, colors);
            for &role in Role::ALL {
                // What has no ground of its own stands on that of the selected row, too, with its own letters or the row's.
                let on_selected = theme.look(role).bg.is_none() && theme.look(Role::Selected).fg.is_none();
                let grounds = [(ground, true), (selected, on_selected && role != Role::Border)];
                for (below, _) in grounds.into_iter().filter(|(_, stands)| *stands) {
                    let found = contrast(pair(&theme, role, below, colors));
                    let wanted = match (name, role, colors) {
                        (_, Role::Dim | Role::Border, _) => 3.0,
                        // Of xterm's blues and magentas none comes to 4.5 both on black and on white; these come nearest.
                        ("terminal16", ..) | (_, _, Colors::Sixteen) => 4.4,
                        ("high-contrast", ..) if below == ground => 7.0,
                        _ => 4.5,
                    };
                    if found < wanted {
                        wrong.push(format!("{name} {}: {found:.2} of {wanted}, {colors:?}, on {below:?}", role.name()));
                    }
                }
            }
        }
    }
    assert!(wrong.is_empty(), "too little contrast:\n{}", wrong.join("\n"));
}

/// How a colour looks to eyes without the cones for long waves, without those for middle ones, with all (Machado,
/// Oliveira and Fernandes 2009), in the colour space CIELAB.
fn seen(rgb: [u8; 3]) -> [[f64; 3]; 3] {
    const WITHOUT_LONG: [[f64; 3]; 3] =
        [[0.152_286, 1.052_583, -0.204_868], [0.114_503, 0.786_281, 0.099_216], [-0.003_882, -0.048_116, 1.051_998]];
    const WITHOUT_MIDDLE: [[f64; 3]; 3] =
        [[0.367_322, 0.860_646, -0.227_968], [0.280_085, 0.672_501, 0.047_413], [-0.011_820, 0.042_940, 0.968_881]];
    const ALL: [[f64; 3]; 3] = [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]];
    let times = |matrix: [[f64; 3]; 3], of: [f64; 3]| matrix.map(|row| (0..3).map(|at| row[at] * of[at]).sum::<f64>());
    // The luminance of one part alone, divided by its share, is its linear value.
    let linear =
        [luminance([rgb[0], 0, 0]) / 0.2126, luminance([0, rgb[1], 0]) / 0.7152, luminance([0, 0, rgb[2]]) / 0.0722];
    [WITHOUT_LONG, WITHOUT_MIDDLE, ALL].map(|eyes| {
        let light = times(eyes, linear).map(|part| part.clamp(0.0, 1.0));
        let xyz = times([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]], light);
        let root = |t: f64| if t > 0.008_856 { t.cbrt() } else { 7.787 * t + 16.0 / 116.0 };
        let [x, y, z] = [root(xyz[0] / 0.950_47), root(xyz[1]), root(xyz[2] / 1.088_83)];
        [116.0 * y - 16.0, 500.0 * (x - y), 200.0 * (y - z)]
    })
}

/// How far two colours are apart (CIE 1976) to the eyes that tell them apart least. 2 can just be told.
fn difference(a: [u8; 3], b: [u8; 3]) -> f64 {
    let distance = |(a, b): ([f64; 3], [f64; 3])| (0..3).map(|at| (a[at] - b[at]).powi(2)).sum::<f64>().sqrt();
    seen(a).into_iter().zip(seen(b)).map(distance).fold(f64::INFINITY, f64::min)
}

#[test]
fn client_and_server_differ_to_all_eyes() {
    for name in NAMES.into_iter().filter(|name| *name != "mono") {
        for colors in [Colors::True, Colors::Indexed, Colors::Sixteen] {
            let [client, server] = [Role::Client, Role::Server].map(|role| pair(&theme(name), role, [0; 3], colors)[0]);
            let found = difference(client, server);
            assert!(found > 35.0, "{name}, {colors:?}: {found:.1} between {client:?} and {server:?}");
            let hue = |[r, _, b]: [u8; 3]| i32::from(b) - i32::from(r);
            assert!(hue(client) > 0 && hue(server) < 0, "{name}: blue and orange");
        }
    }
    let apart = [Role::Client, Role::Server, Role::Ok, Role::Warn, Role::Bad];
    for (place, a) in apart.into_iter().enumerate() {
        for b in &apart[..place] {
            let [a, b] = [a, *b].map(|role| pair(&theme("deuteranopia"), role, [0; 3], Colors::True)[0]);
            assert!(difference(a, b) > 20.0, "deuteranopia: {a:?} and {b:?}: {:.1}", difference(a, b));
        }
    }
    // The figures themselves: red and green as bright as each other are one colour to some.
    assert!(difference([255, 0, 0], [0, 0, 255]) > 60.0 && difference([176, 90, 20], [118, 118, 20]) < 12.0);
}

#[test]
fn every_theme_has_the_ground_that_it_says_and_its_twin_the_other() {
    for name in NAMES {
        let theme = theme(name);
        let ground = theme.look(Role::Text).bg.map(|color| Background::of(color.rgb()));
        assert_eq!(ground.unwrap_or(Background::Terminal), theme.background, "{name}");
        match &theme.twin {
            Some(twin) => assert_ne!(self::theme(twin).background, theme.background, "{name}"),
            None => assert_eq!(name, "mono"),
        }
    }
}

/// Where there are no colours, what must be told apart differs in weight or in the glyph that stands with it.
#[test]
fn without_colours_glyphs_and_weights_tell_all() {
    let mono = theme("mono");
    assert!(Role::ALL.iter().all(|role| mono.look(*role).fg.is_none() && mono.look(*role).bg.is_none()));
    let twins = [
        (Role::Text, "", ""),
        (Role::Client, "C", "C"),
        (Role::Server, "S", "S"),
        (Role::Held, "●", "*"),
        (Role::Ok, "✔", "y"),
        (Role::Warn, "!", "!"),
        (Role::Bad, "✘", "X"),
        (Role::Secret, "•", "*"),
        (Role::Selected, "▶", ">"),
        (Role::BytesHit, "", ""),
        (Role::StateNow, "▣", "#"),
        (Role::StateWalked, "─", "-"),
        (Role::StateNext, "╌", "."),
    ];
    for (place, (role, glyph, ascii)) in twins.iter().enumerate() {
        for (other, its, its_ascii) in &twins[..place] {
            let weights = mono.look(*role).modifiers == mono.look(*other).modifiers;
            assert!(!weights || glyph != its && ascii != its_ascii, "{} and {}", role.name(), other.name());
        }
    }
    // Each glyph where its role is drawn, with Unicode and without.
    let table: [(&str, Option<Fault>, &[Role]); 4] = [
        ("n n n", None, &[Role::Client, Role::Server, Role::Held, Role::Selected, Role::StateNow, Role::StateWalked]),
        ("n n n 4 z", None, &[Role::StateNow, Role::StateNext]),
        ("n n n n 6 k k", Some(Fault::CutToken), &[Role::Bad, Role::Warn]),
        ("B", None, &[Role::Ok]),
    ];
    for ascii in [false, true] {
        for (keys, fault, roles) in table {
            let mut lab = Lab::new([7; 32], NOW);
            lab.fault = fault;
            let mut model = model(Options { ascii, color: false, ..options() });
            model.open_lab(lab);
            press(&mut model, keys);
            let drawn = text(&mut model, SIZES[1]);
            for role in roles {
                let (_, glyph, plain) = twins.iter().find(|(known, ..)| known == role).unwrap();
                let glyph = if ascii { plain } else { glyph };
                assert!(drawn.contains(glyph), "{} after {keys}: no {glyph}\n{drawn}", role.name());
            }
        }
        let mut model = model(Options { ascii, color: false, ..options() });
        let mut lab = Lab::new([7; 32], NOW);
        lab.mechanism = Mechanism::Login;
        model.open_lab(lab);
        press(&mut model, "c 1");
        assert!(text(&mut model, SIZES[1]).contains(if ascii { "password: *" } else { "password: •" }));
    }
}

#[test]
fn light_and_dark_follow_the_terminal_until_the_user_chooses() {
    let twins = || Some(Twins { dark: theme("dark"), light: theme("light") });
    let fresh = || model(Options { auto: twins(), asks: true, ..options() });
    let ground = |model: &mut Model| format!("{:?}", screen(model, SIZES[0]).backend().buffer()[(0, 0)].bg);

    let mut model = fresh();
    let own = ground(&mut model);
    model.background(Background::Light);
    assert_eq!(ground(&mut model), own, "what nobody asked for changes nothing");
    assert!(model.asks() && !model.asks(), "it is asked once");
    model.background(Background::Light);
    assert_eq!(ground(&mut model), "Rgb(251, 251, 248)");
    model.background(Background::Dark);
    assert_eq!(ground(&mut model), "Rgb(20, 24, 31)");

    let mut late = fresh();
    assert!(late.asks());
    late.now = Micros(1_500_000);
    late.background(Background::Light);
    assert_eq!(ground(&mut late), own, "whoever has begun to read keeps the colours");

    let mut chosen = fresh();
    assert!(chosen.asks());
    press(&mut chosen, "T Home Enter");
    let catppuccin = ground(&mut chosen);
    assert_eq!(catppuccin, "Rgb(30, 30, 46)");
    chosen.background(Background::Light);
    assert_eq!(ground(&mut chosen), catppuccin, "what the user chose stays");
    for expected in ["Rgb(251, 251, 248)", "Rgb(30, 30, 46)", "Rgb(251, 251, 248)"] {
        press(&mut chosen, "L");
        assert_eq!(ground(&mut chosen), expected, "L leads to the light twin, and back");
    }

    let mut mono = self::model(Options { theme: theme("mono"), ..options() });
    press(&mut mono, "L");
    assert!(text(&mut mono, SIZES[0]).contains("the theme mono has no twin; T lists all themes"));
    let mut plain = self::model(Options { color: false, ..options() });
    press(&mut plain, "L");
    assert!(text(&mut plain, SIZES[0]).contains("colours are off"));
}

#[test]
fn a_theme_is_seen_before_it_is_chosen() {
    let mut model = lab(Mechanism::Gssapi, None);
    let ground = |model: &mut Model| format!("{:?}", screen(model, SIZES[0]).backend().buffer()[(0, 0)].bg);
    let before = ground(&mut model);
    press(&mut model, "T Home");
    assert_eq!(ground(&mut model), "Rgb(30, 30, 46)");
    let drawn = text(&mut model, SIZES[0]);
    for role in Role::ALL {
        assert!(drawn.contains(role.name()), "{}\n{drawn}", role.name());
    }
    assert!(drawn.contains("light          light") && drawn.contains("Its twin for the other light is light."));
    press(&mut model, "Esc");
    assert_eq!(ground(&mut model), before);
    press(&mut model, "T Home Enter");
    assert_eq!(ground(&mut model), "Rgb(30, 30, 46)");
}

#[test]
fn keys_of_the_user_are_those_of_the_help_and_the_footer() {
    let file = "[keys]\nstep = [\"F5\"]\nhelp = [\"n\"]\nsave = []\n";
    let file = saslscope::config::keys::KeyFile::read("keys.toml", file).unwrap();
    let mut model = self::model(Options { keys: Keys::read(&file).unwrap(), ..options() });
    model.open_lab(Lab::new([7; 32], NOW));
    let drawn = text(&mut model, SIZES[0]);
    assert!(drawn.contains(" F5 step ") && drawn.contains("n help") && !drawn.contains("save"), "{drawn}");
    key(&mut model, KeyEvent::new(KeyCode::F(5), KeyModifiers::NONE));
    assert!(text(&mut model, SIZES[0]).contains("EHLO client"));
    press(&mut model, "n");
    assert!(text(&mut model, SIZES[0]).contains("F5          let the held line go"));
}

/// Wide letters, accents without a letter, flags, a family, emoji of two kinds, tabs, joiners, halfwidth sound marks.
const LETTERS: [&str; 9] = [
    "日本語のメール",
    "\u{301}\u{308}e\u{301}e\u{301}",
    "🇩🇪🇫🇷🇯🇵",
    "👩\u{200D}👩\u{200D}👧\u{200D}👦 ok",
    "❤\u{FE0F}❤ ✈\u{FE0E}",
    "a\tb\u{200D}c\u{200D}",
    "ﾊﾞﾝﾄﾞ",
    "नमस्ते สวัสดี",
    "\u{200B}\u{FEFF}\u{AD}hidden",
];

/// What must hold of each screen: a wide character has its two cells, nothing has none, columns stay where they are.
fn in_place(model: &mut Model, size: (u16, u16), what: &str) {
    let terminal = screen(model, size);
    let rows: Vec<&[Cell]> = terminal.backend().buffer().content.chunks(usize::from(size.0)).collect();
    for row in &rows {
        for (at, cell) in row.iter().enumerate() {
            let cells = cell.symbol().width();
            assert!((1..=2).contains(&cells), "{what}: {:?} takes {cells}", cell.symbol());
            let next = row.get(at + 1).map(Cell::symbol);
            assert!(cells == 1 || next == Some(" "), "{what}: {:?} before {next:?}", cell.symbol());
        }
    }
}

#[test]
fn letters_of_any_width_leave_everything_in_its_place() {
    let long = LETTERS.concat().repeat(100);
    // Each size with each of the letters and each of the keys, but not with every pair of them.
    let mut sizes = [(60, 15), (80, 24), (121, 40), (200, 60), (7, 3)].into_iter().cycle();
    for said in LETTERS.into_iter().chain([long.as_str()]) {
        // A user name is decoded to the letters; in a line they are octets.
        let name = base64(said.as_bytes());
        let text = format!(
            "saslscope session 1\ntitle: {said}\n\n0.100000 S: 220 a\n0.200000 # {said}\n0.300000 C: AUTH LOGIN {name}\n"
        );
        let loaded = read(text.as_bytes());
        assert_eq!(loaded.damage, None);
        for ascii in [false, true] {
            let mut model = model(Options { ascii, ..options() });
            model.open_recording(format!("{said}.session"), read(text.as_bytes()));
            for keys in ["n", "n", "1", "2", "3", "4", "5", "z", "z /", "Esc w", "Esc T", "Esc W"] {
                press(&mut model, keys);
                for size in sizes.by_ref().take(if ascii { 1 } else { 2 }) {
                    in_place(&mut model, size, &format!("{said} after {keys} at {size:?}"));
                }
            }
        }
    }
}

#[test]
fn the_life_line_is_straight_beside_any_letters() {
    for letters in LETTERS {
        let name = base64(letters.as_bytes());
        let text = format!(
            "saslscope session 1\n\n0.100000 S: 220 a\n0.200000 # {letters}\n0.300000 C: AUTH LOGIN {name}\n0.400000 S: 334 x\n"
        );
        let mut model = model(options());
        model.open_recording("letters".to_owned(), read(text.as_bytes()));
        let terminal = screen(&mut model, SIZES[1]);
        let rows: Vec<&[Cell]> = terminal.backend().buffer().content.chunks(usize::from(SIZES[1].0)).collect();
        let line = |row: &&[Cell]| row.iter().take(66).rposition(|cell| cell.symbol() == "│");
        let lines: Vec<_> = rows[3..7].iter().map(line).collect();
        assert!(
            lines[0].is_some() && lines.iter().all(|at| *at == lines[0]),
            "{letters}: {lines:?}\n{}",
            self::text(&mut model, SIZES[1])
        );
    }
}

#[test]
fn an_accent_that_stands_alone_is_seen() {
    let text = "saslscope session 1\n\n0.100000 S: 220 a\n0.200000 # \u{301}x\n";
    let mut model = model(options());
    model.open_recording("\u{301}.session".to_owned(), read(text.as_bytes()));
    press(&mut model, "End 1");
    let drawn = self::text(&mut model, SIZES[0]);
    assert!(drawn.contains('\u{301}'), "{drawn}");
}
