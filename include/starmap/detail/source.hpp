#pragma once

#include <starmap/detail/item_queue.hpp>

#include <algorithm>
#include <concepts>
#include <cstdint>
#include <iterator>
#include <optional>
#include <ranges>
#include <tuple>
#include <type_traits>
#include <utility>

namespace starmap::detail {

template <class Range>
using ItemOf = std::ranges::range_value_t<Range>;

/// A range that may have nothing now, and more later.
template <class Range>
concept LiveRange = requires(Range& range)
{
    {
        range.ready()
        } -> std::convertible_to<bool>;
    {
        range.wait_fd()
        } -> std::convertible_to<int>;
};

/// A range that says by how many items it is to be put in order.
template <class Range>
concept WindowedRange = requires(Range& range)
{
    {
        range.window()
        } -> std::convertible_to<std::uint64_t>;
};

/// A range that is referred to if it came as an lvalue, and kept if it was moved in. (As
/// std::views::all does, which clang 14 cannot compile with the library of g++ 12.)
template <class Range>
class HeldRange {
public:
    using type = std::remove_reference_t<Range>;

    explicit HeldRange(Range&& range) : range_(take(range)) {}
    type& get()
    {
        if constexpr (std::is_lvalue_reference_v<Range>)
            return *range_;
        else
            return range_;
    }

private:
    static auto take(type& range)
    {
        if constexpr (std::is_lvalue_reference_v<Range>)
            return &range;
        else
            return type(std::move(range));
    }
    std::conditional_t<std::is_lvalue_reference_v<Range>, type*, type> range_;
};

/// Input whose elements stay where they are for as long as the Starmap lives: none is copied.
template <class Range>
class MemorySource {
public:
    using Item = std::ranges::range_value_t<Range>;
    static constexpr bool sized = true;
    static constexpr bool streams = false; ///< it is read element by element
    static constexpr bool grows = false;
    static constexpr bool keeps = false; ///< true if release() frees anything

    MemorySource(Range&& range, bool) : range_(std::forward<Range>(range)) {}
    std::uint64_t size() { return static_cast<std::uint64_t>(std::ranges::size(range_.get())); }
    /// True if reading costs nothing, however many items are read.
    bool reads_freely() const noexcept { return true; }
    /// Reads up to `most` further items; returns how many there were.
    std::uint64_t read(std::uint64_t most)
    {
        auto const count = std::min(most, size() - read_);
        read_ += count;
        return count;
    }
    /// Calls `visit` with the item, which was read and not released.
    template <class Visit>
    decltype(auto) with(std::uint64_t index, Visit&& visit)
    {
        return visit(std::as_const(std::ranges::begin(
            range_.get())[static_cast<std::ranges::range_difference_t<Range>>(index)]));
    }
    /// Address of an item if all items lie side by side, else null.
    Item const* contiguous(std::uint64_t index)
    {
        if constexpr (std::ranges::contiguous_range<Range>)
            return std::ranges::data(range_.get()) + index;
        else
            return nullptr;
    }
    void release(std::uint64_t) {}

private:
    HeldRange<Range> range_;
    std::uint64_t read_ = 0;
};

/// Input that is pulled item by item, and kept only until it is needed no more: generators, views,
/// lists. Where any element can be computed at any time, and none is looked at twice (`keep` is
/// false), it is computed when it is sent, and none is kept.
template <class Range>
class StreamSource {
public:
    using Item = std::ranges::range_value_t<Range>;
    static constexpr bool sized = std::ranges::sized_range<Range>;
    static constexpr bool streams = true; ///< it is read element by element
    static constexpr bool grows = false;
    static constexpr bool keeps = true;
    static constexpr bool indexed = sized && std::ranges::random_access_range<Range>;

