//! Where the states stand: by hand where a machine branches, by rule where it is short.

use super::{Border, BoxAt, Form};
use crate::machine::row::{Machine, State, Table};
use crate::terms::Party;

/// Empty cells around everything, which the lines may take.
const MARGIN: usize = 4;
/// Empty lines between two rows of boxes.
const ROW_GAP: usize = 2;
/// Empty cells between two columns of boxes that are placed by rule.
const COLUMN_GAP: usize = 5;

/// Rows of states, each name where it stands from left to right in the diagram. Places are chosen so that few lines
/// cross: a change is to be looked at (`saslscope machines`).
type Plan = &'static [&'static str];

/// At large and small.
type Plans = [Plan; 2];

const SMTP_CLIENT: Plans = [
    &[
        "  Connect                                             Failed",
        "  Greeted           EhloSent          Choose         Quitting               Closed",
        "   InData            InMail           InMech           Done           AuthenticatedInData",
        "  DataSent          StartTls          Tls           Cancelling",
    ],
    &[
        " Connect                    InMail",
        " Greeted      EhloSent                      InData",
        "                Tls         Choose         DataSent",
        "              StartTls      InMech        Cancelling",
        " Failed       Quitting       Done     AuthenticatedInData",
        "               Closed",
    ],
];

const SMTP_SERVER: Plans = [
    &[
        "  Greeting          AwaitEhlo          Closed          AuthenticatedInData",
        "                                       InAuth             Authenticated",
        "                                       Ready                 InData",
        "                    StartTls           InMail",
    ],
    &[
        " Greeting     AwaitEhlo      Closed     AuthenticatedInData",
        "                             InAuth        Authenticated",
        "                             Ready            InData",
        "              StartTls       InMail",
    ],
];

/// CRAM-MD5 has the same states.
const LOGIN_CLIENT: Plans = [
    &[
        "  Choose          WaitChallenge          Cancelling",
        "                    WaitFinal              Failed",
        "                      Done",
    ],
    &[
        " Choose     WaitChallenge",
        "              WaitFinal       Cancelling",
        "                Done            Failed",
    ],
];

const LOGIN_SERVER: Plans = [
    &["     Ready              UsernameReceived          Done", "  AuthReceived               Failed"],
    &[" Ready       AuthReceived", "                Failed", "           UsernameReceived     Done"],
];

const DIGEST_CLIENT: Plans = [
    &[
        "  Choose          WaitChallenge          Cancelling",
        "                   WaitRspauth             Failed",
        "                    WaitFinal               Done",
    ],
    &[
        " Choose      WaitChallenge       Cancelling",
        "              WaitRspauth          Failed",
        "               WaitFinal            Done",
    ],
];

const DIGEST_SERVER: Plans = [
    &["  Ready          ChallengeSent          Failed", "                  RspauthSent            Done"],
    &[" Ready        ChallengeSent         Failed", "               RspauthSent           Done"],
];

/// Of both mechanisms.
const OAUTH_CLIENT: Plans = [
    &[
        "   Choose            WaitFinal            Done",
        "  WaitEmpty        ErrorAnswered       Cancelling",
        "                      Failed",
    ],
    &["  Choose       WaitFinal        Done", " WaitEmpty   ErrorAnswered   Cancelling", "               Failed"],
];

/// Of both mechanisms.
const OAUTH_SERVER: Plans = [
    &["  Ready          WaitMessage          Done", "                  ErrorSent          Failed"],
    &[" Ready        WaitMessage         Done", "               ErrorSent         Failed"],
];

const GSSAPI_CLIENT: Plans = [
    &[
        "   Choose                              Rejected",
        "  WaitEmpty          Context            Failed",
        "                      Done            ContextDone",
        "                                       WaitFinal",
    ],
    &[
        "  Choose                     Failed",
        " WaitEmpty     Context      Rejected",
        "                           ContextDone",
        "                Done        WaitFinal",
    ],
];

const GSSAPI_SERVER: Plans = [
    &[
        "  Ready          Rejected            Failed",
        "                 Context           WaitChoice",
        "                  Flush               Done",
    ],
    &[" Ready      Rejected      Failed", "            Context", "              Done", " Flush     WaitChoice"],
];

const SMTP_NTLM_CLIENT: Plans = [
    &[
        "       Start                           Cancelling",
        "  SentAuthenticationRequest            SentCommand",
        "                                 CompletedAuthentication",
    ],
    &[
        "    Start                       Cancelling",
        " SentAuthenticationRequest      SentCommand",
        "                          CompletedAuthentication",
    ],
];

const SMTP_NTLM_SERVER: Plans = [
    &["  Start                SentResponse", "                 CompletedAuthentication"],
    &[" Start                SentResponse", "                CompletedAuthentication"],
];

const KERBEROS_CLIENT: Plans = [
    &[
        "   Choose               Done",
        "  WaitEmpty           WaitFinal",
        "   Context           ContextDone",
        "  Rejected             Failed",
    ],
    &["  Choose          Done", " WaitEmpty      WaitFinal", "  Context      ContextDone", " Rejected        Failed"],
];

const KERBEROS_SERVER: Plans = [
    &[
        "  Ready          Rejected            Failed",
        "                 Context",
        "                  Flush            WaitChoice",
        "                                      Done",
    ],
    &[" Ready      Rejected", "            Context", "              Done", " Flush     WaitChoice     Failed"],
];

const SCRAM_CLIENT: Plans = [
    &[
        "  Choose          WaitServerFirst       Cancelling",
        "  WaitEmpty       WaitServerFinal         Failed",
        "                     WaitFinal           Rejected",
        "                       Done",
    ],
    &[
        "  Choose      WaitServerFirst      Cancelling",
        " WaitEmpty    WaitServerFinal        Failed",
        "                 WaitFinal          Rejected",
        "                   Done",
    ],
];

