#pragma once

#include "wire/frame.hpp"

#include <starmap/detail/chunk_run.hpp>
#include <starmap/detail/segment.hpp>

#include <cstdint>
#include <functional>
#include <limits>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace starmap::execution {

/// What a worker must know to run tasks.
struct WorkerIdentity {
    std::uint32_t worker = 0;
    int rank = 0;
    std::uint64_t seed = 0;
    double run_clock = 0; ///< to add to base::now(): seconds since the start of the run
    detail::WorkPlace* place = nullptr; ///< where it is to tell what it is at, if somebody looks
    bool among_threads = false;         ///< other workers are threads of the same process
};

/// An open frame. It may have other owners: those to whom it is being handed on.
struct Opening {
    std::shared_ptr<detail::Bytes const> frame;
    std::vector<std::shared_ptr<detail::Segment const>> segments = {}; ///< that its state names

    explicit Opening(std::shared_ptr<detail::Bytes const> whole) : frame(std::move(whole)) {}
    Opening(detail::Bytes whole) // NOLINT: a frame is an opening
        : frame(std::make_shared<detail::Bytes const>(std::move(whole)))
    {
    }
};

/// What an executor needs of the worker around it.
class ExecutorHost {
public:
    virtual ~ExecutorHost() = default;
    /// True when the chunk of this job that runs now is no longer wanted.
    virtual bool interrupted(std::uint32_t job) = 0;
    /// When tasks are to have ended, in seconds since 1970; infinite for never.
    virtual double deadline() { return std::numeric_limits<double>::infinity(); }
    /// Takes sealed frames for the manager that belong together, in order.
    virtual void send(std::vector<wire::Parcel> frames) = 0;
    void send_one(detail::Bytes frame)
    {
        std::vector<wire::Parcel> one;
        one.emplace_back(std::move(frame));
        send(std::move(one));
    }
};

/// Runs tasks: inside the process, later in a thread or a forked process. A result frame goes to
/// the host for each piece of a chunk, and one with `last` set ends it, whatever happens.
class Executor {
public:
    virtual ~Executor() = default;
    /// A job's callable and shared arguments.
    virtual void open(std::uint32_t job, Opening opening) = 0;
    virtual void close(std::uint32_t job) = 0;
    /// Runs a chunk (the body of a chunk frame), which arrived at `arrival` on base::now()'s clock.
    virtual void run(std::uint32_t job, detail::ByteReader body, double arrival) = 0;
    /// Answers a chunk that is to be run by another worker.
    virtual void give_back(std::uint32_t job, detail::ByteReader body) = 0;
    /// Answers a chunk without running it. `why` is empty when it was merely not wanted any more.
    virtual void refuse(std::uint32_t job, detail::ByteReader body, TaskStatus status,
                        std::string const& why) = 0;
};

} // namespace starmap::execution
