//! What a rule author needs: the trait, the matchers, and the catalogue that joins text and code.
