#include "base/heap.hpp"

#include <cstdlib>
#include <initializer_list>

#if defined(__GLIBC__)
#include <malloc.h>
#endif

namespace starmap::base {

void keep_freed_memory()
{
#if defined(__GLIBC__)
    for (auto const* name : {"MALLOC_MMAP_THRESHOLD_", "MALLOC_TRIM_THRESHOLD_", "GLIBC_TUNABLES"})
        if (std::getenv(name) != nullptr) return;
    constexpr int kept = 256 << 20;
    ::mallopt(M_MMAP_THRESHOLD, kept);
    ::mallopt(M_TRIM_THRESHOLD, kept);
#endif
}

void give_back_freed_memory()
{
#if defined(__GLIBC__)
    ::malloc_trim(0);
#endif
}

} // namespace starmap::base
