#pragma once

#include "transport/queue.hpp"

#include <cstdint>
#include <memory>
#include <string>
#include <thread>
#include <vector>

namespace starmap::roles {

/// Workers in threads of the manager's process, for tasks that share big data and are safe to run
/// side by side. They end when the manager sends them home.
class WorkerThreads {
public:
    WorkerThreads(std::uint32_t count, std::string const& program);
    WorkerThreads(WorkerThreads const&) = delete;
    WorkerThreads& operator=(WorkerThreads const&) = delete;
    /// Waits for them; they must have been sent home.
    ~WorkerThreads();

    /// The manager's end of the lines to them.
    transport::Transport& line() noexcept { return *ends_.front(); }

private:
    transport::QueueHub hub_;
    std::vector<std::unique_ptr<transport::Transport>> ends_;
    std::vector<std::thread> threads_;
};

} // namespace starmap::roles
