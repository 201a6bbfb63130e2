#pragma once

#include "execution/executor.hpp"
#include "records/memory_limit.hpp"
#include "roles/relay.hpp"
#include "transport/transport.hpp"
#include "wire/frame.hpp"

#include <starmap/detail/bytes.hpp>

#include <cstdint>
#include <deque>
#include <functional>
#include <limits>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace starmap::roles {

/// A worker: takes chunks from the manager, runs them, sends back what became of them. It never
/// waits inside; its owner calls step() until stopped().
///
/// Why it ends: the manager sends `stop` on every way out of main, and after `stop` nothing is
/// run; what was still to be handed on by others arrives (docs/design.md has the argument). Why it
/// loses nothing: every chunk that arrives is answered by a result frame with `last`
/// set - run, refused or cancelled - before the goodbye, unless the session is already over.
class Worker final : public execution::ExecutorHost {
public:
    /// How the process is that it works in.
    struct Process {
        detail::WorkPlace* place = nullptr; ///< where to tell what it is at, if somebody looks
        bool among_threads = false;         ///< others work in threads of it
    };
    Worker(transport::Transport& transport, int rank, std::string program, Process process);
    Worker(transport::Transport& transport, int rank, std::string program)
        : Worker(transport, rank, std::move(program), Process{})
    {
    }

    /// Introduces itself to the manager; `node` for those that pretend to be on one of their own.
    void say_hello(std::string const& node = "");
    /// Takes in what has arrived, then runs one chunk if there is one. False: nothing to do.
    bool step();
    /// The goodbye has left, or cannot leave any more.
    bool stopped() const noexcept { return stopped_; }
    int exit_code() const noexcept { return exit_code_; }

    bool interrupted(std::uint32_t job) override;
    double deadline() override;
    /// Where the manager cannot send while a task runs, as it is in the same thread: looks by
    /// itself, before each item and when a task asks for its deadline.
    void look_for_deadline(std::function<wire::Deadline()> look) { look_ = std::move(look); }
    void send(std::vector<wire::Parcel> frames) override;

private:
    struct WaitingChunk {
        std::uint32_t job = 0;
        std::uint64_t number = 0;
        detail::Bytes frame;
        double arrival = 0;
    };
    bool receive();
    void note(wire::Deadline const& deadline);
    void note(wire::Deadline const& deadline, std::uint32_t job);
    void handle(detail::Bytes frame);
    void take_opening(std::uint32_t job, detail::Bytes frame);
    void close(std::uint32_t job);
    void recall(std::uint64_t number);
    /// The first that can be run or refused; the end if there is none.
    std::deque<WaitingChunk>::iterator next_chunk();
    void run(WaitingChunk const& chunk);
    void run_or_answer(WaitingChunk const& chunk);
    void settle(std::size_t unsent);

    transport::Transport& transport_;
    int rank_;
    std::string program_;
    Process process_;
    Relay relay_;
    std::unique_ptr<execution::Executor> executor_;
    std::unique_ptr<records::MemoryWatch> memory_;
    std::deque<WaitingChunk> chunks_;
    std::set<std::uint32_t> cancelled_;
    std::map<std::uint32_t, double>
        ends_; ///< when tasks of a job that was stopped are to have ended
    /// Where a job stands of which something was heard. Its opening may come by way of another
    /// worker, so that all that comes from the manager may overtake it.
    enum class Stage : std::uint8_t {
        not_opened,
        opened,
        lacking, ///< it has come, but names memory that cannot be reached; another one will come
        closed_before_opened,
    };
    std::map<std::uint32_t, Stage> stages_;
    std::vector<detail::Bytes> early_; ///< openings that came before the welcome
    std::uint64_t openings_due_ = 0;   ///< with `stop`: how many will have come in the end
    std::uint64_t running_ = 0;        ///< the chunk that is being run; 0: none
    std::uint32_t running_job_ = 0;    ///< its job
    std::uint64_t recalled_ = 0;       ///< the chunk whose rest is to be given back
    std::function<wire::Deadline()> look_;
    double deadline_ = std::numeric_limits<double>::infinity();
    double heard_ = 0; ///< when the deadline was last looked for
    bool draining_ = false;
    bool stopping_ = false;
    bool stopped_ = false;
    int exit_code_ = 0;
};

} // namespace starmap::roles
