//! The program itself, run as a user runs it.

use serde_json::Value;
use std::collections::BTreeSet;
use std::fs;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

/// `NEGOTIATE_MESSAGE`, the first octets of it.
const NEGOTIATE: &str = "TlRMTVNTUAABAAAAB4IIogAAAAAAAAAAAAAAAAAAAAA=";

fn saslscope(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_saslscope"));
    for (name, _) in std::env::vars_os().filter(|(name, _)| name.to_string_lossy().starts_with("SASLSCOPE_")) {
        command.env_remove(name);
    }
    command.args(arguments);
    for directory in ["XDG_CONFIG_HOME", "XDG_DATA_HOME"] {
        command.env(directory, env!("CARGO_TARGET_TMPDIR"));
    }
    command
}

fn run(arguments: &[&str], input: &[u8]) -> Output {
    fed(&mut saslscope(arguments), input)
}

fn fed(command: &mut Command, input: &[u8]) -> Output {
    let mut child =
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("it starts");
    let mut stdin = child.stdin.take().expect("piped");
    std::thread::scope(|scope| {
        // It may end before it has read everything.
        scope.spawn(move || stdin.write_all(input));
        child.wait_with_output().expect("it ends")
    })
}

fn stdout(output: &Output) -> &str {
    std::str::from_utf8(&output.stdout).expect("UTF-8")
}

fn stderr(output: &Output) -> &str {
    std::str::from_utf8(&output.stderr).expect("UTF-8")
}

fn objects(output: &Output) -> Vec<Value> {
    stdout(output).lines().map(|line| serde_json::from_str(line).unwrap_or_else(|e| panic!("{e}: {line}"))).collect()
}

fn keys(object: &Value) -> BTreeSet<&str> {
    object.as_object().expect("an object").keys().map(String::as_str).collect()
}

/// A path that nothing is at.
fn fresh(name: &str) -> PathBuf {
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    let _ = fs::remove_file(&path); // it need not be there
    path
}

/// A file with this text.
fn file(name: &str, text: &str) -> String {
    let path = fresh(name);
    fs::write(&path, text).expect("written");
    path.to_str().expect("UTF-8").to_owned()
}

/// Arguments; standard input; exit code; what standard output and standard error hold.
type Row<'a> = (&'a [&'a str], &'a str, i32, &'a str, &'a str);