const SCRAM_SERVER: Plans = [
    &[
        "       Ready            Failed",
        "  WaitClientFirst                   Rejected",
        "  WaitClientFinal",
        "     WaitEmpty           Done",
    ],
    &[
        " WaitClientFirst     WaitClientFinal     Rejected",
        "     Ready                                Failed",
        "                        WaitEmpty          Done",
    ],
];

const SPNEGO_CLIENT: Plans = [
    &[
        "                   Selected",
        "  Start            Offered              Established",
        "                  Reselected            MicPending",
        "                   Rejected",
    ],
    &[
        " Start     Reselected",
        "            Offered       Established",
        "            Selected      MicPending",
        "            Rejected",
    ],
];

const SPNEGO_SERVER: Plans = [
    &["  MechRunning", "     Idle              Established", "  Negotiating          MicPending", "   Rejected"],
    &[" MechRunning", "    Idle         Established", " MicPending      Negotiating", "  Rejected"],
];

/// The plan of a machine, if it has one.
const fn plan(table: &Table, form: Form) -> Option<Plan> {
    let plans = match (table.machine, table.party) {
        (Machine::Smtp, Party::Client) => SMTP_CLIENT,
        (Machine::Smtp, Party::Server) => SMTP_SERVER,
        (Machine::Login | Machine::CramMd5, Party::Client) => LOGIN_CLIENT,
        (Machine::Login, Party::Server) => LOGIN_SERVER,
        (Machine::DigestMd5, Party::Client) => DIGEST_CLIENT,
        (Machine::DigestMd5, Party::Server) => DIGEST_SERVER,
        (Machine::Xoauth2 | Machine::Oauthbearer, Party::Client) => OAUTH_CLIENT,
        (Machine::Xoauth2 | Machine::Oauthbearer, Party::Server) => OAUTH_SERVER,
        (Machine::Gssapi | Machine::GssSpnego, Party::Client) => GSSAPI_CLIENT,
        (Machine::Gssapi | Machine::GssSpnego, Party::Server) => GSSAPI_SERVER,
        (Machine::SmtpNtlm, Party::Client) => SMTP_NTLM_CLIENT,
        (Machine::SmtpNtlm, Party::Server) => SMTP_NTLM_SERVER,
        (Machine::Kerberos, Party::Client) => KERBEROS_CLIENT,
        (Machine::Kerberos, Party::Server) => KERBEROS_SERVER,
        (Machine::Scram, Party::Client) => SCRAM_CLIENT,
        (Machine::Scram, Party::Server) => SCRAM_SERVER,
        (Machine::Spnego, Party::Client) => SPNEGO_CLIENT,
        (Machine::Spnego, Party::Server) => SPNEGO_SERVER,
        _ => return None,
    };
    Some(plans[form as usize])
}

/// A state, where its name begins, and in which row of boxes it stands.
type Place = (State, usize, usize);

/// The boxes of a table, and how wide and high all of it is.
pub(super) fn boxes(table: &Table, form: Form) -> (Vec<BoxAt>, usize, usize) {
    let (rim, height) = rim(form);
    let places = plan(table, form).map_or_else(|| by_rule(table, rim), |plan| read(table, plan));
    let put = |(state, x, row): Place| {
        let border = match () {
            () if table.runs_in(state).is_some() => Border::Runs,
            () if table.rows.iter().all(|row| row.from != state) => Border::End,
            () => Border::Plain,
        };
        let (x, y) = (MARGIN + x - rim, MARGIN + row * (height + ROW_GAP));
        BoxAt { state, x, y, width: state.name().len() + 2 * rim, height, border }
    };
    let boxes: Vec<BoxAt> = places.into_iter().map(put).collect();
    let behind = |of: fn(&BoxAt) -> usize| boxes.iter().map(of).max().unwrap_or(0) + 1 + MARGIN;
    let (width, height) = (behind(BoxAt::right), behind(BoxAt::bottom));
    (boxes, width, height)
}

/// What a box has at each side of the name, and how many lines it takes.
const fn rim(form: Form) -> (usize, usize) {
    match form {
        Form::Large => (2, 3),
        Form::Small => (1, 1),
    }
}

/// The states of a plan.
fn read(table: &Table, plan: Plan) -> Vec<Place> {
    let mut places = Vec::new();
    for (row, line) in plan.iter().enumerate() {
        let mut end = 0;
        for name in line.split_whitespace() {
            let x = end + line[end..].find(name).unwrap_or(0);
            end = x + name.len();
            let named = table.states().into_iter().find(|state| state.name() == name);
            places.extend(named.map(|state| (state, x, row)));
        }
    }
    places
}

/// Each state in the column of its distance from the start, one below the other.
fn by_rule(table: &Table, rim: usize) -> Vec<Place> {
    let mut places: Vec<Place> = Vec::new();
    let mut column = vec![table.start];
    let mut x = rim;
    while !column.is_empty() {
        places.extend(column.iter().zip(0..).map(|(state, row)| (*state, x, row)));
        let mut next = Vec::new();
        for row in table.rows.iter().filter(|row| column.contains(&row.from)) {
            if !next.contains(&row.to) && places.iter().all(|(known, ..)| *known != row.to) {
                next.push(row.to);
            }
        }
        x += column.iter().map(|state| state.name().len()).max().unwrap_or(0) + 2 * rim + COLUMN_GAP;
        column = next;
    }
    places
}
