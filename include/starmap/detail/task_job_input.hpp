#pragma once

// How TaskJob reads its input; included by task_job.hpp alone.
#include <starmap/detail/task_job.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>

namespace starmap::detail {

/// Items of an input of unknown length are put in canonical order by windows of this many, unless
/// the range says how many (`window()`).
inline constexpr std::uint64_t stream_window = 4096;
/// Items without weights or keys need no window: as many as come in a millisecond, up to this.
inline constexpr std::uint64_t stream_batch = 4096;

/// Items that are known by their content are read by so many, where all could be read at once.
inline constexpr std::uint64_t content_window = 65536;

/// Throws UsageError if it is negative or not finite.
double checked_timeout(double timeout);
/// Throws UsageError: an option of single tasks was given for items that travel in chunks.
[[noreturn]] void refuse_task_option(char const* option);
/// Throws UsageError that a task asks for 0 cores.
[[noreturn]] void refuse_no_cores(std::uint64_t task_no);
/// Checks what was asked for; nothing where no fixed blocks are wanted. Throws UsageError.
std::optional<BlockRule> block_rule(std::optional<std::size_t> concurrent_tasks,
                                    std::optional<double> max_weight, Settings const& settings);
template <Form form, class R, class F, class Source, class... S>
TaskJob<form, R, F, Source, S...>::TaskJob(F function, Source source, std::tuple<S...> shared,
                                           Options<Item> options, Settings const& settings)
    : function_(std::move(function)),
      source_(std::move(source)),
      shared_(std::move(shared)),
      options_(std::move(options)),
      looks_(options_.weight || options_.key || options_.cores)
{
    if constexpr (form != Form::starmap)
        rule_ = block_rule(options_.concurrent_tasks, options_.max_weight, settings);
    looks_ = looks_ || rule_.has_value();
    if constexpr (form != Form::starmap) {
        if (options_.retries_by) refuse_task_option("retries_by");
        if (options_.label) refuse_task_option("label");
    }
    spec_.own_retries = static_cast<bool>(options_.retries_by);
    spec_.own_names = static_cast<bool>(options_.label);
    spec_.name = options_.name.empty() ? CallableName<F>::get() : options_.name;
    spec_.splitting = form == Form::starmap || (form == Form::apply && rule_) ? Splitting::each
                      : rule_                                                 ? Splitting::blocks
                                                                              : Splitting::guided;
    this->order_ = options_.order;
    this->chunks_vary_ = form == Form::apply && !rule_;
    spec_.on_failure = options_.on_failure.value_or(settings.on_failure);
    spec_.retries = options_.retries.value_or(settings.retries);
    spec_.timeout = checked_timeout(options_.timeout.value_or(settings.timeout));
    spec_.max_rss = options_.max_rss.value_or(settings.max_rss);
    spec_.kernel = registration_of<KernelFor<form, F, Item, S...>>.index();
    // What tasks are sent comes first in the statistics, in this order; shared arguments follow.
    if constexpr (form != Form::starmap)
        this->stats.sent.push_back({"items", 0});
    else if constexpr (is_specialization<Item, std::tuple>)
        for (std::size_t i = 1; i <= std::tuple_size_v<Item>; ++i)
            this->stats.sent.push_back({"arg" + std::to_string(i), 0});
    else
        this->stats.sent.push_back({"arg1", 0});
    spec_.items_are_tasks = form == Form::map;
    spec_.growing = Source::grows;
    if constexpr (std::is_void_v<R>) spec_.mode = ResultMode::discard;
    spec_.length_known = Source::sized;
    spec_.length = options_.expected;
    if constexpr (Source::sized) {
        spec_.length = source_.size();
        // A task that may submit others needs all workers.
        spec_.single = spec_.length == 1 && !emits<F>;
        if (form == Form::starmap) spec_.tasks = spec_.length;
    }
    if (!looks_) {
        spec_.weight = static_cast<double>(spec_.length);
    }
}

template <Form form, class R, class F, class Source, class... S>
ItemFigures TaskJob<form, R, F, Source, S...>::read_figures(std::uint64_t first,
                                                            std::uint64_t count)
{
    ItemFigures figures;
    figures.weights.reserve(count);
    for (auto i = first; i < first + count; ++i)
        with_item(i, [&](Item const& item) {
            figures.weights.push_back(options_.weight ? options_.weight(item) : 1.0);
            if (options_.key) figures.groups.push_back(options_.key(item));
        });
    if (options_.key) figures.group_ranks = options_.key.ranks();
    return figures;
}

template <Form form, class R, class F, class Source, class... S>
unsigned TaskJob<form, R, F, Source, S...>::retries_of(std::uint64_t position)
{
    auto retries = spec_.retries;
    if (options_.retries_by)
        with_item(items_.index(position),
                  [&](Item const& item) { retries = options_.retries_by(item); });
    return retries;
}

template <Form form, class R, class F, class Source, class... S>
std::string TaskJob<form, R, F, Source, S...>::name_of(std::uint64_t position)
{
    auto name = spec_.name;
    if (options_.label)
        with_item(items_.index(position), [&](Item const& item) { name = options_.label(item); });
    return name;
}

template <Form form, class R, class F, class Source, class... S>
std::optional<Window> TaskJob<form, R, F, Source, S...>::pull()
{
    std::uint64_t count = 0;
    if (looks_) {
        // "At most so many blocks" can only be said of the whole input.
        auto const whole = Source::sized || (rule_ && !rule_->max_weight);
        auto window = stream_window;
        if constexpr (Source::streams) window = source_.window(stream_window);
        count = source_.read(whole ? ~std::uint64_t{0} : window);
    } else if (source_.reads_freely()) {
        // Who is known by its content is looked at when it is read, and remembered until it is
        // done.
        count = source_.read(this->keeper != nullptr ? content_window : ~std::uint64_t{0});
    } else {
        // A generator may be slow: what it has given so far must not wait for more.
        auto const until = std::chrono::steady_clock::now() + std::chrono::milliseconds(1);
        while (count < stream_batch && source_.read(1) == 1) {
            ++count;
            if (std::chrono::steady_clock::now() > until) break;
        }
    }
    auto const first = std::exchange(read_, read_ + count);
    if (count == 0) {
        if constexpr (Source::streams)
            if (source_.waits()) return Window{};
        return std::nullopt;
    }
    if (!looks_) return items_.add_uniform(count);
    auto figures = read_figures(first, count);
    if (form == Form::apply && rule_) {
        auto window = blocks_.add(std::move(figures), *rule_);
        spec_.single = Source::sized && window.count == 1 && !emits<F>;
        return read_cores(std::move(window));
    }
    return read_cores(name_groups(items_.add(std::move(figures), rule_)));
}

template <Form form, class R, class F, class Source, class... S>
std::uint32_t TaskJob<form, R, F, Source, S...>::cores_of(std::uint64_t first, std::uint32_t count)
{
    std::uint32_t most = 1;
    if (!options_.cores) return most;
    auto const ask = [&](std::uint64_t index) {
        with_item(index, [&](Item const& item) {
            auto const cores = options_.cores(item);
            if (cores == 0) refuse_no_cores(number_of(index) + 1);
            most = std::max(most, std::uint32_t{cores});
        });
    };
    for (auto position = first; position < first + count; ++position) {
        if (form == Form::apply && rule_) {
            auto const& block = blocks_.block(position);
            for (auto place = block.begin; place < block.end; ++place) ask(blocks_.item(place));
        } else {
            ask(items_.index(position));
        }
    }
    return most;
}

template <Form form, class R, class F, class Source, class... S>
Window TaskJob<form, R, F, Source, S...>::read_cores(Window window)
{
    if (!options_.cores) return window;
    window.cores.reserve(window.count);
    for (std::uint64_t i = 0; i < window.count; ++i)
        window.cores.push_back(cores_of(cores_read_++, 1));
    auto at = window.cores.begin();
    for (auto& block : window.blocks) {
        block.cores = *std::max_element(at, at + block.count);
        at += block.count;
    }
    return window;
}

template <Form form, class R, class F, class Source, class... S>
int TaskJob<form, R, F, Source, S...>::wait_fd()
{
    if constexpr (Source::streams) return source_.wait_fd();
    return -1;
}

template <Form form, class R, class F, class Source, class... S>
Window TaskJob<form, R, F, Source, S...>::name_groups(Window window)
{
    // Fixed blocks are not told apart by their keys.
    if (window.groups.empty() || !window.blocks.empty()) return window;
    auto const& names = options_.key.names();
    for (; groups_named_ < names.size(); ++groups_named_)
        window.new_groups.push_back(names[groups_named_]);
    return window;
}

} // namespace starmap::detail
