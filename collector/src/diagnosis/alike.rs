//! Spans that are told of together.

use std::collections::HashMap;
use std::hash::Hash;

/// Spans with the same key, in the order in which each key first came.
pub(super) fn alike<K: Copy + Eq + Hash>(
    spans: impl Iterator<Item = (K, usize)>,
) -> Vec<(K, Vec<usize>)> {
    let mut places: HashMap<K, usize> = HashMap::new();
    let mut groups: Vec<(K, Vec<usize>)> = Vec::new();
    for (key, index) in spans {
        let place = *places.entry(key).or_insert_with(|| {
            groups.push((key, Vec::new()));
            groups.len() - 1
        });
        groups[place].1.push(index);
    }
    groups
}
