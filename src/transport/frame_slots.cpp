#include "transport/frame_slots.hpp"

#include <utility>

namespace starmap::transport {

std::optional<std::uint32_t> FrameSlots::take() noexcept
{
    for (std::uint32_t slot = 0; slot < count; ++slot)
        if (taken_[slot].load(std::memory_order_acquire) == 0) {
            taken_[slot].store(1, std::memory_order_relaxed);
            return slot;
        }
    return std::nullopt;
}

detail::Bytes FrameSlots::frame(std::uint32_t slot, std::size_t bytes, std::shared_ptr<void> keeper)
{
    auto const free = [this, slot, keeper = std::move(keeper)](void*) {
        taken_[slot].store(0, std::memory_order_release);
    };
    return detail::Bytes::borrowed({data(slot), bytes}, std::shared_ptr<void>(data(slot), free));
}

} // namespace starmap::transport
