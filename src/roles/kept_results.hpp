#pragma once

#include "journal/checkpoint.hpp"
#include "scheduling/chunk.hpp"

#include <starmap/detail/item_queue.hpp>
#include <starmap/detail/job.hpp>
#include <starmap/detail/reduction_tree.hpp>

#include <cstdint>
#include <deque>
#include <span>
#include <unordered_map>
#include <vector>

namespace starmap::roles {

/// Stands between a Starmap and the checkpoint: knows the key of each position that was read, has
/// its results journaled, and finds those that earlier runs have left.
///
/// The key of a position follows from the Starmap (number, name, kind of result, callable and
/// shared arguments) and from the content of the position's items; equal ones are counted. The key
/// of a node of the reduction tree follows from its operation and the keys of its two halves: so it
/// stands for all items below it, in order, wherever they lie in the input.
class KeptResults final : public detail::ResultKeeper {
public:
    /// Packs the callable and the shared arguments once, and throws what that throws; UsageError as
    /// Checkpoint::begin_starmap does. `job.spec()` must not change any more.
    KeptResults(journal::Checkpoint& checkpoint, detail::Job& job, std::uint32_t number);

    /// Notes positions that were read. Returns the stretches of them whose results are known, in
    /// order; they wait until they are taken by restore_next().
    std::vector<scheduling::Range> add(std::uint64_t first, std::uint64_t count);
    /// True while results that are known wait.
    bool waiting() const noexcept { return !known_.empty(); }
    /// First position of the next one.
    std::uint64_t next() const { return known_.front().node.first; }
    /// Hands the next one to the job. False if it cannot be read any more: its positions have to
    /// be computed. Throws what the operation of the user's throws.
    bool restore_next(scheduling::Range& range);
    void drop() noexcept { known_.clear(); }

    void keep(std::uint64_t first, std::uint64_t count, std::span<std::byte const> value) override;
    /// The keys of these positions are needed no more.
    void release(std::uint64_t first, std::uint64_t count);

    /// A worker combines no more than 2^levels of a chunk's results, so that no value that is
    /// journaled stands for more than a few milliseconds of work.
    static std::uint32_t levels(scheduling::Chunk const& chunk) noexcept;

private:
    struct Known {
        detail::TreeNode node;
        journal::ContentHash key;
    };
    journal::ContentHash key_of_item(std::uint64_t position);
    journal::ContentHash key_of(detail::TreeNode node) const;
    journal::ContentHash joined(journal::ContentHash const& left,
                                journal::ContentHash const& right) const;
    journal::ContentHash find(detail::TreeNode node, std::vector<Known>& found) const;

    journal::Checkpoint& checkpoint_;
    detail::Job& job_;
    bool combined_;
    std::uint64_t operation_;
    journal::ContentHash starmap_;
    detail::ItemQueue<journal::ContentHash> keys_; ///< by position
    std::unordered_map<journal::ContentHash, std::uint32_t, journal::HashBits>
        equal_; ///< how often
    std::deque<Known> known_;
    detail::Bytes content_;
};

} // namespace starmap::roles
