#include "roles/crew.hpp"

#include "base/clock.hpp"
#include "roles/local_worker.hpp"
#include "wire/frame.hpp"

#include <starmap/detail/registry.hpp>
#include <starmap/error.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <set>
#include <utility>

namespace starmap::roles {

Crew::Crew(Lines lines, std::string program, Settings const& settings, double run_start)
    : settings_(settings),
      run_start_(run_start),
      program_(std::move(program)),
      remote_(lines.workers),
      ranks_(lines.ranks),
      idle_(lines.idle),
      survive_(lines.survive),
      local_(std::make_unique<LocalWorker>(program_))
{
    if (remote_ != nullptr) living_ = remote_count_ = remote_->peers() - 1;
}

Crew::~Crew() = default;

wire::Hello Crew::await_hello(transport::Transport& transport, transport::Peer& from)
{
    transport::Backoff backoff;
    for (;;) {
        if (auto incoming = transport.poll()) {
            detail::ByteReader in(incoming->frame.view());
            if (wire::read_header(in).kind != wire::Kind::hello)
                throw ProtocolError(
                    fmt::format("Rank {} did not introduce itself.", incoming->from));
            from = incoming->from;
            return wire::read_hello(in);
        }
        if (auto const gone = transport.lost(); !gone.empty())
            throw IoError(fmt::format("Rank {} was lost before the work began (its process has "
                                      "ended). Look for its own error, and start again.",
                                      gone.front()));
        backoff.pause(transport);
    }
}

void Crew::check(wire::Hello const& hello, transport::Peer rank) const
{
    if (hello.registry_digest == detail::registry_digest() &&
        hello.registry_size == detail::registry_size())
        return;
    throw UsageError(fmt::format(
        "Rank {} on {} runs another program than rank 0 ({} with {} task types there, {} with {} "
        "here). Start the same executable, of the same build, on all ranks.",
        rank, hello.host, hello.program, hello.registry_size, program_, detail::registry_size()));
}

void Crew::meet(scheduling::Scheduler& scheduler)
{
    // All are heard before any is answered: a stranger ends the run before it has begun.
    std::vector<wire::Hello> hellos(remote_count_);
    for (std::uint32_t i = 0; i < remote_count_; ++i) {
        transport::Peer from = 0;
        auto hello = await_hello(*remote_, from);
        hellos.at(from - 1) = std::move(hello);
    }
    for (std::uint32_t i = 0; i < remote_count_; ++i) check(hellos[i], i + 1);

    by_peer_.assign(remote_count_ + 1, 0);
    auto const add = [&](wire::Hello const& hello, int rank, scheduling::WorkerKind kind,
                         Place place) {
        place.node = node_of(hello);
        auto const id = scheduler.add_worker(kind, place.node);
        places_.push_back(place);
        infos_.push_back({.worker = id,
                          .rank = rank,
                          .hostname = hello.host,
                          .pid = hello.pid,
                          .cores = hello.cores,
                          .tasks = 0,
                          .busy = 0,
                          .first = std::numeric_limits<double>::quiet_NaN(),
                          .last = std::numeric_limits<double>::quiet_NaN()});
        send(id, wire::encode(wire::Welcome{.worker = id,
                                            .node = place.node,
                                            .seed = settings_.seed,
                                            .run_start = run_start_,
                                            .soft_mem = settings_.soft_mem,
                                            .hard_mem = settings_.hard_mem}));
        return id;
    };
    for (std::uint32_t i = 0; i < remote_count_; ++i) {
        auto const peer = i + 1;
        auto const is_rank = peer < ranks_;
        by_peer_[peer] =
            add(hellos[i], is_rank ? static_cast<int>(peer) : 0, scheduling::WorkerKind::remote,
                {.transport = remote_, .peer = peer, .relays = is_rank});
    }
    local_->worker().say_hello();
    transport::Peer from = 0;
    auto const hello = await_hello(local_->line(), from);
    // Without others it is the one worker for everything.
    add(hello, 0,
        remote_count_ == 0 ? scheduling::WorkerKind::remote : scheduling::WorkerKind::local,
        {.transport = &local_->line(), .peer = from});
}

std::uint32_t Crew::node_of(wire::Hello const& hello)
{
    auto const found = std::find(nodes_.begin(), nodes_.end(), hello.node);
    auto const number = static_cast<std::uint32_t>(found - nodes_.begin());
    if (found == nodes_.end()) nodes_.push_back(hello.node);
    return number;
}

void Crew::send(scheduling::WorkerId worker, wire::Parcel frame)
{
    auto const& place = places_[worker];
    if (!place.lost) place.transport->send(place.peer, std::move(frame));
}

Spread Crew::open_on(std::span<scheduling::WorkerId const> workers, MakeOpening const& opening)
{
    auto const own_node = places_.back().node;
    std::vector<wire::Destination> destinations;
    std::set<std::uint32_t> others;
    std::size_t copies = 0;
    for (auto const worker : workers) {
        auto& place = places_[worker];
        ++place.openings;
        if (place.node != own_node) others.insert(place.node);
        if (place.relays && workers.size() > 1) {
            destinations.push_back({.peer = place.peer, .node = place.node});
        } else {
            send(worker, opening({}, place.node == own_node));
            ++copies;
        }
    }
    auto branches = wire::branches(own_node, destinations);
    for (auto& branch : branches)
        remote_->send(branch.to.peer,
                      opening(std::move(branch.onward), branch.to.node == own_node));
    return {.copies = copies + branches.size(),
            .nodes = others.size(),
            .relayed = std::move(destinations)};
}

void Crew::own_worker_looks(std::function<wire::Deadline()> look)
{
    local_->worker().look_for_deadline(std::move(look));
}

void Crew::set_apart(scheduling::WorkerId worker)
{
    places_[worker].node = static_cast<std::uint32_t>(nodes_.size());
    nodes_.push_back("");
}

std::optional<FromWorker> Crew::poll()
{
    std::optional<FromWorker> found;
    if (remote_count_ != 0) found = poll_remote();
    if (!found && !local_->worker().stopped()) {
        auto incoming = local_->line().poll();
        if (!incoming && local_->worker().step()) incoming = local_->line().poll();
        if (incoming)
            found = FromWorker{static_cast<scheduling::WorkerId>(places_.size() - 1),
                               std::move(incoming->frame)};
    }
    if (found) backoff_.reset();
    return found;
}

/// The transport may have taken in the beginnings of several large results before the first of them
/// was looked at. Memory is made for a whole result when it begins, so the others wait, as frames.
/// They do not wait for ever: those that have begun are heard until they are complete, and then
/// what waits comes before anything new.
std::optional<FromWorker> Crew::poll_remote()
{
    if (auto freed = take_waiting()) return freed;
    while (auto frame = remote_->poll()) {
        FromWorker incoming{by_peer_.at(frame->from), std::move(frame->frame)};
        // What it held is in other hands by now.
        if (places_[incoming.worker].lost) continue;
        auto const same = [&](auto const& each) { return each.worker == incoming.worker; };
        // Frames of one worker stay in order.
        if (std::none_of(waiting_.begin(), waiting_.end(), same) && may_come(incoming))
            return incoming;
        waiting_.push_back(std::move(incoming));
    }
    return std::nullopt;
}

bool Crew::may_come(FromWorker const& incoming) const
{
    if (arriving_bytes_ <= settings_.result_buffer) return true;
    if (arriving_.contains(places_[incoming.worker].peer)) return true;
    detail::ByteReader in(incoming.frame.view());
    return wire::read_header(in).kind != wire::Kind::part;
}

std::optional<FromWorker> Crew::take_waiting()
{
    if (!std::exchange(look_again_, false)) return std::nullopt;
    std::set<scheduling::WorkerId> passed;
    for (auto at = waiting_.begin(); at != waiting_.end(); ++at) {
        if (passed.contains(at->worker)) continue;
        if (may_come(*at)) {
            auto freed = std::move(*at);
            waiting_.erase(at);
            look_again_ = true;
            return freed;
        }
        passed.insert(at->worker);
    }
    return std::nullopt;
}

void Crew::note_part(scheduling::WorkerId worker, std::uint64_t total)
{
    auto const& place = places_[worker];
    if (place.transport != remote_ || !arriving_.try_emplace(place.peer, total).second) return;
    arriving_bytes_ += total;
    choose_whom_to_hear();
}

void Crew::note_result(scheduling::WorkerId worker)
{
    auto const& place = places_[worker];
    auto const at = place.transport == remote_ ? arriving_.find(place.peer) : arriving_.end();
    if (at == arriving_.end()) return;
    arriving_bytes_ -= at->second;
    arriving_.erase(at);
    choose_whom_to_hear();
}

void Crew::choose_whom_to_hear()
{
    look_again_ = true;
    std::vector<transport::Peer> only;
    if (arriving_bytes_ > settings_.result_buffer)
        for (auto const& [peer, total] : arriving_) only.push_back(peer);
    remote_->listen_only_to(only);
}

void Crew::pause(std::span<int const> others)
{
    backoff_.pause(remote_ != nullptr ? *remote_ : local_->line(), others);
}

bool Crew::dismiss(int exit_code, double patience)
{
    auto const give_up = base::now() + patience;
    auto in_time = true;
    for (auto* const line : {remote_, idle_})
        if (line != nullptr) in_time = dismiss(*line, exit_code, give_up) && in_time;
    return in_time;
}

bool Crew::dismiss(transport::Transport& line, int exit_code, double give_up)
{
    line.listen_only_to({});
    // Also those that were never welcomed: a refused rank waits for this frame.
    for (transport::Peer i = 1; i < line.peers(); ++i) {
        auto const met = &line == remote_ && i < by_peer_.size();
        // After a loss nobody knows how many come.
        auto const due = met && !any_lost_ ? places_[by_peer_[i]].openings : 0;
        line.send(i, wire::encode_stop(exit_code, due, any_lost_));
    }
    std::set<transport::Peer> gone;
    for (transport::Peer i = 1; &line == remote_ && i < by_peer_.size(); ++i)
        if (places_[by_peer_[i]].lost) gone.insert(i);
    transport::Backoff backoff;
    while (gone.size() + 1 < line.peers()) {
        auto const incoming = line.poll();
        for (auto const peer : line.lost()) any_lost_ = gone.insert(peer).second || any_lost_;
        if (!incoming) {
            if (base::now() > give_up) return false;
            backoff.pause(line);
            continue;
        }
        backoff.reset();
        detail::ByteReader in(incoming->frame.view());
        auto const kind = wire::read_header(in).kind;
        if (kind == wire::Kind::goodbye) gone.insert(incoming->from);
        if (kind == wire::Kind::lost)
            any_lost_ = gone.insert(wire::read_lost(in)).second || any_lost_;
    }
    return line.unsent() == 0 || base::now() <= give_up;
}

} // namespace starmap::roles
