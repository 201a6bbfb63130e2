#include "roles/kept_worker.hpp"

#include "base/clock.hpp"
#include "records/usage.hpp"

#include <starmap/error.hpp>
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
constexpr double memory_every = 20e-3;

std::string signal_text(int signal)
{
    char const* const name = ::sigabbrev_np(signal);
    char const* const text = ::sigdescr_np(signal);
    return fmt::format("signal {} (SIG{}: {})", signal, name != nullptr ? name : "?",
                       text != nullptr ? text : "unknown");
}

} // namespace

KeptWorker::KeptWorker(execution::Zygote& zygote) : zygote_(zygote) { start(); }

void KeptWorker::start()
{
    process_ = zygote_.fork();
    line_ = std::make_unique<transport::SocketLine>(
        process_.socket,
        std::shared_ptr<transport::FrameSlots>(process_.place, &process_.place->slots()));
    ++processes_;
    begun_ = 0;
    begun_at_ = base::now();
    peak_rss_ = 0;
    killed_for_ = TaskStatus::ok;
    if (welcomed_) line_->send(welcome_.again());
    if (deadline_) line_->send(deadline_->again());
    for (auto const& [number, job] : jobs_) {
        line_->send(job.opening.again());
        if (job.cancelled) line_->send(wire::encode_plain(wire::Kind::cancel, number));
    }
    for (auto const job : closed_early_) line_->send(wire::encode_plain(wire::Kind::close, job));
    for (auto const& held : held_) line_->send(held.frame.again());
}

void KeptWorker::send(wire::Parcel frame)
{
    KeptFrame kept(std::move(frame));
    auto again = kept.again();
    detail::ByteReader in(kept.head());
    // Not read_header(), which wants the whole frame in one piece.
    auto const header = in.get<wire::Header>();
    if (header.kind == wire::Kind::stop) {
        // A process that came later was not told of jobs that were over by then: none is to wait
        // for more openings than have come.
        stopping_ = true;
        line_->send(wire::encode_stop(wire::read_stop(in).exit_code));
        return;
    }
    keep(header, in, std::move(kept));
    line_->send(std::move(again));
}

void KeptWorker::keep(wire::Header const& header, detail::ByteReader body, KeptFrame frame)
{
    switch (header.kind) {
    case wire::Kind::welcome: {
        auto const welcome = wire::read_welcome(body);
        run_clock_ = base::wall_now() - welcome.run_start - base::now();
        welcome_ = std::move(frame);
        welcomed_ = true;
        return;
    }
    case wire::Kind::deadline: deadline_ = std::move(frame); return;
    case wire::Kind::open: {
        if (closed_early_.erase(header.job) != 0) return;
        auto const open = wire::read_open(body);
        jobs_[header.job] = {
            .opening = std::move(frame), .timeout = open.timeout, .max_rss = open.max_rss};
        return;
    }
    case wire::Kind::chunk: {
        auto const head = body.get<wire::ChunkHead>();
        held_.push_back(
            {head.chunk, header.job, head.first, head.first + head.count, std::move(frame)});
        return;
    }
    case wire::Kind::cancel:
        if (auto const job = jobs_.find(header.job); job != jobs_.end())
            job->second.cancelled = true;
        return;
    case wire::Kind::close:
        if (jobs_.erase(header.job) == 0) closed_early_.insert(header.job);
        return;
    default: return;
    }
}

std::optional<detail::Bytes> KeptWorker::poll()
{
    if (finished_) return std::nullopt;
    try {
        while (auto frame = line_->poll())
            if (note(*frame)) return frame;
    } catch (ProtocolError const& error) {
        // A task that overwrites memory that is not its own may spoil anything.
        kill(TaskStatus::crashed,
             fmt::format("the process that ran it was ended (what it sent made "
                         "no sense: {})",
                         error.what()));
        return bury();
    }
    if (line_->closed()) return bury();
    return std::nullopt;
}

