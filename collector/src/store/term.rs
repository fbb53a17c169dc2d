//! Search terms: 64-bit hashes under which the traces that contain something are listed.
//!
//! They are written into the database, so the hash (FNV-1a) never changes. A collision shows nothing wrong: what a term
//! finds is checked against the spans.

/// A hash of something a trace can contain.
pub(crate) type Term = i64;

/// A service takes part.
pub(crate) fn service(name: &str) -> Term {
    hash(b's', &[name.as_bytes()])
}

/// A service has an operation of this kind.
pub(crate) fn operation(service: &str, name: &str, kind: i32) -> Term {
    hash(
        b'o',
        &[service.as_bytes(), name.as_bytes(), &kind.to_le_bytes()],
    )
}

/// A span or a resource has an attribute with this text.
pub(crate) fn attribute(key: &str, value: &str) -> Term {
    hash(b'a', &[key.as_bytes(), value.as_bytes()])
}

/// A resource takes part, by its number in the database.
pub(crate) fn resource(id: i64) -> Term {
    hash(b'r', &[&id.to_le_bytes()])
}

fn hash(kind: u8, parts: &[&[u8]]) -> Term {
    let mut hash = 0xcbf2_9ce4_8422_2325_u64;
    let mut feed = |byte: u8| hash = (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
    feed(kind);
    for part in parts {
        // The length keeps "ab" + "c" and "a" + "bc" apart.
        part.len().to_le_bytes().into_iter().for_each(&mut feed);
        part.iter().copied().for_each(&mut feed);
    }
    hash.cast_signed()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_hash_is_pinned_because_databases_hold_it() {
        assert_eq!(service("shop"), hash(b's', &[b"shop"]));
        assert_ne!(attribute("ab", "c"), attribute("a", "bc"));
        assert_ne!(service("1"), resource(1));
    }
}
