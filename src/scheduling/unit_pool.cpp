#include "scheduling/unit_pool.hpp"

#include <algorithm>
#include <iterator>
#include <limits>
#include <numeric>
#include <utility>

namespace starmap::scheduling {

char const* to_string(Policy policy) noexcept
{
    switch (policy) {
    case Policy::each: return "each";
    case Policy::guided: return "guided";
    case Policy::blocks: return "blocks";
    }
    return "unknown";
}

bool UnitPool::later(Run const& a, Run const& b)
{
    auto const cost_a = a.cost();
    auto const cost_b = b.cost();
    return cost_a != cost_b ? cost_a < cost_b : a.next > b.next;
}

void UnitPool::set_rate(std::uint32_t group, Rate rate)
{
    costs_.set(group, rate);
    rates_changed_ = costs_.groups() > 1;
}

void UnitPool::set_rest(Rate rate)
{
    costs_.set_rest(rate);
    rates_changed_ = costs_.groups() > 1;
}

/// Rates change with each result, while runs keep the places that they have by earlier ones. To put
/// them in order costs as much as there are runs, so it waits for a part of as many chunks.
void UnitPool::put_in_order()
{
    if (!rates_changed_ || ++takes_ < heap_.size() / 8) return;
    for (auto& run : heap_) run.rate = costs_.rate(run.group);
    std::make_heap(heap_.begin(), heap_.end(), later);
    rates_changed_ = false;
    takes_ = 0;
}

void UnitPool::count(std::uint32_t group, double weight, std::uint64_t units)
{
    costs_.add(group, weight, static_cast<double>(units));
    units_left_ += units;
    weight_left_ += weight;
}

void UnitPool::push(Run run)
{
    // Of one group alone the runs compare by weight at any rate.
    if (costs_.groups() > 1) run.rate = costs_.rate(run.group);
    heap_.push_back(std::move(run));
    std::push_heap(heap_.begin(), heap_.end(), later);
}

void UnitPool::add_uniform(std::uint64_t units)
{
    if (units == 0) return;
    // Uniform input arrives in many small windows: one run that grows serves them all.
    if (heap_.size() == 1 && !heap_.front().weights && heap_.front().end == positions_)
        heap_.front().end += units;
    else
        push({.next = positions_,
              .end = positions_ + units,
              .base = positions_,
              .weights = nullptr});
    positions_ += units;
    count(0, static_cast<double>(units), units);
}

void UnitPool::add(Weights weights, std::span<std::uint32_t const> groups,
                   std::span<std::uint32_t const> cores, std::uint32_t only)
{
    if (weights->empty()) return;
    auto const base = positions_;
    auto const all = weights->size();
    auto const groups_before = costs_.groups();
    auto const is_ours = [&](std::size_t i) { return cores.empty() || cores[i] == only; };
    for (std::size_t first = 0; first < all;) {
        auto last = all;
        if (!groups.empty() || !cores.empty()) {
            last = first;
            while (last < all && (groups.empty() || groups[last] == groups[first]) &&
                   is_ours(last) == is_ours(first))
                ++last;
        }
        if (!is_ours(first)) {
            first = last;
            continue;
        }
        auto const group = groups.empty() ? 0 : groups[first];
        auto const at = [&](std::size_t i) {
            return weights->begin() + static_cast<std::ptrdiff_t>(i);
        };
        count(group, std::accumulate(at(first), at(last), 0.0), last - first);
        push({.next = base + first,
              .end = base + last,
              .base = base,
              .weights = weights,
              .group = group});
        first = last;
    }
    rates_changed_ = rates_changed_ || costs_.groups() != groups_before;
    positions_ += all;
}

void UnitPool::add_blocks(std::vector<Range> blocks)
{
    for (auto const& block : blocks) {
        positions_ += block.count;
        count(block.group, block.weight, block.count);
    }
    std::stable_sort(blocks.begin(), blocks.end(),
                     [](Range const& a, Range const& b) { return a.weight > b.weight; });
    blocks_.insert(blocks_.end(), blocks.begin(), blocks.end());
}

std::size_t UnitPool::run_at(std::uint64_t position) const
{
    if (!heap_.empty() && heap_.front().next == position) return 0;
    auto const found = std::find_if(heap_.begin(), heap_.end(),
                                    [&](Run const& run) { return run.next == position; });
    return static_cast<std::size_t>(found - heap_.begin());
}

std::size_t UnitPool::block_at(std::uint64_t position) const
{
    auto const found = std::find_if(blocks_.begin(), blocks_.end(),
                                    [&](Range const& block) { return block.first == position; });
    return static_cast<std::size_t>(found - blocks_.begin());
}

bool UnitPool::offers(std::uint64_t position) const
{
    return run_at(position) != heap_.size() || block_at(position) != blocks_.size();
}

std::uint32_t UnitPool::next_group(std::optional<std::uint64_t> at) const
{
    if (!blocks_.empty()) return blocks_[at ? block_at(*at) : 0].group;
    return heap_[at ? run_at(*at) : 0].group;
}

double UnitPool::next_cost() const
{
    if (!blocks_.empty()) {
        auto const& block = blocks_.front();
        return costs_.rate(block.group).cost(block.weight, block.count);
    }
    auto const& run = heap_.front();
    return costs_.rate(run.group).cost(run.head(), 1);
}

UnitPool::Run UnitPool::pop(std::optional<std::uint64_t> at)
{
    if (at && *at != heap_.front().next) {
        std::swap(heap_[run_at(*at)], heap_.back());
        std::make_heap(heap_.begin(), std::prev(heap_.end()), later);
    } else {
        std::pop_heap(heap_.begin(), heap_.end(), later);
    }
    auto run = std::move(heap_.back());
    heap_.pop_back();
    return run;
}

Range UnitPool::take(double weight, std::uint64_t max_count, std::optional<std::uint64_t> at)
{
    Range taken;
    if (!blocks_.empty()) {
        auto const block = blocks_.begin() + static_cast<std::ptrdiff_t>(at ? block_at(*at) : 0);
        taken = *block;
        blocks_.erase(block);
    } else {
        auto run = pop(at);
        auto const limit =
            std::clamp<std::uint64_t>(max_count, 1, std::numeric_limits<std::uint32_t>::max());
        auto const most = std::min(limit, run.end - run.next);
        taken = {.first = run.next, .count = 0, .weight = 0, .group = run.group};
        if (run.weights) {
            auto const* const weights = run.weights->data() + (run.next - run.base);
            while (taken.count < most &&
                   (taken.count == 0 || taken.weight + weights[taken.count] <= weight))
                taken.weight += weights[taken.count++];
        } else {
            auto const fitting = weight >= static_cast<double>(most)
                                     ? most
                                     : static_cast<std::uint64_t>(std::max(weight, 1.0));
            taken.count = static_cast<std::uint32_t>(fitting);
            taken.weight = static_cast<double>(fitting);
        }
        run.next += taken.count;
        if (run.next < run.end) push(std::move(run));
    }
    units_left_ -= taken.count;
    costs_.add(taken.group, -taken.weight, -static_cast<double>(taken.count));
    // Rounding must not leave a weight behind when nothing is left, or one below zero before.
    weight_left_ = units_left_ == 0 ? 0 : std::max(0.0, weight_left_ - taken.weight);
    return taken;
}

std::optional<std::uint64_t> UnitPool::begin_where(Fits const& fits,
                                                   std::optional<std::uint64_t> at)
{
    for (auto const& block : blocks_)
        if ((!at || block.first == *at) && fits(block.group, block.weight, block.count))
            return block.first;
    if (!heap_.empty() && !at && fits(heap_.front().group, heap_.front().head(), 1))
        return heap_.front().next;
    std::optional<Run> best;
    for (auto const& run : heap_) {
        if (at && run.next != *at) continue;
        auto found = run;
        if (!fits(run.group, found.head(), 1)) {
            if (at || !run.weights) continue;
            auto const* const weights = run.weights->data();
            auto const* const first = std::partition_point(
                weights + (run.next - run.base), weights + (run.end - run.base),
                [&](double weight) { return !fits(run.group, weight, 1); });
            found.next = run.base + static_cast<std::uint64_t>(first - weights);
        }
        if (found.next < found.end && (!best || later(*best, found))) best = found;
    }
    if (!best) return std::nullopt;
    if (!offers(best->next)) {
        auto const whole = std::find_if(heap_.begin(), heap_.end(),
                                        [&](Run const& run) { return run.end == best->end; });
        whole->end = best->next;
        push(*best);
    }
    return best->next;
}

void UnitPool::clear()
{
    heap_.clear();
    blocks_.clear();
    units_left_ = 0;
    weight_left_ = 0;
    costs_.clear();
}

} // namespace starmap::scheduling
