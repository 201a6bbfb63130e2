#pragma once

#include <starmap/detail/chunk_run.hpp>
#include <starmap/detail/grown_item.hpp>
#include <starmap/detail/reduction_tree.hpp>
#include <starmap/serialization.hpp>

#include <cstdint>
#include <optional>
#include <span>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

namespace starmap::detail {

/// R, or a stand-in where a task returns nothing.
template <class R>
using NonVoid = std::conditional_t<std::is_void_v<R>, std::monostate, R>;

/// Combines two results on a worker; found in the registry by the type of the operation.
template <class R>
using CombineFunction = R (*)(R&&, R&&);

/// What precedes the values of an item that has emitted.
struct EmittedHead {
    std::uint64_t bytes = 0;
    std::uint64_t count = 0; ///< of values; where results are combined, at most one
};

/// What one item after another emits, on its way into the results of a run. It stays with the
/// worker until the run is sent, so that a failed item leaves nothing behind.
template <class R>
class Emission {
public:
    Emission(ChunkRun& run, GrowItem grow_item) : run_(run), grow_item_(grow_item) {}

    /// The item begins; `item` counts from the first of this piece.
    void begin(std::uint64_t item)
    {
        item_ = item;
        head_ = {};
        out_at_ = run_.out().size();
        if (keeps()) run_.out().put(head_);
        grown_at_ = run_.grown().size();
        children_ = 0;
    }
    void add(NonVoid<R>&& value)
    {
        if constexpr (!std::is_void_v<R>) {
            switch (run_.context().mode) {
            case ResultMode::discard: return;
            case ResultMode::combined:
                combined_.push(std::move(value),
                               *reinterpret_cast<CombineFunction<R>>(run_.context().combine));
                return;
            case ResultMode::values:
                whole(run_.out(), [&value](Bytes& out) { encode(out, value); });
                ++head_.count;
            }
        }
    }
    void grow(std::span<ArgumentRef const> arguments)
    {
        whole(run_.grown(), [&](Bytes& out) { grow_item_(out, arguments); });
        ++children_;
    }
    /// The item went well.
    void end()
    {
        if constexpr (!std::is_void_v<R>) {
            if (run_.context().mode == ResultMode::combined) {
                auto value =
                    std::exchange(combined_, TreeStack<NonVoid<R>>(0))
                        .joined(*reinterpret_cast<CombineFunction<R>>(run_.context().combine));
                if (value) encode(run_.out(), *value);
                head_.count = value ? 1 : 0;
            }
        }
        if (keeps()) {
            run_.out().align();
            head_.bytes = run_.out().size() - out_at_ - sizeof head_;
            run_.out().patch(out_at_, head_);
        }
        if (children_ != 0) run_.note_growth({item_, children_, run_.grown().size() - grown_at_});
    }
    /// The item has failed: it has emitted nothing.
    void drop() noexcept
    {
        combined_ = TreeStack<NonVoid<R>>(0);
        run_.out().resize(out_at_);
        run_.grown().resize(grown_at_);
    }

private:
    /// What `write` appends, or nothing of it if it throws: the task may catch that and go on.
    template <class Write>
    static void whole(Bytes& out, Write write)
    {
        auto const at = out.size();
        try {
            write(out);
        } catch (...) {
            out.resize(at);
            throw;
        }
    }
    bool keeps() const { return !std::is_void_v<R> && run_.context().mode != ResultMode::discard; }

    ChunkRun& run_;
    GrowItem grow_item_;
    TreeStack<NonVoid<R>> combined_{0};
    std::uint64_t item_ = 0;
    EmittedHead head_;
    std::size_t out_at_ = 0;
    std::size_t grown_at_ = 0;
    std::uint64_t children_ = 0;
};

} // namespace starmap::detail
