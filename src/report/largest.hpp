#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

namespace starmap::report {

/// The values with the largest keys of a long row of them, in memory for twice as many as are kept.
template <class Value>
class Largest {
public:
    explicit Largest(std::size_t kept) : kept_(kept) {}

    /// Whether add() would keep it, for values that are dear to make. What is not a number has no
    /// place in an order.
    bool wants(double key) const noexcept
    {
        return kept_ > 0 && !std::isnan(key) && (!full_ || key > threshold_);
    }

    void add(double key, Value value)
    {
        if (!wants(key)) return;
        entries_.push_back({key, entered_++, std::move(value)});
        if (entries_.size() >= 2 * kept_) prune();
    }

    /// Largest first; of equal keys the earlier one first.
    std::vector<Value> sorted() const
    {
        auto entries = entries_;
        std::sort(entries.begin(), entries.end(), comes_before);
        if (entries.size() > kept_) entries.erase(at(entries, kept_), entries.end());
        std::vector<Value> values;
        values.reserve(entries.size());
        for (auto& entry : entries) values.push_back(std::move(entry.value));
        return values;
    }

private:
    struct Entry {
        double key;
        std::uint64_t number;
        Value value;
    };

    static bool comes_before(Entry const& a, Entry const& b) noexcept
    {
        return a.key != b.key ? a.key > b.key : a.number < b.number;
    }
    static auto at(std::vector<Entry>& entries, std::size_t index)
    {
        return entries.begin() + static_cast<std::ptrdiff_t>(index);
    }

    void prune()
    {
        std::nth_element(entries_.begin(), at(entries_, kept_ - 1), entries_.end(), comes_before);
        entries_.erase(at(entries_, kept_), entries_.end());
        threshold_ = entries_.back().key;
        full_ = true;
    }

    std::size_t kept_;
    std::vector<Entry> entries_;
    std::uint64_t entered_ = 0;
    double threshold_ = 0;
    bool full_ = false;
};

} // namespace starmap::report
