//! `saslscope machines`.

use super::out::{Out, Tone};
use super::{Exit, Failure};
use crate::machine::{Machine, Row, Signal, Table, diagram, tables};
use serde::Serialize;
use std::io;

/// Print the state machines: each party's diagram and table, one row a sentence of a specification, and what the signals mean.
#[derive(clap::Args)]
pub(super) struct Arguments {
    /// Only this machine
    #[arg(value_parser = clap::builder::PossibleValuesParser::new(Machine::ALL.map(Machine::name)))]
    machine: Option<String>,
    /// For Graphviz
    #[arg(long)]
    dot: bool,
}

#[derive(Serialize)]
struct RowJson {
    machine: &'static str,
    party: &'static str,
    from: &'static str,
    on: &'static str,
    on_says: &'static str,
    emit: Option<&'static str>,
    emit_says: Option<&'static str>,
    to: &'static str,
    force: String,
    cite: String,
    says: &'static str,
}

impl Arguments {
    pub(super) fn run(self, out: &mut Out) -> Result<Exit, Failure> {
        let wanted = |table: &&Table| self.machine.as_ref().is_none_or(|name| table.machine.name() == name);
        let tables: Vec<&Table> = tables().filter(wanted).collect();
        if self.dot {
            out.raw(diagram::dot(tables).as_bytes())?;
        } else if out.json {
            for table in tables {
                table.rows.iter().try_for_each(|row| out.object(&json(table, row)))?;
            }
        } else {
            tables.into_iter().try_for_each(|table| print(table, out))?;
        }
        Ok(Exit::Clean)
    }
}

fn print(table: &Table, out: &mut Out) -> io::Result<()> {
    for line in diagram::describe(table, out.ascii).lines() {
        out.line(Tone::Plain, line)?;
    }
    out.line(Tone::Plain, "")
}

fn json(table: &Table, row: &Row) -> RowJson {
    RowJson {
        machine: table.machine.name(),
        party: table.party.name(),
        from: row.from.name(),
        on: row.on.name(),
        on_says: row.on.says(),
        emit: row.emit.map(Signal::name),
        emit_says: row.emit.map(Signal::says),
        to: row.to.name(),
        force: row.force.to_string(),
        cite: row.cite.to_string(),
        says: row.says,
    }
}
