//! The command line: arguments to a face, its end to an exit code.
//!
//! The last layer: it prints what the others compute, as text for people and as JSON for programs, and computes nothing
//! about mail itself. One file a face; `step` and `tree` say how a step and a token are printed, `out` where to.
//!
//! What holds: built-in values < the user's files < the environment (`SASLSCOPE_…`) < the flags. Secrets are hidden unless `--reveal`, on
//! disk masked unless `--keep-secrets`. Errors go to standard error and say what was being done, what came, what to
//! try. A reader that goes away (a broken pipe) ends the program without a word.

mod chance;
mod client;
mod completions;
mod decode;
mod gss;
mod keys;
mod lab;
mod live;
mod log;
mod machines;
mod man;
#[cfg(unix)]
mod notes;
mod open;
mod out;
mod outcome;
mod password;
mod replay;
mod save;
mod screen;
mod server;
mod show;
mod step;
mod stepping;
mod themes;
mod tree;
mod words;

use crate::config::settings::Settings;
use crate::config::terminal::{self, When};
use crate::tui::Keys;
use clap::{CommandFactory as _, Parser, Subcommand};
use out::Out;
use std::fmt;
use std::io::{self, IsTerminal as _, Write as _};
use std::path::PathBuf;
use std::process::ExitCode;

/// Runs the program: reads the arguments, shows the face that they name.
#[must_use]
pub fn run() -> ExitCode {
    let arguments = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(error) => {
            // Where not even an error can be printed, the exit code is all that is left.
            let _ = error.print();
            return if error.use_stderr() { Exit::Usage } else { Exit::Clean }.into();
        }
    };
    match arguments.face() {
        Ok(exit) => exit.into(),
        Err(failure) => {
            if !failure.text.is_empty() {
                let text = failure.to_string();
                let text: Vec<_> = text.lines().map(crate::decode::escape).collect(); // names of files may hold anything
                let _ = writeln!(io::stderr(), "saslscope: {}", text.join("\n")); // nobody may be there to read it
            }
            failure.exit.into()
        }
    }
}

/// Step through SMTP AUTH exchanges: each line raw, decoded, and in the state machine.
#[derive(Parser)]
#[command(version, max_term_width = 100, after_help = EXIT_CODES)]
struct Arguments {
    #[command(subcommand)]
    face: Option<Face>,
    #[command(flatten)]
    common: Common,
}

/// Ends every help text of the program as a whole.
const EXIT_CODES: &str = "\
Exit codes: 0 authenticated or clean, 1 usage, 2 cannot connect or listen, 6 closed early, 10 not there, 21 no service, 22 EHLO \
refused, 28 AUTH refused, 29 no TLS, 32 EHLO refused within TLS, 41 unreadable input, 42 replay diverged, 130 interrupted.
Without a command it opens the start screen, or runs the lab line by line where standard output is no terminal.";

#[derive(Subcommand)]
enum Face {
    Lab(lab::Arguments),
    Client(Box<client::Arguments>),
    Server(Box<server::Arguments>),
    Replay(Box<replay::Arguments>),
    Open(open::Arguments),
    Show(show::Arguments),
    #[cfg(unix)]
    Notes(notes::Arguments),
    Decode(decode::Arguments),
    Machines(machines::Arguments),
    Themes(themes::Arguments),
    Keys(keys::Arguments),
    Completions(completions::Arguments),
    Man(man::Arguments),
}

/// What every face understands.
#[derive(clap::Args)]
#[command(next_help_heading = "Options everywhere")]
#[allow(clippy::struct_excessive_bools)] // One flag each.
struct Common {
    /// Line by line, for pipes, screen readers and dumb terminals
    #[arg(long, global = true, env = "SASLSCOPE_HEADLESS", value_parser = clap::builder::FalseyValueParser::new())]
    headless: bool,
    /// One JSON object a line
    #[arg(long, global = true)]
    json: bool,
    /// The theme of the screen, or `auto`: the one that suits the terminal's ground (the default)
    #[arg(long, global = true, value_name = "NAME", env = "SASLSCOPE_THEME")]
    theme: Option<String>,
    /// When to use colour: auto by default
    #[arg(long, global = true, value_enum, value_name = "WHEN", env = "SASLSCOPE_COLOR")]
    color: Option<When>,
    /// Draw with nothing but ASCII, or with all glyphs (`=no`); by default as the locale is
    #[arg(
        long,
        global = true,
        value_name = "yes|no",
        num_args = 0..=1,
        require_equals = true,
        hide_possible_values = true,
        default_missing_value = "yes",
        env = "SASLSCOPE_ASCII",
        value_parser = clap::builder::FalseyValueParser::new()
    )]
    ascii: Option<bool>,
    /// Show secrets
    #[arg(long, global = true)]
    reveal: bool,
    /// Record to a new file; nothing is overwritten
    #[arg(long, global = true, value_name = "FILE")]
    save: Option<PathBuf>,
    /// Record secrets as they are, instead of filler of the same length
    #[arg(long, global = true, requires = "save")]
    keep_secrets: bool,
    /// Log what the network and the sessions do to this file, behind what it has; no line's content, no secrets
    #[arg(long, global = true, value_name = "FILE", env = "SASLSCOPE_LOG")]
    log: Option<PathBuf>,
    /// The same on standard error, line by line; twice: all of it
    #[arg(short, long, global = true, action = clap::ArgAction::Count)]
    verbose: u8,
    /// What the user's files say, where the flags say nothing
    #[arg(skip)]
    settings: Settings,
    #[arg(skip)]
    keys: Keys,
}

