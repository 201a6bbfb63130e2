#pragma once

#include <starmap/detail/raw.hpp>
#include <starmap/detail/segment.hpp>

#include <cstddef>
#include <memory>
#include <span>
#include <vector>

namespace starmap {

/// Large read-only data: a run of T that exists once on each node, however many workers see it.
/// Name it in `shared(...)`, alone or inside anything else, and each worker of the node maps the
/// same memory. T is what travels as its bytes: numbers, enums, trivially copyable aggregates.
///
/// A copy is cheap and refers to the same elements; they last as long as any copy does. As an item
/// or a result, and with the setting node_shared=off, it travels with all its elements.
template <class T>
class NodeArray {
    static_assert(detail::TravelsRaw<T>,
                  "a NodeArray holds numbers, enums or trivially copyable aggregates without "
                  "pointers: its bytes are seen by other processes as they are");
    static_assert(alignof(T) <= alignof(std::max_align_t),
                  "a NodeArray holds elements of ordinary alignment");

public:
    using value_type = T;
    using size_type = std::size_t;
    using const_iterator = T const*;
    using iterator = const_iterator;

    /// Empty.
    NodeArray() = default;
    /// Copies the elements. Throws std::bad_alloc.
    explicit NodeArray(std::span<T const> elements)
    {
        if (!elements.empty()) segment_ = detail::Segment::make(std::as_bytes(elements));
    }
    /// Copies the elements. Throws std::bad_alloc.
    explicit NodeArray(std::vector<T> const& elements) : NodeArray(std::span<T const>(elements)) {}

    std::size_t size() const noexcept { return bytes().size() / sizeof(T); }
    bool empty() const noexcept { return segment_ == nullptr; }
    /// Null if it is empty.
    T const* data() const noexcept { return reinterpret_cast<T const*>(bytes().data()); }
    T const* begin() const noexcept { return data(); }
    T const* end() const noexcept { return data() + size(); }
    /// The element at a position below size().
    T const& operator[](std::size_t position) const noexcept { return data()[position]; }
    operator std::span<T const>() const noexcept { return {data(), size()}; }

    /// What Starmap calls to send and to receive it; throws ProtocolError for what pack() has not
    /// written.
    void pack(detail::Bytes& out) const { detail::put_segment(out, segment_); }
    void unpack(detail::ByteReader& in) { segment_ = detail::get_segment(in, sizeof(T)); }

private:
    std::span<std::byte const> bytes() const noexcept
    {
        return segment_ ? segment_->bytes() : std::span<std::byte const>();
    }
    std::shared_ptr<detail::Segment const> segment_;
};

namespace detail {
template <class T>
inline constexpr bool packs_itself<NodeArray<T>> = true;
} // namespace detail

} // namespace starmap
