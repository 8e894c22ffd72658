//! How long a command takes, as far as its text tells: the `sleep`s in it are added up.
//!
//! This is no shell: it reads what charts write into `preStop` hooks. Where the time hangs on
//! something that only runs, it assumes none.

/// The seconds that a command surely sleeps, given its argument list as in `exec.command`.
/// `variables` are the literal values of the container's environment.
pub(crate) fn seconds(command: &[&str], variables: &dyn Fn(&str) -> Option<String>) -> f64 {
    let Some((program, arguments)) = command.split_first() else { return 0.0 };
    let script = arguments.iter().position(|argument| is_script_flag(argument));
    match (base_name(program), script) {
        ("sh" | "bash" | "ash" | "dash" | "zsh" | "ksh", Some(flag)) => {
            arguments.get(flag + 1).map_or(0.0, |script| script_seconds(script, variables))
        }
        _ => simple_seconds(command, variables),
    }
}

/// `-c`, also among other letters as in `-ec`.
fn is_script_flag(argument: &str) -> bool {
    argument.starts_with('-') && !argument.starts_with("--") && argument.ends_with('c')
}

fn base_name(program: &str) -> &str {
    program.rsplit('/').next().unwrap_or(program)
}

/// A word of a script, or what separates commands.
#[derive(Debug, PartialEq, Eq)]
enum Token {
    Word(String),
    /// `;`, `&&`, `||`, `|`, a new line, a bracket: the command before it has ended.
    End,
    /// `&`: the command before it runs in the background.
    Background,
}

fn script_seconds(script: &str, variables: &dyn Fn(&str) -> Option<String>) -> f64 {
    let mut blocks = vec![Block::new(1.0)];
    let mut words: Vec<String> = Vec::new();
    for token in tokens(script).into_iter().chain([Token::End]) {
        match token {
            Token::Word(word) => words.push(word),
            Token::Background => words.clear(),
            Token::End => {
                finish(&words, &mut blocks, variables);
                words.clear();
            }
        }
    }
    blocks.iter().map(Block::total).sum()
}

/// An `if`, `case` or loop that is open, or the script as a whole.
struct Block {
    times: f64,
    /// The seconds of the branch that is open, and of the longest one before it.
    open: f64,
    longest: f64,
}

impl Block {
    fn new(times: f64) -> Block {
        Block { times, open: 0.0, longest: 0.0 }
    }

    fn next_branch(&mut self) {
        self.longest = self.longest.max(self.open);
        self.open = 0.0;
    }

    fn total(&self) -> f64 {
        self.longest.max(self.open) * self.times
    }
}

/// Adds the time of one command, or opens and closes what its first words open and close.
fn finish(words: &[String], blocks: &mut Vec<Block>, variables: &dyn Fn(&str) -> Option<String>) {
    let mut words = words;
    while let Some((first, rest)) = words.split_first() {
        match first.as_str() {
            "for" => return blocks.push(Block::new(rounds(rest))),
            "case" => return blocks.push(Block::new(1.0)),
            // How often is unknown; once is what it takes if there is anything to wait for.
            "while" | "until" | "if" => blocks.push(Block::new(1.0)),
            "elif" | "else" => {
                if let Some(block) = blocks.last_mut() {
                    block.next_branch();
                }
            }
            "fi" | "done" | "esac" => {
                if blocks.len() > 1
                    && let Some(block) = blocks.pop()
                    && let Some(outer) = blocks.last_mut()
                {
                    outer.open += block.total();
                }
            }
            "then" | "do" | "{" | "}" | "!" | "exec" | "command" => {}
            _ => break,
        }
        words = rest;
    }
    let command: Vec<&str> = words.iter().map(String::as_str).collect();
    if let Some(block) = blocks.last_mut() {
        block.open += simple_seconds(&command, variables);
    }
}

/// How often the body of a `for` runs: `i in 1 2 3`, `i in $(seq 30)`, `i in {1..30}`.
fn rounds(words: &[String]) -> f64 {
    let Some(at) = words.iter().position(|word| word == "in") else { return 1.0 };
    let list = words.get(at + 1..).unwrap_or_default();
    let joined = list.join(" ");
    if let Some(sequence) = joined.strip_prefix("$(seq ").or_else(|| joined.strip_prefix("`seq ")) {
        let ends: Vec<f64> = sequence
            .trim_end_matches([')', '`'])
            .split_whitespace()
            .filter_map(|word| word.parse().ok())
            .collect();
        return match ends[..] {
            [last] => last.max(0.0),
            [first, last] => (last - first + 1.0).max(0.0),
            [first, step, last] if step != 0.0 => ((last - first) / step + 1.0).floor().max(0.0),
            _ => 1.0,
        };
    }
    if let Some(range) = joined.strip_prefix('{').and_then(|range| range.strip_suffix('}'))
        && let Some((first, last)) = range.split_once("..")
        && let (Ok(first), Ok(last)) = (first.parse::<f64>(), last.parse::<f64>())
    {
        return (last - first).abs() + 1.0;
    }
    if joined.contains(['$', '*', '`']) { 1.0 } else { list.len() as f64 }
}

/// The seconds of one command without shell syntax.
fn simple_seconds(command: &[&str], variables: &dyn Fn(&str) -> Option<String>) -> f64 {
    match command {
        [program, durations @ ..] if base_name(program) == "sleep" => {
            durations.iter().filter_map(|text| duration(text, variables)).sum()
        }
        _ => 0.0,
    }
}

