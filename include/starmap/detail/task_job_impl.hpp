#pragma once

// The bodies of TaskJob; included by task_job.hpp alone.
#include <starmap/detail/task_job.hpp>

#include <cstddef>
#include <string>

namespace starmap::detail {

/// Items of an input of unknown length are put in canonical order by windows of this many.
inline constexpr std::uint64_t stream_window = 4096;
/// Items without weights or keys need no window: as many as come in a millisecond, up to this.
inline constexpr std::uint64_t stream_batch = 4096;

/// Checks what was asked for; nothing where no fixed blocks are wanted. Throws UsageError.
std::optional<BlockRule> block_rule(std::optional<std::size_t> concurrent_tasks,
                                    std::optional<double> max_weight, Settings const& settings);
/// Appends to `failures` the exception being handled, as the loss of these positions on rank 0.
void add_unpack_failure(std::vector<UnitFailure>& failures, std::uint64_t position,
                        std::uint32_t count, UnitHead const& head);

template <Form form, class R, class F, class Source, class... S>
TaskJob<form, R, F, Source, S...>::TaskJob(F function, Source source, std::tuple<S...> shared,
                                           Options<Item> options, Settings const& settings)
    : function_(std::move(function)),
      source_(std::move(source)),
      shared_(std::move(shared)),
      options_(std::move(options)),
      looks_(options_.weight || options_.key)
{
    if constexpr (form != Form::starmap)
        rule_ = block_rule(options_.concurrent_tasks, options_.max_weight, settings);
    looks_ = looks_ || rule_.has_value();
    spec_.name = options_.name.empty() ? CallableName<F>::get() : options_.name;
    spec_.splitting = form == Form::starmap || (form == Form::apply && rule_) ? Splitting::each
                      : rule_                                                 ? Splitting::blocks
                                                                              : Splitting::guided;
    this->order_ = options_.order;
    this->chunks_vary_ = form == Form::apply && !rule_;
    spec_.on_failure = options_.on_failure.value_or(settings.on_failure);
    spec_.retries = options_.retries.value_or(settings.retries);
    spec_.kernel = registration_of<KernelFor<form, F, Item, S...>>.index();
    spec_.items_are_tasks = form == Form::map;
    spec_.growing = Source::grows;
    if constexpr (std::is_void_v<R>) spec_.mode = ResultMode::discard;
    spec_.length_known = Source::sized;
    spec_.length = options_.expected;
    if constexpr (Source::sized) {
        spec_.length = source_.size();
        spec_.single = spec_.length == 1;
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
        source_.with(i, [&](Item const& item) {
            figures.weights.push_back(options_.weight ? options_.weight(item) : 1.0);
            if (options_.key) figures.groups.push_back(options_.key(item));
        });
    if (options_.key) figures.group_ranks = options_.key.ranks();
    return figures;
}

template <Form form, class R, class F, class Source, class... S>
std::optional<Window> TaskJob<form, R, F, Source, S...>::pull()
{
    std::uint64_t count = 0;
    if (looks_) {
        // "At most so many blocks" can only be said of the whole input.
        auto const whole = Source::sized || (rule_ && !rule_->max_weight);
        count = source_.read(whole ? ~std::uint64_t{0} : stream_window);
    } else if (source_.reads_freely()) {
        count = source_.read(~std::uint64_t{0});
    } else {
        // A generator may be slow: what it has given so far must not wait for more.
        auto const until = std::chrono::steady_clock::now() + std::chrono::milliseconds(1);
        while (count < stream_batch && source_.read(1) == 1) {
            ++count;
            if (std::chrono::steady_clock::now() > until) break;
        }
    }
    auto const first = std::exchange(read_, read_ + count);
    if (count == 0) return std::nullopt;
    if (!looks_) return items_.add_uniform(count);
    auto figures = read_figures(first, count);
    if (form == Form::apply && rule_) {
        auto window = blocks_.add(std::move(figures), *rule_);
        spec_.single = Source::sized && window.count == 1;
        return window;
    }
    return items_.add(std::move(figures), rule_);
}

template <Form form, class R, class F, class Source, class... S>
void TaskJob<form, R, F, Source, S...>::count_sent(std::size_t argument, std::uint64_t bytes)
{
    auto& sent = this->stats.sent;
    while (sent.size() <= argument)
        sent.push_back(
            {form == Form::starmap ? "arg" + std::to_string(sent.size() + 1) : "items", 0});
    sent[argument].bytes += bytes;
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
    if (form == Form::map || this->chunks_vary_) {
        encode_block(first, count, out);
        return 1;
    }
    for (auto position = first; position < first + count; ++position)
        if constexpr (form == Form::apply)
            encode_fixed_block(position, out);
        else
            encode_call(position, out);
    return count;
}

template <Form form, class R, class F, class Source, class... S>
void TaskJob<form, R, F, Source, S...>::encode_call(std::uint64_t position, Bytes& out)
{
    auto const index = items_.index(position);
    auto const at = out.size();
    out.put(UnitHead{.task_no = index + 1,
                     .index = index,
                     .weight = items_.weight(position),
                     .length = 0,
                     .items = 1,
                     .flags = 0});
    source_.with(index, [&](Item const& item) {
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
    auto const begin = items_.index(first);
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
        for (std::uint64_t i = 0; i < count; ++i) out.put(items_.index(first + i));
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
        for (std::uint64_t i = 0; i < count; ++i) source_.with(index_at(i), write);
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

template <Form form, class R, class F, class Source, class... S>
UnitHead TaskJob<form, R, F, Source, S...>::head_of(std::uint64_t position) const
{
    UnitHead head;
    if (form == Form::apply && rule_) {
        auto const& block = blocks_.block(position);
        head.task_no = block.number + 1;
        head.index = blocks_.item(block.begin);
    } else {
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
            } catch (...) {
                each_present(piece, lost);
                return unreadable;
            }
            std::size_t next = 0;
            auto const value = [&]() -> std::optional<R> {
                if (next == values.size())
                    throw ProtocolError("A chunk brought fewer results than it has items.");
                return R(std::move(values[next++]));
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
