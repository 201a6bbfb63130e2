#pragma once

#include "transport/transport.hpp"
#include "wire/frame.hpp"

#include <starmap/detail/bytes.hpp>
#include <starmap/detail/segment.hpp>

#include <cstdint>
#include <memory>
#include <set>
#include <utility>
#include <vector>

namespace starmap::roles {

/// An opening as it came to a rank, taken apart.
struct TakenOpening {
    std::shared_ptr<detail::Bytes const> frame;
    wire::Open open; ///< to nobody onward any more
    wire::OpenBody body;
    /// Those that it names; null where one cannot be reached.
    std::vector<std::shared_ptr<detail::Segment const>> segments;
    bool late = false; ///< the manager has sent it as well, and that came first
    bool complete() const noexcept;
};

/// Hands openings on from rank to rank: who gets one sends it to those behind it.
class Relay {
public:
    explicit Relay(transport::Transport& transport) : transport_(transport) {}

    /// Number of this rank's node.
    void set_node(std::uint32_t node) noexcept { node_ = node; }
    /// Takes an opening apart, and sends it on, which comes first whatever becomes of the job here:
    /// those behind have no other way to it.
    TakenOpening take(std::uint32_t job, detail::Bytes frame);
    /// From now on nothing goes to others, whether or not it had been taken for them.
    void end();
    /// How many have come.
    std::uint64_t taken() const noexcept { return taken_; }
    /// True if something was sent on since it was last asked.
    bool was_busy() noexcept { return std::exchange(busy_, false); }

private:
    transport::Transport& transport_;
    std::uint32_t node_ = 0;
    std::uint64_t taken_ = 0;
    std::set<std::uint32_t> repeated_; ///< that the manager has sent a second time
    bool busy_ = false;
};

} // namespace starmap::roles
