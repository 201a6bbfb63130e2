#include "roles/kept_results.hpp"

#include <algorithm>
#include <bit>
#include <cmath>

namespace starmap::roles {

namespace {

/// What a node that is journaled may take at most, in predicted seconds: more is lost only
/// together.
constexpr double node_seconds = 5e-3;
// Kinds of pairs: what is hashed for different reasons must differ.
constexpr std::uint64_t of_starmap = 1;
constexpr std::uint64_t of_item = 2;
constexpr std::uint64_t of_copy = 3;
constexpr std::uint64_t of_node = 16;

} // namespace

KeptResults::KeptResults(journal::Checkpoint& checkpoint, detail::Job& job, std::uint32_t number)
    : checkpoint_(checkpoint),
      job_(job)
{
    auto const& spec = job.spec();
    combined_ = spec.mode == detail::ResultMode::combined;
    operation_ = of_node + spec.combiner.value_or(0);
    checkpoint.begin_starmap(number, spec.name, job.result_type());
    detail::Bytes state;
    state.put(number);
    state.put_text(spec.name);
    // Without a result to give back, a task is known to have been run.
    state.put(spec.mode == detail::ResultMode::discard);
    state.put(spec.kernel);
    job.encode_state(state);
    starmap_ = journal::hash_of({}, journal::hash_of(state.view()), of_starmap);
}

journal::ContentHash KeptResults::key_of_item(std::uint64_t position)
{
    content_.clear();
    try {
        job_.encode_content(position, content_);
    } catch (...) {
        return {}; // it will fail when it is sent, and say why then
    }
    auto const key = journal::hash_of(starmap_, journal::hash_of(content_.view()), of_item);
    auto const before = equal_[key]++;
    return before == 0 ? key : journal::hash_of(key, {before, 0}, of_copy);
}

journal::ContentHash KeptResults::joined(journal::ContentHash const& left,
                                         journal::ContentHash const& right) const
{
    if (left.empty() || right.empty()) return {};
    return journal::hash_of(left, right, operation_);
}

journal::ContentHash KeptResults::key_of(detail::TreeNode node) const
{
    if (node.level == 0) return keys_.at(node.first);
    auto const half = node.level - 1;
    return joined(key_of({node.first, half}), key_of({node.first + node.count() / 2, half}));
}

/// Adds what is known of a node: its own value, or else what is known below it.
journal::ContentHash KeptResults::find(detail::TreeNode node, std::vector<Known>& found) const
{
    auto const before = found.size();
    journal::ContentHash key;
    if (node.level == 0) {
        key = keys_.at(node.first);
    } else {
        auto const half = node.level - 1;
        auto const left = find({node.first, half}, found);
        key = joined(left, find({node.first + node.count() / 2, half}, found));
    }
    if (!key.empty() && checkpoint_.has(key)) {
        found.resize(before);
        found.push_back({node, key});
    }
    return key;
}

std::vector<scheduling::Range> KeptResults::add(std::uint64_t first, std::uint64_t count)
{
    for (auto position = first; position < first + count; ++position)
        keys_.push(key_of_item(position));
    std::vector<Known> found;
    if (checkpoint_.results() != 0) {
        if (combined_)
            detail::for_each_node(first, count, [&](detail::TreeNode node) { find(node, found); });
        else
            for (auto position = first; position < first + count; ++position)
                find({position, 0}, found);
    }
    std::vector<scheduling::Range> stretches;
    for (auto const& [node, key] : found) {
        auto const size = static_cast<std::uint32_t>(node.count());
        if (!stretches.empty() && stretches.back().first + stretches.back().count == node.first)
            stretches.back().count += size;
        else
            stretches.push_back({.first = node.first, .count = size});
    }
    known_.insert(known_.end(), found.begin(), found.end());
    return stretches;
}

bool KeptResults::restore_next(scheduling::Range& range)
{
    auto const [node, key] = known_.front();
    known_.pop_front();
    range = {.first = node.first, .count = static_cast<std::uint32_t>(node.count())};
    auto const value = checkpoint_.fetch(key);
    return value && job_.restore(node.first, node.count(), value->view());
}

void KeptResults::keep(std::uint64_t first, std::uint64_t count, std::span<std::byte const> value)
{
    auto const level = static_cast<std::uint32_t>(std::bit_width(count) - 1);
    if (auto const key = key_of({first, level}); !key.empty()) checkpoint_.keep(key, value);
}

void KeptResults::release(std::uint64_t first, std::uint64_t count)
{
    for (auto position = first; position < first + count; ++position) keys_.release(position);
}

std::uint32_t KeptResults::levels(scheduling::Chunk const& chunk) noexcept
{
    auto const items = node_seconds * chunk.range.count / chunk.seconds;
    if (!(items >= 2)) return 0; // or nothing is known of the cost
    return static_cast<std::uint32_t>(std::min(63.0, std::floor(std::log2(items))));
}

} // namespace starmap::roles
