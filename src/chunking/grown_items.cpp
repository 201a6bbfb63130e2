#include "base/mix.hpp"

#include <starmap/detail/grown_items.hpp>

namespace starmap::detail {

std::uint64_t number_of_child(std::uint64_t parent, std::uint64_t place) noexcept
{
    return first_submitted | (base::mix(base::mix(parent) ^ place) >> 2);
}

} // namespace starmap::detail
