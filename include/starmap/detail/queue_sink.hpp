#pragma once

#include <starmap/detail/sink.hpp>

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <utility>
#include <vector>

namespace starmap::detail {

/// Results that wait for the consumer of an iteration.
template <class R>
class ResultQueue {
public:
    void push(R value, std::uint64_t bytes)
    {
        waiting_.push_back({std::move(value), bytes});
        bytes_ += bytes;
    }
    void pop()
    {
        bytes_ -= waiting_.front().bytes;
        waiting_.pop_front();
    }
    R& front() { return waiting_.front().value; }
    bool empty() const noexcept { return waiting_.empty(); }
    std::size_t size() const noexcept { return waiting_.size(); }
    std::uint64_t bytes() const noexcept { return bytes_; }

private:
    struct Waiting {
        R value;
        std::uint64_t bytes;
    };
    std::deque<Waiting> waiting_;
    std::uint64_t bytes_ = 0;
};

/// Keeps values until the consumer of an iteration takes them.
template <class R>
class QueueSink final : public Sink<R> {
public:
    explicit QueueSink(ResultQueue<R>& queue) : queue_(queue) {}
    void take(std::uint64_t, std::uint64_t, std::uint64_t, std::optional<R> value,
              std::uint64_t bytes) override
    {
        if (value) queue_.push(std::move(*value), bytes);
    }
    void take_emitted(Ended const&, std::uint64_t, std::vector<R> values,
                      std::uint64_t bytes) override
    {
        for (auto&& value : values) queue_.push(std::move(value), bytes / values.size());
    }
    Backlog backlog() const override { return {queue_.size(), queue_.bytes(), {}}; }

private:
    ResultQueue<R>& queue_;
};

/// The same, in canonical order.
template <class R>
class OrderedQueueSink final : public Sink<R> {
public:
    explicit OrderedQueueSink(ResultQueue<R>& queue) : queue_(queue), ordered_(Push{queue}) {}
    void take(std::uint64_t first, std::uint64_t count, std::uint64_t order, std::optional<R> value,
              std::uint64_t bytes) override
    {
        ordered_.take(first, count, order, std::move(value), bytes);
    }
    void take_emitted(Ended const& ended, std::uint64_t order, std::vector<R> values,
                      std::uint64_t bytes) override
    {
        ordered_.take_emitted(ended, order, std::move(values), bytes);
    }
    Backlog backlog() const override
    {
        auto backlog = ordered_.backlog();
        backlog.values += queue_.size();
        backlog.bytes += queue_.bytes();
        return backlog;
    }

private:
    struct Push {
        ResultQueue<R>& queue;
        void operator()(R&& value, std::uint64_t bytes) const
        {
            queue.push(std::move(value), bytes);
        }
    };
    ResultQueue<R>& queue_;
    OrderedSink<R, Push> ordered_;
};

} // namespace starmap::detail
