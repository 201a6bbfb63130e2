#include "execution/zygote_process.hpp"

#include "base/signals.hpp"
#include "execution/orphans.hpp"
#include "execution/passed_signals.hpp"
#include "records/process_tree.hpp"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <set>
#include <vector>

namespace starmap::execution {

namespace {

/// What all processes of a job get is rank 0's affair: it decides when the others end, and they end
/// with it in any case. A handler and not SIG_IGN: programs that a task starts get the usual
/// behaviour back.
void leave_signals_to_rank_0()
{
    struct sigaction action {};
    action.sa_handler = note_passed_signal;
    action.sa_flags = SA_RESTART;
    for (auto const signal : base::job_signals) ::sigaction(signal, &action, nullptr);
}

/// What tasks have started is to be ended, not just left: so the zygote must not be killed together
/// with the process that started it, as mpirun kills whole process groups.
void stand_apart()
{
    ::setpgid(0, 0);
    ::signal(SIGTTOU, SIG_IGN); // a message to a terminal that belongs to another group
    adopt_orphans();
}

/// When memory runs out, what runs a task is to go, not what keeps the job together.
void offer_to_the_oom_killer()
{
    int const file = ::open("/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC);
    if (file < 0) return;
    [[maybe_unused]] auto const written = ::write(file, "500", 3);
    ::close(file);
}

class ZygoteProcess {
public:
    ZygoteProcess(int control, Zygote::Body const& body) : control_(control), body_(body)
    {
        sigset_t child;
        ::sigemptyset(&child);
        ::sigaddset(&child, SIGCHLD);
        ::sigprocmask(SIG_BLOCK, &child, &usual_signals_);
        children_changed_ = ::signalfd(-1, &child, SFD_CLOEXEC | SFD_NONBLOCK);
    }

    [[noreturn]] void run()
    {
        for (;;) {
            std::array<pollfd, 2> waits{{{control_, POLLIN, 0}, {children_changed_, POLLIN, 0}}};
            auto const patience = strangers_ ? look_again_ms : -1;
            if (::poll(waits.data(), waits.size(), patience) < 0 && errno != EINTR) break;
            reap();
            strangers_ = orphans_are_claimed() && end_strangers();
            if (waits[0].revents != 0 && !serve()) break;
        }
        for (auto const child : children_) ::kill(child, SIGKILL);
        children_.clear();
        // Whoever ends may leave others, which are children by the time that its end is seen.
        do {
            if (orphans_are_claimed()) end_strangers();
        } while (::wait(nullptr) > 0 || errno == EINTR);
        ::_exit(0);
    }

private:
    bool serve()
    {
        Zygote::Message message;
        int files[2] = {-1, -1};
        auto const size = receive_message(control_, &message, sizeof message, files);
        if (size < 0 && errno == EINTR) return true;
        if (size != static_cast<long>(sizeof message)) return false;
        if (message.kind == ZygoteMessage::kill) {
            auto const pid = static_cast<pid_t>(message.pid);
            if (children_.contains(pid)) ::kill(pid, SIGKILL);
            return true;
        }
        auto const self = ::getpid();
        auto const pid = ::fork();
        if (pid == 0) become_executor(self, files);
        Zygote::Message answer{.kind = ZygoteMessage::forked,
                               .value = pid < 0 ? errno : 0,
                               .pid = pid,
                               .peak_rss_bytes = 0};
        if (pid > 0) children_.insert(pid);
        for (auto const file : files) ::close(file);
        return send_message(control_, &answer, sizeof answer, -1, -1);
    }

    [[noreturn]] void become_executor(pid_t zygote, int (&files)[2])
    {
        ::close(control_);
        ::close(children_changed_);
        ::sigprocmask(SIG_SETMASK, &usual_signals_, nullptr);
        die_with(zygote);
        note_that_tasks_run_alone();
        offer_to_the_oom_killer();
        int code = 1;
        try {
            code = body_(files[0], std::make_shared<SharedPlace>(files[1]));
        } catch (std::exception const& error) {
            std::fprintf(stderr, "error: an executor cannot go on: %s\n", error.what());
        }
        std::fflush(nullptr);
        ::_exit(code);
    }

    void reap()
    {
        signalfd_siginfo info{};
        while (::read(children_changed_, &info, sizeof info) > 0) {
        }
        int status = 0;
        rusage usage{};
        for (pid_t pid = 0; (pid = ::wait4(-1, &status, WNOHANG, &usage)) > 0;) {
            if (children_.erase(pid) == 0) continue; // it was left by one of them
            Zygote::Message const message{.kind = ZygoteMessage::died,
                                          .value = status,
                                          .pid = pid,
                                          .peak_rss_bytes =
                                              static_cast<std::uint64_t>(usage.ru_maxrss) * 1024};
            send_message(control_, &message, sizeof message, -1, -1);
        }
    }

    /// Kills what has become a child of this process because the executor that started it is gone.
    /// True if there was any.
    bool end_strangers() const
    {
        auto strangers = records::children_of(::getpid());
        std::erase_if(strangers, [&](pid_t child) { return children_.contains(child); });
        if (strangers.empty()) return false;
        for (auto const pid : records::with_descendants(strangers)) ::kill(pid, SIGKILL);
        return true;
    }

    static constexpr int look_again_ms = 10;

    int control_;
    Zygote::Body const& body_;
    int children_changed_ = -1;
    sigset_t usual_signals_{};
    std::set<pid_t> children_;
    bool strangers_ = false; ///< some were killed, and may have left others
};

} // namespace

void die_with(pid_t parent)
{
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (::getppid() != parent) ::_exit(1); // it died before that
}

void run_zygote(int control, Zygote::Body const& body)
{
    leave_signals_to_rank_0();
    if (orphans_are_claimed()) stand_apart();
    ZygoteProcess(control, body).run();
}

bool send_message(int control, void const* message, std::size_t size, int file1, int file2)
{
    iovec part{const_cast<void*>(message), size};
    msghdr header{};
    header.msg_iov = &part;
    header.msg_iovlen = 1;
    alignas(cmsghdr) std::array<char, CMSG_SPACE(2 * sizeof(int))> space{};
    if (file1 >= 0) {
        header.msg_control = space.data();
        header.msg_controllen = space.size();
        auto* const rights = CMSG_FIRSTHDR(&header);
        rights->cmsg_level = SOL_SOCKET;
        rights->cmsg_type = SCM_RIGHTS;
        rights->cmsg_len = CMSG_LEN(2 * sizeof(int));
        int const files[2] = {file1, file2};
        std::memcpy(CMSG_DATA(rights), files, sizeof files);
    }
    for (;;) {
        if (::sendmsg(control, &header, MSG_NOSIGNAL) == static_cast<ssize_t>(size)) return true;
        if (errno != EINTR) return false;
    }
}

long receive_message(int control, void* message, std::size_t size, int (&files)[2])
{
    iovec part{message, size};
    msghdr header{};
    header.msg_iov = &part;
    header.msg_iovlen = 1;
    alignas(cmsghdr) std::array<char, CMSG_SPACE(2 * sizeof(int))> space{};
    header.msg_control = space.data();
    header.msg_controllen = space.size();
    auto const came = ::recvmsg(control, &header, MSG_CMSG_CLOEXEC);
    if (came <= 0) return came;
    if (auto* const rights = CMSG_FIRSTHDR(&header); rights != nullptr &&
                                                     rights->cmsg_type == SCM_RIGHTS &&
                                                     rights->cmsg_len == CMSG_LEN(sizeof files))
        std::memcpy(files, CMSG_DATA(rights), sizeof files);
    return came;
}

} // namespace starmap::execution
