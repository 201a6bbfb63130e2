#pragma once

namespace starmap::base {

/// Lets malloc keep what tasks free. A farm makes and frees results of like sizes again and again,
/// and glibc would map and unmap each large one, at 5 us a page of 4 KiB. Blocks up to 256 MiB stay
/// in the heap, of which up to 256 MiB are kept free at its end. Does nothing where the user has
/// tuned malloc by MALLOC_* variables or GLIBC_TUNABLES.
void keep_freed_memory();

/// What malloc keeps so goes back to the system.
void give_back_freed_memory();

} // namespace starmap::base
