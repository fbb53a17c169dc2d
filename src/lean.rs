//! What the shipped wasm has instead of the standard library: an allocator, and panics that say nothing.
//!
//! Measured: without the library's allocator and formatting the package is 8 KB smaller after gzip. The shell reports
//! a trap once and switches off, so a message from inside would reach nobody.

#[expect(
    unsafe_code,
    reason = "the allocator's promise that there is one thread"
)]
#[global_allocator]
static ALLOCATOR: lol_alloc::AssumeSingleThreaded<lol_alloc::FreeListAllocator> =
    // SAFETY: wasm32-unknown-unknown without atomics has one thread.
    unsafe { lol_alloc::AssumeSingleThreaded::new(lol_alloc::FreeListAllocator::new()) };

#[panic_handler]
fn panic(_: &core::panic::PanicInfo<'_>) -> ! {
    core::arch::wasm32::unreachable()
}
