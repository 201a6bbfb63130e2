// How a Starmap is opened on its workers; the rest of OpenStarmap is in open_starmap.cpp.
#include "base/log.hpp"
#include "roles/open_starmap.hpp"

#include <starmap/humansize.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <utility>

namespace starmap::roles {

bool OpenStarmap::needs_opening(scheduling::WorkerId worker, bool share)
{
    if (is_opened_on(worker)) return false;
    if (!state_) {
        detail::Bytes state;
        std::optional<detail::SegmentCollector> collector;
        if (share) collector.emplace();
        state_sizes_ = job_->encode_state(state);
        state_ = std::make_shared<detail::Bytes const>(std::move(state));
        if (collector) segments_ = std::move(collector->notes);
    }
    return true;
}

bool OpenStarmap::has_large_state() const noexcept
{
    return state_ && state_->size() + segment_bytes(0, state_->size()) >= broadcast_from;
}

wire::Parcel OpenStarmap::opening(std::vector<wire::Destination> onward, bool same_node,
                                  Again again) const
{
    // Only under raise, and with no retry to come, does the first failure make the rest of a chunk
    // worthless.
    wire::Open open{.starmap = number(),
                    .kernel = spec_.kernel,
                    .combiner = spec_.combiner,
                    .mode = spec_.mode,
                    .stop_on_failure = spec_.on_failure == OnFailure::raise && spec_.retries == 0 &&
                                       !spec_.own_retries,
                    .timeout = spec_.timeout,
                    .max_rss = spec_.max_rss,
                    .repeated = again == Again::yes,
                    .onward = std::move(onward)};
    wire::OpenBody body{.state = {state_->view(), state_}, .segments = {}};
    for (auto const& [segment, at] : segments_) {
        open.segments.push_back(segment->handle());
        if (!same_node) open.segments.back().fd = -1;
        body.segments.push_back({segment->bytes(), segment});
    }
    return wire::encode_opening(open, number(), body);
}

void OpenStarmap::note_opened(std::span<scheduling::WorkerId const> workers, Spread spread)
{
    copies_ += spread.copies;
    nodes_ += spread.nodes;
    for (auto const worker : workers) {
        if (has_opening_.size() <= worker) has_opening_.resize(worker + 1, false);
        has_opening_[worker] = true;
        opened_on_.push_back(worker);
    }
    count_shared(workers.size(), spread.nodes);
    if (!spread.relayed.empty()) relayed_.push_back(std::move(spread.relayed));
}

void OpenStarmap::note_repeated(Spread const& spread)
{
    copies_ += spread.copies;
    nodes_ += spread.nodes;
    count_shared(1, spread.nodes);
}

std::uint64_t OpenStarmap::segment_bytes(std::size_t from, std::size_t to) const
{
    std::uint64_t bytes = 0;
    for (auto const& [segment, at] : segments_)
        if (from <= at && at < to) bytes += segment->bytes().size();
    return bytes;
}

void OpenStarmap::count_shared(std::size_t states, std::size_t segments)
{
    if (job_ == nullptr) return;
    std::size_t at = 0;
    for (auto const& [argument, size] : state_sizes_) {
        auto const bytes = size * states + segment_bytes(at, at + size) * segments;
        at += size;
        auto& sent = job_->stats.sent;
        auto const same = [&name = argument](auto const& each) { return each.argument == name; };
        auto found = std::find_if(sent.begin(), sent.end(), same);
        if (found == sent.end()) found = sent.insert(sent.end(), {argument, 0});
        found->bytes += bytes;
        job_->stats.sent_total += bytes;
        info_.sent += static_cast<std::int64_t>(bytes);
    }
}

void OpenStarmap::say_shared() const
{
    constexpr std::size_t worth_a_line = std::size_t{16} << 20;
    auto const say = [&](std::uint64_t bytes, auto text) {
        auto const level =
            bytes >= worth_a_line && !info_.is_private ? base::Level::info : base::Level::debug;
        if (bytes >= broadcast_from && base::is_logged(level)) base::log_line(level, text());
    };
    auto const count = opened_on_.size();
    auto const workers = fmt::format("{} worker{}", count, count == 1 ? "" : "s");
    auto const state = state_ ? state_->size() : 0;
    say(state, [&] {
        return fmt::format("Shared {} with {}, {} cop{} from rank 0", humansize(state), workers,
                           copies_, copies_ == 1 ? "y" : "ies");
    });
    auto const segments = segment_bytes(0, state);
    say(segments, [&] {
        return fmt::format("Shared {} in the memory of {} node{} with {}", humansize(segments),
                           nodes_, nodes_ == 1 ? "" : "s", workers);
    });
}

} // namespace starmap::roles
