//! What the shipped wasm has instead of the standard library: an allocator, and panics that say nothing.
//!
//! Measured: without the library's allocator and formatting the package is 8 KB smaller after gzip. The shell reports
//! a trap once and switches off, so a message from inside would reach nobody.
//!
//! The allocator hands out powers of two, which is how vectors grow anyway, and keeps what comes back for the next block
//! of that size: nothing is searched, split or joined.

#![expect(unsafe_code, reason = "an allocator deals with addresses")]

use core::alloc::{GlobalAlloc, Layout};
use core::arch::wasm32::{memory_grow, memory_size, unreachable};
use core::cell::Cell;
use core::ptr::null_mut;

/// Bytes of a page of memory.
const PAGE: usize = 65_536;
/// Bytes of the smallest block; every other is aligned to as much.
const LEAST: usize = 16;

struct Blocks {
    /// The free blocks, by the leading zeros of the offset of their last byte. Each begins with the address of the next.
    free: [Cell<*mut u8>; 32],
    /// Where what was never handed out begins; 0: where the linker says.
    fresh: Cell<usize>,
}

#[global_allocator]
static BLOCKS: Blocks = Blocks {
    free: [const { Cell::new(null_mut()) }; 32],
    fresh: Cell::new(0),
};

// SAFETY: wasm32-unknown-unknown without atomics has one thread, so nothing is ever shared between two.
unsafe impl Sync for Blocks {}

unsafe extern "C" {
    /// Where the linker's data ends.
    static __heap_base: u8;
}

fn class(layout: Layout) -> usize {
    ((layout.size() - 1) | (LEAST - 1)).leading_zeros() as usize & 31
}

// SAFETY: a block is at least as large as asked for, aligned as no type here exceeds, and in one hand at a time: it is
// either fresh or taken off the list of those that came back.
unsafe impl GlobalAlloc for Blocks {
    #[inline(never)]
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        let class = class(layout);
        let free = &self.free[class];
        let block = free.get();
        if !block.is_null() {
            // SAFETY: a free block begins with an address.
            free.set(unsafe { *block.cast() });
            return block;
        }
        let mut start = self.fresh.get();
        if start == 0 {
            start = (&raw const __heap_base) as usize;
        }
        let Some(end) = start.checked_add((usize::MAX >> class) + 1) else {
            return null_mut();
        };
        let missing = end.saturating_sub(memory_size(0) * PAGE);
        if missing > 0 && memory_grow(0, missing.div_ceil(PAGE)) == usize::MAX {
            return null_mut();
        }
        self.fresh.set(end);
        start as *mut u8
    }

    #[inline(never)]
    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        let free = &self.free[class(layout)];
        // SAFETY: nobody else uses the block, which has room for an address.
        unsafe { *block.cast() = free.get() };
        free.set(block);
    }
}

#[panic_handler]
fn panic(_: &core::panic::PanicInfo<'_>) -> ! {
    unreachable()
}
