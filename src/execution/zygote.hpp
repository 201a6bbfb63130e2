#pragma once

#include "transport/frame_slots.hpp"

#include <starmap/detail/work_place.hpp>

#include <sys/types.h>

#include <cstddef>
#include <functional>
#include <map>
#include <memory>
#include <optional>

namespace starmap::execution {

/// Memory that a process shares with one that was forked for it; all zero at first.
class SharedPlace {
public:
    /// Takes the file over. Throws IoError.
    explicit SharedPlace(int file);
    /// Makes one. Throws IoError.
    static std::shared_ptr<SharedPlace> make();
    SharedPlace(SharedPlace const&) = delete;
    SharedPlace& operator=(SharedPlace const&) = delete;
    ~SharedPlace();

    detail::WorkPlace& place() noexcept { return memory_->place; }
    transport::FrameSlots& slots() noexcept { return memory_->slots; }
    int file() const noexcept { return file_; }

private:
    struct Memory {
        detail::WorkPlace place;
        alignas(64) transport::FrameSlots slots;
    };

    int file_;
    Memory* memory_ = nullptr;
};

/// How a process ended.
struct Death {
    int status = 0;                 ///< as wait() tells it; -1: nobody knows
    std::size_t peak_rss_bytes = 0; ///< largest resident memory it had
    bool for_memory = false;        ///< the kernel has killed it, it seems, for want of memory

    /// The exit code, or the negative number of the signal that killed it.
    int exit_code() const noexcept;
};

/// A process that was forked from the zygote, as seen by the one that asked for it.
struct Forked {
    pid_t pid = 0;
    int socket = -1; ///< this end of a stream socket to it; the caller closes it
    std::shared_ptr<SharedPlace> place;
};

/// A small process with one thread that was forked off before MPI and any thread came to be, and
/// forks others on request: a process that has MPI in it, or threads, cannot be forked safely.
///
/// Nothing outlives the process that started it: the zygote and all that it forks are killed by the
/// kernel when their parent dies, and the zygote ends them when its socket is closed.
class Zygote {
public:
    /// What a forked process does with its end of the socket; its return value is the exit code.
    using Body = std::function<int(int socket, std::shared_ptr<SharedPlace> place)>;

    /// Forks the zygote. Throws IoError.
    explicit Zygote(Body const& body);
    Zygote(Zygote const&) = delete;
    Zygote& operator=(Zygote const&) = delete;
    /// Kills all that was forked, and waits for the zygote to end.
    ~Zygote();

    /// Throws IoError if no process can be had: too many, no memory, or the zygote is gone.
    Forked fork();
    void kill(pid_t pid);
    /// How a forked process ended, once that is known.
    std::optional<Death> death(pid_t pid);
    /// The same, but waits so many seconds for it; then nobody knows.
    Death await_death(pid_t pid, double patience);

    struct Message;

private:
    /// The next message of the zygote, waiting for at most so many milliseconds.
    bool receive(Message& message, int milliseconds);
    void note(Message const& message);

    pid_t pid_ = 0;
    int control_ = -1;
    bool gone_ = false;
    std::map<pid_t, Death> deaths_; ///< that nobody has asked for yet
};

} // namespace starmap::execution
