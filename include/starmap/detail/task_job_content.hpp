#pragma once

// What TaskJob does for a journal of its results; included by task_job.hpp alone.
#include <starmap/detail/task_job.hpp>

namespace starmap::detail {

template <Form form, class R, class F, class Source, class... S>
void TaskJob<form, R, F, Source, S...>::encode_content(std::uint64_t position, Bytes& out)
{
    // A Monitor tells the task its number, its weight, and a seed that follows from its index.
    constexpr bool by_number = TaskCall<form, F, Item, S...>::takes_monitor;
    auto const item = [&](std::uint64_t index) {
        if (by_number) out.put(number_of(index));
        with_item(index, [&](Item const& each) {
            if constexpr (is_specialization<Item, std::tuple>)
                std::apply([&](auto const&... part) { (encode(out, part), ...); }, each);
            else
                encode(out, each);
        });
    };
    if (form == Form::apply && rule_) {
        auto const& block = blocks_.block(position);
        if (by_number) {
            out.put(block.number);
            out.put(block.weight);
        }
        for (auto place = block.begin; place < block.end; ++place) item(blocks_.item(place));
    } else {
        if (by_number) out.put(items_.weight(position));
        item(items_.index(position));
    }
}

template <Form form, class R, class F, class Source, class... S>
void TaskJob<form, R, F, Source, S...>::keep(std::uint64_t first, std::uint64_t count,
                                             NonVoid<R> const& value)
{
    Bytes packed;
    encode(packed, value);
    this->keeper->keep(first, count, packed.view());
}

template <Form form, class R, class F, class Source, class... S>
bool TaskJob<form, R, F, Source, S...>::restore(std::uint64_t first, std::uint64_t count,
                                                std::span<std::byte const> value)
{
    if (spec_.mode == ResultMode::discard) return true;
    if constexpr (!std::is_void_v<R> && !emits<F>) {
        std::optional<R> result;
        try {
            ByteReader in(value);
            decode(in, result.emplace());
            in.expect_end();
        } catch (...) {
            return false;
        }
        this->sink_->take(first, count, order_of(first), std::move(result), value.size());
    }
    return true;
}

} // namespace starmap::detail
