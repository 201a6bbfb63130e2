#pragma once

// How TaskJob packs its units; included by task_job.hpp alone.
#include <starmap/detail/task_job.hpp>

#include <cstddef>
#include <string>

namespace starmap::detail {

/// In a catch block: puts a refusal, with the text of the exception, in place of the unit that was
/// begun at `at`.
void put_refusal(Bytes& out, std::size_t at, UnitHead head);

template <Form form, class R, class F, class Source, class... S>
void TaskJob<form, R, F, Source, S...>::count_sent(std::size_t argument, std::uint64_t bytes)
{
    this->stats.sent[argument].bytes += bytes;
    this->stats.sent_total += bytes;
}

template <Form form, class R, class F, class Source, class... S>
std::vector<ArgumentBytes> TaskJob<form, R, F, Source, S...>::encode_state(Bytes& out)
{
    std::vector<ArgumentBytes> sizes;
    auto at = out.size();
    auto const measure = [&](std::string name) {
        sizes.push_back({std::move(name), out.size() - std::exchange(at, out.size())});
    };
    TaskState<F, S...>::save(out, function_);
    if (out.size() != at) measure("callable");
    std::size_t number = 0;
    std::apply(
        [&](auto const&... each) {
            ((encode(out, each), measure("shared" + std::to_string(++number))), ...);
        },
        shared_);
    return sizes;
}

template <Form form, class R, class F, class Source, class... S>
std::uint32_t TaskJob<form, R, F, Source, S...>::encode_units(std::uint64_t first,
                                                              std::uint32_t count, Bytes& out)
{
    // What one unit's serialize() throws is a failure of that unit, of no other in the chunk.
    auto const unit = [&](std::uint64_t position, std::uint32_t items, auto&& write) {
        auto const at = out.size();
        try {
            write();
        } catch (...) {
            auto head = head_of(position);
            head.items = items;
            put_refusal(out, at, head);
        }
    };
    if (form == Form::map || this->chunks_vary_) {
        unit(first, count, [&] { encode_block(first, count, out); });
        return 1;
    }
    for (auto position = first; position < first + count; ++position)
        if constexpr (form == Form::apply) {
            auto const& block = blocks_.block(position);
            unit(position, static_cast<std::uint32_t>(block.end - block.begin),
                 [&] { encode_fixed_block(position, out); });
        } else {
            unit(position, 1, [&] { encode_call(position, out); });
        }
    return count;
}

template <Form form, class R, class F, class Source, class... S>
void TaskJob<form, R, F, Source, S...>::encode_call(std::uint64_t position, Bytes& out)
{
    auto const index = items_.index(position);
    auto const number = number_of(index);
    auto const at = out.size();
    out.put(UnitHead{.task_no = number + 1,
                     .index = number,
                     .weight = items_.weight(position),
                     .length = 0,
                     .items = 1,
                     .flags = 0});
    with_item(index, [&](Item const& item) {
        auto before = out.size();
        if constexpr (is_specialization<Item, std::tuple>) {
            std::size_t argument = 0;
            auto const count = [&] {
                count_sent(argument++, out.size() - before);
                before = out.size();
            };
            if constexpr (is_plain<Item>) {
                std::apply([&](auto const&... each) { ((encode(out, each), count()), ...); }, item);
            } else {
                OutArchive archive(out);
                std::apply([&](auto const&... each) { ((archive << each, count()), ...); }, item);
            }
        } else {
            encode(out, item);
            count_sent(0, out.size() - before);
        }
    });
    out.align();
    out.patch(at + offsetof(UnitHead, length), std::uint64_t{out.size() - at - sizeof(UnitHead)});
}

template <Form form, class R, class F, class Source, class... S>
void TaskJob<form, R, F, Source, S...>::encode_block(std::uint64_t first, std::uint64_t count,
                                                     Bytes& out)
{
    auto const plain = items_.plain(first, count);
    auto const number_at = [&](std::uint64_t i) { return number_of(items_.index(first + i)); };
    auto const begin = number_at(0);
    UnitHead head{.task_no = begin + 1,
                  .index = begin,
                  .weight = plain ? static_cast<double>(count) : 0,
                  .length = 0,
                  .items = static_cast<std::uint32_t>(count),
                  .flags = form == Form::map ? unit_is_map : unit_is_block};
    bool consecutive = plain;
    if (!plain) {
        consecutive = true;
        for (std::uint64_t i = 0; i < count; ++i) {
            head.weight += items_.weight(first + i);
            consecutive = consecutive && items_.index(first + i) == begin + i;
        }
        head.flags |= unit_has_weights | (consecutive ? 0 : unit_has_indices);
    }
    auto const at = out.size();
    out.put(head);
    if ((head.flags & unit_has_indices) != 0)
        for (std::uint64_t i = 0; i < count; ++i) out.put(number_at(i));
    if ((head.flags & unit_has_weights) != 0)
        for (std::uint64_t i = 0; i < count; ++i) out.put(items_.weight(first + i));
    auto const body = out.size();
    encode_items(
        count, consecutive,
        [&](std::uint64_t i) { return consecutive ? begin + i : items_.index(first + i); }, out);
    out.align();
    out.patch(at + offsetof(UnitHead, length), std::uint64_t{out.size() - body});
}

template <Form form, class R, class F, class Source, class... S>
void TaskJob<form, R, F, Source, S...>::encode_fixed_block(std::uint64_t position, Bytes& out)
{
    auto const& block = blocks_.block(position);
    auto const count = block.end - block.begin;
    auto const listed = !blocks_.in_input_order();
    auto const at = out.size();
    out.put(UnitHead{.task_no = block.number + 1,
                     .index = blocks_.item(block.begin),
                     .weight = block.weight,
                     .length = 0,
                     .items = static_cast<std::uint32_t>(count),
                     .flags = unit_is_block | (listed ? unit_has_indices : 0)});
    if (listed)
        for (auto place = block.begin; place < block.end; ++place) out.put(blocks_.item(place));
    auto const body = out.size();
    encode_items(
        count, !listed, [&](std::uint64_t i) { return blocks_.item(block.begin + i); }, out);
    out.align();
    out.patch(at + offsetof(UnitHead, length), std::uint64_t{out.size() - body});
}

template <Form form, class R, class F, class Source, class... S>
template <class IndexAt>
void TaskJob<form, R, F, Source, S...>::encode_items(std::uint64_t count, bool side_by_side,
                                                     IndexAt index_at, Bytes& out)
{
    auto const before = out.size();
    out.put(count);
    auto const each = [&](auto&& write) {
        for (std::uint64_t i = 0; i < count; ++i) with_item(index_at(i), write);
    };
    if constexpr (is_plain<Item>) {
        Item const* const block = side_by_side ? source_.contiguous(index_at(0)) : nullptr;
        if constexpr (TravelsRaw<Item>) {
            if (block != nullptr)
                out.append(block, count * sizeof(Item));
            else
                each([&](Item const& item) { out.append(&item, sizeof item); });
        } else {
            each([&](Item const& item) { encode(out, item); });
        }
    } else {
        OutArchive archive(out);
        each([&](Item const& item) { archive << item; });
    }
    count_sent(0, out.size() - before);
}

} // namespace starmap::detail
