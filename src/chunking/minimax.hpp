#pragma once

#include <starmap/detail/partition.hpp>

#include <cstddef>
#include <span>
#include <vector>

namespace starmap::chunking {

/// Appends to `blocks` those that cover `run`, each filled up to `limit` before the next begins. An
/// item heavier than the limit is alone.
void fill(Weights weights, Range run, double limit, std::vector<Range>& blocks);

/// The least limit under which filling each of the runs needs at most `count` blocks in all. It is
/// the sum of some block. `count` must be at least the number of runs, weights finite and >= 0.
double least_limit(Weights weights, std::span<Range const> runs, std::size_t count);

/// Cuts the heaviest block that has more than one item in two, as evenly as it can, until there are
/// `count` blocks, or only single items. Keeps the blocks in order; none becomes heavier.
void split_heaviest(Weights weights, std::vector<Range>& blocks, std::size_t count);

} // namespace starmap::chunking
