#pragma once

#include "execution/executor.hpp"

#include <starmap/detail/registry.hpp>

#include <map>
#include <memory>
#include <string>
#include <vector>

namespace starmap::execution {

/// Runs tasks in the calling process and thread.
class InlineExecutor final : public Executor {
public:
    /// The host must outlive it.
    InlineExecutor(WorkerIdentity identity, ExecutorHost& host) : identity_(identity), host_(host)
    {
    }

    void open(std::uint32_t job, Opening opening) override;
    void close(std::uint32_t job) override { jobs_.erase(job); }
    void run(std::uint32_t job, detail::ByteReader body, double arrival) override;
    void give_back(std::uint32_t job, detail::ByteReader body) override;
    void refuse(std::uint32_t job, detail::ByteReader body, TaskStatus status,
                std::string const& why) override;

private:
    class Host;
    struct Job {
        std::shared_ptr<detail::Bytes const> frame; ///< not read yet; null afterwards
        std::vector<std::shared_ptr<detail::Segment const>> segments;
        detail::RunContext context;
        std::unique_ptr<detail::Kernel> kernel;
    };
    /// Decodes the state at the first chunk, so that what it throws is a failure of tasks.
    void make_ready(Job& job);

    WorkerIdentity identity_;
    ExecutorHost& host_;
    std::map<std::uint32_t, Job> jobs_;
};

} // namespace starmap::execution