/// True if the manager is to have the frame.
bool KeptWorker::note(detail::Bytes const& frame)
{
    detail::ByteReader in(frame.view());
    auto const header = wire::read_header(in);
    switch (header.kind) {
    case wire::Kind::hello: return !std::exchange(introduced_, true);
    case wire::Kind::goodbye: finished_ = true; return true;
    case wire::Kind::result: {
        idle_deaths_ = 0;
        // All of it: what the manager cannot read would end the job.
        auto const head = wire::read_result(in).head;
        auto const held = std::find_if(held_.begin(), held_.end(),
                                       [&](Held const& each) { return each.chunk == head.chunk; });
        if (held == held_.end() || held->job != header.job || head.done > held->end - held->left)
            throw ProtocolError("it reports what it was not given");
        held->left += head.done;
        if (head.last != 0) held_.erase(held);
        return true;
    }
    default: return true;
    }
}

/// The process is gone.
std::optional<detail::Bytes> KeptWorker::bury()
{
    if (stopping_) {
        finished_ = true;
        return wire::encode_text(wire::Kind::goodbye, "");
    }
    auto ended = zygote_.await_death(process_.pid, grace);
    if (ended.status == -1 && killed_for_ == TaskStatus::ok) {
        kill(TaskStatus::crashed, "the process that ran it was ended (its line to the rest of the "
                                  "job was closed, maybe by a task that closes all files)");
        ended = zygote_.await_death(process_.pid, patience);
    }
    auto death = describe(ended);
    auto const& place = process_.place->place();
    auto const chunk = place.chunk.load();
    auto lost = std::find_if(held_.begin(), held_.end(),
                             [&](Held const& held) { return held.chunk == chunk; });
    if (lost != held_.end()) {
        idle_deaths_ = 0;
        // The place too may have been overwritten, or not be set yet: then nobody is blamed, and
        // what was not reported goes back. To send the chunk again would report its beginning
        // twice.
        std::uint64_t const position = place.position;
        std::uint32_t const count = place.count;
        if (position >= lost->left && position < lost->end && count <= lost->end - position) {
            death.position = position;
            death.count = count;
        }
        death.start = std::max(place.opened.load(), begun_ == place.begun ? begun_at_ : 0.0);
        death.duration = std::max(0.0, base::now() - death.start);
    } else if (!held_.empty() &&
               (held_.front().chunk == place.finished || ++idle_deaths_ > most_idle_deaths)) {
        // It was run, but its last results never came; or each process dies before it begins.
        idle_deaths_ = 0;
        lost = held_.begin();
        death.start = base::now();
    } else {
        start();
        return std::nullopt;
    }
    death.start += run_clock_;
    auto frame = obituary(*lost, std::move(death));
    held_.erase(lost);
    start();
    return frame;
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
        if (signal == SIGKILL)
            told.text += fmt::format("; it used {} at most, and the system may have wanted that "
                                     "memory",
                                     humansize(static_cast<double>(death.peak_rss_bytes)));
    }
    return told;
}

void KeptWorker::watch(double now)
{
    auto const& place = process_.place->place();
    auto const chunk = place.chunk.load();
    if (chunk == 0 || killed_for_ != TaskStatus::ok) return;
    auto const held = std::find_if(held_.begin(), held_.end(),
                                   [&](Held const& each) { return each.chunk == chunk; });
    if (held == held_.end()) return;
    auto const job = jobs_.find(held->job);
    if (job == jobs_.end()) return;
    if (auto const begun = place.begun.load(); begun != begun_) {
        begun_ = begun;
        begun_at_ = now;
    }
    auto const timeout = job->second.timeout;
    if (timeout > 0 && now - begun_at_ > timeout)
        kill(TaskStatus::timeout, fmt::format("it took longer than its timeout of {} s", timeout));
    auto const max_rss = job->second.max_rss;
    if (max_rss == 0 || now - looked_at_memory_ < memory_every) return;
    looked_at_memory_ = now;
    auto const rss = records::resident_bytes(process_.pid);
    peak_rss_ = std::max(peak_rss_, rss);
    if (rss > max_rss)
        kill(TaskStatus::memory, fmt::format("the process that ran it used {}, more than its "
                                             "max_rss of {}",
                                             humansize(rss), humansize(max_rss)));
}

void KeptWorker::kill(TaskStatus status, std::string why)
{
    killed_for_ = status;
    killed_why_ = std::move(why);
    zygote_.kill(process_.pid);
}

} // namespace starmap::roles
