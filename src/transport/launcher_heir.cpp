#include "transport/launcher_heir.hpp"

#include "base/signals.hpp"

#include <dirent.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <string_view>
#include <system_error>
#include <vector>

namespace starmap::transport {

namespace {

/// The ranks end when they miss their launcher, within that time; they use nothing of the folder.
constexpr int longest_end_ms = 3000;

int pidfd_of(pid_t process) { return static_cast<int>(::syscall(SYS_pidfd_open, process, 0)); }

bool ended_within(int process, int milliseconds)
{
    pollfd each{process, POLLIN, 0};
    for (;;) {
        auto const ready = ::poll(&each, 1, milliseconds);
        if (ready >= 0 || errno != EINTR) return ready > 0;
    }
}

bool is_own_folder(std::string const& path)
{
    struct stat status {};
    return ::lstat(path.c_str(), &status) == 0 && S_ISDIR(status.st_mode) &&
           status.st_uid == ::geteuid();
}

/// mpirun waits for its pipes to be closed, and a shell for its terminal.
void close_all_but(std::array<int, 2> const& kept)
{
    std::vector<int> open;
    if (auto* const folder = ::opendir("/proc/self/fd")) {
        while (auto const* const entry = ::readdir(folder))
            open.push_back(std::atoi(entry->d_name));
        ::closedir(folder);
    }
    for (auto const file : open)
        if (file > 2 && file != kept[0] && file != kept[1]) ::close(file);
    int const nothing = ::open("/dev/null", O_RDWR | O_CLOEXEC);
    for (auto const file : {0, 1, 2}) ::dup2(nothing, file);
}

[[noreturn]] void be_heir(LauncherFolder const& folder, int launcher, int rank)
{
    ::setsid(); // mpirun signals the groups of its ranks, a terminal its session
    for (auto const signal : base::job_signals) ::signal(signal, SIG_IGN);
    ::prctl(PR_SET_NAME, "starmap heir");
    close_all_but({launcher, rank});
    if (::chdir("/") != 0) ::_exit(1); // a file system that is in use cannot be unmounted
    // What mpirun has as its folder may be taken from it in its last moments: it is used no more.
    if (ended_within(launcher, -1) && is_own_folder(folder.path)) {
        ended_within(rank, longest_end_ms);
        std::error_code ignored;
        std::filesystem::remove_all(folder.path, ignored);
        // As mpirun does. It stays where others have theirs in it.
        ::rmdir(std::filesystem::path(folder.path).parent_path().c_str());
    }
    ::_exit(0);
}

} // namespace

LauncherFolder launcher_folder(std::function<char const*(char const*)> const& variable)
{
    auto const* const path = variable("OMPI_MCA_orte_jobfam_session_dir");
    auto const* const local_rank = variable("OMPI_COMM_WORLD_LOCAL_RANK");
    if (path == nullptr || local_rank == nullptr || std::string_view(local_rank) != "0") return {};
    auto const name = std::filesystem::path(path).filename().string();
    constexpr std::string_view start = "pid.";
    if (!name.starts_with(start) || *path != '/') return {};
    pid_t process = 0;
    auto const* const end = name.data() + name.size();
    auto const [at, error] = std::from_chars(name.data() + start.size(), end, process);
    if (error != std::errc{} || at != end || process <= 1) return {};
    return {.path = path, .process = process};
}

void leave_heir()
{
    auto const folder = launcher_folder([](char const* name) { return std::getenv(name); });
    if (folder.path.empty() || !is_own_folder(folder.path)) return;
    // On kernels before 5.3 there are none, and nobody to watch with.
    int const launcher = pidfd_of(folder.process);
    int const rank = pidfd_of(::getpid());
    if (launcher >= 0 && rank >= 0) {
        std::fflush(nullptr);
        // No child of this process: a program that waits for all of its own would wait for ever.
        auto const between = ::fork();
        if (between == 0) {
            if (::fork() == 0) be_heir(folder, launcher, rank);
            ::_exit(0);
        }
        while (between > 0 && ::waitpid(between, nullptr, 0) < 0 && errno == EINTR) {
        }
    }
    for (auto const file : {launcher, rank})
        if (file >= 0) ::close(file);
}

} // namespace starmap::transport
