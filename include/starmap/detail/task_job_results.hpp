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
        head.index = items_.index(position);
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
std::vector<UnitFailure> TaskJob<form, R, F, Source, S...>::absorb(Piece const& piece)
{
    std::vector<UnitFailure> unreadable;
    if constexpr (!std::is_void_v<R>) {
        if (spec_.mode == ResultMode::discard) return unreadable;
        ByteReader in(piece.payload);
        auto const lost = [&](std::uint64_t first, std::uint64_t count) {
            add_unpack_failure(unreadable, first - piece.first, static_cast<std::uint32_t>(count),
                               head_of(first));
        };
        if constexpr (form == Form::map) {
            std::vector<R> values;
            try {
                if (!in.view().empty()) decode(in, values);
                in.expect_end();
            } catch (...) {
                each_present(piece, lost);
                return unreadable;
            }
            std::size_t next = 0;
            auto const value = [&]() -> std::optional<R> {
                if (next == values.size())
                    throw ProtocolError("A chunk brought fewer results than it has items.");
                return std::optional<R>(std::in_place, std::move(values[next++]));
            };
            each_present(piece, [&](std::uint64_t first, std::uint64_t count) {
                if (spec_.mode == ResultMode::combined)
                    for_each_node(first, count, [&](TreeNode node) {
                        this->sink_->take(node.first, node.count(), 0, value());
                    });
                else
                    for (auto p = first; p < first + count; ++p)
                        this->sink_->take(p, 1, order_of(p), value());
            });
        } else {
            auto const read = [&](std::uint64_t first, std::uint64_t count) {
                ByteReader one(in.take(in.get<std::uint64_t>()));
                std::optional<R> value;
                try {
                    decode(one, value.emplace());
                    one.expect_end();
                } catch (...) {
                    lost(first, count);
                    return;
                }
                this->sink_->take(first, count, order_of(first), std::move(value));
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
    if constexpr (!std::is_void_v<R>)
        if (spec_.mode != ResultMode::discard) this->sink_->take(first, count, 0, std::nullopt);
}

template <Form form, class R, class F, class Source, class... S>
void TaskJob<form, R, F, Source, S...>::release(std::uint64_t first, std::uint32_t count)
{
    if constexpr (Source::keeps) {
        for (auto p = first; p < first + count; ++p) {
            if (form == Form::apply && rule_) {
                auto const& block = blocks_.block(p);
                for (auto place = block.begin; place < block.end; ++place)
                    source_.release(blocks_.item(place));
            } else {
                source_.release(items_.index(p));
            }
        }
    }
    if (form != Form::apply || !rule_) items_.release(first, count);
}

} // namespace starmap::detail
