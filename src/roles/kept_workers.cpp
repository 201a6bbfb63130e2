#include "roles/kept_workers.hpp"

#include "base/clock.hpp"
#include "transport/socket_line.hpp"

#include <starmap/error.hpp>

#include <fmt/format.h>

#include <sys/epoll.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <utility>

namespace starmap::roles {

namespace {

constexpr double watch_every = 5e-3;

} // namespace

KeptWorkers::KeptWorkers(execution::Zygote& zygote, std::uint32_t count)
    : events_(::epoll_create1(EPOLL_CLOEXEC))
{
    if (events_ < 0)
        throw IoError(
            fmt::format("Workers cannot be waited for (epoll_create1: {}).", std::strerror(errno)));
    for (std::uint32_t i = 0; i < count; ++i) {
        workers_.push_back({.worker = std::make_unique<KeptWorker>(forked_by(zygote))});
        wait_for(i);
    }
}

KeptWorkers::~KeptWorkers() { ::close(events_); }

/// The descriptor of a process that is gone has left the set with it.
void KeptWorkers::wait_for(std::size_t index)
{
    auto& place = workers_[index];
    if (place.processes == place.worker->processes()) return;
    place.processes = place.worker->processes();
    epoll_event event{};
    event.events = EPOLLIN;
    event.data.u64 = index;
    if (::epoll_ctl(events_, EPOLL_CTL_ADD, place.worker->descriptor(), &event) != 0)
        throw IoError(
            fmt::format("A worker cannot be waited for (epoll_ctl: {}).", std::strerror(errno)));
}

void KeptWorkers::send(transport::Peer to, wire::Parcel parcel)
{
    workers_.at(to - 1).worker->send(std::move(parcel));
}

std::optional<detail::Bytes> KeptWorkers::hear(std::size_t index)
{
    auto frame = workers_[index].worker->poll();
    wait_for(index);
    return frame;
}

std::optional<transport::Incoming> KeptWorkers::poll()
{
    for (auto const looked : {true, false}) {
        // Each in its turn: one that has much to say does not keep the others waiting.
        for (auto turns = ready_.size(); turns > 0; --turns) {
            auto const index = ready_.front();
            ready_.pop_front();
            auto frame = workers_[index].heard ? hear(index) : std::nullopt;
            if (!frame) {
                workers_[index].ready = false;
                continue;
            }
            ready_.push_back(index);
            return transport::Incoming{static_cast<transport::Peer>(index + 1), std::move(*frame)};
        }
        if (looked) look();
    }
    return std::nullopt;
}

/// Finds out who has something to say.
void KeptWorkers::look()
{
    std::array<epoll_event, 64> found{};
    auto const count = ::epoll_wait(events_, found.data(), static_cast<int>(found.size()), 0);
    for (int i = 0; i < count; ++i) {
        auto const index = static_cast<std::size_t>(found[static_cast<std::size_t>(i)].data.u64);
        if (std::exchange(workers_[index].ready, true)) continue;
        ready_.push_back(index);
    }
    for (std::size_t i = 0; i < workers_.size(); ++i)
        if (workers_[i].worker->unsent() != 0 && !std::exchange(workers_[i].ready, true))
            ready_.push_back(i); // to move on what it is sent
    auto const now = base::now();
    if (now < next_watch_) return;
    next_watch_ = now + watch_every;
    for (auto& place : workers_) place.worker->watch(now);
}

void KeptWorkers::listen_only_to(std::span<transport::Peer const> peers)
{
    for (std::size_t i = 0; i < workers_.size(); ++i)
        workers_[i].heard =
            peers.empty() || std::find(peers.begin(), peers.end(), i + 1) != peers.end();
}

std::size_t KeptWorkers::unsent() const
{
    std::size_t bytes = 0;
    for (auto const& place : workers_) bytes += place.worker->unsent();
    return bytes;
}

} // namespace starmap::roles
