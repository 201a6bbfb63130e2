#pragma once

#include <starmap/detail/bytes.hpp>
#include <starmap/detail/raw.hpp>
#include <starmap/error.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <map>
#include <span>
#include <utility>

namespace starmap::detail {

/// Large values that arrive in parts, by the chunk they belong to. Each part is copied to its place
/// as it comes, out of a small buffer that the cache still holds: a value so takes its own memory
/// on rank 0 and not that of a frame beside it.
template <class V>
class Arrivals {
public:
    /// What goes wrong is kept for take().
    void add(std::uint64_t chunk, std::uint64_t total, std::span<std::byte const> bytes)
    {
        auto& value = values_[chunk];
        if (value.error) return;
        try {
            append(value.value, total, bytes);
        } catch (...) {
            value = {.value = V(), .error = std::current_exception()};
        }
    }
    /// The value of this chunk, of `total` bytes. Throws what add() could not, or ProtocolError.
    V take(std::uint64_t chunk, std::uint64_t total)
    {
        auto node = values_.extract(chunk);
        if (node.empty()) throw ProtocolError("A large result was announced, but did not come.");
        if (node.mapped().error) std::rethrow_exception(node.mapped().error);
        auto& value = node.mapped().value;
        if constexpr (is_raw_vector<V>)
            if (value.size() * sizeof(typename V::value_type) != total)
                throw ProtocolError("A large result came with parts missing.");
        return std::move(value);
    }
    void drop(std::uint64_t chunk) { values_.erase(chunk); }

private:
    /// A length may come from a process whose memory a task has spoilt.
    static constexpr std::uint64_t believed = std::uint64_t{1} << 30;

    struct Value {
        V value;
        std::exception_ptr error;
    };
    static void append(V& value, std::uint64_t total, std::span<std::byte const> bytes)
    {
        if constexpr (is_raw_vector<V>) {
            using Element = typename V::value_type;
            if (bytes.size() % sizeof(Element) != 0 ||
                total / sizeof(Element) - value.size() < bytes.size() / sizeof(Element))
                throw ProtocolError("A part of a large result does not fit into it.");
            if (value.capacity() - value.size() < bytes.size() / sizeof(Element)) {
                // At once where it can be believed, else by doubling.
                auto const needed = value.size() * sizeof(Element) + bytes.size();
                value.reserve(std::min(total, std::max<std::uint64_t>(believed, 2 * needed)) /
                              sizeof(Element));
            }
            auto const* const first = reinterpret_cast<Element const*>(bytes.data());
            value.insert(value.end(), first, first + bytes.size() / sizeof(Element));
        } else {
            throw ProtocolError("A result came in parts, but its type has none.");
        }
    }

    std::map<std::uint64_t, Value> values_;
};

} // namespace starmap::detail
