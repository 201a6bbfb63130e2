#pragma once

#include <starmap/detail/task_job.hpp>
#include <starmap/error.hpp>
#include <starmap/stats.hpp>
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

namespace detail {

/// `left + right`, by += where there is one.
struct Add {
    template <class R>
    R operator()(R&& left, R&& right) const
    {
        if constexpr (std::is_arithmetic_v<R>) {
            return static_cast<R>(left + right);
        } else if constexpr (requires { left += std::move(right); }) {
            left += std::move(right);
            return std::move(left);
        } else {
            return std::move(left) + std::move(right);
        }
    }
};

template <class R>
concept Addable = requires(R a, R b)
{
    a += std::move(b);
}
|| requires(R a, R b)
{
    {
        std::move(a) + std::move(b)
        } -> std::convertible_to<R>;
};

[[noreturn]] void refuse_second_use(std::string const& name);

/// Opens a job, and leaves it in order however the scope is left. It shares in the job, so that
/// results can outlive a Starmap that was a temporary.
class OpenJob {
public:
    OpenJob(Engine& engine, std::shared_ptr<Job> job) : engine_(engine), job_(std::move(job))
    {
        engine.open(*job_);
    }
    OpenJob(OpenJob const&) = delete;
    OpenJob& operator=(OpenJob const&) = delete;
    ~OpenJob()
    {
        if (!done_) engine_.abandon(*job_);
    }
    bool advance()
    {
        if (!done_) done_ = !engine_.advance(*job_);
        return !done_;
    }
    void run()
    {
        while (advance()) {
        }
    }

private:
    Engine& engine_;
    std::shared_ptr<Job> job_;
    bool done_ = false;
};

/// What all Starmaps have, whatever their result.
class StarmapBase {
public:
    /// What failed under OnFailure::collect, or so far.
    std::vector<TaskError> const& failures() const { return any_job().failures; }
    /// The bookkeeping: complete once the Starmap was consumed.
    Stats const& stats() const { return any_job().stats; }

protected:
    StarmapBase(Engine& engine, std::string name) : engine_(&engine), name_(std::move(name)) {}
    StarmapBase(StarmapBase&&) noexcept = default;
    StarmapBase& operator=(StarmapBase&&) noexcept = default;
    virtual ~StarmapBase() = default;

    virtual Job const& any_job() const = 0;
    void use()
    {
        if (std::exchange(used_, true)) refuse_second_use(name_);
    }

    Engine* engine_;
    std::string name_;
    bool used_ = false;
};

} // namespace detail

/// The results of a Starmap, taken one by one: an input range. Leaving it early drops the rest:
/// what was not started is not, what runs is awaited when the session next waits.
template <class R>
class Results {
public:
    class iterator {
    public:
        using value_type = R;
        using difference_type = std::ptrdiff_t;
        using iterator_concept = std::input_iterator_tag;

        iterator() = default;
        R& operator*() const { return *results_->current_; }
        R* operator->() const { return &*results_->current_; }
        iterator& operator++()
        {
            results_->next();
            return *this;
        }
        void operator++(int) { results_->next(); }
        bool operator==(std::default_sentinel_t) const { return !results_->current_; }

    private:
        friend class Results;
        explicit iterator(Results& results) : results_(&results) {}
        Results* results_ = nullptr;
    };

    iterator begin()
    {
        if (!std::exchange(begun_, true)) next();
        return iterator(*this);
    }
    std::default_sentinel_t end() const { return {}; }

private:
    template <class, class...>
    friend class Starmap;
    struct State {
        std::deque<R> queue;
        std::unique_ptr<detail::Sink<R>> sink;
    };
    Results(std::unique_ptr<State> state, std::unique_ptr<detail::OpenJob> open)
        : state_(std::move(state)),
          open_(std::move(open))
    {
    }
    void next()
    {
        while (state_->queue.empty() && open_->advance()) {
        }
        current_.reset();
        if (state_->queue.empty()) return;
        current_.emplace(std::move(state_->queue.front()));
        state_->queue.pop_front();
    }

    std::unique_ptr<State> state_;
    std::unique_ptr<detail::OpenJob> open_; ///< last to be made, first to go: it feeds state_
    std::optional<R> current_;
    bool begun_ = false;
};

template <class R, class... Args>
class Starmap;

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
        if (job_->chunks_vary()) {
            detail::NeighbourSink<R, Op> sink(std::move(op));
            run(sink);
            return sink.finish().value_or(R{});
        }
        std::optional<std::uint32_t> combiner;
        if constexpr (std::is_empty_v<Op> && std::is_default_constructible_v<Op>)
            combiner = detail::combiner_registration<detail::Combiner<R, Op>>.index();
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
        if (job_->order() == Order::arrival)
            run(detail::ArrivalSink<R, decltype(take)>(take));
        else
            run(detail::OrderedSink<R, decltype(take)>(take));
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
        if (order == Order::canonical) {
            auto const take = [&queue](R&& value) { queue.push_back(std::move(value)); };
            state->sink = std::make_unique<detail::OrderedSink<R, decltype(take)>>(take);
        } else {
            state->sink = std::make_unique<detail::QueueSink<R>>(queue);
        }
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
