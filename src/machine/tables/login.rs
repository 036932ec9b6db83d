//! AUTH LOGIN (MS-XLOGIN sections 3.1.5.1 and 3.2.5).
//!
//! A response is the user name or the password by its place: after a prompt that says which, that one; after any other,
//! the user name first. The wire does not tell a client that reads the prompts from one that counts them.

use super::machine_table;
use crate::machine::row::Table;

pub(super) static TABLES: [Table; 2] = [CLIENT, SERVER];

const CLIENT: Table = machine_table! {
    Login Client [Choose, WaitChallenge, WaitFinal, Cancelling, Done, Failed]
    runs {}

    Choose on Go emit AuthLoginUsername to WaitChallenge, Should "MS-XLOGIN" "3.1.4.1", "The client puts the user name into the AUTH command.";
    Choose on Go emit AuthLoginEmpty to WaitChallenge, MustNot "MS-XLOGIN" "2.2.2", "The user name must have at least one character; this one has none.";
    Choose on Go emit AuthLogin to WaitChallenge, May "MS-XLOGIN" "3.1.4.1", "The client may leave the user name out, as Outlook does (note 2).";
    WaitChallenge on UsernameChallenge emit UsernameResponse to WaitChallenge, Must "MS-XLOGIN" "3.1.5.1", "The user name answers the prompt for the user name.";
    WaitChallenge on PasswordChallenge emit PasswordResponse to WaitFinal, Must "MS-XLOGIN" "3.1.5.1", "The password answers the prompt for the password.";
    WaitChallenge on UsernameChallenge emit EmptyResponse to WaitChallenge, MustNot "MS-XLOGIN" "2.2.2", "The user name must have at least one character; this one has none.";
    WaitChallenge on PasswordChallenge emit EmptyResponse to WaitFinal, MustNot "MS-XLOGIN" "2.2.2", "The password must have at least one character; this one has none.";
    WaitChallenge on OtherChallenge emit Cancel to Cancelling, Should "MS-XLOGIN" "3.1.5.1", "A prompt that is neither of the two is answered by cancelling.";
    WaitChallenge on OtherChallenge emit UsernameResponse to WaitChallenge, May "MS-XLOGIN" "3.1.5.1", "A client that counts prompts takes the first for the user name (note 3, .NET).";
    WaitChallenge on OtherChallenge emit PasswordResponse to WaitFinal, May "MS-XLOGIN" "3.1.5.1", "A client that counts prompts takes the second for the password (note 3, .NET).";
    WaitChallenge on OtherChallenge emit EmptyResponse to WaitChallenge, MustNot "MS-XLOGIN" "2.2.2", "Whatever is asked for, neither a user name nor a password may be empty.";
    WaitFinal on UsernameChallenge emit UsernameResponse to WaitFinal, Must "MS-XLOGIN" "3.1.5.1", "The user name answers the prompt for the user name, even behind the password.";
    WaitFinal on UsernameChallenge emit Cancel to Cancelling, May "MS-XLOGIN" "3.1.5.1", "One prompt too many: the client has said all it has, and may cancel.";
    WaitFinal on PasswordChallenge emit Cancel to Cancelling, May "MS-XLOGIN" "3.1.5.1", "One prompt too many: the client has said all it has, and may cancel.";
    WaitFinal on OtherChallenge emit Cancel to Cancelling, May "MS-XLOGIN" "3.1.5.1", "One prompt too many: the client has said all it has, and may cancel.";
    WaitFinal on Success to Done, Must "RFC 4954" "6", "235: user name and password are good.";
    WaitFinal on CredentialsInvalid to Failed, Must "RFC 4954" "6", "535: user name or password is not good.";
    Cancelling on Refusal to Failed, Must "RFC 4954" "4", "The server ends the exchange that the client has cancelled.";
};

const SERVER: Table = machine_table! {
    Login Server [Ready, AuthReceived, UsernameReceived, Done, Failed]
    runs {}

    Ready on AuthLogin emit UsernameChallenge to AuthReceived, Must "MS-XLOGIN" "3.2.5.1", "Without a user name the server asks for it.";
    Ready on AuthLogin emit OtherChallenge to AuthReceived, Quirk "draft-murchison-sasl-login" "", "The user name is asked for in words other than Username:, such as \"User Name\" with a NUL.";
    Ready on AuthLogin emit PasswordChallenge to AuthReceived, MustNot "MS-XLOGIN" "3.2.5.1", "Without a user name the server must ask for that first.";
    Ready on AuthLoginUsername emit PasswordChallenge to UsernameReceived, Must "MS-XLOGIN" "3.2.5.1", "With a user name the server keeps it, still in base64, and asks for the password.";
    Ready on AuthLoginUsername emit OtherChallenge to UsernameReceived, Quirk "draft-murchison-sasl-login" "", "The password is asked for in words other than Password:, such as \"Password\" with a NUL.";
    Ready on AuthLoginUsername emit UsernameChallenge to AuthReceived, MustNot "MS-XLOGIN" "3.2.5.1", "With a user name the server must ask for the password next.";
    Ready on AuthLoginEmpty emit UsernameChallenge to AuthReceived, Quirk "Dovecot" "sasl-server-mech-login.c", "An empty user name is passed over, and asked for.";
    AuthReceived on LoginResponse emit PasswordChallenge to UsernameReceived, Must "MS-XLOGIN" "3.2.5.2", "The server keeps the user name, still in base64, and asks for the password.";
    AuthReceived on LoginResponse emit OtherChallenge to UsernameReceived, Quirk "draft-murchison-sasl-login" "", "The password is asked for in words other than Password:, such as \"Password\" with a NUL.";
    AuthReceived on LoginResponse emit UsernameChallenge to UsernameReceived, MustNot "MS-XLOGIN" "3.2.5.2", "After the user name the server must ask for the password.";
    AuthReceived on LoginResponse emit CredentialsInvalid to Failed, May "RFC 4954" "6", "A server may refuse a user name before it asks for the password.";
    AuthReceived on EmptyResponse emit PasswordChallenge to UsernameReceived, May "MS-XLOGIN" "3.2.5.2", "The server looks at a user name only together with the password, so an empty one is kept as well.";
    AuthReceived on EmptyResponse emit OtherChallenge to UsernameReceived, Quirk "draft-murchison-sasl-login" "", "The password is asked for in words other than Password:, such as \"Password\" with a NUL.";
    UsernameReceived on LoginResponse emit Success to Done, Must "MS-XLOGIN" "3.2.5.3", "Both are decoded now and found good: 235.";
    UsernameReceived on LoginResponse emit CredentialsInvalid to Failed, Must "MS-XLOGIN" "3.2.5.3", "Both are decoded now and not found good: 535.";
    UsernameReceived on EmptyResponse emit CredentialsInvalid to Failed, Must "MS-XLOGIN" "3.2.5.3", "No password is empty: 535.";
};