#[test]
fn every_command_comes_out_as_the_table_says() {
    let recording = file("good.session", "saslscope session 1\n\nS: 220 host\nC: EHLO a\n");
    let damaged = file("damaged.session", "saslscope session 1\n\nS: 220 host\nC: EHLO a\nX: what\nS: 250 a\n");
    let password = file("password", "white-rabbit\n");
    let (recording, damaged, password) = (recording.as_str(), damaged.as_str(), password.as_str());
    let table: &[Row<'_>] = &[
        // The lab.
        (&["lab"], "", 0, "S: 235 2.7.0", ""),
        (&["lab", "--mech", "login"], "", 0, "C: AUTH LOGIN YWxpY2U=", ""),
        (&["lab", "--mech", "login", "--ir", "never"], "", 0, "S: 334 VXNlcm5hbWU6", ""),
        (&["lab", "--mech", "LOGIN", "--password-file", password], "", 0, "S: 235 2.7.0", ""),
        (&["lab", "--user", "CONTOSO\\bob"], "", 0, "UserName  bob", ""),
        (&["lab", "--mech", "login", "--user", "CONTOSO\\bob"], "", 0, r"username  CONTOSO\bob", ""),
        (&["lab", "--layer", "skip"], "", 0, "235 without the security-layer step", ""),
        (&["lab", "--layer", "example"], "", 0, "SuccessInPlaceOfToken", ""),
        (&["lab", "--offer", "kerberos,ntlm"], "", 0, "request-mic (3)", ""),
        (&["lab", "--ascii"], "", 0, "client smtp Connect -> Greeted", ""),
        (&["lab", "--ascii=no"], "", 0, "client smtp Connect → Greeted", ""),
        (&["lab", "--color", "always"], "", 0, "\x1b[34m", ""),
        (&["lab", "--fault", "wrong-password"], "", 28, "S: 535 5.7.8", ""),
        (&["lab", "--fault", "bad-base64"], "", 28, "! base64: `!` is not in the base64 alphabet, column ", ""),
        (&["lab", "--fault", "454", "--mech", "login"], "", 28, "S: 454 4.7.0", ""),
        (&["lab", "--fault", "dropped-connection"], "", 6, "*  closed by server", ""),
        (&["lab", "--fault", "reject", "--mech", "login"], "", 1, "", "can only happen in GSSAPI"),
        (&["lab", "--fault", "nonsense"], "", 1, "", "wrong-password"),
        (&["lab", "--mech", "magic"], "", 1, "", "possible values: GSSAPI, "),
        (&["lab", "--mech", "plain"], "", 0, "235 2.7.0", ""),
        (&["lab", "--mech", "cram-md5"], "", 0, "client cram-md5 WaitFinal → Done", ""),
        (&["lab", "--mech", "digest-md5"], "", 0, "client digest-md5 WaitFinal → Done", ""),
        (&["lab", "--mech", "digest-md5", "--fault", "wrong-password"], "", 28, "535 5.7.8", ""),
        (&["lab", "--mech", "external"], "", 0, "client external WaitFinal → Done", ""),
        (&["lab", "--mech", "xoauth2"], "", 0, "client xoauth2 WaitFinal → Done", ""),
        (&["lab", "--mech", "oauthbearer", "--ir", "never"], "", 0, "client oauthbearer WaitEmpty → WaitFinal", ""),
        (&["lab", "--mech", "oauthbearer", "--fault", "wrong-password"], "", 28, "C: AQ==", ""),
        (
            &["lab", "--mech", "external", "--fault", "wrong-password"],
            "",
            28,
            "EXTERNAL needs a TLS client certificate",
            "",
        ),
        (&["lab", "--mech", "cram-md5", "--fault", "wrong-password"], "", 28, "535 5.7.8", ""),
        (&["lab", "--mech", "plain"], "", 0, "C: AUTH PLAIN", ""),
        (&["lab", "--seed", "xyz"], "", 1, "", "1 to 64 hex digits"),
        (&["lab", "--stop", "Nowhere"], "", 1, "", "`saslscope machines` lists states and signals"),
        (&["lab", "--password-file", "/nowhere"], "", 1, "", "reading the password from /nowhere: "),
        (&["lab", "--password-env", "NOT_SET_ANYWHERE"], "", 1, "", "the environment has no `NOT_SET_ANYWHERE`"),
        (&["lab", "--password", "x"], "", 1, "", "unexpected argument '--password'"),
        (&["lab", "--save", recording], "", 1, "", "the file exists, and nothing is overwritten"),
        (&["lab", "--keep-secrets"], "", 1, "", "--save <FILE>"),
        // Without a command, and no terminal.
        (&[], "", 0, "S: 235 2.7.0", "Run `saslscope` in a terminal"),
        (&["--fault", "454"], "", 1, "", "unexpected argument"),
        (&["nonsense"], "", 1, "", "unrecognized subcommand 'nonsense'"),
        // Recordings.
        (&["show", recording], "", 0, "now client smtp EhloSent | server smtp Heard(AwaitEhlo, Ehlo)", ""),
        (&["show", "spec/ms-xlogin-4"], "", 0, "S: 235 authentication successful", ""),
        (&["show", "--list"], "", 0, "faults/10-prompts-swapped", ""),
        (&["show", "-"], "saslscope session 1\n\nC: EHLO a\n", 0, "C: EHLO a", ""),
        (&["open", recording], "", 0, "C: EHLO a", ""),
        (&["show", damaged], "", 41, "C: EHLO a", "damaged.session, line 5: neither `C:`"),
        (&["show", "/nowhere", recording], "", 41, "C: EHLO a", "reading /nowhere: "),
        (&["show"], "", 1, "", "<FILE>"),
        (&["show", recording, recording, "--save", "x"], "", 1, "", "one recording at a time"),
        // Tokens.
        (&["decode", NEGOTIATE], "", 0, "MessageType  NtLmNegotiate (1)  [8..12]", ""),
        (&["decode", "4e544c4d5353500001000000"], "", 0, "NTLM, 12 octets, hex", ""),
        (&["decode", "4e:54:4c:4d 53 53 50 00 01 00 00 00"], "", 0, "NTLM, 12 octets, hex", ""),
        (&["decode", "--base64", "deadbeef"], "", 0, "6 octets, base64", ""),
        (&["decode", "--hex", "deadbeef"], "", 0, "4 octets, hex", ""),
        (&["decode", "--hex", "deadbeefx"], "", 41, "", "character 9: not two hex digits"),
        (&["decode", "-"], "4e544c4d\n\nQQ==\n", 0, "3: text, 1 octet, base64", ""),
        (&["decode"], "QQ==", 0, "text  A  [0..1]", ""),
        (&["decode", "--raw"], "NTLMSSP\0\x01\0\0\0", 0, "NTLM, 12 octets, raw", ""),
        (&["decode", "UGFz\nc3dvcmQ6", "--as", "prompt"], "", 0, "prompt  Password:  [0..9]", ""),
        (&["decode", "AGEAYg==", "--as", "plain"], "", 0, "•", ""),
        (&["decode", "AGEAYg==", "--as", "plain", "--reveal"], "", 0, "passwd  b", ""),
        (&["decode", "="], "", 0, "empty  [0..0]", ""),
        (&["decode", "--explain", "oQcwBaADCgED"], "", 0, "      Both sides must prove with a MIC", ""),
        (&["decode", "--explain", "--json", "oQcwBaADCgED"], "", 0, "\"cite\":\"RFC 4178 4.2.2\"", ""),
        (&["decode", "QUI"], "", 41, "text  AB  [0..2] ! character 4", "token 1: character 4: the wrong number of `=`"),
        (&["decode", "--save", "x", "QQ=="], "", 1, "", "--save records an exchange"),
        // The rest.
        (&["machines"], "", 0, "spnego server: SPNEGO (RFC 4178, MS-SPNG)", ""),
        (&["machines", "login", "--ascii"], "", 0, "| AuthReceived |", ""),
        (&["machines", "login", "--dot"], "", 0, "digraph saslscope {", ""),
        (&["machines", "pop3"], "", 1, "", "possible values: smtp, login"),
        (&["themes"], "", 0, "high-contrast  dark\n", ""),
        (&["themes"], "", 0, "gruvbox        dark\n", ""),
        (
            &["themes", "--json"],
            "",
            0,
            r#"{"name":"light","background":"light","twin":"dark","own":false,"problem":null}"#,
            "",
        ),
        (&["keys"], "", 0, "n Space     step ", ""),
        (&["keys", "--json"], "", 0, r#"{"keys":["n","Space"],"action":"step","needs":"exchange","does":"let "#, ""),
        (&["lab", "--theme", "nonsense"], "", 1, "", "`saslscope themes` lists them"),
        (&["completions", "bash"], "", 0, "complete -F _saslscope", ""),
        (&["completions", "tcsh"], "", 1, "", "possible values: bash"),
        (&["man"], "", 0, ".TH saslscope 1", ""),
        (&["man", "lab"], "", 0, ".TH saslscope-lab 1", ""),
        (&["man", "nonsense"], "", 1, "", "there is no command `nonsense`"),
        (&["--version"], "", 0, env!("CARGO_PKG_VERSION"), ""),
    ];
    for (arguments, input, exit, out, err) in table {
        let output = run(arguments, input.as_bytes());
        let told = format!("{arguments:?}\n{}\n{}", stdout(&output), stderr(&output));
        assert_eq!(output.status.code(), Some(*exit), "{told}");
        assert!(stdout(&output).contains(out), "{told}");
        assert!(stderr(&output).contains(err), "{told}");
        assert_eq!(stderr(&output).is_empty(), err.is_empty(), "{told}");
    }
}

#[test]
fn a_token_is_answered_before_the_next_one_comes() {
    let mut child =
        saslscope(&["decode", "-", "--json"]).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().expect("it starts");
    let mut stdin = child.stdin.take().expect("piped");
    let mut lines = BufReader::new(child.stdout.take().expect("piped")).lines();
    let table =
        [(NEGOTIATE, "NEGOTIATE_MESSAGE"), ("", "empty"), ("QUJD", "text"), ("%", "empty"), ("oQA=", "NegTokenResp")];
    for (token, name) in table {
        writeln!(stdin, "{token}").expect("it reads");
        let line = lines.next().expect("it answers").expect("a line");
        let node: Value = serde_json::from_str(&line).expect("JSON");
        assert_eq!(node["name"], name, "{token}: {line}");
        assert_node(&node);
    }
    drop(stdin);
    assert!(lines.next().is_none());
    assert_eq!(child.wait().expect("it ends").code(), Some(41), "one of them was not base64");
}

fn assert_node(node: &Value) {
    assert_eq!(keys(node), BTreeSet::from(["name", "start", "end", "value", "problem", "children"]));
    assert!(node["start"].as_u64() <= node["end"].as_u64(), "{node}");
    if !node["problem"].is_null() {
        assert_eq!(keys(&node["problem"]), BTreeSet::from(["at", "what", "cite"]));
    }
    for child in node["children"].as_array().expect("a list") {
        assert_node(child);
    }
}

#[test]
fn steps_have_their_keys() {
    let step_keys = BTreeSet::from(["n", "at", "from", "line", "signal", "moves", "deviation", "token"]);
    let (mut tokens, mut moves, mut deviations) = (0, 0, 0);
    for arguments in [["--mech", "gssapi"], ["--mech", "login"], ["--fault", "bad-base64"]] {
        let output = run(&[&["lab", "--json"], &arguments[..]].concat(), b"");
        for (place, step) in objects(&output).iter().enumerate() {
            assert_eq!(keys(step), step_keys);
            assert_eq!(step["n"], place + 1);
            assert!(step["at"].is_u64() && step["line"].is_string(), "{step}");
            assert!(matches!(step["from"].as_str(), None | Some("client" | "server")), "{step}");
            for taken in step["moves"].as_array().expect("a list") {
                assert_eq!(keys(taken), BTreeSet::from(["party", "machine", "from", "to", "cite"]));
                moves += 1;
            }
            if !step["deviation"].is_null() {
                assert!(step["deviation"]["sent"].is_string() && step["deviation"]["allowed"].is_array(), "{step}");
                deviations += 1;
            }
            if !step["token"].is_null() {
                assert_node(&step["token"]);
                tokens += 1;
            }
        }
    }
    assert!(tokens >= 6 && moves >= 40 && deviations >= 1, "{tokens} {moves} {deviations}");
}

#[test]
fn the_same_seed_plays_the_same_exchange() {
    let play = |seed: &str| run(&["lab", "--seed", seed, "--reveal"], b"").stdout;
    assert_eq!(play("c0ffee"), play("c0ffee00"));
    assert_ne!(play("c0ffee"), play("c0ffef"));
}

#[test]
fn a_password_shows_only_when_asked_for() {
    let lab = |arguments: &[&str]| {
        let mut command =
            saslscope(&[&["lab", "--mech", "login", "--password-env", "TEST_PASSWORD"], arguments].concat());
        let output = fed(command.env("TEST_PASSWORD", "white-rabbit"), b"\n\n\n\n\n\n\n");
        assert_eq!(output.status.code(), Some(0));
        [stdout(&output), stderr(&output)].concat()
    };
    let shows = |text: &str| text.contains("white-rabbit") || text.contains("d2hpdGUtcmFiYml0");
    assert!(!shows(&lab(&[])) && !shows(&lab(&["--json"])) && !shows(&lab(&["--hold", "both"])));
    assert!(shows(&lab(&["--reveal"])) && shows(&lab(&["--json", "--reveal"])));

    for (name, flags, kept) in [("masked.session", &[][..], false), ("kept.session", &["--keep-secrets"], true)] {
        let path = fresh(name);
        lab(&[&["--save", path.to_str().expect("UTF-8")], flags].concat());
        let text = fs::read_to_string(&path).expect("it is written");
        assert_eq!(shows(&text), kept, "{text}");
        assert!(text.contains(if kept { "\nsecrets: kept\n" } else { "\nsecrets: masked\n" }), "{text}");
        assert_eq!(run(&["show", path.to_str().expect("UTF-8")], b"").status.code(), Some(0));
    }
}

#[test]
fn no_password_stands_on_a_command_line() {
    for command in commands() {
        let help = run(&[&command, "--help"], b"");
        assert!(!stdout(&help).contains("--password <"), "{command}");
    }
}

#[test]
fn what_is_saved_is_what_was_shown() {
    let path = fresh("saved.session");
    let path = path.to_str().expect("UTF-8");
    let played = run(&["lab", "--seed", "1", "--json", "--save", path], b"");
    let shown = run(&["show", "--json", path], b"");
    assert_eq!(stdout(&shown), stdout(&played));
    let again = fresh("again.session");
    let again = again.to_str().expect("UTF-8");
    assert_eq!(run(&["show", "--json", path, "--save", again], b"").status.code(), Some(0));
    assert_eq!(fs::read(path).expect("written"), fs::read(again).expect("written"));
}

#[test]
fn held_lines_are_let_go_edited_answered_otherwise_and_cancelled() {
    // What is typed at each held line; what must come of it.
    let table: &[(&[&str], &str, i32, &[&str])] = &[
        (&["--hold", "send"], "\n\n\n\n\n\n\n\n", 0, &["S: 235"]),
        (&["--hold", "send"], "c\n", 0, &["S: 235"]),
        (&["--hold", "send"], "\n\nq\n", 130, &["C: EHLO"]),
        (&["--hold", "both"], "?\n\n\n\n\n\n", 0, &["has yet to answer", "Enter: step", "S: 235"]),
        (&["--stop", "UsernameReceived"], "\nx\n\n", 28, &["C~ Kio", "C: *\n", "S: 501"]),
        (&["--stop", "334"], "\n= bm90IG1pbmU=\n\n", 28, &["S: 535"]),
        (
            &["--stop", "AuthLoginUsername"],
            "\na\na 1\nu\n\n",
            0,
            &["   1  PasswordChallenge → UsernameReceived", "S: 235"],
        ),
    ];
    for (flags, input, exit, told) in table {
        let output = run(&[&["lab", "--mech", "login", "--seed", "1"], *flags].concat(), input.as_bytes());
        let all = [stdout(&output), stderr(&output)].concat();
        assert_eq!(output.status.code(), Some(*exit), "{flags:?} {all}");
        for words in *told {
            assert!(all.contains(words), "{flags:?}: {words} is not in\n{all}");
        }
    }
}

#[test]
fn flags_stand_before_the_environment() {
    let mut command = saslscope(&["lab"]);
    assert!(stdout(&fed(command.env("SASLSCOPE_MECH", "login"), b"")).contains("AUTH LOGIN "));
    let mut command = saslscope(&["lab", "--mech", "gssapi"]);
    assert!(!stdout(&fed(command.env("SASLSCOPE_MECH", "login"), b"")).contains("AUTH LOGIN "));
}

#[test]
fn a_line_without_end_is_read_up_to_the_limit() {
    let long = [vec![b'A'; 3 << 20], b"\nQUJD\n".to_vec()].concat();
    let output = run(&["decode", "-", "--json"], &long);
    let [first, second] = &objects(&output)[..] else { panic!("{}", stdout(&output).len()) };
    let what = first["problem"]["what"].as_str().expect("a problem");
    assert!(what.starts_with("longer than 1048576 characters"), "{what}");
    assert_eq!((&second["value"], output.status.code()), (&Value::from("ABC"), Some(41)));
    assert_eq!(stderr(&output).lines().count(), 1);
}

#[test]
fn a_reader_that_goes_away_ends_it_quietly() {
    for arguments in [&["machines"][..], &["lab", "--json"], &["completions", "bash"]] {
        let mut child = saslscope(arguments)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .stdin(Stdio::null())
            .spawn()
            .expect("it starts");
        drop(child.stdout.take());
        let mut told = String::new();
        child.stderr.take().expect("piped").read_to_string(&mut told).expect("UTF-8");
        assert_eq!((child.wait().expect("it ends").code(), told.as_str()), (Some(0), ""), "{arguments:?}");
    }
}

/// What `--help` lists.
fn commands() -> Vec<String> {
    let output = run(&["--help"], b"");
    let (_, list) = stdout(&output).split_once("Commands:\n").expect("a list of commands");
    let list = list.lines().take_while(|line| !line.is_empty()).filter(|line| !line.starts_with("     "));
    list.filter_map(|line| Some(line.split_whitespace().next()?.to_owned())).collect()
}

#[test]
fn the_readme_and_the_help_name_the_same_commands() {
    let readme = include_str!("../README.md");
    let rows = readme.lines().filter_map(|line| line.strip_prefix("| `saslscope "));
    let mut named: Vec<&str> =
        rows.filter_map(|row| row.split(['`', ' ']).next()).filter(|name| !name.is_empty()).collect();
    named.push("help");
    assert_eq!(commands(), named);

    let helps: String = commands().iter().map(|command| stdout(&run(&["help", command], b"")).to_owned()).collect();
    let flags =
        readme.split(|c: char| c.is_whitespace() || "`|,.()=".contains(c)).filter(|word| word.starts_with("--"));
    let cargo = ["--release", "--bench", "--test", "--prepare", "--path", "--locked"];
    let flags = flags.filter(|flag| flag[2..].starts_with(char::is_alphabetic) && !cargo.contains(flag));
    for flag in flags {
        assert!(["\n", " <", "[="].iter().any(|end| helps.contains(&format!("{flag}{end}"))), "{flag}");
    }
}

#[test]
fn files_of_the_user_that_cannot_be_followed_are_named() {
    let home = Path::new(env!("CARGO_TARGET_TMPDIR")).join("wrong");
    // The file; its text; arguments; exit code; what is told.
    let table: &[(&str, &str, &[&str], i32, &str)] = &[
        (
            "config.toml",
            "\nthem = 1",
            &["lab"],
            1,
            "config.toml:2: them: no setting (is `theme` meant?); there are: theme",
        ),
        ("config.toml", "theme = \"nrod\"", &["lab"], 1, "there is no theme `nrod` (is `nord` meant?)"),
        ("config.toml", "theme = \"nrod\"", &["lab", "--theme", "nord"], 0, ""),
        ("config.toml", "theme = \"nrod\"", &["themes"], 0, ""),
        ("config.toml", "color = \"always\"", &["lab"], 0, ""),
        ("keys.toml", "[keys]\nstep = [\"s\"]", &["lab"], 1, "keys.toml:2: step: `s` is a key of `secrets`, too"),
        ("keys.toml", "[keys]\nstep = [\"Spcae\"]", &["decode", "QQ=="], 1, "no key `Spcae` (is `Space` meant?)"),
        ("keys.toml", "[keys]\nstpe = []", &["keys"], 1, "keys.toml:2: stpe: no action (is `step` meant?)"),
        (
            "themes/mine.toml",
            "inherits = \"nord\"\ntext = \"blu\"",
            &["lab", "--theme", "mine"],
            1,
            "mine.toml:2: text: no",
        ),
        ("themes/mine.toml", "inherits = \"nord\"\ntext = \"blu\"", &["themes"], 41, ""),
    ];
    for (file, text, arguments, exit, told) in table {
        let _ = fs::remove_dir_all(&home); // of an earlier run
        let file = home.join("saslscope").join(file);
        fs::create_dir_all(file.parent().expect("a folder")).expect("made");
        fs::write(&file, text).expect("written");
        let output = fed(saslscope(arguments).env("XDG_CONFIG_HOME", &home), b"");
        let error = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(*exit), "{text}: {error}");
        assert!(error.contains(told) && (told.is_empty() || error.starts_with("saslscope: reading the ")), "{error}");
        let colored = output.stdout.contains(&0x1b);
        assert_eq!(colored, text.contains("always"), "{text}");
    }
    let keys = home.join("saslscope").join("keys.toml");
    fs::write(keys, "[keys]\nstep = [\"F5\", \"n\"]\n").expect("written");
    let output = fed(saslscope(&["keys"]).env("XDG_CONFIG_HOME", &home), b"");
    assert!(stdout(&output).contains("F5 n        step "), "{}", stdout(&output));
}
