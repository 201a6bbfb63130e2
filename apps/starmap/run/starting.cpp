#include "run/starting.hpp"

#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstddef>

namespace starmap::farm {

namespace {

#ifdef SYS_close_range
constexpr long close_range_number = SYS_close_range;
#else
constexpr long close_range_number = 436; // of all architectures
#endif
#ifdef SYS_pidfd_open
constexpr long pidfd_open_number = SYS_pidfd_open;
#else
constexpr long pidfd_open_number = 434;
#endif
#ifndef CLONE_PIDFD
#define CLONE_PIDFD 0x00001000
#endif

constexpr int first_file = 3;
constexpr int files_without_close_range = 1024;

/// In the memory of both.
struct Shared {
    Start const* start = nullptr;
    pid_t parent = 0;
    int volatile error = 0;
};

/// Handlers become the usual reaction by execve(), but what is ignored stays so.
[[gnu::no_sanitize_address]] void reset_signals()
{
    struct sigaction action {};
    for (int signal = 1; signal < NSIG; ++signal)
        if (::sigaction(signal, nullptr, &action) == 0 && action.sa_handler == SIG_IGN) {
            action = {};
            action.sa_handler = SIG_DFL;
            ::sigaction(signal, &action, nullptr);
        }
    sigset_t none;
    ::sigemptyset(&none);
    ::sigprocmask(SIG_SETMASK, &none, nullptr);
}

[[gnu::no_sanitize_address]] void ignore_warnings()
{
    struct sigaction action {};
    action.sa_handler = SIG_IGN;
    ::sigaction(SIGUSR1, &action, nullptr);
    ::sigaction(SIGUSR2, &action, nullptr);
}

/// The kernel counts the peak memory of this process in that of a command, as that begins in the
/// same memory. So the peak becomes what is in use now, or a command would seem to take what an
/// earlier one has printed.
void forget_peak() noexcept
{
    static int const file = ::open("/proc/self/clear_refs", O_WRONLY | O_CLOEXEC);
    if (file < 0) return; // a kernel without it
    [[maybe_unused]] auto const written = ::write(file, "5", 1);
}

/// What runs in the new process, in the memory of the old one: system calls, and nothing else; not
/// what a sanitizer adds either, as the stack is not the thread's.
[[gnu::no_sanitize_address]] int become_program(void* argument)
{
    auto& shared = *static_cast<Shared*>(argument);
    auto const& start = *shared.start;
    ::setsid();
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (::getppid() != shared.parent) ::_exit(127); // it died before that
    reset_signals();
    if (start.ignores_warnings) ignore_warnings();
    if (::dup2(start.in, 0) < 0 || ::dup2(start.out, 1) < 0 || ::dup2(start.err, 2) < 0) {
        shared.error = errno;
        ::_exit(127);
    }
    if (::syscall(close_range_number, first_file, ~0U, 0) != 0)
        for (int file = first_file; file < files_without_close_range; ++file) ::close(file);
    ::execve(start.path, start.arguments, start.environment);
    shared.error = errno;
    ::_exit(127);
}

} // namespace

[[gnu::no_sanitize_address]] Started start_process(Start const& start)
{
    constexpr std::size_t stack_size = 64 * 1024;
    alignas(64) std::array<char, stack_size> stack;
    Shared shared{.start = &start, .parent = ::getpid()};
    Started started;
    forget_peak();
    sigset_t all;
    sigset_t usual;
    ::sigfillset(&all);
    // No handler of this process is to run in the other, as it would do so in the same memory.
    ::pthread_sigmask(SIG_BLOCK, &all, &usual);
    started.pid = ::clone(become_program, stack.data() + stack.size(),
                          CLONE_VM | CLONE_VFORK | CLONE_PIDFD | SIGCHLD, &shared, &started.pidfd);
    started.error = started.pid < 0 ? errno : shared.error;
    ::pthread_sigmask(SIG_SETMASK, &usual, nullptr);
    if (started.pid > 0 && shared.error != 0) {
        started.is_of_program = true;
        siginfo_t ended{};
        while (::waitid(P_PID, static_cast<id_t>(started.pid), &ended, WEXITED) != 0 &&
               errno == EINTR) {
        }
        if (started.pidfd >= 0) ::close(started.pidfd);
        return {.pid = 0, .pidfd = -1, .error = shared.error, .is_of_program = true};
    }
    if (started.pid > 0 && started.pidfd < 0) // CLONE_PIDFD is from 5.2
        started.pidfd = static_cast<int>(::syscall(pidfd_open_number, started.pid, 0));
    return started;
}

} // namespace starmap::farm
