#pragma once

#include <starmap/detail/bytes.hpp>
#include <starmap/detail/chunk_run.hpp>
#include <starmap/serialization.hpp>

#include <cstdint>
#include <vector>

template <class T>
starmap::detail::Bytes encoded(T const& value)
{
    starmap::detail::Bytes bytes;
    starmap::detail::encode(bytes, value);
    return bytes;
}

/// Appends a unit of `items` items from index `first`; with weights if there are some, else each of
/// weight 1; with indices if there are some. `body` is what its arguments are.
inline void put_unit(starmap::detail::Bytes& out, std::uint64_t first, std::uint32_t items,
                     std::uint32_t flags, starmap::detail::Bytes const& body,
                     std::vector<double> const& weights = {},
                     std::vector<std::uint64_t> const& indices = {})
{
    using namespace starmap::detail;
    UnitHead head{.task_no = first + 1,
                  .index = first,
                  .weight = static_cast<double>(items),
                  .length = body.size(),
                  .items = items,
                  .flags = flags | (weights.empty() ? 0 : unit_has_weights) |
                           (indices.empty() ? 0 : unit_has_indices)};
    if (!weights.empty()) {
        head.weight = 0;
        for (auto const weight : weights) head.weight += weight;
    }
    out.put(head);
    for (auto const index : indices) out.put(index);
    for (auto const weight : weights) out.put(weight);
    out.append(body.data(), body.size());
}
