// What becomes of a process that has died is in kept_worker_deaths.cpp.
#include "roles/kept_worker.hpp"

#include "base/clock.hpp"

#include <starmap/error.hpp>
#include <starmap/humansize.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace starmap::roles {

namespace {

constexpr double memory_every = 20e-3;
// How long a task may go on once the session is over.
constexpr double end_of_task = 0.1;

} // namespace

KeptWorker::KeptWorker(StartProcess start_process) : start_process_(std::move(start_process))
{
    start();
}

void KeptWorker::start()
{
    process_ = start_process_();
    ++processes_;
    begun_ = 0;
    begun_at_ = base::now();
    peak_rss_ = 0;
    killed_for_ = TaskStatus::ok;
    if (welcomed_) process_->send(welcome_.again());
    if (deadline_) process_->send(deadline_->again());
    for (auto const& [number, job] : jobs_) {
        process_->send(job.opening.again());
        if (job.cancelled) process_->send(wire::encode_plain(wire::Kind::cancel, number));
        if (job.deadline) process_->send(job.deadline->again());
    }
    for (auto const job : closed_early_) process_->send(wire::encode_plain(wire::Kind::close, job));
    for (auto const& held : held_) process_->send(held.frame.again());
    for (auto const& held : held_)
        if (held.recalled) process_->send(wire::encode_recall(held.job, held.chunk));
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
        process_->send(wire::encode_stop(wire::read_stop(in).exit_code));
        return;
    }
    keep(header, in, std::move(kept));
    process_->send(std::move(again));
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
    case wire::Kind::deadline:
        if (header.job == 0)
            deadline_ = std::move(frame);
        else if (auto const job = jobs_.find(header.job); job != jobs_.end())
            job->second.deadline = std::move(frame);
        return;
    case wire::Kind::open: {
        if (closed_early_.erase(header.job) != 0) return;
        auto const open = wire::read_open(body);
        jobs_[header.job] = {
            .opening = std::move(frame), .timeout = open.timeout, .max_rss = open.max_rss};
        return;
    }
    case wire::Kind::chunk: {
        auto const head = body.get<wire::ChunkHead>();
        held_.push_back({.chunk = head.chunk,
                         .job = header.job,
                         .first = head.first,
                         .count = head.count,
                         .left = head.first,
                         .frame = std::move(frame)});
        return;
    }
    case wire::Kind::recall: {
        auto const chunk = body.get<std::uint64_t>();
        for (auto& held : held_) held.recalled = held.recalled || held.chunk == chunk;
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
    if (auto frame = next_to_tell()) return frame;
    try {
        while (auto frame = process_->poll())
            if (note(*frame)) return frame;
    } catch (ProtocolError const& error) {
        // A task that overwrites memory that is not its own may spoil anything.
        kill(TaskStatus::crashed,
             fmt::format("the process that ran it was ended (what it sent made "
                         "no sense: {})",
                         error.what()));
        bury();
        return next_to_tell();
    }
    if (process_->closed()) bury();
    return next_to_tell();
}

std::optional<detail::Bytes> KeptWorker::next_to_tell()
{
    if (to_tell_.empty()) return std::nullopt;
    auto frame = std::move(to_tell_.front());
    to_tell_.pop_front();
    return frame;
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
        if (held == held_.end() || held->job != header.job || head.done > held->end() - held->left)
            throw ProtocolError("it reports what it was not given");
        held->left += head.done;
        if (head.last != 0) held_.erase(held);
        return true;
    }
    case wire::Kind::log:
    case wire::Kind::lacking:
    case wire::Kind::part:
    case wire::Kind::fault: return true;
    default: throw ProtocolError("it sends what no process of tasks sends");
    }
}

void KeptWorker::watch(double now)
{
    auto const& place = process_->place();
    auto const chunk = place.chunk.load();
    if (chunk == 0 || killed_for_ != TaskStatus::ok) return;
    if (stopping_) {
        // Nobody waits for its result any more, and all ranks can end in order only without it.
        if (stopping_since_ == 0) stopping_since_ = now;
        if (now - stopping_since_ > end_of_task)
            kill(TaskStatus::cancelled, "the session was over");
        return;
    }
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
    auto const rss = process_->resident_bytes();
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
    process_->kill();
}

} // namespace starmap::roles
