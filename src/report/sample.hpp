#pragma once

#include "base/mix.hpp"

#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

namespace starmap::report {

/// A uniform sample without replacement of values that come one by one: Vitter's algorithm R. The
/// same values in the same order give the same sample.
template <class Value>
class Sample {
public:
    explicit Sample(std::size_t kept) : kept_(kept) {}

    void add(Value value)
    {
        auto const place = seen_++;
        if (values_.size() < kept_) {
            values_.push_back(std::move(value));
            return;
        }
        auto const drawn = base::mix(place) % seen_;
        if (drawn < kept_) values_[static_cast<std::size_t>(drawn)] = std::move(value);
    }

    std::vector<Value> const& values() const noexcept { return values_; }
    std::uint64_t seen() const noexcept { return seen_; }

private:
    std::size_t kept_;
    std::vector<Value> values_;
    std::uint64_t seen_ = 0;
};

} // namespace starmap::report
