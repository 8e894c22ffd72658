//! What Go's reflection says of a value: its type, its kind, whether it is true.

use crate::value::{Data, List, ListKind, Map, MapKind, Rare, Value};

/// Go's `reflect.Kind`, as far as templates meet it.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Of nil.
    Invalid,
    Bool,
    /// The signed integers, named by their size.
    Int(&'static str),
    /// The unsigned integers, named by their size.
    Uint(&'static str),
    Float,
    Complex,
    String,
    Slice,
    Map,
    Struct,
    Pointer,
}

impl Kind {
    /// As `reflect.Kind.String` has it, which is what `kindOf` returns.
    pub fn name(self) -> &'static str {
        match self {
            Kind::Invalid => "invalid",
            Kind::Bool => "bool",
            Kind::Int(name) | Kind::Uint(name) => name,
            Kind::Float => "float64",
            Kind::Complex => "complex128",
            Kind::String => "string",
            Kind::Slice => "slice",
            Kind::Map => "map",
            Kind::Struct => "struct",
            Kind::Pointer => "ptr",
        }
    }
}

impl Value {
    pub fn kind(&self) -> Kind {
        match &self.data {
            Data::Nil => Kind::Invalid,
            Data::Bool(_) => Kind::Bool,
            Data::Int(_) => Kind::Int("int"),
            Data::Int64(_) => Kind::Int("int64"),
            Data::Float(_) => Kind::Float,
            Data::Str(_) => Kind::String,
            Data::List(_) => Kind::Slice,
            Data::Map(_) => Kind::Map,
            Data::Rare(rare) => rare.kind(),
        }
    }

    /// The dynamic type as `%T` prints it.
    pub fn type_name(&self) -> &'static str {
        match &self.data {
            Data::Nil => "<nil>",
            Data::Bool(_) => "bool",
            Data::Int(_) => "int",
            Data::Int64(_) => "int64",
            Data::Float(_) => "float64",
            Data::Str(_) => "string",
            Data::List(list) => list.kind.type_name(),
            Data::Map(map) => map.kind.type_name(),
            Data::Rare(rare) => rare.type_name(),
        }
    }

    /// What `if` and `not` say (`isTrue` in `text/template/exec.go`). Sprig's `empty` is the
    /// opposite: it knows the same kinds.
    pub fn is_true(&self) -> bool {
        match &self.data {
            Data::Nil => false,
            Data::Bool(value) => *value,
            Data::Int(value) | Data::Int64(value) => *value != 0,
            Data::Float(value) => *value != 0.0,
            Data::Str(text) => !text.is_empty(),
            Data::List(list) => !list.as_slice().is_empty(),
            Data::Map(map) => !map.is_empty(),
            Data::Rare(rare) => rare.is_true(),
        }
    }

    pub fn is_nil(&self) -> bool {
        matches!(self.data, Data::Nil)
    }

    /// The bytes of a string; None for other kinds.
    pub fn as_str(&self) -> Option<&[u8]> {
        let Data::Str(text) = &self.data else { return None };
        Some(text)
    }

    pub fn as_map(&self) -> Option<&Map> {
        let Data::Map(map) = &self.data else { return None };
        Some(map)
    }

    pub fn as_list(&self) -> Option<&List> {
        let Data::List(list) = &self.data else { return None };
        Some(list)
    }

    /// One of the types that few templates meet.
    pub fn as_rare(&self) -> Option<&Rare> {
        let Data::Rare(rare) = &self.data else { return None };
        Some(rare)
    }

    /// An integer of any signed kind.
    pub fn as_int(&self) -> Option<i64> {
        let (Data::Int(value) | Data::Int64(value)) = &self.data else { return None };
        Some(*value)
    }
}

impl Rare {
    fn kind(&self) -> Kind {
        match self {
            Rare::Complex(..) => Kind::Complex,
            Rare::Sized(name, _) => match *name {
                "time.Month" | "time.Weekday" => Kind::Int("int"),
                "time.Duration" => Kind::Int("int64"),
                name if name.starts_with('u') => Kind::Uint(name),
                name => Kind::Int(name),
            },
            Rare::Bytes(_) => Kind::Slice,
            Rare::Struct(value) if value.type_name.starts_with('*') => Kind::Pointer,
            Rare::Struct(_) | Rare::Time(_) => Kind::Struct,
            Rare::Files(_) => Kind::Map,
        }
    }

    fn type_name(&self) -> &'static str {
        match self {
            Rare::Complex(..) => "complex128",
            Rare::Sized(name, _) => name,
            Rare::Bytes(_) => "[]uint8",
            Rare::Struct(value) => value.type_name,
            Rare::Files(_) => "engine.files",
            Rare::Time(_) => "time.Time",
        }
    }

    fn is_true(&self) -> bool {
        match self {
            Rare::Complex(re, im) => *re != 0.0 || *im != 0.0,
            Rare::Sized(_, value) => *value != 0,
            Rare::Bytes(bytes) => !bytes.is_empty(),
            Rare::Files(files) => !files.is_empty(),
            Rare::Struct(_) | Rare::Time(_) => true,
        }
    }
}

impl ListKind {
    pub fn type_name(self) -> &'static str {
        match self {
            ListKind::Any => "[]interface {}",
            ListKind::Strings => "[]string",
            ListKind::Ints => "[]int",
            ListKind::Lists => "[][]interface {}",
            ListKind::Maps => "[]map[string]interface {}",
            ListKind::VersionSet => "common.VersionSet",
        }
    }
}

impl MapKind {
    pub fn type_name(self) -> &'static str {
        match self {
            MapKind::Any => "map[string]interface {}",
            MapKind::Values => "common.Values",
            MapKind::Strings => "map[string]string",
        }
    }
}
