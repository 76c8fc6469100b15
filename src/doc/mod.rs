//! One spanned tree for every configuration format, so that a rule never cares which one it reads.
