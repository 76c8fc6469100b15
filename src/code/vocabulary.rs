//! What a node of the lowered tree can be: its kind, its role for its parent, and its flags.

/// What a node is. The comment says what its name holds, if anything, and which roles its children play. Wherever a
/// comment or an error stands, it is a child in role `Comment` or `Item`, whatever the list says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[repr(u8)]
pub enum Kind {
    /// The file. Children: statements ([`Role::Item`]).
    Module,
    /// An import; name: the module specifier. Children: [`Kind::ImportName`] as `Item`, attributes (`with { … }`) as
    /// `Value`. `require('x')` and `import('x')` stay calls; the binding they initialise is an import all the same.
    Import,
    /// One imported name; name: the imported name (`default`, `*` for the whole module). Child: the local identifier
    /// as `Target`, unless there is none. Below a re-export, one name that is passed on.
    ImportName,
    /// An export; name: the module specifier of a re-export. Children as `Item`: the exported declaration or
    /// expression; for `{ a as b }` a [`Kind::Property`] named `b` with the value `a`; for a re-export
    /// [`Kind::ImportName`]. Flags: `DEFAULT`, `TYPE_ONLY`.
    Export,
    /// Any function, method, arrow or lambda; name: its own name. Children: `Decorator`, `Key` (of a computed name),
    /// `Parameter`, `Annotation` (return type), `Body`: a block, or the expression of an arrow. Flags: `ASYNC`,
    /// `GENERATOR`, `ARROW`, `METHOD`, `STATIC`, `GETTER`, `SETTER`, `PRIVATE`, `COMPUTED`.
    Function,
    /// Name: the class's name. Children: `Decorator`, `Base` (what is extended; implemented interfaces as
    /// [`Kind::Type`]; Python's keyword arguments), members as `Item`.
    Class,
    /// Child: the expression as `Value`.
    Decorator,
    /// Name: the parameter's name when it has one. Children: `Decorator`, `Target` (an identifier, a pattern, or a
    /// spread of either), `Annotation`, `Default`. Flags: `OPTIONAL`, `KEYWORD` (only by name), `FIELD` and `PRIVATE`
    /// for a constructor's parameter that declares a field.
    Parameter,
    /// A declaration with or without a value, or an assignment; name: the operator (`=`, `+=`, `:=`), empty without a
    /// value. Children: `Decorator`, `Target`, `Annotation`, `Value`. Flags `CONST`, `LET`, `VAR` mark declarations; a
    /// class field has `FIELD`, with `Key` instead of `Target` when its name is computed.
    Assignment,
    /// Children: `Callee`, type arguments as `Annotation`, `Argument`s in order. Flags: `NEW`, `AWAIT`, `OPTIONAL`,
    /// `TAGGED`. A keyword argument is a [`Kind::Property`] with flag `KEYWORD`.
    Call,
    /// `object.name`; name: the property. Child: `Object`. Flags: `OPTIONAL`, `PRIVATE`.
    Member,
    /// `object[index]`. Children: `Object`, `Index`. Flag: `OPTIONAL`.
    Index,
    /// A reference or a declared name; name: the identifier. `this`, `super`, `undefined` and, where it is called or
    /// looked into, `import` are identifiers too.
    Identifier,
    /// A string literal, also a template or f-string without holes; name: its value with escapes resolved. Flag:
    /// `BYTES`.
    String,
    /// A template or f-string; children: the literal pieces as `String` and the expressions, in order, as `Item`.
    Template,
    /// Name: the literal as written.
    Number,
    /// Name: `true` or `false`.
    Boolean,
    /// `null`, `None`.
    Null,
    /// A regular expression literal; name: the pattern.
    Regex,
    /// An object, a dict, or a destructuring pattern (flag `PATTERN`). Children as `Item`: [`Kind::Property`],
    /// [`Kind::Spread`]. A dict comprehension (flag `COMPREHENSION`) holds a loop instead.
    Object,
    /// A key with its value; name: the key when it is constant. Children: `Key` (only when computed), `Value`,
    /// `Default` (in patterns). Flags: `SHORTHAND`, `COMPUTED`, `KEYWORD`. In an array pattern an element with a
    /// default is a property without a name.
    Property,
    /// An array, list, tuple, set or array pattern (flags `PATTERN`, `TUPLE`, `SET`). Children: `Item`; a hole is an
    /// [`Kind::Other`] named `hole`. A comprehension (flag `COMPREHENSION`; `GENERATOR` for a generator expression)
    /// holds a loop instead.
    Array,
    /// `...x`, `*x`, `**x` (flag `KEYWORD`). Child: `Value`.
    Spread,
    /// Arithmetic or comparison; name: the operator. Children: `Left`, `Right`. Python's chain `a < b < c` nests to
    /// the left.
    Binary,
    /// Name: `&&`, `||`, `??`; Python's `and` and `or` are `&&` and `||`. Children: `Left`, `Right`.
    Logical,
    /// Name: the operator (`!`, also for `not`; `-`, `typeof`, `delete`, also for `del`; `++`). Child: `Value`.
    Unary,
    /// `test ? a : b`, `a if test else b`. Children: `Condition`, `Consequent`, `Alternate`, in source order.
    Conditional,
    /// An `await` whose operand is not a call (a call carries the flag). Child: `Value`.
    Await,
    /// Child: `Value`. Flag: `DELEGATE`.
    Yield,
    /// Children: `Condition`, `Consequent`, `Alternate` (an `else if` or `elif` is an `If` there).
    If,
    /// `switch` and `match`. Children: `Condition`, [`Kind::Case`] as `Item`.
    Switch,
    /// Children: `Condition` (none for the default), `Guard`, statements as `Item`.
    Case,
    /// Any loop, and the `for` of a comprehension; name: `for`, `for-in`, `for-of` (also Python's `for`), `while`,
    /// `do`. Children: `Target`, `Iterated`, `Init`, `Condition`, `Update`, `Body`, `Alternate` (Python's `else`).
    /// Flags: `AWAIT`, `COMPREHENSION`, and `CONST`, `LET`, `VAR` when it declares its target.
    Loop,
    /// Children: `Body`, [`Kind::Catch`] as `Item`, `Alternate` (Python's `else`), `Finally`.
    Try,
    /// Name: the bound name. Children: `Condition` (the caught types), `Parameter` (the identifier or pattern),
    /// `Body`.
    Catch,
    /// Child: `Value`.
    Return,
    /// `throw`, `raise`. Child: `Value`; the cause of `raise … from …` is an `Item`.
    Throw,
    /// `break`, `continue`; name: which.
    Jump,
    /// A sequence of statements as `Item`. Python's `with` is a block with flag `WITH` (and `AWAIT`) and its managers
    /// as `Value`, each followed by what it is bound to as `Target`. A static block has `STATIC`; a namespace is a
    /// block with a name.
    Block,
    /// Name: the tag as written (`div`, `Foo.Bar`; empty for a fragment). Children: `Attribute` ([`Kind::JsxAttribute`]
    /// or [`Kind::Spread`]), content as `Item`, text as [`Kind::String`].
    JsxElement,
    /// Name: the attribute. Child: `Value`, none for a bare one.
    JsxAttribute,
    /// A type annotation or declaration of a language whose types do not run: its text is kept, nothing below it but
    /// comments. Python annotations do run, and are lowered as expressions in role `Annotation`. Name: the declared
    /// name, if it declares one; else the type's own when it has one (`Promise` of `Promise<User>`). Flag: `TYPE_ONLY`
    /// for `declare …`.
    Type,
    /// Name: empty; the text is in the source.
    Comment,
    /// What the parser could not read, or what is nested too deep. Children: what can be read all the same.
    Error,
    /// A construct without a kind of its own; name: the grammar's name for it. Its children are kept.
    Other,
}

