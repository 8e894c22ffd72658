//! Where reports go: formats, files, colour.

use std::io::{self, BufWriter, IsTerminal, Write};

use clap::builder::{PossibleValuesParser, TypedValueParser};

use crate::report::{Format, Report, Style};

use super::Failure;

#[derive(clap::Args)]
#[group(skip)]
pub(super) struct Args {
    /// Format of the report; repeat it in pairs with -o
    #[arg(long, value_parser = formats(), value_name = "FORMAT")]
    output_format: Vec<Format>,
    /// File for the report of the same rank; `-` is the standard output
    #[arg(short = 'o', long = "output", value_name = "FILE")]
    output: Vec<String>,
    /// When to use colour
    #[arg(long, value_enum, default_value_t = Color::Auto)]
    color: Color,
}

#[derive(Copy, Clone, clap::ValueEnum)]
enum Color {
    Auto,
    Always,
    Never,
}

/// Parses the name of a format.
fn formats() -> impl TypedValueParser<Value = Format> {
    PossibleValuesParser::new(Format::ALL.map(Format::name)).map(|name| {
        let named = Format::ALL.into_iter().find(|format| format.name() == name);
        named.unwrap_or(Format::Full)
    })
}

/// Writes the report in every format asked for. A reader that hangs up is no failure.
pub(super) fn write(args: &Args, report: &Report) -> Result<(), Failure> {
    let formats =
        if args.output_format.is_empty() { &[Format::Full][..] } else { &args.output_format };
    let is_printed = |rank: &usize| args.output.get(*rank).is_none_or(|path| path == "-");
    if args.output.len() > formats.len() {
        return Err(Failure("there are more --output than --output-format".to_owned()));
    }
    if (0..formats.len()).filter(is_printed).count() > 1 {
        let text = "only one report can go to the standard output: give the others a file with -o";
        return Err(Failure(text.to_owned()));
    }
    for (rank, &format) in formats.iter().enumerate() {
        let written = match args.output.get(rank).map(String::as_str) {
            None | Some("-") => print(args, report, format),
            Some(path) => save(path, report, format),
        };
        written?;
    }
    Ok(())
}

fn print(args: &Args, report: &Report, format: Format) -> Result<(), Failure> {
    let stdout = io::stdout().lock();
    let terminal = stdout.is_terminal();
    let style = Style { color: wants_color(args.color, terminal), width: width(terminal) };
    let mut out = BufWriter::new(stdout);
    let written = report.write(format, style, &mut out).and_then(|()| out.flush());
    match written {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        other => Ok(other?),
    }
}

/// How to draw on the standard output where no flag says so.
pub(super) fn style() -> Style {
    style_on(&io::stdout())
}

/// The same for another stream.
pub(super) fn style_on(stream: &impl IsTerminal) -> Style {
    let terminal = stream.is_terminal();
    Style { color: wants_color(Color::Auto, terminal), width: width(terminal) }
}

/// How wide pictures are where no terminal says so, and at most.
const WIDTH: usize = 100;

fn width(terminal: bool) -> usize {
    let size = terminal_size::terminal_size().filter(|_| terminal);
    size.map_or(WIDTH, |(width, _)| usize::from(width.0).clamp(40, 2 * WIDTH))
}

fn save(path: &str, report: &Report, format: Format) -> Result<(), Failure> {
    let mut bytes = Vec::new();
    report.write(format, Style { color: false, width: WIDTH }, &mut bytes)?;
    super::atomic::write(std::path::Path::new(path), &bytes)
        .map_err(|error| Failure(format!("cannot write {path}: {error}")))
}

/// `--color` before `NO_COLOR`, `FORCE_COLOR`, `CLICOLOR`, and those before the terminal.
fn wants_color(color: Color, terminal: bool) -> bool {
    let set = |name: &str| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    match color {
        Color::Always => true,
        Color::Never => false,
        Color::Auto if set("NO_COLOR") => false,
        Color::Auto if set("FORCE_COLOR") => true,
        Color::Auto => terminal && std::env::var("CLICOLOR").as_deref() != Ok("0"),
    }
}

/// Tells the user something that is no part of the report.
pub(super) fn note(text: &str) {
    eprintln!("{text}");
}

/// Prints text as it is. A reader that hangs up is no failure.
pub(super) fn text(text: &str) -> Result<(), Failure> {
    Ok(written(text.as_bytes())?)
}

/// Prints bytes as they are. A reader that hangs up is no failure.
pub(super) fn written(bytes: &[u8]) -> io::Result<()> {
    let mut stdout = io::stdout().lock();
    match stdout.write_all(bytes).and_then(|()| stdout.flush()) {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        other => other,
    }
}
