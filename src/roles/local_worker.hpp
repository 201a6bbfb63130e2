#pragma once

#include "roles/worker.hpp"
#include "transport/queue.hpp"

#include <memory>
#include <string>

namespace starmap::roles {

/// A worker inside the manager's process and thread: it works when the manager steps it.
class LocalWorker {
public:
    explicit LocalWorker(std::string program)
        : hub_(2),
          manager_end_(hub_.end(0)),
          worker_end_(hub_.end(1)),
          worker_(*worker_end_, 0, std::move(program))
    {
    }
    Worker& worker() noexcept { return worker_; }
    /// The manager's end of the line to it; the worker is peer 1.
    transport::Transport& line() noexcept { return *manager_end_; }

private:
    transport::QueueHub hub_;
    std::unique_ptr<transport::Transport> manager_end_;
    std::unique_ptr<transport::Transport> worker_end_;
    Worker worker_;
};

} // namespace starmap::roles
