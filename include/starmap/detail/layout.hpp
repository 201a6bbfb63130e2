#pragma once

#include <starmap/detail/item_queue.hpp>
#include <starmap/detail/job.hpp>

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <vector>

namespace starmap::detail {

/// The figures of some items, in input order, that follow those given before.
struct ItemFigures {
    std::vector<double> weights;       ///< one an item
    std::vector<std::uint32_t> groups; ///< one an item; empty: all of one key
    /// Rank, by the order of the keys, of each group number; only where the input is complete.
    std::vector<std::uint32_t> group_ranks;
};

/// How blocks are to be made: of at most `max_weight`, or at most `hint` of them.
struct BlockRule {
    std::optional<double> max_weight;
    std::size_t hint = 1;
};

/// Where items come from. Those that tasks submit are counted by themselves, in the order in which
/// they have reached rank 0; their index has this bit.
enum class Origin : std::uint8_t { input, grown };
inline constexpr std::uint64_t grown_bit = std::uint64_t{1} << 63;

/// Which item stands at which position, where a unit is one item.
class ItemLayout {
public:
    /// `count` items of weight 1: they stay in input order.
    Window add_uniform(std::uint64_t count, Origin origin = Origin::input);
    /// Items in canonical order, with the blocks of `rule` over that order if there is one.
    /// Throws UsageError as check_weights does.
    Window add(ItemFigures figures, std::optional<BlockRule> const& rule,
               Origin origin = Origin::input);

    std::uint64_t index(std::uint64_t position) const;
    double weight(std::uint64_t position) const;
    /// Place of an item of the input in the canonical order of the input.
    std::uint64_t rank(std::uint64_t position) const;
    /// True if all these positions have weight 1 and follow one another in the input too.
    bool plain(std::uint64_t first, std::uint64_t count) const;
    /// Frees the windows that are not in use any more. Positions come back in any order.
    void release(std::uint64_t first, std::uint64_t count);

private:
    struct Part {
        std::uint64_t first = 0; ///< position of its first item
        std::uint64_t base = 0;  ///< index of its first item, in its origin
        std::uint64_t count = 0;
        std::uint64_t released = 0;
        std::shared_ptr<std::vector<double> const> weights; ///< null: all 1, in input order
        std::vector<std::uint64_t> order;                   ///< by position, counted from `first`
    };
    using Parts = std::map<std::uint64_t, Part>; ///< by their first positions
    Parts::const_iterator find(std::uint64_t position) const;
    Part const& part(std::uint64_t position) const { return find(position)->second; }
    void push(Part part);

    std::uint64_t& count_of(Origin origin)
    {
        return origin == Origin::input ? input_count_ : grown_count_;
    }

    Parts parts_;
    std::uint64_t count_ = 0;
    std::uint64_t input_count_ = 0;
    std::uint64_t grown_count_ = grown_bit;
};

/// Which items stand in which block, where a unit is a block of them: apply with fixed blocks.
/// Blocks are made in input order (or by key), numbered so, and placed heaviest first.
class BlockLayout {
public:
    struct Block {
        std::uint64_t number = 0; ///< from 0, in the order in which the input was cut
        std::uint64_t begin = 0;  ///< places in order(), or in the input if that is empty
        std::uint64_t end = 0;
        double weight = 0;
    };
    /// Throws UsageError as check_weights does.
    Window add(ItemFigures figures, BlockRule const& rule);
    Block const& block(std::uint64_t position) const { return blocks_.at(position); }
    /// Frees what lies before the positions still in use.
    void release(std::uint64_t first, std::uint64_t count)
    {
        for (auto position = first; position < first + count; ++position) blocks_.release(position);
    }
    std::uint64_t item(std::uint64_t place) const { return order_.empty() ? place : order_[place]; }
    bool in_input_order() const noexcept { return order_.empty(); }

private:
    ItemQueue<Block> blocks_; ///< by position
    std::vector<std::uint64_t> order_;
    std::uint64_t items_ = 0;
};

} // namespace starmap::detail
