//! Keyed locks, for work that is done once even if requested several times.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{Arc, PoisonError, Weak};

use tokio::sync::Mutex;

/// One lock per key; unused locks are dropped.
pub(crate) struct KeyedLocks<K> {
    all: std::sync::Mutex<HashMap<K, Weak<Mutex<()>>>>,
}

impl<K> Default for KeyedLocks<K> {
    fn default() -> Self {
        Self { all: std::sync::Mutex::default() }
    }
}

impl<K: Eq + Hash> KeyedLocks<K> {
    /// The lock of a key.
    pub fn of(&self, key: K) -> Arc<Mutex<()>> {
        let mut all = self.all.lock().unwrap_or_else(PoisonError::into_inner);
        all.retain(|_, lock| lock.strong_count() > 0);
        let lock = all.get(&key).and_then(Weak::upgrade).unwrap_or_default();
        all.insert(key, Arc::downgrade(&lock));
        lock
    }
}