    StreamSource(Range&& range, bool keep) : range_(std::forward<Range>(range)), keep_(keep) {}
    bool reads_freely() const noexcept { return indexed && !keep_; }
    std::uint64_t size() requires sized
    {
        return static_cast<std::uint64_t>(std::ranges::size(range_.get()));
    }
    std::uint64_t read(std::uint64_t most)
    {
        if constexpr (indexed)
            if (!keep_) {
                auto const count = std::min(most, size() - read_);
                read_ += count;
                return count;
            }
        std::uint64_t count = 0;
        // An input range may not be asked for its end again once that was reached.
        while (count < most && !ended_ && step()) {
            if (*at_ == std::ranges::end(range_.get())) {
                ended_ = true;
            } else {
                items_.push(**at_);
                at_next_ = false;
                ++count;
                // What comes next of others is looked for at once, as they expect of a loop.
                if constexpr (!LiveRange<Held>) step();
            }
        }
        return count;
    }
    /// Nothing more can be had now, but there may be more later.
    bool waits() const noexcept { return LiveRange<Held> && !ended_; }
    /// What to wait on for it; -1: nothing tells.
    int wait_fd()
    {
        if constexpr (LiveRange<Held>) return range_.get().wait_fd();
        return -1;
    }
    /// Of how many items it is to be put in order, at least 1; `otherwise` if it does not say.
    std::uint64_t window(std::uint64_t otherwise)
    {
        if constexpr (WindowedRange<Held>) return std::max<std::uint64_t>(range_.get().window(), 1);
        return otherwise;
    }
    template <class Visit>
    decltype(auto) with(std::uint64_t index, Visit&& visit)
    {
        if constexpr (indexed)
            if (!keep_) {
                Item const item = std::ranges::begin(
                    range_.get())[static_cast<std::ranges::range_difference_t<Range>>(index)];
                return visit(item);
            }
        return visit(items_.at(index));
    }
    Item const* contiguous(std::uint64_t) { return nullptr; }
    void release(std::uint64_t index)
    {
        if (keep_ || !indexed) items_.release(index);
    }

private:
    using Held = typename HeldRange<Range>::type;
    /// Goes to the next element, or the end; false if that would have to wait.
    bool step()
    {
        if (at_next_) return true;
        if constexpr (LiveRange<Held>)
            if (!range_.get().ready()) return false;
        if (at_)
            ++*at_;
        else
            at_.emplace(std::ranges::begin(range_.get()));
        at_next_ = true;
        return true;
    }

    HeldRange<Range> range_;
    bool keep_;
    std::optional<std::ranges::iterator_t<Range>> at_;
    ItemQueue<Item> items_;
    std::uint64_t read_ = 0;
    bool at_next_ = false; ///< the iterator is at what was not read yet
    bool ended_ = false;
};

/// Arguments that submit() hands in.
template <class... Args>
class SubmitSource {
public:
    using Item = std::tuple<Args...>;
    static constexpr bool sized = false;
    static constexpr bool streams = false; ///< it is read element by element
    static constexpr bool grows = true;    ///< more may come after the end
    static constexpr bool keeps = true;

    void push(Item item) { items_.push(std::move(item)); }
    bool reads_freely() const noexcept { return true; }
    std::uint64_t read(std::uint64_t most)
    {
        auto const count = std::min(most, items_.pushed() - read_);
        read_ += count;
        return count;
    }
    template <class Visit>
    decltype(auto) with(std::uint64_t index, Visit&& visit)
    {
        return visit(items_.at(index));
    }
    Item const* contiguous(std::uint64_t) { return nullptr; }
    void release(std::uint64_t index) { items_.release(index); }

private:
    ItemQueue<Item> items_;
    std::uint64_t read_ = 0;
};

/// The source for a range: in memory where its elements stay in place and can be indexed.
template <class Range>
using SourceFor = std::conditional_t<
    std::ranges::random_access_range<Range> && std::ranges::sized_range<Range> &&
        std::is_lvalue_reference_v<std::ranges::range_reference_t<Range>> &&
        std::is_same_v<std::remove_cvref_t<std::ranges::range_reference_t<Range>>, ItemOf<Range>>,
    MemorySource<Range>, StreamSource<Range>>;

} // namespace starmap::detail
