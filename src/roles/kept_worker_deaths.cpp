// How a kept worker deals with the death of its process; the rest is in kept_worker.cpp.
#include "roles/kept_worker.hpp"

#include "base/clock.hpp"

#include <starmap/humansize.hpp>

#include <fmt/format.h>

#include <signal.h>
#include <sys/wait.h>

#include <algorithm>
#include <cstring>
#include <utility>

namespace starmap::roles {

namespace {

// How long a process may take to end whose line is closed, by itself and when it is killed.
constexpr double grace = 0.2;
constexpr double patience = 5.0;
// So often may processes die with no task to blame before the next task is blamed all the same.
constexpr std::uint32_t most_idle_deaths = 3;

/// A time that was read from memory which a task may have spoilt: none is later than now.
double believed(double time, double now) { return time >= 0 && time <= now ? time : now; }

std::string signal_text(int signal)
{
    char const* const name = ::sigabbrev_np(signal);
    char const* const text = ::sigdescr_np(signal);
    return fmt::format("signal {} (SIG{}: {})", signal, name != nullptr ? name : "?",
                       text != nullptr ? text : "unknown");
}

} // namespace

/// The process is gone.
void KeptWorker::bury()
{
    if (stopping_) {
        finished_ = true;
        to_tell_.push_back(wire::encode_text(wire::Kind::goodbye, ""));
        return;
    }
    auto ended = process_->await_death(grace);
    if (ended.status == -1 && killed_for_ == TaskStatus::ok) {
        kill(TaskStatus::crashed, "the process that ran it was ended (its line to the rest of the "
                                  "job was closed, maybe by a task that closes all files)");
        ended = process_->await_death(patience);
    }
    auto death = describe(ended);
    auto const& place = process_->place();
    auto const chunk = place.chunk.load();
    auto lost = std::find_if(held_.begin(), held_.end(),
                             [&](Held const& held) { return held.chunk == chunk; });
    if (lost != held_.end() && place.position >= lost->left) {
        idle_deaths_ = 0;
        // The place may have been overwritten: then nobody is blamed, and what was not reported
        // goes back.
        std::uint64_t const position = place.position;
        std::uint32_t const count = place.count;
        if (position < lost->end() && count <= lost->end() - position) {
            death.position = position;
            death.count = count;
        }
        death.start =
            std::max(believed(place.opened, base::now()), begun_ == place.begun ? begun_at_ : 0.0);
        save_items(*lost, death);
        death.duration = std::max(0.0, base::now() - death.start);
        if (death.count != 0 && death.position < lost->left + death.saved) {
            // Between two items, or behind the last.
            death.blameless = 1;
            death.count = 0;
        }
    } else if (!held_.empty() &&
               (held_.front().chunk == place.finished || ++idle_deaths_ > most_idle_deaths)) {
        // It was run, but its last results never came; or each process dies before it begins.
        idle_deaths_ = 0;
        lost = held_.begin();
        death.start = base::now();
        save_items(*lost, death);
        death.blameless = death.saved != 0 ? 1 : 0;
    } else {
        lost = held_.end();
    }
    if (lost != held_.end()) {
        death.start += run_clock_;
        death.saved_start += run_clock_;
        to_tell_.push_back(obituary(*lost, std::move(death)));
        held_.erase(lost);
    }
    let_go_of_begun();
    start();
}

/// The items of a map chunk that were done and not reported: their results are in the memory that
/// the process shared.
void KeptWorker::save_items(Held const& held, wire::Death& death) const
{
    auto const& log = process_->place().items;
    if (log.chunk != held.chunk || log.first != held.left) return;
    auto const left = static_cast<std::uint32_t>(held.end() - held.left);
    death.saved = std::min(log.done.load(), left);
    death.results = {log.results.data(), std::min<std::size_t>(log.bytes, log.results.size())};
    auto const now = base::now();
    auto const looked = std::max(believed(log.looked, now), death.start);
    death.saved_start = believed(log.started, now);
    death.saved_seconds = std::max(0.0, looked - death.saved_start);
    death.start = looked;
}

/// What is left of chunks that were reported in part, and of which no unit is to blame: another
/// process would run all of such a chunk, and report what was reported. This happens when the last
/// results were still on their way, and when the process died between two units; each time
/// something has been done, so it comes to an end.
void KeptWorker::let_go_of_begun()
{
    std::erase_if(held_, [this](Held const& held) {
        if (held.left == held.first) return false;
        auto frame = wire::start_frame(wire::Kind::result, held.job);
        frame.put(wire::ResultHead{.chunk = held.chunk});
        wire::seal(frame);
        to_tell_.push_back(std::move(frame));
        return true;
    });
}

detail::Bytes KeptWorker::obituary(Held const& held, wire::Death death) const
{
    death.chunk = held.chunk;
    death.peak_rss = std::max<std::uint64_t>(death.peak_rss, peak_rss_);
    return wire::encode(death, held.job);
}

wire::Death KeptWorker::describe(execution::Death const& death) const
{
    wire::Death told;
    told.exit_code = death.exit_code();
    told.peak_rss = death.peak_rss_bytes;
    if (killed_for_ != TaskStatus::ok) {
        told.status = killed_for_;
        told.text = killed_why_;
    } else if (death.status == -1) {
        told.text = "the process that ran it is gone, and nobody knows how";
    } else if (!WIFSIGNALED(death.status)) {
        told.text = fmt::format("it ended the process that ran it (by exit, with code {})",
                                WEXITSTATUS(death.status));
    } else {
        auto const signal = WTERMSIG(death.status);
        told.text = "the process that ran it was killed by " + signal_text(signal);
        auto const used = humansize(static_cast<double>(death.peak_rss_bytes));
        if (death.for_memory) {
            told.status = TaskStatus::memory;
            told.text +=
                fmt::format(", it seems for want of memory (the kernel counts a kill for that "
                            "in its cgroup); it used {} at most",
                            used);
        } else if (signal == SIGKILL) {
            told.text += fmt::format("; it used {} at most, and the system may have wanted that "
                                     "memory",
                                     used);
        }
    }
    return told;
}

} // namespace starmap::roles
