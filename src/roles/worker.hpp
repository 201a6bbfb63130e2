#pragma once

#include "execution/executor.hpp"
#include "records/memory_limit.hpp"
#include "transport/transport.hpp"

#include <starmap/detail/bytes.hpp>

#include <cstdint>
#include <deque>
#include <memory>
#include <set>
#include <string>
#include <vector>

namespace starmap::roles {

/// A worker: takes chunks from the manager, runs them, sends back what became of them. It never
/// waits inside; its owner calls step() until stopped().
///
/// Why it ends: the manager sends `stop` on every way out of main, and after `stop` nothing is
/// run. Why it loses nothing: every chunk that arrives is answered by a result frame with `last`
/// set - run, refused or cancelled - before the goodbye, unless the session is already over.
class Worker final : public execution::ExecutorHost {
public:
    Worker(transport::Transport& transport, int rank, std::string program);

    /// Introduces itself to the manager.
    void say_hello();
    /// Takes in what has arrived, then runs one chunk if there is one. False: nothing to do.
    bool step();
    /// The goodbye has left, or cannot leave any more.
    bool stopped() const noexcept { return stopped_; }
    int exit_code() const noexcept { return exit_code_; }

    bool interrupted(std::uint32_t job) override;
    void send(std::vector<wire::Parcel> frames) override;

private:
    struct WaitingChunk {
        std::uint32_t job = 0;
        detail::Bytes frame;
        double arrival = 0;
    };
    bool receive();
    void handle(detail::Bytes frame);
    void run(WaitingChunk const& chunk);
    void settle(std::size_t unsent);

    transport::Transport& transport_;
    int rank_;
    std::string program_;
    std::unique_ptr<execution::Executor> executor_;
    std::unique_ptr<records::MemoryWatch> memory_;
    std::deque<WaitingChunk> chunks_;
    std::set<std::uint32_t> cancelled_;
    bool stopping_ = false;
    bool stopped_ = false;
    int exit_code_ = 0;
};

} // namespace starmap::roles
