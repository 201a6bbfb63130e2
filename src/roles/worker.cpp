#include "roles/worker.hpp"

#include "base/clock.hpp"
#include "execution/inline_executor.hpp"
#include "records/host.hpp"
#include "transport/backoff.hpp"
#include "wire/frame.hpp"

#include <starmap/detail/registry.hpp>
#include <starmap/error.hpp>
#include <starmap/version.hpp>

#include <unistd.h>

#include <algorithm>
#include <exception>
#include <utility>

namespace starmap::roles {

namespace {

using transport::manager;
// A result may wait so long for the next chunk to be done.
constexpr double short_chunk = 50e-3;
constexpr double hear_every = 1e-3;
constexpr std::size_t most_unsent = std::size_t{4} << 20;

} // namespace

Worker::Worker(transport::Transport& transport, int rank, std::string program, Process process)
    : transport_(transport),
      rank_(rank),
      program_(std::move(program)),
      process_(process),
      relay_(transport)
{
}

void Worker::say_hello(std::string const& node)
{
    transport_.send(manager,
                    wire::encode(wire::Hello{.registry_digest = detail::registry_digest(),
                                             .registry_size = detail::registry_size(),
                                             .cores = records::usable_cores(),
                                             .pid = ::getpid(),
                                             .version = version,
                                             .host = records::host_name(),
                                             .node = node.empty() ? records::node_name() : node,
                                             .program = program_}));
}

bool Worker::step()
{
    try {
        bool const moved = receive();
        if (stopping_) {
            chunks_.clear();
            if (relay_.taken() < openings_due_) return moved; // others wait for it to be handed on
            transport_.send(manager, wire::encode_text(wire::Kind::goodbye, ""));
            settle(0);
            stopped_ = true;
            return true;
        }
        auto const next = next_chunk();
        if (next == chunks_.end()) return moved;
        if (relay_.was_busy()) {
            settle(0); // a task gives no hand to what is on its way
            return true;
        }
        auto const chunk = std::move(*next);
        chunks_.erase(next);
        run(chunk);
    } catch (Error const& error) {
        // The manager ends the session for it; until its stop arrives there is nothing to run.
        chunks_.clear();
        transport_.send(manager, wire::encode_text(wire::Kind::fault, error.what()));
    }
    return true;
}

bool Worker::receive()
{
    bool moved = false;
    while (auto incoming = transport_.poll()) {
        handle(std::move(incoming->frame));
        moved = true;
    }
    return moved;
}

void Worker::handle(detail::Bytes frame)
{
    detail::ByteReader in(frame.view());
    auto const header = wire::read_header(in);
    if (header.kind == wire::Kind::open && !executor_) {
        early_.push_back(std::move(frame)); // another worker was welcomed sooner
        return;
    }
    auto const needs_welcome =
        header.kind != wire::Kind::welcome && header.kind != wire::Kind::stop;
    if (needs_welcome && !executor_)
        throw ProtocolError("A worker was given work before it was welcomed.");
    switch (header.kind) {
    case wire::Kind::welcome: {
        auto const welcome = wire::read_welcome(in);
        relay_.set_node(welcome.node);
        auto const run_clock = base::wall_now() - welcome.run_start - base::now();
        executor_ = std::make_unique<execution::InlineExecutor>(
            execution::WorkerIdentity{.worker = welcome.worker,
                                      .rank = rank_,
                                      .seed = welcome.seed,
                                      .run_clock = run_clock,
                                      .place = process_.place,
                                      .among_threads = process_.among_threads},
            *this);
        memory_ = std::make_unique<records::MemoryWatch>(welcome.soft_mem, welcome.hard_mem);
        for (auto& early : std::exchange(early_, {})) handle(std::move(early));
        return;
    }
    case wire::Kind::open: take_opening(header.job, std::move(frame)); return;
    case wire::Kind::chunk:
        chunks_.push_back(
            {header.job, in.get<wire::ChunkHead>().chunk, std::move(frame), base::now()});
        return;
    case wire::Kind::lost: transport_.abandon(wire::read_lost(in)); return;
    case wire::Kind::recall: recall(in.get<std::uint64_t>()); return;
    case wire::Kind::cancel: cancelled_.insert(header.job); return;
    case wire::Kind::close: close(header.job); return;
    case wire::Kind::deadline: note(wire::read_deadline(in), header.job); return;
    case wire::Kind::stop: {
        auto const stop = wire::read_stop(in);
        exit_code_ = stop.exit_code;
        openings_due_ = stop.openings;
        if (stop.alone) relay_.end();
        stopping_ = true;
        return;
    }
    default: throw ProtocolError("A worker was sent a message that only the manager takes.");
    }
}

void Worker::take_opening(std::uint32_t job, detail::Bytes frame)
{
    auto taken = relay_.take(job, std::move(frame));
    if (taken.late) return;
    auto& stage = stages_[job];
    if (stage == Stage::opened) return; // it was sent again, and had come
    if (stage == Stage::closed_before_opened) {
        stages_.erase(job);
        return;
    }
    if (!taken.complete()) {
        stage = Stage::lacking;
        transport_.send(manager, wire::encode_plain(wire::Kind::lacking, job));
        return;
    }
    stage = Stage::opened;
    execution::Opening opening(taken.frame);
    if (!taken.segments.empty()) {
        // The segments have their bytes now; the frame, which may be large, is kept no longer.
        taken.open.segments.clear();
        opening.frame = std::make_shared<detail::Bytes const>(
            wire::encode_opening(taken.open, job, {taken.body.state, {}}).joined());
        opening.segments = std::move(taken.segments);
    }
    executor_->open(job, std::move(opening));
}

void Worker::close(std::uint32_t job)
{
    cancelled_.erase(job);
    ends_.erase(job);
    auto const known = stages_.find(job);
    if (known == stages_.end()) {
        stages_.emplace(job, Stage::closed_before_opened);
        return;
    }
    stages_.erase(known);
    executor_->close(job);
}

/// A chunk that is over by now has been answered.
void Worker::recall(std::uint64_t number)
{
    if (number == running_) {
        recalled_ = number;
        return;
    }
    auto const waiting = std::find_if(chunks_.begin(), chunks_.end(),
                                      [&](auto const& each) { return each.number == number; });
    if (waiting == chunks_.end()) return;
    auto const chunk = std::move(*waiting);
    chunks_.erase(waiting);
    detail::ByteReader body(chunk.frame.view());
    wire::read_header(body);
    executor_->give_back(chunk.job, body);
}

std::deque<Worker::WaitingChunk>::iterator Worker::next_chunk()
{
    return std::find_if(chunks_.begin(), chunks_.end(), [&](WaitingChunk const& chunk) {
        auto const known = stages_.find(chunk.job);
        return (known != stages_.end() && known->second == Stage::opened) || draining_ ||
               cancelled_.contains(chunk.job);
    });
}

void Worker::run(WaitingChunk const& chunk)
{
    // From here on, so that a recall that comes before the first task is met too.
    running_ = chunk.number;
    running_job_ = chunk.job;
    run_or_answer(chunk);
    running_ = 0;
}

void Worker::run_or_answer(WaitingChunk const& chunk)
{
    detail::ByteReader body(chunk.frame.view());
    wire::read_header(body);
    if (draining_ || cancelled_.contains(chunk.job)) {
        executor_->refuse(chunk.job, body, TaskStatus::cancelled, "");
        return;
    }
    auto const& memory = memory_->check(base::now());
    if (memory.verdict == records::MemoryVerdict::hard) {
        executor_->refuse(chunk.job, body, TaskStatus::memory, memory.text);
        return;
    }
    if (memory.verdict == records::MemoryVerdict::soft && memory.is_new)
        send_one(wire::encode_log(true, memory.text));
    // A large result needs this rank's help until it has left, and a task gives none. Where the
    // next chunk is short that help comes soon; else the result goes first.
    auto peek = body;
    if (peek.get<wire::ChunkHead>().seconds > short_chunk) settle(0);
    if (recalled_ == running_)
        executor_->give_back(chunk.job, body);
    else
        executor_->run(chunk.job, body, chunk.arrival);
}

bool Worker::interrupted(std::uint32_t job)
{
    receive();
    if (look_) note(look_());
    return stopping_ || draining_ || cancelled_.contains(job) ||
           (running_ != 0 && recalled_ == running_);
}

double Worker::deadline()
{
    if (auto const now = base::now(); now >= heard_ + hear_every) {
        heard_ = now;
        receive();
        if (look_) note(look_());
    }
    auto const own = ends_.find(running_job_);
    return own == ends_.end() ? deadline_ : std::min(deadline_, own->second);
}

void Worker::note(wire::Deadline const& deadline)
{
    deadline_ = deadline.at;
    draining_ = draining_ || deadline.drain != 0;
}

void Worker::note(wire::Deadline const& deadline, std::uint32_t job)
{
    if (job == 0) return note(deadline);
    ends_[job] = deadline.at;
    if (deadline.drain != 0) cancelled_.insert(job);
}

void Worker::send(std::vector<wire::Parcel> frames)
{
    // A manager that is slow to take results so slows this worker down: what waits for it is one
    // result, and little more.
    settle(most_unsent);
    for (auto& frame : frames) transport_.send(manager, std::move(frame));
}

void Worker::settle(std::size_t unsent)
{
    transport::Backoff backoff;
    while (transport_.unsent() > unsent) {
        if (receive())
            backoff.reset();
        else
            backoff.pause(transport_);
    }
}

} // namespace starmap::roles
