#pragma once

#include <starmap/detail/key_text.hpp>
#include <starmap/types.hpp>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

namespace starmap {

namespace detail {

/// Any callable Item -> ordered value, made to number the distinct values in order of appearance.
template <class Item>
class KeyFunction {
public:
    KeyFunction() = default;
    template <class F>
    requires(!std::is_same_v<std::remove_cvref_t<F>, KeyFunction> &&
             std::is_invocable_v<F const&, Item const&>)
        KeyFunction(F key) // NOLINT(google-explicit-constructor): options are written in braces
        : numbering_(std::make_shared<Numbering<F>>(std::move(key)))
    {
    }
    explicit operator bool() const noexcept { return numbering_ != nullptr; }
    std::uint32_t operator()(Item const& item) { return numbering_->number(item); }
    /// By number: the rank of that key among all seen, by operator<.
    std::vector<std::uint32_t> ranks() const { return numbering_->ranks(); }
    /// By number: the key as text that is the same in other runs (detail::key_text).
    std::vector<std::string> const& names() const noexcept { return numbering_->names; }

private:
    struct AnyNumbering {
        virtual ~AnyNumbering() = default;
        virtual std::uint32_t number(Item const& item) = 0;
        virtual std::vector<std::uint32_t> ranks() const = 0;
        std::vector<std::string> names;
    };
    template <class F>
    struct Numbering final : AnyNumbering {
        explicit Numbering(F f) : key(std::move(f)) {}
        std::uint32_t number(Item const& item) override
        {
            auto const next = static_cast<std::uint32_t>(seen.size());
            auto const [found, is_new] = seen.try_emplace(std::invoke(key, item), next);
            if (is_new) this->names.push_back(key_text(found->first, next));
            return found->second;
        }
        std::vector<std::uint32_t> ranks() const override
        {
            std::vector<std::uint32_t> result(seen.size());
            std::uint32_t rank = 0;
            for (auto const& [_, number] : seen) result[number] = rank++;
            return result;
        }
        F key;
        std::map<std::decay_t<std::invoke_result_t<F const&, Item const&>>, std::uint32_t> seen;
    };
    std::shared_ptr<AnyNumbering> numbering_;
};

} // namespace detail

/// How a Starmap is to be run; for designated initialisers:
/// `session.map(f, boxes, {.weight = &Box::cost, .concurrent_tasks = 40})`. What is left out comes
/// from Settings. `Item` is the element of the input: for starmap the argument, or the tuple of
/// them.
template <class Item>
struct Options {
    /// Name in logs and records; default: the callable's. A leading "_" makes it private: logged at
    /// debug level, no rows in /task_info.
    std::string name = {};
    /// Item -> expected cost, in any unit, >= 0: a callable or a pointer to member. Default 1.
    std::function<double(Item const&)> weight = {};
    /// Item -> ordered value: items of different keys never share a chunk.
    detail::KeyFunction<Item> key = {};
    /// apply, map: fixed blocks, at most this many (or one a key), the heaviest as light as
    /// possible.
    std::optional<std::size_t> concurrent_tasks = {};
    /// apply, map: fixed blocks of at most this weight; beats concurrent_tasks.
    std::optional<double> max_weight = {};
    /// Order in which reduce() combines.
    Order order = Order::canonical;
    /// What the first failure does.
    std::optional<OnFailure> on_failure = {};
    /// Further attempts of a task that failed, on another worker where there is one.
    std::optional<unsigned> retries = {};
    /// Seconds that a task may take; 0: any. A task that takes longer is ended and has failed.
    /// Where tasks are not isolated (see the setting `isolate`) it has no effect.
    std::optional<double> timeout = {};
    /// Bytes of memory (resident) that the process of a task may use; 0: any. A task that uses more
    /// is ended and has failed. Where tasks are not isolated it has no effect.
    std::optional<std::size_t> max_rss = {};
    /// Length that an input of unknown length is expected to have: for the progress display.
    std::size_t expected = 0;
    /// starmap alone: Item -> further attempts of this task (unsigned), in place of `retries`;
    /// asked when an attempt has failed, also where the task's process has died.
    std::function<unsigned(Item const&)> retries_by = {};
    /// starmap alone: Item -> name of this task (std::string), in place of `name` where a single
    /// task is told of: in its row of /task_info, in its failures and in the log. The Starmap
    /// itself keeps `name`, and is private by that alone. Asked when an attempt has come back.
    std::function<std::string(Item const&)> label = {};
    /// Item -> how many workers of one node its task takes while it runs, >= 1, in place of 1: it
    /// runs on one of them, and the others are kept idle, so that it may use their cores (threads,
    /// OpenMP, a program of several processes). Such an item shares no chunk with others; a fixed
    /// block takes as many as that of its items which takes the most. An item that takes more than
    /// the largest node has: UsageError. What runs in place (a single task, distribute=no) runs.
    std::function<unsigned(Item const&)> cores = {};
};

} // namespace starmap
