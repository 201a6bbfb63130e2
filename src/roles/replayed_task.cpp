#include "roles/replayed_task.hpp"

#include "base/clock.hpp"
#include "base/log.hpp"
#include "execution/inline_executor.hpp"
#include "journal/content_hash.hpp"

#include <limits>
#include <memory>
#include <span>
#include <utility>

namespace starmap::roles {

namespace {

/// Takes in what the executor sends to the manager otherwise.
class Listener final : public execution::ExecutorHost {
public:
    bool interrupted(std::uint32_t) override { return false; }
    void send(std::vector<wire::Parcel> frames) override
    {
        for (auto& parcel : frames) take(std::move(parcel).joined());
    }

    ReplayedTask::Outcome outcome;

private:
    void take(detail::Bytes const& frame)
    {
        detail::ByteReader in(frame.view());
        switch (wire::read_header(in).kind) {
        case wire::Kind::log: {
            auto const line = wire::read_log(in);
            base::log_line(line.warning ? base::Level::warning : base::Level::info, line.text);
            return;
        }
        case wire::Kind::part:
            in.get<wire::PartHead>();
            count(in.view());
            return;
        default: break;
        }
        auto const result = wire::read_result(in);
        count(result.payload);
        for (auto const& row : result.rows) outcome.seconds += row.duration;
        for (auto const& growth : result.growths) outcome.submitted += growth.children;
        if (!outcome.failure && !result.failures.empty()) outcome.failure = result.failures.front();
        outcome.failures += result.failures.size();
        for (auto const& told : result.told) {
            if (told.status == TaskStatus::ok) continue;
            if (!outcome.failure) outcome.failure = told;
            ++outcome.failures;
        }
    }
    void count(std::span<std::byte const> bytes)
    {
        outcome.received += bytes.size();
        auto const hash = journal::hash_of(bytes).first;
        outcome.hash = journal::hash_of({outcome.hash, 0}, {hash, 0}, 0).first;
    }
};

} // namespace

ReplayedTask::ReplayedTask(detail::Job& job, std::uint32_t starmap, std::uint64_t first,
                           std::uint32_t count)
    : starmap_(starmap)
{
    auto const& spec = job.spec();
    auto state = std::make_shared<detail::Bytes>();
    job.encode_state(*state);
    wire::Open const open{.starmap = starmap,
                          .kernel = spec.kernel,
                          .combiner = spec.combiner,
                          .mode = spec.mode,
                          .stop_on_failure = spec.on_failure == OnFailure::raise};
    opening_ =
        wire::encode_opening(open, starmap, {.state = {state->view(), state}, .segments = {}})
            .joined();
    chunk_ = wire::start_frame(wire::Kind::chunk, starmap);
    auto const at = chunk_.size();
    wire::ChunkHead head{.chunk = 1,
                         .first = first,
                         .count = count,
                         .units = 0,
                         .cores = job.cores_of(first, count)};
    chunk_.put(head);
    head.units = job.encode_units(first, count, chunk_);
    chunk_.patch(at, head);
    bytes_ = chunk_.size() - at - sizeof head;
    wire::seal(chunk_);
    detail::ByteReader units(chunk_.view().subspan(at + sizeof head));
    head_ = units.get<detail::UnitHead>();
}

ReplayedTask::Outcome ReplayedTask::run(std::uint64_t seed)
{
    Listener listener;
    execution::InlineExecutor executor({.seed = seed}, listener);
    executor.open(starmap_, std::move(opening_));
    detail::ByteReader body(chunk_.view());
    wire::read_header(body);
    executor.run(starmap_, body, base::now());
    return listener.outcome;
}

} // namespace starmap::roles
