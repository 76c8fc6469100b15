//! Answers about names. A repository says the same few thousand names again and again, and what a name means does not
//! depend on where it stands.

use std::{cell::RefCell, thread::LocalKey};

use rustc_hash::FxHashMap;

/// Longer texts are no names and come once.
const LONGEST: usize = 48;

/// Names that are kept on each thread; with more, it begins anew.
const MOST: usize = 2_000;

/// The answers that one question had on one thread.
pub type Answers<T> = RefCell<FxHashMap<Box<str>, T>>;

/// The answer that `ask` gives for `name`, worked out once. `ask` must not ask the same question of another name.
pub fn remembered<T: Copy>(answers: &'static LocalKey<Answers<T>>, name: &str, ask: impl FnOnce(&str) -> T) -> T {
    if name.len() > LONGEST {
        return ask(name);
    }
    answers.with_borrow_mut(|answers| {
        if let Some(known) = answers.get(name) {
            return *known;
        }
        if answers.len() >= MOST {
            answers.clear();
        }
        let told = ask(name);
        answers.insert(name.into(), told);
        told
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    thread_local! {
        static LENGTHS: Answers<usize> = Answers::default();
    }

    #[test]
    fn a_name_is_asked_once_and_long_text_each_time() {
        let mut asked = 0;
        for name in ["user", "user", "token", "user"] {
            let length = remembered(&LENGTHS, name, |name| {
                asked += 1;
                name.len()
            });
            assert_eq!(length, name.len());
        }
        assert_eq!(asked, 2);
        let long = "x".repeat(LONGEST + 1);
        for _ in 0..2 {
            remembered(&LENGTHS, &long, |name| {
                asked += 1;
                name.len()
            });
        }
        assert_eq!(asked, 4);
    }

    #[test]
    fn many_names_are_not_kept_for_ever() {
        for number in 0..3 * MOST {
            assert_eq!(remembered(&LENGTHS, &format!("name{number}"), str::len), format!("name{number}").len());
        }
        assert!(LENGTHS.with_borrow(FxHashMap::len) <= MOST);
    }
}
