#pragma once

#include <functional>

namespace bench {

/// Resident memory of this process [MB], shared pages of MPI and program text included.
struct MemoryUse {
    double before = 0; ///< when the work began
    double peak = 0;   ///< the most while it went on
};

/// What `work` takes. Memory that earlier work has freed is given back to the system before, and
/// the kernel's mark of the peak is set back. Throws std::runtime_error where the kernel offers no
/// such mark.
MemoryUse memory_of(std::function<void()> const& work);

} // namespace bench
