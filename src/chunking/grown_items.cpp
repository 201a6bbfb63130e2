#include "base/mix.hpp"

#include <starmap/detail/grown_items.hpp>

namespace starmap::detail {

std::uint64_t number_of_child(std::uint64_t parent, std::uint64_t place) noexcept
{
    constexpr auto above_all_indices = std::uint64_t{1} << 62;
    return above_all_indices | (base::mix(base::mix(parent) ^ place) >> 2);
}

} // namespace starmap::detail
