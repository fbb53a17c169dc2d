//! The bounded buffer: what leaves first, what stays longest, and that the bound holds.

use super::*;

/// The texts of an owner's spans, each of which has two or three bytes of field and length before it.
fn texts(buffer: &Buffer, owner: Owner) -> Vec<String> {
    let mut out = Vec::new();
    buffer.copy(owner, NO_RECORD, 0, &mut out);
    let mut texts = Vec::new();
    let mut rest = out.as_slice();
    while let [_, len, tail @ ..] = rest {
        let (text, behind) = tail.split_at(*len as usize);
        texts.push(String::from_utf8(text.to_vec()).unwrap());
        rest = behind;
    }
    texts
}

#[test]
fn important_spans_leave_first_and_stay_longest() {
    let mut buffer = Buffer::new(20);
    assert_eq!(buffer.push(Rank::Ordinary, b"o1"), 0);
    assert_eq!(buffer.push(Rank::Important, b"i1"), 0);
    assert_eq!(buffer.push(Rank::Ordinary, b"o2"), 0);
    assert_eq!(buffer.push(Rank::Important, b"i2"), 0);
    assert_eq!(buffer.push(Rank::Ordinary, b"o3"), 0);
    assert_eq!(
        buffer.push(Rank::Important, b"i3+"),
        2,
        "the two oldest ordinary ones"
    );
    assert_eq!(buffer.push(Rank::Ordinary, b"o4"), 1);
    assert_eq!(buffer.take(7, 100, 100, usize::MAX), 17);
    assert_eq!(texts(&buffer, 7), ["i1", "i2", "i3+", "o4"]);
    assert_eq!(
        buffer.push(Rank::Important, b"i4"),
        1,
        "all are taken, the new one goes"
    );
    buffer.give_back(7);
    buffer.take(8, 9, 100, usize::MAX);
    assert_eq!(texts(&buffer, 8), ["i1", "i2"]);
    buffer.give_back(8);
    buffer.take(9, 100, 3, usize::MAX);
    assert_eq!(texts(&buffer, 9), ["i1", "i2", "i3+"]);
    assert_eq!(texts(&buffer, WAITING), ["o4"]);
}

#[test]
fn what_was_given_back_is_the_oldest_again() {
    let mut buffer = Buffer::new(16);
    for text in [b"o1", b"o2"] {
        buffer.push(Rank::Ordinary, text);
    }
    buffer.take(7, 100, 100, usize::MAX);
    for text in [b"o3", b"o4"] {
        buffer.push(Rank::Ordinary, text);
    }
    assert_eq!(
        buffer.push(Rank::Ordinary, b"o5"),
        1,
        "the first that waits"
    );
    buffer.give_back(7);
    assert_eq!(buffer.push(Rank::Ordinary, b"o6"), 1);
    assert_eq!(texts(&buffer, WAITING), ["o2", "o4", "o5", "o6"]);
    buffer.take(8, 9, 100, usize::MAX);
    buffer.forget(8);
    assert_eq!(texts(&buffer, WAITING), ["o5", "o6"]);
    assert_eq!((buffer.len(), buffer.bytes()), (2, 8));
}

#[test]
fn the_bound_holds_and_memory_comes_back() {
    let mut buffer = Buffer::new(1_000_000);
    // With its tag and length 1,000 bytes.
    let text = vec![b'x'; 997];
    let mut lost = 0;
    for _ in 0..5_000 {
        lost += buffer.push(Rank::Ordinary, &text);
        assert!(buffer.bytes() <= 1_000_000);
    }
    assert_eq!((buffer.len(), lost), (1_000, 4_000));
    assert!(buffer.spans.len() <= 2 * 1_000 + DONE);
    let held = buffer.arena.capacity();
    assert!(held < 1_300_000, "{held}");
    buffer.take(7, usize::MAX, usize::MAX, usize::MAX);
    buffer.forget(7);
    assert!(buffer.is_empty() && buffer.arena.capacity() == 0 && buffer.bytes() == 0);
}

#[test]
fn what_stays_does_not_hold_the_memory_of_what_went_around_it() {
    let mut buffer = Buffer::new(1_000_000);
    let text = vec![b'x'; 997];
    for index in 0..200_000 {
        let rank = if index % 100 == 0 {
            Rank::Important
        } else {
            Rank::Ordinary
        };
        buffer.push(rank, &text);
        if index % 1_000 == 0 {
            let held = buffer.arena.capacity();
            assert!(held < 1_400_000, "{held} bytes for {}", buffer.bytes());
        }
    }
}

#[test]
fn a_span_larger_than_a_segment_or_a_batch_travels_alone() {
    let mut buffer = Buffer::new(1_000_000);
    buffer.push(Rank::Ordinary, b"small");
    buffer.push(Rank::Ordinary, &vec![b'x'; 100_000]);
    buffer.push(Rank::Ordinary, b"small");
    let lengths = [1, 2, 3, 4].map(|owner| buffer.take(owner, 10, 9, usize::MAX));
    assert_eq!(lengths, [7, 100_004, 7, 0]);
}

#[test]
fn the_numbers_of_records_tell_their_bytes() {
    let mut buffer = Buffer::new(1_000_000);
    let mut places = Vec::new();
    for len in [997, 97, 9_997] {
        buffer.push(Rank::Ordinary, &vec![b'x'; len]);
        let (record, bytes) = buffer.keep(2_500, 100);
        assert!(bytes > len, "with tag and length: {bytes}");
        places.push(record);
        assert_eq!(buffer.keep(2_500, 100).1, 0, "each once");
    }
    let after = buffer.records + 1;
    let sizes = [
        places[1] - places[0],
        places[2] - places[1],
        after - places[2],
    ];
    assert_eq!(sizes, [69, 13, 632], "in units, the last one begun too");
    assert_eq!(buffer.first_record(), places[0]);
    buffer.take(7, usize::MAX, usize::MAX, usize::MAX);
    buffer.forget(7);
    assert_eq!(buffer.first_record(), after);
}
