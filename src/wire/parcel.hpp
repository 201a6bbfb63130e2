#pragma once

#include <starmap/detail/bytes.hpp>

#include <cstddef>
#include <memory>
#include <span>
#include <utility>

namespace starmap::wire {

/// A frame whose middle may lie elsewhere: a large result is sent from where its task left it. To
/// the receiver it is one run of bytes like any other frame.
struct Parcel {
    detail::Bytes head;
    std::span<std::byte const> body = {};
    std::shared_ptr<void const> owner = {}; ///< keeps `body` until it has left
    detail::Bytes tail = {};

    Parcel(detail::Bytes frame) : head(std::move(frame)) {} // NOLINT: a frame is a parcel
    std::size_t size() const noexcept { return head.size() + body.size() + tail.size(); }
    /// The whole, copied together if it is in parts.
    detail::Bytes joined() &&
    {
        head.append(body.data(), body.size());
        head.append(tail.data(), tail.size());
        return std::move(head);
    }
};

} // namespace starmap::wire
