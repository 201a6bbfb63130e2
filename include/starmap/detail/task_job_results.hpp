#pragma once

// How TaskJob takes in what comes back; included by task_job.hpp alone.
#include <starmap/detail/task_job.hpp>

namespace starmap::detail {

/// Appends to `failures` the exception being handled, as the loss of these positions on rank 0.
void add_unpack_failure(std::vector<UnitFailure>& failures, std::uint64_t position,
                        std::uint32_t count, UnitHead const& head);

template <Form form, class R, class F, class Source, class... S>
UnitHead TaskJob<form, R, F, Source, S...>::head_of(std::uint64_t position) const
{
    UnitHead head;
    if (form == Form::apply && rule_) {
        auto const& block = blocks_.block(position);
        head.task_no = block.number + 1;
        head.index = blocks_.item(block.begin);
        head.weight = block.weight;
    } else {
        head.weight = items_.weight(position);
        head.index = number_of(items_.index(position));
        head.task_no = head.index + 1;
    }
    return head;
}

template <Form form, class R, class F, class Source, class... S>
std::uint64_t TaskJob<form, R, F, Source, S...>::order_of(std::uint64_t position) const
{
    if (form == Form::apply) return rule_ ? blocks_.block(position).number : position;
    return items_.index(position);
}

template <Form form, class R, class F, class Source, class... S>
template <class Take>
void TaskJob<form, R, F, Source, S...>::each_present(Piece const& piece, Take take)
{
    std::uint64_t at = 0;
    for (auto const& failure : piece.failed) {
        if (failure.position > at) take(piece.first + at, failure.position - at);
        at = failure.position + failure.count;
    }
    if (piece.count > at) take(piece.first + at, piece.count - at);
}

template <Form form, class R, class F, class Source, class... S>
void TaskJob<form, R, F, Source, S...>::absorb_ahead(std::uint64_t chunk, std::uint64_t total,
                                                     std::span<std::byte const> bytes)
{
    if constexpr (!std::is_void_v<R>) arrivals_.add(chunk, total, bytes);
}

template <Form form, class R, class F, class Source, class... S>
void TaskJob<form, R, F, Source, S...>::drop_ahead(std::uint64_t chunk)
{
    if constexpr (!std::is_void_v<R>) arrivals_.drop(chunk);
}

template <Form form, class R, class F, class Source, class... S>
std::vector<UnitFailure> TaskJob<form, R, F, Source, S...>::absorb(Piece const& piece)
{
    std::vector<UnitFailure> unreadable;
    auto const lost = [&](std::uint64_t first, std::uint64_t count) {
        add_unpack_failure(unreadable, first - piece.first, static_cast<std::uint32_t>(count),
                           head_of(first));
    };
    if (this->keeper != nullptr && spec_.mode == ResultMode::discard)
        each_present(piece, [&](std::uint64_t first, std::uint64_t count) {
            for (auto p = first; p < first + count; ++p) this->keeper->keep(p, 1, {});
        });
    if constexpr (emits<F>) {
        absorb_emitted(piece, lost);
    } else if constexpr (!std::is_void_v<R>) {
        if (spec_.mode == ResultMode::discard) return unreadable;
        auto const take = [&](std::uint64_t first, std::uint64_t count, std::uint64_t order,
                              std::optional<R> value, std::uint64_t bytes) {
            if (this->keeper != nullptr && value) keep(first, count, *value);
            this->sink_->take(first, count, order, std::move(value), bytes);
        };
        ByteReader in(piece.payload);
        if constexpr (form == Form::map) {
            auto const in_all = in.left();
            auto const combined = spec_.mode == ResultMode::combined;
            auto const levels = piece.one_by_one ? 0 : piece.levels;
            std::uint64_t due = 0;
            each_present(piece, [&](std::uint64_t first, std::uint64_t count) {
                if (combined)
                    for_each_node(
                        first, count, [&](TreeNode) { ++due; }, levels);
                else
                    due += count;
            });
            std::vector<R> values;
            try {
                if (piece.one_by_one) {
                    for (auto left = piece.count; left > 0; --left) {
                        R value{};
                        decode(in, value);
                        values.push_back(std::move(value));
                    }
                } else if (piece.ahead != 0) {
                    values = arrivals_.take(piece.chunk, piece.ahead);
                } else {
                    if (!in.view().empty()) decode(in, values);
                    in.expect_end();
                }
                if (values.size() != due)
                    throw ProtocolError("A chunk did not bring one result for each item.");
            } catch (...) {
                each_present(piece, lost);
                return unreadable;
            }
            auto const bytes = values.empty() ? 0 : (in_all + piece.ahead) / values.size();
            std::size_t next = 0;
            auto const value = [&] {
                return std::optional<R>(std::in_place, std::move(values[next++]));
            };
            each_present(piece, [&](std::uint64_t first, std::uint64_t count) {
                if (combined)
                    for_each_node(
                        first, count,
                        [&](TreeNode node) { take(node.first, node.count(), 0, value(), bytes); },
                        levels);
                else
                    for (auto p = first; p < first + count; ++p)
                        take(p, 1, order_of(p), value(), bytes);
            });
        } else {
            auto const read = [&](std::uint64_t first, std::uint64_t count) {
                std::uint64_t size = 0;
                std::optional<R> value;
                try {
                    size = in.get<std::uint64_t>();
                    // The last value may have come ahead: then only its length stands here.
                    auto const came_ahead = piece.ahead != 0 && size > in.left();
                    ByteReader one(in.take_value(came_ahead ? in.left() : size));
                    if (came_ahead) {
                        value = arrivals_.take(piece.chunk, piece.ahead);
                    } else {
                        decode(one, value.emplace());
                        one.expect_end();
                    }
                } catch (...) {
                    lost(first, count);
                    return;
                }
                take(first, count, order_of(first), std::move(value), size);
            };
            each_present(piece, [&](std::uint64_t first, std::uint64_t count) {
                if (this->chunks_vary_)
                    read(first, count);
                else
                    for (auto p = first; p < first + count; ++p) read(p, 1);
            });
        }
    }
    return unreadable;
}

template <Form form, class R, class F, class Source, class... S>
void TaskJob<form, R, F, Source, S...>::give_up(std::uint64_t first, std::uint32_t count)
{
    if constexpr (emits<F>) {
        auto const each = this->chunks_vary_ ? count : 1;
        for (auto p = first; p < first + count; p += each)
            hand_on({.address = address_of(p), .count = each}, p, {}, 0);
    } else if constexpr (!std::is_void_v<R>) {
        if (spec_.mode != ResultMode::discard) this->sink_->take(first, count, 0, std::nullopt, 0);
    }
}

template <Form form, class R, class F, class Source, class... S>
void TaskJob<form, R, F, Source, S...>::release(std::uint64_t first, std::uint32_t count)
{
    if constexpr (Source::keeps || emits<F>) {
        for (auto p = first; p < first + count; ++p) {
            if (form == Form::apply && rule_) {
                auto const& block = blocks_.block(p);
                for (auto place = block.begin; place < block.end; ++place)
                    source_.release(blocks_.item(place));
            } else {
                release_item(items_.index(p));
            }
        }
    }
    if (form == Form::apply && rule_)
        blocks_.release(first, count);
    else
        items_.release(first, count);
}

} // namespace starmap::detail
