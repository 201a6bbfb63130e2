#pragma once

#include "wire/parcel.hpp"

#include <memory>
#include <span>
#include <utility>
#include <vector>

namespace starmap::roles {

/// A frame that is kept, to be sent more than once.
class KeptFrame {
public:
    KeptFrame() = default;
    explicit KeptFrame(wire::Parcel parcel)
        : head_(std::make_shared<detail::Bytes const>(std::move(parcel.head)))
    {
        if (!parcel.body.empty()) rest_.push_back({parcel.body, std::move(parcel.owner)});
        for (auto& part : parcel.more) rest_.push_back(std::move(part));
    }
    /// Its first bytes, with the header.
    std::span<std::byte const> head() const noexcept { return head_->view(); }
    wire::Parcel again() const
    {
        wire::Parcel parcel(detail::Bytes{});
        parcel.body = head_->view();
        parcel.owner = head_;
        parcel.more = rest_;
        return parcel;
    }

private:
    std::shared_ptr<detail::Bytes const> head_;
    std::vector<wire::Part> rest_;
};

} // namespace starmap::roles
