//! The examples of the README, run: what stands there is what the program prints.
//!
//! In a block marked `console`, a line `$ COMMAND` is run by a shell, and what follows is what it prints, standard
//! error included. `…` stands for anything within a line, a line that is only `…` for any lines.
//!
//! A command that ends with ` &` stays in the background until the examples are through; the next waits until its
//! `--port-file` is there. It is ended by SIGTERM, and then has printed what follows it.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

const README: &str = include_str!("../README.md");

#[test]
fn the_examples_print_what_the_readme_says() {
    let examples = examples(README);
    assert!(examples.len() >= 6, "the examples are found: {}", examples.len());
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("readme");
    let _ = std::fs::remove_dir_all(&folder); // of an earlier run
    std::fs::create_dir(&folder).expect("a fresh folder");
    let program = Path::new(env!("CARGO_BIN_EXE_saslscope"));
    let path = std::env::var_os("PATH").unwrap_or_default();
    let folders = program.parent().map(Path::to_owned).into_iter().chain(std::env::split_paths(&path));
    let path = std::env::join_paths(folders).expect("a path");

    let mut wrong = Vec::new();
    let mut compare = |command: &str, printed: &str, expected: &str| {
        let (printed, expected): (Vec<&str>, Vec<&str>) = (lines(printed), lines(expected));
        if !matches(&printed, &expected) {
            wrong.push(format!("$ {command}\n{}", printed.join("\n")));
        }
    };
    let mut running = Vec::new();
    for (command, expected) in &examples {
        let mut shell = Command::new("sh");
        shell.current_dir(&folder).env("PATH", &path).stdin(Stdio::null());
        for variable in ["XDG_CONFIG_HOME", "XDG_DATA_HOME"] {
            shell.env(variable, &folder); // not the settings of whoever runs this
        }
        for (name, _) in std::env::vars_os().filter(|(name, _)| name.to_string_lossy().starts_with("SASLSCOPE_")) {
            shell.env_remove(name);
        }
        if let Some(background) = command.strip_suffix(" &") {
            running.push((*command, expected, Background::start(shell, background, &folder)));
            continue;
        }
        let output = shell.args(["-c", &format!("{{ {command}\n}} 2>&1")]).output().expect("a shell");
        compare(command, &String::from_utf8(output.stdout).expect("UTF-8"), expected);
    }
    assert!(!running.is_empty(), "a server is among the examples");
    for (command, expected, background) in running {
        compare(command, &background.end(), expected);
    }
    assert!(wrong.is_empty(), "examples that print otherwise:\n{}", wrong.join("\n\n"));
}

/// A command in the background.
struct Background {
    child: Child,
    printed: PathBuf,
}

impl Background {
    fn start(mut shell: Command, command: &str, folder: &Path) -> Self {
        let port =
            command.split(' ').skip_while(|word| *word != "--port-file").nth(1).expect("a file that tells the port");
        let printed = folder.join(format!("printed-{port}"));
        let file = File::create(&printed).expect("a file");
        shell.args(["-c", &format!("exec {command}")]).stderr(file.try_clone().expect("a file")).stdout(file);
        let child = shell.spawn().expect("a shell");
        while !folder.join(port).exists() {
            std::thread::sleep(Duration::from_millis(5));
        }
        Self { child, printed }
    }

    /// What it has printed.
    fn end(mut self) -> String {
        let id = self.child.id().to_string();
        assert!(Command::new("kill").arg(id).status().expect("kill is there").success());
        assert!(self.child.wait().expect("a process").success());
        fs::read_to_string(&self.printed).expect("UTF-8")
    }
}

/// The screen that the README shows is one that the screen's own tests hold to.
#[test]
fn the_screen_is_a_real_one() {
    let (_, rest) = README.split_once("```text\n").expect("a screen");
    let (screen, _) = rest.split_once("\n```").expect("its end");
    assert_eq!(lines(screen), lines(include_str!("screens/held-negtokeninit-80x24.txt")));
}

/// The lines, without blanks and empty lines at the end.
fn lines(text: &str) -> Vec<&str> {
    text.trim_end().lines().map(str::trim_end).collect()
}

/// Each command with what it is said to print.
fn examples(readme: &str) -> Vec<(&str, String)> {
    let mut examples: Vec<(&str, String)> = Vec::new();
    let mut within = false;
    for line in readme.lines() {
        if line.starts_with("```") {
            within = line == "```console";
        } else if let Some(command) = line.strip_prefix("$ ").filter(|_| within) {
            examples.push((command, String::new()));
        } else if let Some((_, expected)) = examples.last_mut().filter(|_| within) {
            expected.push_str(line);
            expected.push('\n');
        }
    }
    examples
}

fn matches(printed: &[&str], expected: &[&str]) -> bool {
    let Some((first, rest)) = expected.split_first() else { return printed.is_empty() };
    if *first == "…" {
        return (0..=printed.len()).any(|skipped| matches(&printed[skipped..], rest));
    }
    printed.split_first().is_some_and(|(line, after)| line_matches(line, first) && matches(after, rest))
}

fn line_matches(line: &str, expected: &str) -> bool {
    let Some((before, after)) = expected.split_once('…') else { return line == expected };
    let Some(rest) = line.strip_prefix(before) else { return false };
    (0..=rest.len()).any(|at| rest.get(at..).is_some_and(|rest| line_matches(rest, after)))
}

#[test]
fn an_ellipsis_matches_anything_and_nothing_else_does() {
    let table: &[(&str, &str, bool)] = &[
        ("a\nb", "a\nb", true),
        ("a\nb", "a", false),
        ("a", "a\nb", false),
        ("a\nb\nc", "a\n…\nc", true),
        ("a\nc", "a\n…\nc", true),
        ("a\nb", "…", true),
        ("one two three", "one … three", true),
        ("one two three", "one … four", false),
        ("one two", "… two…", true),
    ];
    for (printed, expected, match_) in table {
        assert_eq!(matches(&lines(printed), &lines(expected)), *match_, "{printed:?} {expected:?}");
    }
    let found = examples("```console\n$ a\nb\n$ c\n```\n$ d\n```sh\n$ e\n```\n");
    assert_eq!(found, [("a", "b\n".to_owned()), ("c", String::new())]);
}
