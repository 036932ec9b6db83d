//! Where files of a user are: the XDG base directories, on macOS too.
//!
//! A variable that is empty or no absolute path counts as not set, as the XDG specification wants it.

use std::path::PathBuf;

/// What this program calls its directories.
const NAME: &str = "saslscope";

/// What a user has set: `$XDG_CONFIG_HOME/saslscope`, else `~/.config/saslscope`.
#[must_use]
pub fn config() -> Option<PathBuf> {
    under("XDG_CONFIG_HOME", ".config")
}

/// What a user wants kept, such as recordings: `$XDG_DATA_HOME/saslscope`, else `~/.local/share/saslscope`.
#[must_use]
pub fn data() -> Option<PathBuf> {
    under("XDG_DATA_HOME", ".local/share")
}

/// What may be lost, such as the list of recent files: `$XDG_STATE_HOME/saslscope`, else `~/.local/state/saslscope`.
#[must_use]
pub fn state() -> Option<PathBuf> {
    under("XDG_STATE_HOME", ".local/state")
}

/// What lives as long as the program, such as sockets: `$XDG_RUNTIME_DIR/saslscope`, else a folder of this user where
/// temporary files are.
#[must_use]
pub fn runtime() -> PathBuf {
    let own = || {
        let user = std::env::var("USER").unwrap_or_default();
        let user: String = user.chars().filter(char::is_ascii_alphanumeric).collect();
        std::env::temp_dir().join(format!("{NAME}-{user}"))
    };
    absolute("XDG_RUNTIME_DIR").map_or_else(own, |base| base.join(NAME))
}

fn under(variable: &str, of_home: &str) -> Option<PathBuf> {
    let base = absolute(variable).or_else(|| Some(absolute("HOME")?.join(of_home)))?;
    Some(base.join(NAME))
}

fn absolute(variable: &str) -> Option<PathBuf> {
    std::env::var_os(variable).map(PathBuf::from).filter(|path| path.is_absolute())
}
