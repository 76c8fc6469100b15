//! Answers that are worked out once and kept: what many rules ask of a whole repository.

use std::{
    any::{Any, TypeId},
    collections::BTreeMap,
    fmt,
    hash::Hash,
    sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError},
};

use rustc_hash::FxHashMap;

/// One answer of each type, worked out when it is first asked for. Who asks meanwhile waits, so working out an answer
/// may ask for others, and never for itself.
#[derive(Default)]
pub struct Memo {
    answers: Mutex<BTreeMap<TypeId, Arc<dyn Any + Send + Sync>>>,
}

impl Memo {
    /// The answer of the type `T`; `tell` works it out the first time.
    pub fn once<T: Send + Sync + 'static>(&self, tell: impl FnOnce() -> T) -> Arc<T> {
        let slot = {
            let mut answers = lock(&self.answers);
            let slot = answers.entry(TypeId::of::<T>()).or_insert_with(|| Arc::new(OnceLock::<Arc<T>>::new()));
            Arc::clone(slot).downcast::<OnceLock<Arc<T>>>()
        };
        match slot {
            Ok(slot) => Arc::clone(slot.get_or_init(|| Arc::new(tell()))),
            Err(_) => unreachable!("a slot is stored under the type that it holds"),
        }
    }
}

impl fmt::Debug for Memo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Memo({})", lock(&self.answers).len())
    }
}

/// Answers by key, each worked out when it is first asked for. Two who ask at once may both work it out, so an answer
/// may depend on others of the same table.
#[derive(Debug)]
pub struct Table<K, V>(Mutex<FxHashMap<K, V>>);

impl<K, V> Default for Table<K, V> {
    fn default() -> Self {
        Self(Mutex::default())
    }
}

impl<K: Eq + Hash, V: Clone> Table<K, V> {
    pub fn get(&self, key: K, tell: impl FnOnce(&K) -> V) -> V {
        if let Some(known) = lock(&self.0).get(&key) {
            return known.clone();
        }
        let told = tell(&key);
        lock(&self.0).entry(key).or_insert(told).clone()
    }
}

/// A panic elsewhere leaves the answers that are there whole.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Length(usize);

    #[test]
    fn an_answer_is_worked_out_once() {
        let memo = Memo::default();
        assert_eq!(memo.once(|| Length(1)).0, 1);
        assert_eq!(memo.once(|| Length(2)).0, 1);
        let table: Table<u8, String> = Table::default();
        assert_eq!(table.get(1, |key| format!("{key}")), "1");
        assert_eq!(table.get(1, |_| String::new()), "1");
    }
}
