#pragma once

// How TaskJob takes in what tasks emit and submit; included by task_job.hpp alone.
#include <starmap/detail/emission.hpp>
#include <starmap/detail/task_job.hpp>

namespace starmap::detail {

template <Form form, class R, class F, class Source, class... S>
template <class Visit>
void TaskJob<form, R, F, Source, S...>::with_item(std::uint64_t index, Visit&& visit)
{
    if constexpr (emits<F>)
        if ((index & grown_bit) != 0) return visit(grown_.item(index));
    source_.with(index, visit);
}

template <Form form, class R, class F, class Source, class... S>
std::uint64_t TaskJob<form, R, F, Source, S...>::number_of(std::uint64_t index) const
{
    if constexpr (emits<F>)
        if ((index & grown_bit) != 0) return grown_.number(index);
    return index;
}

template <Form form, class R, class F, class Source, class... S>
void TaskJob<form, R, F, Source, S...>::release_item(std::uint64_t index)
{
    if constexpr (emits<F>)
        if ((index & grown_bit) != 0) return grown_.release(index);
    source_.release(index);
}

template <Form form, class R, class F, class Source, class... S>
Address TaskJob<form, R, F, Source, S...>::address_of(std::uint64_t position) const
{
    if constexpr (form == Form::apply) {
        return {0, position};
    } else {
        if constexpr (emits<F>)
            if (auto const index = items_.index(position); (index & grown_bit) != 0)
                return grown_.address(index);
        return {0, items_.rank(position)};
    }
}

template <Form form, class R, class F, class Source, class... S>
void TaskJob<form, R, F, Source, S...>::hand_on(Ended const& ended, std::uint64_t position,
                                                std::vector<NonVoid<R>> values, std::uint64_t bytes)
{
    if constexpr (!std::is_void_v<R>)
        if (spec_.mode != ResultMode::discard)
            this->sink_->take_emitted(ended, order_of(position), std::move(values), bytes);
}

template <Form form, class R, class F, class Source, class... S>
template <class Lost>
void TaskJob<form, R, F, Source, S...>::absorb_emitted(Piece const& piece, Lost lost)
{
    ByteReader in(piece.payload);
    ByteReader grown(piece.grown);
    auto growth = piece.growths.begin();
    auto const has_values = spec_.mode != ResultMode::discard;
    auto const absorb_one = [&](std::uint64_t position, std::uint64_t count) {
        auto const grew =
            growth != piece.growths.end() && piece.first + growth->position == position;
        auto const births = grew ? *growth++ : Growth{};
        EmittedHead head;
        std::vector<NonVoid<R>> values;
        std::vector<Item> children;
        try {
            if (has_values) head = in.get<EmittedHead>();
            ByteReader one(in.take_value(head.bytes));
            ByteReader born(grown.take_value(births.bytes));
            check_count(head.count, one);
            check_count(births.children, born);
            for (std::uint64_t i = 0; i < head.count; ++i) {
                NonVoid<R> value{}; // an element of a std::vector<bool> is none
                decode(one, value);
                values.push_back(std::move(value));
            }
            for (std::uint64_t i = 0; i < births.children; ++i) {
                Item child{};
                decode(born, child);
                children.push_back(std::move(child));
            }
            one.expect_end();
            born.expect_end();
        } catch (...) {
            lost(position, count);
            return;
        }
        Ended ended{.address = address_of(position), .count = count};
        if constexpr (form != Form::apply) {
            if (!children.empty()) {
                ended.children = children.size();
                ended.family = grown_.add(number_of(items_.index(position)), std::move(children));
            }
        }
        hand_on(ended, position, std::move(values), head.bytes);
    };
    each_present(piece, [&](std::uint64_t first, std::uint64_t count) {
        if (this->chunks_vary_)
            absorb_one(first, count);
        else
            for (auto position = first; position < first + count; ++position)
                absorb_one(position, 1);
    });
}

template <Form form, class R, class F, class Source, class... S>
Backlog TaskJob<form, R, F, Source, S...>::backlog() const
{
    auto backlog = JobOf<R>::backlog();
    // Once work has grown, places in the input are no positions any more.
    if constexpr (emits<F>)
        if (grown_.families() != 0) backlog.needed.reset();
    return backlog;
}

template <Form form, class R, class F, class Source, class... S>
std::optional<Window> TaskJob<form, R, F, Source, S...>::take_grown()
{
    if constexpr (emits<F>) {
        auto const [first, count] = grown_.place();
        if (count == 0) return std::nullopt;
        if (!looks_) return items_.add_uniform(count, Origin::grown);
        return read_cores(
            name_groups(items_.add(read_figures(first, count), rule_, Origin::grown)));
    } else {
        return std::nullopt;
    }
}

} // namespace starmap::detail
