//! An allocator that leaves nothing behind.

use std::alloc::{GlobalAlloc, Layout, System};

/// The system's allocator, except that memory is wiped when it is given back: of the copies that cryptographic crates
/// make of a private key, some are not wiped there.
///
/// Memory that grows or shrinks is moved (the trait's own `realloc`), so that its old place is wiped, too.
#[derive(Clone, Copy, Debug, Default)]
pub struct WipingAllocator;

// SAFETY: every request goes to `System` as it is, which keeps the trait's rules; the default `realloc` and
// `alloc_zeroed` are made of the two methods below.
unsafe impl GlobalAlloc for WipingAllocator {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        // SAFETY: our caller keeps the rules of this very method.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, memory: *mut u8, layout: Layout) {
        // SAFETY: our caller gives back a block of this size that `alloc` gave him and that nobody uses any more;
        // unlike memset this call is not optimized away.
        unsafe { libc::explicit_bzero(memory.cast(), layout.size()) };
        // SAFETY: as above.
        unsafe { System.dealloc(memory, layout) }
    }
}
