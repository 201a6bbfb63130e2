#pragma once

#include <cstdint>

namespace starmap::scheduling {

using JobId = std::uint32_t;
using WorkerId = std::uint32_t;
using ChunkId = std::uint64_t;
inline constexpr WorkerId no_worker = ~WorkerId{0};

/// How the units of a job become chunks.
enum class Policy : std::uint8_t {
    each,   ///< every unit is a task of its own; tiny ones travel together
    guided, ///< shrinking runs of units, sized by the predicted seconds that remain
    blocks, ///< runs of units that were fixed beforehand
};

char const* to_string(Policy policy) noexcept;

/// A run of units by their canonical positions, all of one group (units of different keys are of
/// different groups).
struct Range {
    std::uint64_t first = 0;
    std::uint32_t count = 0;
    double weight = 0;
    std::uint32_t group = 0;
    std::uint32_t cores = 1; ///< workers of one node that it takes while it is done
};

/// The positions from `first` up to `end` of a range. The weight of a part is not known everywhere;
/// in proportion is close enough for what it decides.
inline Range part_of(Range const& whole, std::uint64_t first, std::uint64_t end)
{
    auto const count = static_cast<std::uint32_t>(end - first);
    return {.first = first,
            .count = count,
            .weight = whole.count == 0 ? 0 : whole.weight * count / whole.count,
            .group = whole.group,
            .cores = whole.cores};
}

/// A range that is handed to one worker.
struct Chunk {
    ChunkId id = 0;
    JobId job = 0;
    WorkerId worker = 0;
    Range range;
    std::uint16_t attempt = 1;
    double seconds = 0;         ///< predicted; infinite where nothing is known
    WorkerId avoid = no_worker; ///< of a retry: where it failed
};

/// What is to be done again, or for the first time by another worker.
struct Retry {
    Range range;
    std::uint16_t attempt = 1;
    WorkerId avoid = no_worker;
};

} // namespace starmap::scheduling
