//! Which of many literals a text holds.
//!
//! An automaton of all literals is too large for the fastest cache, and every byte of a repository would pass it. Here one
//! window of each literal is hashed into a table that fits there, and a literal is compared where its window may be.

use memchr::memmem::Finder;
use rustc_hash::FxHashMap;

/// Bytes of a window.
const WINDOW: usize = 4;

/// Literals to be looked for together.
pub(super) struct Literals {
    /// A bit for each hash: whether a literal has such a window.
    hashes: Box<[u64; 1 << 10]>,
    /// For each window the literals that it stands for, with its place in them.
    windows: FxHashMap<u32, Vec<(usize, usize)>>,
    wanted: Vec<Vec<u8>>,
    /// Those that are shorter than a window.
    short: Vec<(usize, Finder<'static>)>,
}

impl Literals {
    pub(super) fn new(literals: &[String]) -> Self {
        let mut found = Self {
            hashes: Box::new([0; 1 << 10]),
            windows: FxHashMap::default(),
            wanted: literals.iter().map(|literal| literal.as_bytes().to_vec()).collect(),
            short: Vec::new(),
        };
        for (index, literal) in literals.iter().enumerate() {
            let Some(offset) = rarest(literal.as_bytes()) else {
                found.short.push((index, Finder::new(literal).into_owned()));
                continue;
            };
            let window = window(&literal.as_bytes()[offset..]);
            let hash = hash(window);
            found.hashes[usize::from(hash >> 6)] |= 1 << (hash & 63);
            found.windows.entry(window).or_default().push((offset, index));
        }
        found
    }

    /// For each literal whether `text` holds it.
    pub(super) fn held(&self, text: &str) -> Vec<bool> {
        let bytes = text.as_bytes();
        let mut held = vec![false; self.wanted.len()];
        for (index, finder) in &self.short {
            held[*index] = finder.find(bytes).is_some();
        }
        for (at, four) in bytes.windows(WINDOW).enumerate() {
            let window = window(four);
            let hash = hash(window);
            if self.hashes[usize::from(hash >> 6)] >> (hash & 63) & 1 == 1 {
                self.compare(bytes, at, window, &mut held);
            }
        }
        held
    }

    fn compare(&self, bytes: &[u8], at: usize, window: u32, held: &mut [bool]) {
        let Some(literals) = self.windows.get(&window) else { return };
        for &(offset, index) in literals {
            if !held[index] && at >= offset && bytes[at - offset..].starts_with(&self.wanted[index]) {
                held[index] = true;
            }
        }
    }
}

fn window(bytes: &[u8]) -> u32 {
    u32::from_le_bytes([bytes[0], bytes[1], bytes[2], bytes[3]])
}

/// The upper half of a product, where every bit of the window counts.
fn hash(window: u32) -> u16 {
    let [_, _, low, high] = window.wrapping_mul(0x9e37_79b1).to_le_bytes();
    u16::from_le_bytes([low, high])
}

/// Where the window begins that stands in the fewest texts; `None` in a literal that is too short.
fn rarest(literal: &[u8]) -> Option<usize> {
    let last = literal.len().checked_sub(WINDOW)?;
    (0..=last).min_by_key(|at| literal[*at..*at + WINDOW].iter().copied().map(frequency).sum::<u32>())
}

/// How common a byte is in sources, roughly.
fn frequency(byte: u8) -> u32 {
    match byte {
        b' ' | b'\n' | b'e' | b't' => 8,
        b'a' | b'i' | b'n' | b'o' | b'r' | b's' => 6,
        b'c' | b'd' | b'l' | b'm' | b'p' | b'u' => 4,
        b'a'..=b'z' | b'.' | b'(' | b')' | b'"' | b'\'' | b',' => 3,
        b'_' | b'-' | b'/' | b':' | b'=' => 2,
        _ => 1,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn exactly_the_literals_of_the_text_are_held() {
        let literals = ["fetch(", "process.env", "env", "a", "os.", "консоль", "cess", "fetch", "ab", ""];
        let literals: Vec<String> = literals.into_iter().map(str::to_owned).collect();
        let finder = Literals::new(&literals);
        for text in ["", "a", "ab", "env", "proces.env", "process.env", "fetch (", "xfetch(", "консоль", "éos.envfetch"]
        {
            let expected: Vec<bool> = literals.iter().map(|literal| text.contains(literal.as_str())).collect();
            assert_eq!(finder.held(text), expected, "{text}");
        }
    }
}
