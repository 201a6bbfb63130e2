#pragma once

#include <starmap/detail/open_job.hpp>
#include <starmap/detail/queue_sink.hpp>

#include <cstddef>
#include <iterator>
#include <memory>
#include <utility>

namespace starmap {

template <class R, class... Args>
class Starmap;

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
        R& operator*() const { return results_->state_->queue.front(); }
        R* operator->() const { return &results_->state_->queue.front(); }
        iterator& operator++()
        {
            results_->next();
            return *this;
        }
        void operator++(int) { results_->next(); }
        bool operator==(std::default_sentinel_t) const { return !results_->has_current_; }

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

    /// Ends this Starmap early, and no other: nothing more of it is begun, tasks that run may end,
    /// and the iteration goes on with their results and then ends. What was not run is no failure:
    /// it counts as not run. A task that runs is told by Monitor::deadline() that it has 0.9 of the
    /// setting `grace` left, as after SIGUSR1; the iteration waits no longer than `grace`, and a
    /// task may throw Interrupted, to count as not run. In canonical order the iteration ends at
    /// the first result that is missing. May be called at any time, and more than once.
    void stop() { open_->stop(); }

private:
    template <class, class...>
    friend class Starmap;
    struct State {
        detail::ResultQueue<R> queue;
        std::unique_ptr<detail::Sink<R>> sink;
    };
    Results(std::unique_ptr<State> state, std::unique_ptr<detail::OpenJob> open)
        : state_(std::move(state)),
          open_(std::move(open))
    {
    }
    void next()
    {
        if (std::exchange(has_current_, false)) state_->queue.pop();
        while (state_->queue.empty() && open_->advance()) {
        }
        has_current_ = !state_->queue.empty();
    }

    std::unique_ptr<State> state_;
    std::unique_ptr<detail::OpenJob> open_; ///< last to be made, first to go: it feeds state_
    bool has_current_ = false; ///< the front of the queue is what the iterator points to
    bool begun_ = false;
};

} // namespace starmap
