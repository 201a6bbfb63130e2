#pragma once

#include <starmap/detail/open_job.hpp>
#include <starmap/detail/task_job.hpp>
#include <starmap/results.hpp>
#include <starmap/types.hpp>

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <iterator>
#include <memory>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

namespace starmap {

/// Tasks whose results are R, not sent yet: they are when the results are asked for, by one of
/// reduce, collect, results (or range-for) and wait, once. Only rank 0 has any.
/// All of these throw TaskError when a task fails under OnFailure::raise, UsageError when an input
/// or option is wrong or the Starmap was consumed before, and what the input itself throws.
template <class R>
class Starmap<R> : public detail::StarmapBase {
public:
    /// All results added up by += or +; R{} if there are none. The same bits in every run, as
    /// docs/design.md explains; so for the next two.
    R reduce()
    {
        static_assert(detail::Addable<R>,
                      "The results cannot be added (their type has neither + nor +=). Use "
                      "reduce(op), reduce(op, init), collect() or a range-for.");
        return reduce(detail::Add{});
    }

    /// All results combined by an associative `op(R, R) -> R`; R{} if there are none.
    template <class Op>
    R reduce(Op op)
    {
        static_assert(std::is_invocable_r_v<R, Op&, R, R>,
                      "reduce(op) needs op(R, R) -> R, R being the tasks' result. To fold into "
                      "another type, give a start value: reduce(op, init).");
        use();
        if (job_->order() == Order::arrival) {
            std::optional<R> sum;
            auto const take = [&](R&& value) {
                sum.emplace(sum ? op(std::move(*sum), std::move(value)) : std::move(value));
            };
            run(detail::ArrivalSink<R, decltype(take)>(take));
            return sum ? std::move(*sum) : R{};
        }
        std::optional<std::uint32_t> combiner;
        if constexpr (std::is_empty_v<Op> && std::is_default_constructible_v<Op>)
            combiner = detail::combiner_registration<detail::Combiner<R, Op>>.index();
        if (job_->chunks_vary()) {
            detail::NeighbourSink<R, Op> sink(std::move(op));
            run(sink, combiner);
            return sink.finish().value_or(R{});
        }
        detail::TreeSink<R, Op> sink(std::move(op));
        run(sink, combiner);
        return sink.finish().value_or(R{});
    }

    /// A fold: `init = op(std::move(init), result)` for each result, in canonical order (or as they
    /// arrive, with Order::arrival).
    template <class Op, class T>
    T reduce(Op op, T init)
    {
        static_assert(std::is_invocable_r_v<T, Op&, T, R>,
                      "reduce(op, init) needs op(T, R) -> T, T being the type of init and R the "
                      "tasks' result.");
        use();
        auto const take = [&](R&& value) { init = op(std::move(init), std::move(value)); };
        auto const in_order = [&](R&& value, std::uint64_t) { take(std::move(value)); };
        if (job_->order() == Order::arrival)
            run(detail::ArrivalSink<R, decltype(take)>(take));
        else
            run(detail::OrderedSink<R, decltype(in_order)>(in_order));
        return init;
    }

    /// All results in task order, that of the input; what failed under OnFailure::collect is left
    /// out.
    std::vector<R> collect()
    {
        use();
        detail::CollectSink<R> sink;
        run(sink);
        return sink.finish();
    }

    /// The results as they arrive, or in canonical order, for a range-for.
    Results<R> results(Order order = Order::arrival)
    {
        use();
        auto state = std::make_unique<typename Results<R>::State>();
        auto& queue = state->queue;
        if (order == Order::canonical)
            state->sink = std::make_unique<detail::OrderedQueueSink<R>>(queue);
        else
            state->sink = std::make_unique<detail::QueueSink<R>>(queue);
        job_->send_to(*state->sink);
        return Results<R>(std::move(state), std::make_unique<detail::OpenJob>(*engine_, job_));
    }
    /// Iterates over results().
    auto begin()
    {
        iterated_ = std::make_unique<Results<R>>(results());
        return iterated_->begin();
    }
    std::default_sentinel_t end() const { return {}; }

    /// Runs all tasks, drops their results, and returns how many tasks were done.
    std::uint64_t wait()
    {
        use();
        job_->discard_results();
        detail::OpenJob(*engine_, job_).run();
        return job_->stats.tasks_done;
    }

    /// Made by Session.
    Starmap(detail::Engine& engine, std::shared_ptr<detail::JobOf<R>> job)
        : StarmapBase(engine, job->spec().name),
          job_(std::move(job))
    {
    }

protected:
    detail::Job const& any_job() const override { return *job_; }

private:
    template <class S>
    void run(S&& sink, std::optional<std::uint32_t> combiner = std::nullopt)
    {
        job_->send_to(sink, combiner);
        detail::OpenJob(*engine_, job_).run();
    }

    std::shared_ptr<detail::JobOf<R>> job_;
    std::unique_ptr<Results<R>> iterated_;
};

/// Tasks that return nothing: they can be waited for.
template <>
class Starmap<void> : public detail::StarmapBase {
public:
    /// Runs all tasks and returns how many were done.
    std::uint64_t wait()
    {
        use();
        detail::OpenJob(*engine_, job_).run();
        return job_->stats.tasks_done;
    }
    /// Refused when compiled, with a sentence: there is nothing to reduce or collect.
    template <class... Op>
    auto reduce(Op...)
    {
        static_assert(sizeof...(Op) == ~std::size_t{0},
                      "Tasks that return nothing cannot be reduced. Use wait().");
    }
    template <class... None>
    auto collect(None...)
    {
        static_assert(sizeof...(None) == ~std::size_t{0},
                      "Tasks that return nothing have no results to collect. Use wait().");
    }

    /// Made by Session.
    Starmap(detail::Engine& engine, std::shared_ptr<detail::JobOf<void>> job)
        : StarmapBase(engine, job->spec().name),
          job_(std::move(job))
    {
    }

protected:
    detail::Job const& any_job() const override { return *job_; }

private:
    std::shared_ptr<detail::JobOf<void>> job_;
};

/// A Starmap that takes further tasks, one a call, with these arguments.
template <class R, class First, class... Rest>
class Starmap<R, First, Rest...> : public Starmap<R> {
public:
    using Source = detail::SubmitSource<First, Rest...>;

    /// Adds a task. May be called before the results are asked for, and while they are iterated
    /// over.
    void submit(First first, Rest... rest)
    {
        source_->push({std::move(first), std::move(rest)...});
    }

    /// Made by Session.
    Starmap(detail::Engine& engine, std::shared_ptr<detail::JobOf<R>> job, Source& source)
        : Starmap<R>(engine, std::move(job)),
          source_(&source)
    {
    }

private:
    Source* source_;
};

} // namespace starmap
