#pragma once

#include <starmap/detail/call_arguments.hpp>
#include <starmap/detail/chunk_run.hpp>
#include <starmap/detail/emission.hpp>
#include <starmap/detail/reduction_tree.hpp>
#include <starmap/detail/registry.hpp>
#include <starmap/detail/save_item.hpp>
#include <starmap/error.hpp>
#include <starmap/serialization.hpp>
#include <starmap/task.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

namespace starmap::detail {

template <class R, class Op>
struct Combiner {
    static R call(R&& left, R&& right) { return Op{}(std::move(left), std::move(right)); }
};
template <class C>
inline Registration const combiner_registration{typeid(C), reinterpret_cast<AnyFunction>(&C::call)};

/// The callable and the shared arguments, as they came from rank 0.
template <class F, class... S>
class TaskState : public Kernel {
public:
    explicit TaskState(ByteReader& state)
    {
        if constexpr (!std::is_empty_v<F>) decode(state, function_.emplace());
        std::apply([&](auto&... each) { (decode(state, each), ...); }, shared_);
    }
    static void save(Bytes& out, F const& function)
    {
        if constexpr (!std::is_empty_v<F>) encode(out, function);
    }

protected:
    template <class... Args>
    decltype(auto) call(Companions<F> const& with, Args&&... args) const
    {
        return std::apply(
            [&](auto const&... each) -> decltype(auto) {
                return call_task(function(), with, std::forward<Args>(args)..., each...);
            },
            shared_);
    }

private:
    F const& function() const
    {
        if constexpr (std::is_empty_v<F>) {
            static_assert(std::is_default_constructible_v<F>);
            static constexpr F stateless{};
            return stateless;
        } else {
            return *function_;
        }
    }
    // An empty F may have no default constructor to spare, a stateful one must have it to be read.
    std::optional<std::conditional_t<std::is_empty_v<F>, std::monostate, F>> function_;
    std::tuple<S...> shared_;
};

/// From this size on a result is not copied into a frame, but travels in parts ahead of it.
inline constexpr std::size_t attach_from = 256 * 1024;

/// Appends a result to the run's, or attaches it if it is large and lies in one piece; returns the
/// bytes that were attached.
template <class R>
std::size_t put_result(ChunkRun& run, R&& result)
{
    using Value = std::remove_cvref_t<R>;
    if constexpr (is_raw_vector<Value>) {
        auto const bytes = result.size() * sizeof(typename Value::value_type);
        if (bytes >= attach_from) {
            run.out().put(std::uint64_t{result.size()});
            auto const kept = std::make_shared<Value const>(std::move(result));
            run.attach({std::as_bytes(std::span(*kept)), sizeof(typename Value::value_type), kept});
            return bytes;
        }
    }
    encode(run.out(), result);
    return 0;
}

/// starmap and apply: a unit is one call, with `Args` as above.
template <class F, class Args, class... S>
class CallKernel final : public TaskState<F, S...> {
public:
    using TaskState<F, S...>::TaskState;
    static std::unique_ptr<Kernel> open(ByteReader& state)
    {
        return std::make_unique<CallKernel>(state);
    }

    void run(ChunkRun& run) override
    {
        auto const per_unit = run.units() == 1 ? run.count() : 1;
        for (std::uint32_t i = 0; i < run.units() && !run.stop(); ++i) {
            try {
                auto arguments = run.open_unit();
                Args args;
                args.read(arguments);
                run.unpacked();
                compute(run, args);
                run.close_unit(per_unit, run.unit().items);
            } catch (...) {
                if (!run.fail_unit(per_unit)) return;
            }
        }
    }

private:
    void compute(ChunkRun& run, Args& args) const
    {
        using R = std::decay_t<decltype(invoke({run.monitor()}, args))>;
        if constexpr (emits<F>) {
            emit(run, args);
        } else if constexpr (std::is_void_v<R>) {
            invoke({run.monitor()}, args);
            run.computed();
        } else {
            R result = invoke({run.monitor()}, args);
            run.computed();
            if (run.context().mode != ResultMode::discard)
                sized(run, [&] { return put_result(run, std::move(result)); });
        }
    }
    void emit(ChunkRun& run, Args& args) const
    {
        using Emitted = typename Emits<F>::Result;
        Emission<Emitted> emission(run, Args::grow);
        Emitter<Emitted> emitter(emission);
        emission.begin(run.done());
        invoke({run.monitor(), &emitter}, args);
        run.computed();
        emission.end();
    }
    decltype(auto) invoke(Companions<F> const& with, Args& args) const
    {
        return args.pass([&](auto&&... each) -> decltype(auto) {
            return this->call(with, std::forward<decltype(each)>(each)...);
        });
    }
    /// What `write` appends, behind its size; it returns how much more of it is attached.
    template <class Write>
    static void sized(ChunkRun& run, Write write)
    {
        auto& out = run.out();
        auto const at = out.size();
        out.put(std::uint64_t{0});
        auto const attached = write();
        if (attached == 0) out.align();
        out.patch(at, std::uint64_t{out.size() - at - sizeof(std::uint64_t) + attached});
    }
};

/// map: a unit is a chunk of calls, one an item.
template <class F, class Item, class... S>
class MapKernel final : public TaskState<F, S...> {
public:
    using TaskState<F, S...>::TaskState;
    static std::unique_ptr<Kernel> open(ByteReader& state)
    {
        return std::make_unique<MapKernel>(state);
    }

