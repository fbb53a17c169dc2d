//! Room in vectors: each that the shipped wasm has grows through here.
//!
//! Measured: the library's own way to grow, and to report that memory has run out in words and with places in its
//! source, which nobody would read, is 0.6 KB after gzip.

#![expect(
    unsafe_code,
    reason = "no safe call grows a vector without the library's reports"
)]

use alloc::alloc::{alloc, realloc};
use alloc::vec::Vec;
use core::alloc::Layout;
use core::mem::{forget, replace, take};

/// Bytes of a vector that has any, at least.
const LEAST: usize = 64;

/// Appends an element.
#[inline(always)]
pub fn push<T>(element: T, vec: &mut Vec<T>) {
    let len = vec.len();
    if len == vec.capacity() {
        grow(len + 1, vec);
    }
    // SAFETY: there is room for one more, which is written before it counts.
    unsafe {
        vec.as_mut_ptr().add(len).write(element);
        vec.set_len(len + 1);
    }
}

/// Makes room for so many more bytes.
#[inline(never)]
pub fn reserve(count: usize, vec: &mut Vec<u8>) {
    let needed = vec.len() + count;
    if needed > vec.capacity() {
        grow(needed, vec);
    }
}

/// Moves a vector to where there is room for so many elements or more.
#[inline(always)]
fn grow<T>(needed: usize, vec: &mut Vec<T>) {
    let (size, align) = (size_of::<T>(), align_of::<T>());
    let (at, len, capacity) = take(vec).into_raw_parts();
    // The next power of two, as the allocator has no others: at least twice what was there.
    let last = (needed * size - 1) | (LEAST - 1);
    let larger = (usize::MAX >> last.leading_zeros()).wrapping_add(1) / size;
    let at = moved(at.cast(), capacity * size, larger * size, align);
    // SAFETY: `moved` gives room for so many, which begins with those that were there.
    let vector = unsafe { Vec::from_raw_parts(at.cast(), len, larger) };
    // Nothing is in its place, so there is nothing to drop.
    forget(replace(vec, vector));
}

/// Moves a block of `old` bytes, none if that is 0, to one of `new` bytes. Traps when there is no memory.
#[inline(never)]
fn moved(at: *mut u8, old: usize, new: usize, align: usize) -> *mut u8 {
    if new as isize <= 0 {
        out_of_memory();
    }
    // SAFETY: `align` is a type's, `old` the size that the block was allocated with, and `new` a size that there may be.
    let block = unsafe {
        if old == 0 {
            alloc(Layout::from_size_align_unchecked(new, align))
        } else {
            realloc(at, Layout::from_size_align_unchecked(old, align), new)
        }
    };
    if block.is_null() {
        out_of_memory();
    }
    block
}

/// Nothing can go on without memory.
fn out_of_memory() -> ! {
    #[cfg(target_family = "wasm")]
    core::arch::wasm32::unreachable();
    #[cfg(not(target_family = "wasm"))]
    alloc::alloc::handle_alloc_error(Layout::new::<u8>());
}
