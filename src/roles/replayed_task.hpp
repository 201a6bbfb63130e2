#pragma once

#include "wire/frame.hpp"

#include <starmap/detail/bytes.hpp>
#include <starmap/detail/chunk_run.hpp>
#include <starmap/detail/job.hpp>

#include <cstdint>
#include <optional>
#include <vector>

namespace starmap::roles {

/// One chunk of a job, packed as for a worker, and run in the calling thread.
class ReplayedTask {
public:
    /// Packs the callable, the shared arguments and the chunk. Throws what that throws, but for
    /// items: what these throw is a failure of their task.
    ReplayedTask(detail::Job& job, std::uint32_t starmap, std::uint64_t first, std::uint32_t count);

    /// Of the chunk, as it is packed; more than one if it is of several calls.
    detail::UnitHead const& head() const noexcept { return head_; }
    std::uint64_t bytes() const noexcept { return bytes_; }

    struct Outcome {
        double seconds = 0;
        std::uint64_t received = 0; ///< bytes of the results
        std::uint64_t hash = 0;     ///< of these bytes
        std::uint64_t submitted = 0;
        std::optional<detail::UnitFailure> failure; ///< the first
        std::size_t failures = 0;
    };
    /// `seed` is that of the session. Logs what the task logs.
    Outcome run(std::uint64_t seed);

private:
    std::uint32_t starmap_;
    detail::Bytes opening_;
    detail::Bytes chunk_;
    detail::UnitHead head_;
    std::uint64_t bytes_ = 0;
};

} // namespace starmap::roles
