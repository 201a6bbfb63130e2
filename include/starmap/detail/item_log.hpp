#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <cstring>

namespace starmap::detail {

/// The results of the items of a map chunk, as they are made. It lies in memory that whoever keeps
/// the worker shares with it: what is here still counts when the worker has died. Each is written
/// first and counted then, so that what is counted is whole.
struct ItemLog {
    /// Results beyond so many bytes are not kept, nor what comes after them in the same chunk.
    static constexpr std::size_t size = std::size_t{1} << 20;

    std::atomic<std::uint64_t> chunk = 0; ///< that these are of
    std::atomic<std::uint64_t> first = 0; ///< canonical position of the first
    std::atomic<std::uint32_t> done = 0;  ///< items that are here, from the first on
    std::atomic<std::uint32_t> bytes = 0; ///< of their results, as encode() writes each; maybe more
    std::atomic<double> started = 0;      ///< when the first began, by base::now()
    std::atomic<double> looked = 0;       ///< when the clock was last looked at between two items
    std::array<std::byte, size> results;  ///< not initialised, of purpose

    void begin(std::uint64_t of_chunk, std::uint64_t position, double now) noexcept
    {
        done.store(0, std::memory_order_release);
        first.store(position, std::memory_order_relaxed);
        bytes.store(0, std::memory_order_relaxed);
        started.store(now, std::memory_order_relaxed);
        looked.store(now, std::memory_order_relaxed);
        chunk.store(of_chunk, std::memory_order_release);
    }
    /// The items up to this one, counted from the first, and `end` bytes of results, are there.
    void count(std::uint32_t items, std::uint32_t end) noexcept
    {
        bytes.store(end, std::memory_order_release);
        done.store(items, std::memory_order_release);
    }
};

} // namespace starmap::detail
