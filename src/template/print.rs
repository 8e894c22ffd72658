//! Nodes printed back as Go prints them in messages (`parse/node.go`), with uniform spacing.

use std::borrow::Cow;

use crate::template::literal::quote;
use crate::template::{Branch, NodeId, NodeRange, Shape, Tree};

/// What is still to be printed. A list of it stands in place of recursion, so that no nesting can
/// exhaust the stack.
enum Piece<'a> {
    Node(NodeId),
    Text(Cow<'a, [u8]>),
}

impl Tree {
    /// The node as Go's messages show it.
    pub fn print(&self, node: NodeId) -> Vec<u8> {
        let mut out = Vec::new();
        let mut todo = vec![Piece::Node(node)];
        while let Some(piece) = todo.pop() {
            match piece {
                Piece::Text(text) => out.extend_from_slice(&text),
                Piece::Node(node) => {
                    let from = todo.len();
                    self.expand(&mut todo, node);
                    todo[from..].reverse();
                }
            }
        }
        out
    }

    /// Pushes what a node consists of, in order.
    fn expand<'a>(&'a self, todo: &mut Vec<Piece<'a>>, node: NodeId) {
        match self.shape(node) {
            Shape::List(nodes) => self.expand_all(todo, nodes, b""),
            Shape::Text { start, end } => text(todo, self.slice(start, end)),
            Shape::Action(pipe) => expand_action(todo, b"", Some(pipe)),
            Shape::If(branch) => expand_branch(todo, b"if ", branch),
            Shape::With(branch) => expand_branch(todo, b"with ", branch),
            Shape::Range(branch) => expand_branch(todo, b"range ", branch),
            Shape::Template { name, pipe } => self.expand_template(todo, name, pipe),
            Shape::Break => text(todo, b"{{break}}"),
            Shape::Continue => text(todo, b"{{continue}}"),
            Shape::Pipe { variables, assigns, commands } => {
                self.expand_names(todo, variables, b", ");
                if variables.len() > 0 {
                    text(todo, if assigns { b" = " } else { b" := " });
                }
                self.expand_all(todo, commands, b" | ");
            }
            Shape::Command(operands) => {
                for (index, &operand) in self.children(operands).iter().enumerate() {
                    text(todo, if index > 0 { b" " } else { b"" });
                    self.expand_operand(todo, operand);
                }
            }
            Shape::Dot => text(todo, b"."),
            Shape::Field(fields) => self.expand_fields(todo, fields),
            Shape::Variable(names) => self.expand_names(todo, names, b"."),
            Shape::Chain { of, fields } => {
                self.expand_operand(todo, of);
                self.expand_fields(todo, fields);
            }
            Shape::Function(_)
            | Shape::Nil
            | Shape::Bool(_)
            | Shape::Number(_)
            | Shape::Str(_)
            | Shape::Broken => {
                let span = self.span(node);
                text(todo, self.slice(span.start, span.end));
            }
        }
    }

    fn expand_all<'a>(&'a self, todo: &mut Vec<Piece<'a>>, nodes: NodeRange, between: &'a [u8]) {
        for (index, &node) in self.children(nodes).iter().enumerate() {
            text(todo, if index > 0 { between } else { b"" });
            todo.push(Piece::Node(node));
        }
    }

    /// A pipe that is an operand has parentheses.
    fn expand_operand<'a>(&'a self, todo: &mut Vec<Piece<'a>>, operand: NodeId) {
        let pipe = matches!(self.shape(operand), Shape::Pipe { .. });
        text(todo, if pipe { b"(" } else { b"" });
        todo.push(Piece::Node(operand));
        text(todo, if pipe { b")" } else { b"" });
    }

    fn expand_names<'a>(&'a self, todo: &mut Vec<Piece<'a>>, names: NodeRange, between: &'a [u8]) {
        for (index, name) in self.names(names).enumerate() {
            text(todo, if index > 0 { between } else { b"" });
            text(todo, name);
        }
    }

    fn expand_fields<'a>(&'a self, todo: &mut Vec<Piece<'a>>, fields: NodeRange) {
        for field in self.names(fields) {
            text(todo, b".");
            text(todo, field);
        }
    }

    fn expand_template(&self, todo: &mut Vec<Piece<'_>>, name: u32, pipe: Option<NodeId>) {
        let space = if pipe.is_some() { " " } else { "" };
        let head = format!("template {}{space}", quote(self.string(name)));
        text(todo, b"{{");
        todo.push(Piece::Text(Cow::Owned(head.into_bytes())));
        todo.extend(pipe.map(Piece::Node));
        text(todo, b"}}");
    }
}

fn text<'a>(todo: &mut Vec<Piece<'a>>, text: &'a [u8]) {
    todo.push(Piece::Text(Cow::Borrowed(text)));
}

fn expand_action<'a>(todo: &mut Vec<Piece<'a>>, head: &'a [u8], pipe: Option<NodeId>) {
    text(todo, b"{{");
    text(todo, head);
    todo.extend(pipe.map(Piece::Node));
    text(todo, b"}}");
}

fn expand_branch<'a>(todo: &mut Vec<Piece<'a>>, head: &'a [u8], branch: Branch) {
    expand_action(todo, head, Some(branch.pipe));
    todo.push(Piece::Node(branch.then));
    if let Some(otherwise) = branch.otherwise {
        text(todo, b"{{else}}");
        todo.push(Piece::Node(otherwise));
    }
    text(todo, b"{{end}}");
}