impl Kind {
    pub const COUNT: usize = Self::Other as usize + 1;

    /// Every kind, in order.
    pub const ALL: [Self; Self::COUNT] = [
        Self::Module,
        Self::Import,
        Self::ImportName,
        Self::Export,
        Self::Function,
        Self::Class,
        Self::Decorator,
        Self::Parameter,
        Self::Assignment,
        Self::Call,
        Self::Member,
        Self::Index,
        Self::Identifier,
        Self::String,
        Self::Template,
        Self::Number,
        Self::Boolean,
        Self::Null,
        Self::Regex,
        Self::Object,
        Self::Property,
        Self::Array,
        Self::Spread,
        Self::Binary,
        Self::Logical,
        Self::Unary,
        Self::Conditional,
        Self::Await,
        Self::Yield,
        Self::If,
        Self::Switch,
        Self::Case,
        Self::Loop,
        Self::Try,
        Self::Catch,
        Self::Return,
        Self::Throw,
        Self::Jump,
        Self::Block,
        Self::JsxElement,
        Self::JsxAttribute,
        Self::Type,
        Self::Comment,
        Self::Error,
        Self::Other,
    ];
}

/// What a child is to its parent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[repr(u8)]
pub enum Role {
    /// A statement, element, piece or member in order.
    Item,
    Target,
    Value,
    Default,
    Annotation,
    Callee,
    Argument,
    Object,
    Index,
    Key,
    Left,
    Right,
    Condition,
    Consequent,
    Alternate,
    Iterated,
    Init,
    Update,
    Body,
    Finally,
    Parameter,
    Base,
    Decorator,
    Attribute,
    /// The `if` of a `case`.
    Guard,
    /// A comment, wherever it stands: the other roles hold code only.
    Comment,
}