/// `5`, `0.5`, `5s`, `2m`, `1h`, `1d`, or a variable that holds one of them.
fn duration(text: &str, variables: &dyn Fn(&str) -> Option<String>) -> Option<f64> {
    let resolved;
    let text = match variable_name(text) {
        Some((name, default)) => {
            resolved = variables(name).or_else(|| default.map(str::to_owned))?;
            resolved.as_str()
        }
        None => text,
    };
    let (number, unit) = match text.char_indices().last()? {
        (at, 's') => (&text[..at], 1.0),
        (at, 'm') => (&text[..at], 60.0),
        (at, 'h') => (&text[..at], 3600.0),
        (at, 'd') => (&text[..at], 86400.0),
        _ => (text, 1.0),
    };
    let seconds = number.parse::<f64>().ok().filter(|seconds| seconds.is_finite())?;
    (seconds >= 0.0).then_some(seconds * unit)
}

/// The name in `$NAME`, `${NAME}`, `${NAME:-default}` or Kubernetes' `$(NAME)`.
fn variable_name(text: &str) -> Option<(&str, Option<&str>)> {
    let name = text.strip_prefix('$')?;
    if let Some(inner) = name.strip_prefix('{').and_then(|name| name.strip_suffix('}')) {
        return Some(match inner.split_once(":-").or_else(|| inner.split_once('-')) {
            Some((name, default)) => (name, Some(default)),
            None => (inner, None),
        });
    }
    let name = name.strip_prefix('(').and_then(|name| name.strip_suffix(')')).unwrap_or(name);
    Some((name, None))
}

/// Cuts a script into words and ends of commands; quotes are taken off, comments left out.
fn tokens(script: &str) -> Vec<Token> {
    let mut tokens = Vec::new();
    let mut word = String::new();
    let mut in_word = false;
    let mut nested = 0usize;
    let mut chars = script.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '\'' | '"' => {
                in_word = true;
                while let Some(inner) = chars.next() {
                    match inner {
                        _ if inner == c => break,
                        '\\' if c == '"' => word.extend(chars.next()),
                        _ => word.push(inner),
                    }
                }
            }
            '\\' => match chars.next() {
                Some('\n') | None => {}
                Some(escaped) => {
                    in_word = true;
                    word.push(escaped);
                }
            },
            // Inside `$( … )` and `${ … }` everything is part of the word.
            '$' if matches!(chars.peek(), Some('(' | '{')) => {
                in_word = true;
                nested += 1;
                word.push(c);
                word.extend(chars.next());
            }
            ')' | '}' if nested > 0 => {
                nested -= 1;
                word.push(c);
            }
            _ if nested > 0 => word.push(c),
            '#' if !in_word => while chars.next_if(|&c| c != '\n').is_some() {},
            _ if c.is_whitespace() || matches!(c, ';' | '&' | '|' | '(' | ')') => {
                if std::mem::take(&mut in_word) {
                    tokens.push(Token::Word(std::mem::take(&mut word)));
                }
                match c {
                    // A redirection such as `2>&1`, or the second half of `&&`.
                    '&' if chars.next_if_eq(&'&').is_some() => tokens.push(Token::End),
                    '&' if matches!(tokens.last(), Some(Token::Word(last)) if last.ends_with('>')) =>
                        {}
                    '&' => tokens.push(Token::Background),
                    '\n' | ';' | '|' | '(' | ')' => tokens.push(Token::End),
                    _ => {}
                }
            }
            _ => {
                in_word = true;
                word.push(c);
            }
        }
    }
    if in_word {
        tokens.push(Token::Word(word));
    }
    tokens
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(command: &[&str], expected: f64) {
        let variables = |name: &str| (name == "DRAIN").then(|| "7".to_owned());
        assert_eq!(seconds(command, &variables), expected);
    }

    #[track_caller]
    fn check_script(script: &str, expected: f64) {
        check(&["/bin/sh", "-c", script], expected);
    }

    #[test]
    fn commands_without_a_shell() {
        check(&["sleep", "5"], 5.0);
        check(&["/bin/sleep", "2m"], 120.0);
        check(&["sleep", "1", "0.5"], 1.5);
        check(&["sleep", "$(DRAIN)"], 7.0);
        check(&["nginx", "-s", "quit"], 0.0);
        check(&[], 0.0);
    }

    #[test]
    fn sleeps_in_a_row_add_up() {
        check_script("sleep 5", 5.0);
        check_script("sleep 5; sleep 10 && /usr/local/bin/drain", 15.0);
        check_script("erl_call -s -n ${NAME} \\\n  -a 'application stop x'\nsleep 10\n", 10.0);
        check_script("nginx -s quit 2>&1; sleep 3", 3.0);
        check(&["bash", "-ec", "sleep 4"], 4.0);
    }

    #[test]
    fn what_does_not_run_takes_no_time() {
        check_script("# sleep 100\necho 'sleep 100'; echo sleep 100", 0.0);
        check_script("sleep 100 & wait_for_it", 0.0);
    }

    #[test]
    fn loops_and_branches() {
        check_script("for i in 1 2 3; do sleep 2; done", 6.0);
        check_script("for i in $(seq 1 30); do sleep 1; done; sleep 1", 31.0);
        check_script("for i in {1..5}; do sleep 1; done", 5.0);
        check_script("if true; then sleep 5; else sleep 20; fi; sleep 1", 21.0);
        check_script("while pgrep x; do sleep 1; done", 1.0);
    }

    #[test]
    fn variables() {
        check_script("sleep ${DRAIN}", 7.0);
        check_script("sleep $OTHER", 0.0);
        check_script("sleep ${OTHER:-15}", 15.0);
    }
}
