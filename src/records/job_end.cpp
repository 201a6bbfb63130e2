#include "records/job_end.hpp"

#include "base/clock.hpp"

#include <fmt/format.h>

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <charconv>
#include <string_view>
#include <system_error>

namespace starmap::records {

namespace {

/// A program that runs, what it prints, and its end: nothing of it outlives the object.
class Question {
public:
    explicit Question(std::array<char const*, 6> const& words)
    {
        std::array<int, 2> ends{-1, -1};
        if (::pipe2(ends.data(), O_CLOEXEC) != 0) return;
        read_end_ = ends[0];
        posix_spawn_file_actions_t files;
        ::posix_spawn_file_actions_init(&files);
        ::posix_spawn_file_actions_addopen(&files, 0, "/dev/null", O_RDONLY, 0);
        ::posix_spawn_file_actions_adddup2(&files, ends[1], 1);
        ::posix_spawn_file_actions_addopen(&files, 2, "/dev/null", O_WRONLY, 0);
        auto* const* const arguments = const_cast<char* const*>(words.data());
        error_ = ::posix_spawnp(&pid_, words[0], &files, nullptr, arguments, ::environ);
        ::posix_spawn_file_actions_destroy(&files);
        ::close(ends[1]);
    }
    Question(Question const&) = delete;
    Question& operator=(Question const&) = delete;
    ~Question()
    {
        if (read_end_ >= 0) ::close(read_end_);
        if (!started() || reaped_) return;
        ::kill(pid_, SIGKILL);
        ::waitpid(pid_, nullptr, 0);
    }

    bool started() const noexcept { return read_end_ >= 0 && error_ == 0; }
    bool is_missing() const noexcept { return error_ == ENOENT; }

    /// All that it prints; nothing if it does not end well within `patience` seconds.
    std::optional<std::string> answer(double patience)
    {
        std::string text;
        auto const give_up = base::now() + patience;
        for (;;) {
            auto const left = give_up - base::now();
            pollfd waiting{.fd = read_end_, .events = POLLIN, .revents = 0};
            if (left <= 0) return std::nullopt;
            auto const ready = ::poll(&waiting, 1, static_cast<int>(left * 1000) + 1);
            if (ready < 0 && errno != EINTR) return std::nullopt;
            if (ready <= 0) continue;
            std::array<char, 256> piece{};
            auto const length = ::read(read_end_, piece.data(), piece.size());
            if (length < 0) return std::nullopt;
            if (length == 0) break;
            text.append(piece.data(), static_cast<std::size_t>(length));
        }
        // It has closed its output, so its end is not far.
        int status = 0;
        while (::waitpid(pid_, &status, WNOHANG) == 0) {
            if (base::now() > give_up) return std::nullopt;
            ::poll(nullptr, 0, 1);
        }
        reaped_ = true;
        if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) return std::nullopt;
        return text;
    }

private:
    pid_t pid_ = 0;
    int read_end_ = -1;
    int error_ = 0;
    bool reaped_ = false;
};

std::optional<double> number(std::string_view text)
{
    double value = 0;
    auto const [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
    return value;
}

} // namespace

std::optional<double> slurm_seconds(std::string const& text)
{
    std::string_view rest = text;
    double days = 0;
    auto const dash = rest.find('-');
    if (dash != std::string_view::npos) {
        auto const parsed = number(rest.substr(0, dash));
        if (!parsed) return std::nullopt;
        days = *parsed;
        rest.remove_prefix(dash + 1);
    }
    double seconds = 0;
    for (bool more = true; more;) {
        auto const colon = rest.find(':');
        auto const part = number(rest.substr(0, colon));
        if (!part || *part < 0) return std::nullopt;
        seconds = 60 * seconds + *part;
        more = colon != std::string_view::npos;
        if (more) rest.remove_prefix(colon + 1);
    }
    return 86400 * days + seconds;
}

JobEnd slurm_job_end(std::function<char const*(char const*)> const& variable, double now,
                     double patience)
{
    auto const* const job = variable("SLURM_JOB_ID");
    if (job == nullptr) return {};
    if (auto const* const end = variable("SLURM_JOB_END_TIME"))
        if (auto const time = number(end)) return {.time = time, .warning = ""};
    // The number of the last task of an array is also that of the array.
    std::string name = job;
    auto const* const array = variable("SLURM_ARRAY_JOB_ID");
    auto const* const task = variable("SLURM_ARRAY_TASK_ID");
    if (array != nullptr && task != nullptr) name = fmt::format("{}_{}", array, task);
    auto const option = "--jobs=" + name;
    Question question({"squeue", "--noheader", option.c_str(), "--format=%L", nullptr, nullptr});
    if (question.is_missing()) return {}; // a node without Slurm's commands, a container say
    auto const answer = question.started() ? question.answer(patience) : std::nullopt;
    if (!answer)
        return {.time = std::nullopt,
                .warning = fmt::format("It is not known when Slurm's job {} ends (squeue gave no "
                                       "answer within {} s); STARMAP_DEADLINE can tell it",
                                       name, patience)};
    auto const left = slurm_seconds(answer->substr(0, answer->find_first_of(" \n")));
    return {.time = left ? std::optional(now + *left) : std::nullopt, .warning = ""};
}

} // namespace starmap::records