    void run(ChunkRun& run) override
    {
        std::uint32_t done = 0;
        try {
            auto arguments = run.open_unit();
            ItemVector<Item> items;
            decode_items(arguments, items);
            if (items.size() != run.unit().items)
                throw ProtocolError("A chunk has another number of items than it says.");
            run.unpacked();
            using R = std::decay_t<decltype(this->call(std::declval<Companions<F> const&>(),
                                                       std::move(items.front())))>;
            if constexpr (emits<F>)
                done = emit_each(run, items);
            else if constexpr (std::is_void_v<R>)
                done = wait_each(run, items);
            else
                done = compute<R>(run, items);
            run.close_unit(done, done);
        } catch (...) {
            run.fail_unit(run.count());
        }
    }

private:
    std::uint32_t wait_each(ChunkRun& run, ItemVector<Item>& items) const
    {
        auto const work = [&](Item& item) {
            this->call({run.monitor()}, std::move(item));
            return true;
        };
        auto const done = each_item<bool>(
            run, items, work, [](bool) {}, [] {});
        run.computed();
        return done;
    }
    std::uint32_t emit_each(ChunkRun& run, ItemVector<Item>& items) const
    {
        using Emitted = typename Emits<F>::Result;
        Emission<Emitted> emission(run, ItemGrower<Item>::grow);
        Emitter<Emitted> emitter(emission);
        std::uint64_t number = run.done();
        run.end_saving(); // what an item has emitted and submitted goes with the whole run
        auto const work = [&](Item& item) {
            emission.begin(number++);
            this->call({run.monitor(), &emitter}, std::move(item));
            emission.end();
            return true;
        };
        auto const done = each_item<bool>(
            run, items, work, [](bool) {}, [&] { emission.drop(); });
        run.computed();
        return done;
    }
    template <class R>
    std::uint32_t compute(ChunkRun& run, ItemVector<Item>& items) const
    {
        auto const work = [&](Item& item) -> R {
            return this->call({run.monitor()}, std::move(item));
        };
        std::vector<R> values;
        std::uint32_t done = 0;
        switch (run.context().mode) {
        case ResultMode::combined: {
            auto const op = reinterpret_cast<CombineFunction<R>>(run.context().combine);
            TreeStack<R> tree(run.first(), run.levels());
            done = each_item<R>(
                run, items, work,
                [&](R&& value) {
                    save_item(run, value);
                    tree.push(std::move(value), op);
                },
                [&] { tree.skip(); });
            values = std::move(tree).values();
            break;
        }
        case ResultMode::values:
            values.reserve(items.size());
            done = each_item<R>(
                run, items, work,
                [&](R&& value) {
                    save_item(run, value);
                    values.push_back(std::move(value));
                },
                [] {});
            break;
        case ResultMode::discard:
            done = each_item<R>(
                run, items, work, [](R&&) {}, [] {});
            break;
        }
        run.computed();
        if (run.context().mode != ResultMode::discard) put_result(run, std::move(values));
        return done;
    }

    /// Returns how many items were tried; each value goes to `keep`, and `failed` is called for
    /// each item whose `work` has thrown. What `keep` throws is nobody's item: it loses the whole
    /// chunk.
    template <class R, class Work, class Keep, class Failed>
    static std::uint32_t each_item(ChunkRun& run, ItemVector<Item>& items, Work work, Keep keep,
                                   Failed failed)
    {
        std::uint32_t done = 0;
        for (auto& item : items) {
            if (run.stop()) break;
            run.enter_item(done++);
            std::optional<R> value;
            try {
                value.emplace(work(item));
            } catch (...) {
                failed();
                if (!run.fail_item()) break;
                continue;
            }
            keep(std::move(*value));
            run.leave_item();
        }
        return done;
    }
};

} // namespace starmap::detail
