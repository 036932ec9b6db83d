//! Names on the command line for what `session` plays.

use crate::session::persona::{ClientPersona, ServerPersona};
use crate::session::{ChannelBindings, Fault, Initial, LayerMode, Mechanism, Prompts, Tls, UnderGssapi};
use crate::terms::Party;
use clap::ValueEnum;
use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};

macro_rules! value_enum {
    ($type:ty: $( $variant:ident $name:literal $help:literal ),+ $(,)?) => {
        impl ValueEnum for $type {
            fn value_variants<'a>() -> &'a [Self] {
                &[ $( Self::$variant ),+ ]
            }

            fn to_possible_value(&self) -> Option<PossibleValue> {
                Some(match self { $( Self::$variant => PossibleValue::new($name).help($help) ),+ })
            }
        }
    };
}

value_enum! { LayerMode:
    Auto "auto" "The server as rfc2222, the client takes what comes",
    Rfc2222 "rfc2222" "Offer and choice of a security layer, then 235",
    Skip "skip" "235 after the empty line that follows the last token",
    Example "example" "235 in place of the acceptor's last token (MS-SSEAN 4.1)",
}
value_enum! { Initial:
    Always "always" "Always",
    Fit "fit" "Where the line stays within 512 octets",
    Never "never" "Never: the server asks first",
}
value_enum! { Prompts:
    Checking "checking" "It reads them, and cancels where one is neither of the two",
    Counting "counting" "The first asks for the user name, the second for the password",
}

value_enum! { UnderGssapi:
    Spnego "spnego" "SPNEGO (MS-SSEAN)",
    Ntlm "ntlm" "NTLM's own messages, without SPNEGO around them",
}
value_enum! { ChannelBindings:
    None "none" "A client sends none, a server looks at none",
    Allow "allow" "Within TLS a client sends them, and a server verifies those that come",
    Require "require" "Nobody logs on without",
}

/// The same for what has a list, names and words of its own.
macro_rules! named {
    ($($type:ty),+) => { $(
        impl ValueEnum for $type {
            fn value_variants<'a>() -> &'a [Self] {
                &Self::ALL
            }

            fn to_possible_value(&self) -> Option<PossibleValue> {
                Some(PossibleValue::new(self.name()).help(self.says()))
            }
        }
    )+ };
}

named!(Mechanism, Fault, ClientPersona, ServerPersona);

value_enum! { Tls:
    IfOffered "if-offered" "STARTTLS where the server offers it (RFC 3207), else in clear",
    StartTls "starttls" "STARTTLS; a client does not go on without",
    Implicit "implicit" "Before the greeting (RFC 8314)",
    Never "never" "Not at all",
}

/// Reads the faults of one party.
pub(super) fn of(party: Party) -> impl TypedValueParser<Value = Fault> {
    let faults = Fault::ALL.into_iter().filter(move |fault| fault.party() == party);
    let values: Vec<PossibleValue> = faults.filter_map(|fault| fault.to_possible_value()).collect();
    PossibleValuesParser::new(values).try_map(|name| Fault::from_str(&name, true))
}