impl Arguments {
    fn face(mut self) -> Result<Exit, Failure> {
        // These say themselves what is wrong with the user's files, or need none.
        let lists = matches!(self.face, Some(Face::Themes(_) | Face::Keys(_) | Face::Completions(_) | Face::Man(_)));
        self.common.configure().or_else(|failure| if lists { Ok(()) } else { Err(failure) })?;
        let common = &self.common;
        let records = matches!(
            self.face,
            None | Some(
                Face::Lab(_) | Face::Client(_) | Face::Server(_) | Face::Replay(_) | Face::Open(_) | Face::Show(_)
            )
        );
        if common.save.is_some() && !records {
            return Err(Failure::usage("--save records an exchange, and there is none here; try `saslscope lab`"));
        }
        log::begin(common)?;
        let out = &mut Out::new(common);
        let exit = match self.face {
            None if screen::wanted(common) => screen::start(common),
            None => bare(common, out),
            Some(Face::Lab(arguments)) => arguments.run(common, out),
            Some(Face::Client(arguments)) => arguments.run(common, out),
            Some(Face::Server(arguments)) => arguments.run(common, out),
            Some(Face::Replay(arguments)) => arguments.run(common, out),
            Some(Face::Open(arguments)) => arguments.run(common, out),
            Some(Face::Show(arguments)) => arguments.run(common, out),
            #[cfg(unix)]
            Some(Face::Notes(arguments)) => arguments.run(common, out),
            Some(Face::Decode(arguments)) => arguments.run(out),
            Some(Face::Machines(arguments)) => arguments.run(out),
            Some(Face::Themes(arguments)) => arguments.run(out),
            Some(Face::Keys(arguments)) => arguments.run(out),
            Some(Face::Completions(arguments)) => arguments.run(Self::command(), out),
            Some(Face::Man(arguments)) => arguments.run(Self::command(), out),
        }?;
        let flushed = out.flush();
        // Where the terminal has gone, so has whoever would read it.
        if exit != Exit::Interrupted {
            flushed?;
        }
        Ok(exit)
    }
}

/// No command, and no screen: the lab line by line, and how to get more.
fn bare(common: &Common, out: &mut Out) -> Result<Exit, Failure> {
    if !common.headless {
        out.aside(
            "saslscope: the lab, line by line, since there is no terminal to draw on. Run `saslscope` in a terminal for \
             the screen; `saslscope --help` lists the commands.\n",
        )?;
    }
    let lab = Arguments::try_parse_from(["saslscope", "lab"]).map_err(|error| Failure::usage(error.to_string()))?;
    match lab.face {
        Some(Face::Lab(lab)) => lab.run(common, out),
        _ => Ok(Exit::Usage),
    }
}

impl Common {
    /// Takes in what the user's files say.
    fn configure(&mut self) -> Result<(), Failure> {
        self.settings = screen::settings()?;
        self.keys = screen::keys()?;
        screen::theme(self).map(drop)
    }

    /// Whether there is to be colour.
    fn color(&self) -> bool {
        let when = self.color.or(self.settings.color).unwrap_or(When::Auto);
        when.holds(io::stdout().is_terminal(), &screen::env)
    }

    /// Whether there is to be nothing but ASCII. The locale is that of a terminal; a file has UTF-8.
    fn ascii(&self) -> bool {
        let said = self.ascii.or(self.settings.ascii);
        said.unwrap_or_else(|| io::stdout().is_terminal() && terminal::is_ascii(&screen::env))
    }
}

/// How the program ends. Where swaks has the same stage, the number is the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Exit {
    /// Authenticated, or nothing to complain of.
    Clean = 0,
    /// The arguments can't be followed.
    Usage = 1,
    /// No connection came about, or no address to listen on.
    CannotConnect = 2,
    /// The connection was closed before AUTH came to its end.
    ClosedEarly = 6,
    /// Something that was asked for is not there: the GSS-API of the system.
    Prerequisite = 10,
    /// The server gives no service, or no greeting.
    Banner = 21,
    /// EHLO was refused.
    Ehlo = 22,
    /// AUTH was refused.
    Refused = 28,
    /// TLS could not be had.
    Tls = 29,
    /// EHLO was refused within TLS.
    EhloAfterTls = 32,
    /// A file or a token can't be read; what could be read is shown.
    Unreadable = 41,
    /// A replay went another way than what was recorded.
    Diverged = 42,
    /// The user went away.
    Interrupted = 130,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit as u8)
    }
}

/// Why a face could not do what it was asked for.
#[derive(Debug)]
struct Failure {
    exit: Exit,
    /// What was being done, what came, what to try; nothing where there is nobody left to read it.
    text: String,
}

impl Failure {
    fn usage(text: impl Into<String>) -> Self {
        Self { exit: Exit::Usage, text: text.into() }
    }
}

/// Of standard output.
impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::BrokenPipe => Self { exit: Exit::Clean, text: String::new() },
            _ => Self::usage(format!("writing to standard output: {error}")),
        }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}
