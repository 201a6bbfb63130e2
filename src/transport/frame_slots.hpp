#pragma once

#include <starmap/detail/bytes.hpp>

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>

namespace starmap::transport {

/// Memory that the two ends of a line share, for large frames: one end writes a frame into a slot
/// and tells which over the line, the other reads it there, or sends it on from there. It is
/// written over and over, so that its pages are there already.
class FrameSlots {
public:
    static constexpr std::uint32_t count = 6;
    static constexpr std::size_t size = (std::size_t{2} << 20) + 4096;
    /// Smaller frames go over the line itself.
    static constexpr std::size_t worth_it = std::size_t{32} << 10;

    /// A free slot, which then is taken; nothing if there is none.
    std::optional<std::uint32_t> take() noexcept;
    std::byte* data(std::uint32_t slot) noexcept { return slots_[slot].data(); }
    /// The frame in a slot, which becomes free with it. `keeper` keeps this memory mapped.
    detail::Bytes frame(std::uint32_t slot, std::size_t bytes, std::shared_ptr<void> keeper);

private:
    std::array<std::atomic<std::uint32_t>, count> taken_{};
    std::array<std::array<std::byte, size>, count> slots_; ///< not initialised, of purpose
};

} // namespace starmap::transport
