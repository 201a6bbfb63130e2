#include "roles/proxy.hpp"

#include "wire/frame.hpp"

#include <starmap/error.hpp>

#include <utility>

namespace starmap::roles {

namespace {

using transport::manager;
constexpr transport::Peer own_worker = 1;
// While so many bytes wait for the manager, the worker's wait with it.
constexpr std::size_t most_waiting = std::size_t{16} << 20;

} // namespace

Proxy::Proxy(transport::Transport& transport, transport::Transport& kept)
    : transport_(transport),
      relay_(transport),
      kept_(kept),
      line_(transport, kept)
{
}

bool Proxy::step()
{
    try {
        auto const came = from_manager();
        // Of its own node, which rank 0 does not see: it is to say so before the launcher ends all.
        for (auto const peer : transport_.lost())
            if (peer != manager) transport_.send(manager, wire::encode_lost(peer));
        stop_if_due();
        auto const said = from_worker();
        if (goodbye_ && transport_.unsent() == 0) stopped_ = true;
        return came || said;
    } catch (Error const& error) {
        // The manager ends the session for it.
        transport_.send(manager, wire::encode_text(wire::Kind::fault, error.what()));
    }
    return true;
}

bool Proxy::from_manager()
{
    bool moved = false;
    while (auto incoming = transport_.poll()) {
        handle(std::move(incoming->frame));
        moved = true;
    }
    return moved;
}

void Proxy::handle(detail::Bytes frame)
{
    detail::ByteReader in(frame.view());
    auto const header = wire::read_header(in);
    switch (header.kind) {
    case wire::Kind::welcome:
        relay_.set_node(wire::read_welcome(in).node);
        welcomed_ = true;
        kept_.send(own_worker, std::move(frame));
        for (auto& early : std::exchange(early_, {})) handle(std::move(early));
        return;
    case wire::Kind::open:
        if (!welcomed_)
            early_.push_back(std::move(frame)); // another rank was welcomed sooner
        else
            open(header.job, std::move(frame));
        return;
    case wire::Kind::stop: {
        auto const stop = wire::read_stop(in);
        exit_code_ = stop.exit_code;
        openings_due_ = stop.openings;
        if (stop.alone) relay_.end();
        stopping_ = true;
        return;
    }
    case wire::Kind::lost: transport_.abandon(wire::read_lost(in)); return;
    case wire::Kind::close:
        openings_.erase(header.job);
        kept_.send(own_worker, std::move(frame));
        return;
    default: kept_.send(own_worker, std::move(frame));
    }
}

void Proxy::open(std::uint32_t job, detail::Bytes frame)
{
    auto taken = relay_.take(job, std::move(frame));
    if (taken.late || (taken.open.repeated && openings_.contains(job))) return;
    if (!taken.complete()) {
        transport_.send(manager, wire::encode_plain(wire::Kind::lacking, job));
        return;
    }
    openings_[job] = std::move(taken);
    send_opening(job, false);
}

void Proxy::send_opening(std::uint32_t job, bool with_bytes)
{
    auto const& taken = openings_.at(job);
    auto open = taken.open;
    wire::OpenBody body{.state = taken.body.state, .segments = {}};
    for (std::size_t i = 0; i < open.segments.size(); ++i) {
        auto const& segment = taken.segments[i];
        open.segments[i] = segment->handle();
        if (with_bytes) open.segments[i].fd = -1;
        body.segments.push_back({segment->bytes(), segment});
    }
    kept_.send(own_worker, wire::encode_opening(open, job, body));
}

/// Until then others wait for openings to come by way of this rank.
void Proxy::stop_if_due()
{
    if (!stopping_ || stop_sent_ || relay_.taken() < openings_due_) return;
    stop_sent_ = true;
    kept_.send(own_worker, wire::encode_stop(exit_code_));
}

bool Proxy::from_worker()
{
    bool moved = false;
    while (transport_.unsent() <= most_waiting) {
        auto incoming = kept_.poll();
        if (!incoming) break;
        moved = true;
        detail::ByteReader in(incoming->frame.view());
        auto const header = wire::read_header(in);
        if (header.kind == wire::Kind::lacking) {
            // It cannot look into this process; what it has no other way to goes over the line.
            if (openings_.contains(header.job)) send_opening(header.job, true);
            continue;
        }
        goodbye_ = goodbye_ || header.kind == wire::Kind::goodbye;
        transport_.send(manager, std::move(incoming->frame));
    }
    return moved;
}

} // namespace starmap::roles
