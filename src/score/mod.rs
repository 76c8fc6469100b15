//! From verdicts to numbers: a pure function.
