#pragma once

#include <starmap/detail/bytes.hpp>

#include <cstddef>
#include <memory>
#include <span>
#include <utility>
#include <vector>

namespace starmap::wire {

/// Bytes that lie elsewhere, and what keeps them until they have left.
struct Part {
    std::span<std::byte const> bytes = {};
    std::shared_ptr<void const> owner = {};
};

/// A frame whose middle may lie elsewhere: a large result is sent from where its task left it. To
/// the receiver it is one run of bytes like any other frame.
struct Parcel {
    detail::Bytes head;
    std::span<std::byte const> body = {};
    std::shared_ptr<void const> owner = {}; ///< keeps `body` until it has left
    std::vector<Part> more = {};            ///< behind `body`

    Parcel(detail::Bytes frame) : head(std::move(frame)) {} // NOLINT: a frame is a parcel
    std::size_t size() const noexcept
    {
        auto size = head.size() + body.size();
        for (auto const& part : more) size += part.bytes.size();
        return size;
    }
    /// The whole, copied together if it is in parts.
    detail::Bytes joined() &&
    {
        head.append(body.data(), body.size());
        for (auto const& part : more) head.append(part.bytes.data(), part.bytes.size());
        return std::move(head);
    }
};

} // namespace starmap::wire
