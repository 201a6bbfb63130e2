#include "execution/zygote.hpp"

#include "base/clock.hpp"
#include "execution/orphans.hpp"
#include "execution/zygote_process.hpp"

#include <starmap/error.hpp>

#include <fmt/format.h>

#include <fcntl.h>
#include <poll.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <new>
#include <utility>

namespace starmap::execution {

namespace {

// The zygote has nothing else to do than to answer.
constexpr int patience_ms = 30'000;

[[noreturn]] void fail(char const* what, int why)
{
    throw IoError(fmt::format("A process for tasks cannot be started ({}: {}). Raise the limits of "
                              "processes and open files (ulimit -u, -n), or set "
                              "--starmap-isolate=off.",
                              what, std::strerror(why)));
}

} // namespace

SharedPlace::SharedPlace(int file) : file_(file)
{
    auto* const address =
        ::mmap(nullptr, sizeof(Memory), PROT_READ | PROT_WRITE, MAP_SHARED, file_, 0);
    if (address == MAP_FAILED) {
        auto const why = errno;
        ::close(file_);
        fail("mmap", why);
    }
    memory_ = std::launder(static_cast<Memory*>(address));
}

std::shared_ptr<SharedPlace> SharedPlace::make()
{
    int const file = ::memfd_create("starmap place", MFD_CLOEXEC);
    if (file < 0) fail("memfd_create", errno);
    if (::ftruncate(file, sizeof(Memory)) != 0) {
        auto const why = errno;
        ::close(file);
        fail("ftruncate", why);
    }
    // All zero, as a new file is, is what its members begin with; touching it would take memory.
    return std::make_shared<SharedPlace>(file);
}

SharedPlace::~SharedPlace()
{
    ::munmap(memory_, sizeof *memory_);
    ::close(file_);
}

int Death::exit_code() const noexcept
{
    if (status == -1) return -1;
    return WIFSIGNALED(status) ? -WTERMSIG(status) : WEXITSTATUS(status);
}

Zygote::Zygote(Body const& body)
{
    int ends[2];
    if (::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) != 0)
        fail("socketpair", errno);
    // What is in the buffers of stdout would be written by each process once more.
    std::fflush(nullptr);
    auto const parent = ::getpid();
    pid_ = ::fork();
    if (pid_ == 0) {
        ::close(ends[0]);
        // Else it ends by its closed socket, once it has ended what tasks have started.
        if (!orphans_are_claimed()) die_with(parent);
        run_zygote(ends[1], body);
    }
    auto const why = errno;
    ::close(ends[1]);
    control_ = ends[0];
    if (pid_ < 0) {
        ::close(control_);
        fail("fork", why);
    }
}

Zygote::~Zygote()
{
    ::close(control_);
    while (::waitpid(pid_, nullptr, 0) < 0 && errno == EINTR) {
    }
}

Forked Zygote::fork()
{
    Forked forked;
    int ends[2];
    if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0) fail("socketpair", errno);
    forked.socket = ends[0];
    Message message;
    int why = 0;
    try {
        forked.place = SharedPlace::make();
        Message const request{.kind = ZygoteMessage::fork};
        if (!send_message(control_, &request, sizeof request, ends[1], forked.place->file())) {
            gone_ = true;
            fail("the zygote is gone", errno);
        }
        do {
            if (!receive(message, patience_ms)) fail("the zygote does not answer", ETIMEDOUT);
            note(message);
        } while (message.kind != ZygoteMessage::forked);
        why = message.value;
        if (why != 0) fail("fork", why);
    } catch (...) {
        ::close(ends[0]);
        ::close(ends[1]);
        throw;
    }
    ::close(ends[1]);
    forked.pid = static_cast<pid_t>(message.pid);
    return forked;
}

void Zygote::kill(pid_t pid)
{
    Message const request{.kind = ZygoteMessage::kill, .value = 0, .pid = pid};
    if (!send_message(control_, &request, sizeof request, -1, -1)) gone_ = true;
}

std::optional<Death> Zygote::death(pid_t pid)
{
    Message message;
    while (receive(message, 0)) note(message);
    auto const known = deaths_.extract(pid);
    if (!known.empty()) return known.mapped();
    if (gone_) return Death{.status = -1};
    return std::nullopt;
}

Death Zygote::await_death(pid_t pid, double patience)
{
    auto const give_up = base::now() + patience;
    for (;;) {
        if (auto const known = death(pid)) return *known;
        auto const left = give_up - base::now();
        if (left <= 0) return Death{.status = -1};
        Message message;
        if (receive(message, std::max(1, static_cast<int>(left * 1000)))) note(message);
    }
}

bool Zygote::receive(Message& message, int milliseconds)
{
    for (;;) {
        if (gone_) return false;
        pollfd wait{.fd = control_, .events = POLLIN, .revents = 0};
        auto const ready = ::poll(&wait, 1, milliseconds);
        if (ready < 0 && errno == EINTR) continue;
        if (ready <= 0) return false;
        int files[2] = {-1, -1};
        auto const size = receive_message(control_, &message, sizeof message, files);
        if (size < 0 && errno == EINTR) continue;
        if (size == static_cast<long>(sizeof message)) return true;
        gone_ = true;
        return false;
    }
}

void Zygote::note(Message const& message)
{
    if (message.kind == ZygoteMessage::died)
        deaths_[static_cast<pid_t>(message.pid)] = {.status = message.value,
                                                    .peak_rss_bytes = message.peak_rss_bytes};
}

} // namespace starmap::execution
