#pragma once

#include <starmap/detail/item_log.hpp>

#include <atomic>
#include <cstdint>

namespace starmap::detail {

/// Where a worker is in its work. It lies in memory that whoever keeps the worker shares with it,
/// and so tells what a worker was at when it died.
struct WorkPlace {
    std::atomic<std::uint64_t> chunk = 0;    ///< that is being run; 0: none
    std::atomic<std::uint64_t> finished = 0; ///< the chunk that was run last
    std::atomic<std::uint64_t> position = 0; ///< canonical, of the unit or item that runs
    std::atomic<std::uint32_t> count = 0;    ///< positions that are lost with it
    /// Changes whenever another unit or item begins.
    std::atomic<std::uint32_t> begun = 0;
    std::atomic<double> opened = 0; ///< when the unit was opened, by base::now()
    ItemLog items;                  ///< of the map chunk that runs, or ran last

    void enter(std::uint64_t at) noexcept
    {
        position.store(at, std::memory_order_relaxed);
        begun.store(begun.load(std::memory_order_relaxed) + 1, std::memory_order_relaxed);
    }
};
static_assert(std::atomic<double>::is_always_lock_free);

} // namespace starmap::detail
