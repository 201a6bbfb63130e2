#include "chunking/minimax.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>
#include <limits>
#include <queue>
#include <tuple>

namespace starmap::chunking {
namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();

/// What filling under a limit came to. A trial that needs too many blocks ends at the first of
/// them: the blocks up to there stay what they are below next_limit, so all limits below it fail.
struct Trial {
    std::size_t blocks = 0;
    double heaviest = 0;          ///< the heaviest block made
    double next_limit = infinity; ///< the least limit that would make any of the blocks longer
};

Trial try_limit(Weights weights, std::span<Range const> runs, double limit, std::size_t count)
{
    Trial trial;
    for (auto const& [first, last] : runs) {
        double block = weights[first];
        if (++trial.blocks > count) return trial;
        for (auto i = first + 1; i < last; ++i) {
            auto const longer = block + weights[i];
            if (longer <= limit) {
                block = longer;
                continue;
            }
            trial.heaviest = std::max(trial.heaviest, block);
            trial.next_limit = std::min(trial.next_limit, longer);
            block = weights[i];
            if (++trial.blocks > count) return trial;
        }
        trial.heaviest = std::max(trial.heaviest, block);
    }
    return trial;
}

/// Half-way between two numbers >= 0 as their representations are ordered, so that any two are
/// at most 63 halvings apart, infinity included.
double between(double low, double high)
{
    auto const low_bits = std::bit_cast<std::uint64_t>(low);
    auto const high_bits = std::bit_cast<std::uint64_t>(high);
    return std::bit_cast<double>(low_bits + (high_bits - low_bits) / 2);
}

/// Where to cut a block so that the heavier part is lightest; of equal cuts the one nearest the
/// middle, without which items of weight 0 would be cut off one by one.
std::size_t best_cut(Weights weights, Range block, double total)
{
    auto const [first, last] = block;
    auto const middle = first + (last - first) / 2;
    auto const distance = [middle](std::size_t i) { return i < middle ? middle - i : i - middle; };
    auto best = first + 1;
    auto lightest = infinity;
    double left = 0;
    for (auto i = first + 1; i < last; ++i) {
        left += weights[i - 1];
        auto const heavier = std::max(left, total - left);
        if (heavier > lightest || (heavier == lightest && distance(i) >= distance(best))) continue;
        best = i;
        lightest = heavier;
    }
    return best;
}

} // namespace

double sum(Weights weights, Range block)
{
    double total = 0;
    for (auto i = block.first; i < block.second; ++i) total += weights[i];
    return total;
}

void fill(Weights weights, Range run, double limit, std::vector<Range>& blocks)
{
    auto first = run.first;
    if (first == run.second) return;
    double block = weights[first];
    for (auto i = first + 1; i < run.second; ++i) {
        auto const longer = block + weights[i];
        if (longer <= limit) {
            block = longer;
            continue;
        }
        blocks.emplace_back(first, i);
        first = i;
        block = weights[i];
    }
    blocks.emplace_back(first, run.second);
}

double least_limit(Weights weights, std::span<Range const> runs, std::size_t count)
{
    // The answer is never below `low` nor above `high`, and `high` is the sum of some block. Every
    // trial moves one of them to the sum of a block, so the search ends on the answer itself.
    // Adding 0 turns -0.0, whose representation is the largest of all, into 0.
    double low = 0;
    for (auto weight : weights) low = std::max(low, weight + 0.0);
    double high = infinity;
    auto limit = std::max(low, sum(weights, {0, weights.size()}) / static_cast<double>(count));
    while (low < high) {
        auto const trial = try_limit(weights, runs, limit, count);
        if (trial.blocks <= count)
            high = trial.heaviest;
        else
            low = trial.next_limit;
        limit = between(low, std::max(low, high));
    }
    return high;
}

void split_heaviest(Weights weights, std::vector<Range>& blocks, std::size_t count)
{
    using Candidate = std::tuple<double, std::size_t, Range>; // sum, items, block
    std::priority_queue<Candidate> heaviest;
    if (blocks.size() >= count) return;
    std::vector<Range> done;
    auto const put = [&](Range block) {
        auto const items = block.second - block.first;
        if (items > 1)
            heaviest.emplace(sum(weights, block), items, block);
        else
            done.push_back(block);
    };
    for (auto const& block : blocks) put(block);
    while (done.size() + heaviest.size() < count && !heaviest.empty()) {
        auto const [total, items, block] = heaviest.top();
        heaviest.pop();
        auto const cut = best_cut(weights, block, total);
        put({block.first, cut});
        put({cut, block.second});
    }
    for (; !heaviest.empty(); heaviest.pop()) done.push_back(std::get<Range>(heaviest.top()));
    std::ranges::sort(done);
    blocks = std::move(done);
}

} // namespace starmap::chunking