impl Role {
    /// Every role, in order.
    pub const ALL: &[Self] = &[
        Self::Item,
        Self::Target,
        Self::Value,
        Self::Default,
        Self::Annotation,
        Self::Callee,
        Self::Argument,
        Self::Object,
        Self::Index,
        Self::Key,
        Self::Left,
        Self::Right,
        Self::Condition,
        Self::Consequent,
        Self::Alternate,
        Self::Iterated,
        Self::Init,
        Self::Update,
        Self::Body,
        Self::Finally,
        Self::Parameter,
        Self::Base,
        Self::Decorator,
        Self::Attribute,
        Self::Guard,
        Self::Comment,
    ];
}

/// Small facts about a node; which can occur where is said at each [`Kind`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Flags(pub u32);

impl Flags {
    pub const NONE: Self = Self(0);
    pub const NEW: Self = Self(1);
    pub const AWAIT: Self = Self(1 << 1);
    pub const OPTIONAL: Self = Self(1 << 2);
    pub const TAGGED: Self = Self(1 << 3);
    pub const CONST: Self = Self(1 << 4);
    pub const LET: Self = Self(1 << 5);
    pub const VAR: Self = Self(1 << 6);
    pub const FIELD: Self = Self(1 << 7);
    pub const ASYNC: Self = Self(1 << 8);
    pub const GENERATOR: Self = Self(1 << 9);
    pub const ARROW: Self = Self(1 << 10);
    pub const METHOD: Self = Self(1 << 11);
    pub const STATIC: Self = Self(1 << 12);
    pub const PATTERN: Self = Self(1 << 13);
    pub const TUPLE: Self = Self(1 << 14);
    pub const SET: Self = Self(1 << 15);
    pub const SHORTHAND: Self = Self(1 << 16);
    pub const COMPUTED: Self = Self(1 << 17);
    pub const KEYWORD: Self = Self(1 << 18);
    pub const DELEGATE: Self = Self(1 << 19);
    pub const COMPREHENSION: Self = Self(1 << 20);
    pub const WITH: Self = Self(1 << 21);
    pub const BYTES: Self = Self(1 << 22);
    /// `import type`, `export type`, `declare`: gone when the program runs.
    pub const TYPE_ONLY: Self = Self(1 << 23);
    pub const DEFAULT: Self = Self(1 << 24);
    pub const GETTER: Self = Self(1 << 25);
    pub const SETTER: Self = Self(1 << 26);
    pub const PRIVATE: Self = Self(1 << 27);

    /// Every flag with its name, in order.
    pub const NAMES: &[(Self, &str)] = &[
        (Self::NEW, "NEW"),
        (Self::AWAIT, "AWAIT"),
        (Self::OPTIONAL, "OPTIONAL"),
        (Self::TAGGED, "TAGGED"),
        (Self::CONST, "CONST"),
        (Self::LET, "LET"),
        (Self::VAR, "VAR"),
        (Self::FIELD, "FIELD"),
        (Self::ASYNC, "ASYNC"),
        (Self::GENERATOR, "GENERATOR"),
        (Self::ARROW, "ARROW"),
        (Self::METHOD, "METHOD"),
        (Self::STATIC, "STATIC"),
        (Self::PATTERN, "PATTERN"),
        (Self::TUPLE, "TUPLE"),
        (Self::SET, "SET"),
        (Self::SHORTHAND, "SHORTHAND"),
        (Self::COMPUTED, "COMPUTED"),
        (Self::KEYWORD, "KEYWORD"),
        (Self::DELEGATE, "DELEGATE"),
        (Self::COMPREHENSION, "COMPREHENSION"),
        (Self::WITH, "WITH"),
        (Self::BYTES, "BYTES"),
        (Self::TYPE_ONLY, "TYPE_ONLY"),
        (Self::DEFAULT, "DEFAULT"),
        (Self::GETTER, "GETTER"),
        (Self::SETTER, "SETTER"),
        (Self::PRIVATE, "PRIVATE"),
    ];

    pub fn has(self, other: Self) -> bool {
        self.0 & other.0 == other.0
    }
}

impl std::ops::BitOr for Flags {
    type Output = Self;

    fn bitor(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }
}

impl std::ops::BitOrAssign for Flags {
    fn bitor_assign(&mut self, other: Self) {
        self.0 |= other.0;
    }
}
