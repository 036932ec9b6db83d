//! The screen as a file.

use super::*;

fn folder(name: &str) -> std::path::PathBuf {
    let folder = std::env::temp_dir().join(format!("saslscope-{name}-{:07}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    folder
}

#[test]
fn a_screen_of_any_moment_is_a_file() {
    let folder = folder("picture");
    let mut model = lab(Mechanism::Gssapi, None);
    press(&mut model, "n n n 3 j j j j j");
    let seen = text(&mut model, SIZES[0]);
    let mut file = |name: &str| {
        let path = folder.join(name);
        press(&mut model, "W");
        enter(&mut model, &path.display().to_string());
        std::fs::read_to_string(path).unwrap()
    };
    assert_eq!(file("a.txt"), seen);
    assert_eq!(unstyled(&file("a.ans")), seen);
    let svg = file("a.svg");
    assert!(svg.starts_with("<svg xmlns") && svg.contains("NEGOTIATE_MESSAGE") && svg.ends_with("</svg>\n"), "{svg}");

    let cast = file("a.cast");
    let mut lines = cast.lines().map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap());
    let header = lines.next().unwrap();
    assert_eq!((&header["version"], &header["width"], &header["height"]), (&2.into(), &80.into(), &24.into()));
    let frames: Vec<_> = lines.collect();
    assert_eq!(frames.len(), 8, "a frame for each step, and one for the line that is held");
    assert!(frames.is_sorted_by_key(|frame| frame[0].as_f64()));
    let last = frames[7][2].as_str().unwrap();
    assert_eq!(unstyled(last).replace('\r', ""), seen.trim_end(), "the field that is selected is selected again");

    // Nothing is overwritten, and a name that says nothing is asked for again.
    press(&mut model, "W");
    enter(&mut model, &folder.join("a.txt").display().to_string());
    assert!(text(&mut model, SIZES[2]).contains("the file exists, and nothing is overwritten"));
    press(&mut model, "Esc W");
    enter(&mut model, "a.png");
    assert!(text(&mut model, SIZES[2]).contains("ends in .txt, .ans, .svg or .cast"));
    std::fs::remove_dir_all(folder).unwrap();
}

#[test]
fn what_is_selected_stays_so_where_all_steps_are_drawn() {
    let folder = folder("selected");
    for (place, keys) in ["4 j j", "1 l l l", "/ N T L M Enter"].into_iter().enumerate() {
        let mut model = lab(Mechanism::Gssapi, None);
        press(&mut model, "n n n");
        press(&mut model, keys);
        let panes = |model: &mut Model| text(model, SIZES[2]).lines().take(59).collect::<Vec<_>>().join("\n");
        let seen = panes(&mut model);
        press(&mut model, "W");
        enter(&mut model, &folder.join(format!("{place}.cast")).display().to_string());
        assert_eq!(panes(&mut model), seen, "{keys}");
    }
    std::fs::remove_dir_all(folder).unwrap();
}

#[test]
fn a_picture_hides_what_the_screen_hides() {
    let folder = folder("hidden");
    let mut model = lab(Mechanism::Login, None);
    press(&mut model, "c");
    for ending in ["txt", "ans", "svg", "cast"] {
        let path = folder.join(format!("a.{ending}"));
        press(&mut model, "W");
        enter(&mut model, &path.display().to_string());
        let written = std::fs::read_to_string(path).unwrap();
        assert!(!written.contains("wonderland") && !written.contains("d29uZGVybGFuZA"), "{ending}");
    }
    std::fs::remove_dir_all(folder).unwrap();
}

/// The text without what a terminal obeys, lines without blanks at their ends.
fn unstyled(text: &str) -> String {
    let mut parts = text.split("\x1b[");
    let mut plain = parts.next().unwrap().to_owned();
    for part in parts {
        plain.push_str(part.split_once(|c: char| c.is_ascii_alphabetic()).unwrap().1);
    }
    let lines: Vec<&str> = plain.split('\n').map(|line| line.trim_end_matches([' ', '\r'])).collect();
    lines.join("\n")
}
