#include "execution/inline_executor.hpp"

#include "base/clock.hpp"
#include "base/exception_text.hpp"
#include "records/usage.hpp"

#include <starmap/error.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace starmap::execution {

/// Sends the pieces of one run, with what it has used of the machine since the last.
class InlineExecutor::Host final : public detail::RunHost {
public:
    Host(ExecutorHost& outer, std::uint32_t job, std::uint64_t chunk,
         WorkerIdentity const& identity)
        : outer_(outer),
          job_(job),
          chunk_(chunk),
          identity_(identity),
          cpu_(cpu_seconds())
    {
    }
    bool interrupted() override { return outer_.interrupted(job_); }
    double deadline() override { return outer_.deadline(); }
    void flush(detail::ChunkRun& run) override { send(run, false); }
    void log(bool warning, std::string_view text) override
    {
        outer_.send_one(wire::encode_log(warning, text));
    }
    void send(detail::ChunkRun& run, bool last)
    {
        auto const cpu = cpu_seconds();
        auto const large = run.take_attached();
        auto frames = wire::encode_parts(job_, chunk_, large);
        frames.emplace_back(wire::encode_result(
            job_, chunk_, run, last, cpu - std::exchange(cpu_, cpu),
            records::process_usage().peak_rss_bytes, identity_.run_clock, large.bytes.size()));
        outer_.send(std::move(frames));
    }

private:
    /// A task may use threads of its own, which count, unless they cannot be told from others.
    double cpu_seconds() const
    {
        return identity_.among_threads ? records::thread_cpu_seconds()
                                       : records::process_cpu_seconds();
    }
    ExecutorHost& outer_;
    std::uint32_t job_;
    std::uint64_t chunk_;
    WorkerIdentity const& identity_;
    double cpu_;
};

namespace {

/// A chunk that was cut off is answered for all its units, of which there are not any number: none
/// is sent with more than 1024. Throws ProtocolError.
wire::ChunkHead read_head(detail::ByteReader& body)
{
    constexpr std::size_t most_cut_off = 1024;
    auto const head = body.get<wire::ChunkHead>();
    if (head.units > body.left() / sizeof(detail::UnitHead) + most_cut_off)
        throw ProtocolError(
            fmt::format("A chunk of {} units has {} bytes.", head.units, body.left()));
    return head;
}

detail::AnyFunction combiner(std::uint32_t index)
{
    auto* const function = detail::registered(index).function;
    if (function == nullptr)
        throw ProtocolError(fmt::format("Task type {} does not combine.", index));
    return function;
}

/// Tells that a chunk is being run, for as long as it lives.
class AtWork {
public:
    AtWork(detail::WorkPlace* place, wire::ChunkHead const& head) : place_(place)
    {
        if (place_ == nullptr) return;
        // Until a unit is opened it is the job's callable or state, of use to all units.
        place_->count = head.count;
        place_->opened = base::now();
        place_->enter(head.first);
        place_->chunk = head.chunk;
    }
    AtWork(AtWork const&) = delete;
    AtWork& operator=(AtWork const&) = delete;
    ~AtWork()
    {
        if (place_ == nullptr) return;
        place_->finished = place_->chunk.load();
        place_->chunk = 0;
    }

private:
    detail::WorkPlace* place_;
};

} // namespace

void InlineExecutor::open(std::uint32_t job, Opening opening)
{
    jobs_[job].frame = std::move(opening.frame);
    jobs_[job].segments = std::move(opening.segments);
}

void InlineExecutor::make_ready(Job& job)
{
    if (job.kernel) return;
    if (!job.frame) throw ProtocolError("A chunk came of a job that is not open.");
    detail::ByteReader in(job.frame->view());
    wire::read_header(in);
    auto const open = wire::read_open(in);
    job.context = {.session_seed = identity_.seed,
                   .starmap = open.starmap,
                   .worker = identity_.worker,
                   .rank = identity_.rank,
                   .mode = open.mode,
                   .stop_on_failure = open.stop_on_failure,
                   .combine = open.combiner ? combiner(*open.combiner) : nullptr,
                   .place = identity_.place};
    detail::SegmentSource const segments(job.segments);
    auto* const open_kernel = detail::registered(open.kernel).open;
    if (open_kernel == nullptr)
        throw ProtocolError(fmt::format("Task type {} runs no tasks.", open.kernel));
    auto kernel = open_kernel(in);
    in.expect_end();
    job.kernel = std::move(kernel);
    job.frame.reset();
}

void InlineExecutor::run(std::uint32_t id, detail::ByteReader body, double arrival)
{
    auto const head = read_head(body);
    auto& job = jobs_[id];
    Host host(host_, id, head.chunk, identity_);
    AtWork const at_work(identity_.place, head);
    try {
        make_ready(job);
    } catch (...) {
        auto const why = base::current_exception_text();
        detail::ChunkRun run(job.context, host, head.first, head.count, head.units, body, arrival);
        run.refuse_all(
            TaskStatus::failed,
            fmt::format("its callable or shared arguments could not be unpacked: {}", why));
        host.send(run, true);
        return;
    }
    detail::ChunkRun run(job.context, host, head.first, head.count, head.units, body, arrival);
    run.set_attempt(head.attempt);
    run.set_cores(head.cores);
    run.limit_levels(static_cast<std::uint32_t>(std::min(head.levels, 63U)));
    job.kernel->run(run);
    host.send(run, true);
}

void InlineExecutor::give_back(std::uint32_t id, detail::ByteReader body)
{
    auto const head = read_head(body);
    Host host(host_, id, head.chunk, identity_);
    detail::ChunkRun run({}, host, head.first, head.count, head.units, body, 0);
    host.send(run, true);
}

void InlineExecutor::refuse(std::uint32_t id, detail::ByteReader body, TaskStatus status,
                            std::string const& why)
{
    auto const head = read_head(body);
    Host host(host_, id, head.chunk, identity_);
    detail::ChunkRun run({}, host, head.first, head.count, head.units, body, 0);
    run.refuse_all(status, why);
    host.send(run, true);
}

} // namespace starmap::execution
