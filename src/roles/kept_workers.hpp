#pragma once

#include "roles/kept_worker.hpp"
#include "transport/transport.hpp"

#include <cstdint>
#include <deque>
#include <memory>
#include <vector>

namespace starmap::roles {

/// Lines to workers in processes of their own, as their manager sees them: peers 1 to n. A worker
/// that dies is replaced behind the same line.
class KeptWorkers final : public transport::Transport {
public:
    /// Starts them. The zygote must outlive it. Throws IoError.
    KeptWorkers(execution::Zygote& zygote, std::uint32_t count);
    KeptWorkers(KeptWorkers const&) = delete;
    KeptWorkers& operator=(KeptWorkers const&) = delete;
    ~KeptWorkers() override;

    transport::Peer self() const override { return 0; }
    transport::Peer peers() const override
    {
        return static_cast<transport::Peer>(workers_.size() + 1);
    }
    void send(transport::Peer to, detail::Bytes frame) override
    {
        send(to, wire::Parcel(std::move(frame)));
    }
    void send(transport::Peer to, wire::Parcel parcel) override;
    std::optional<transport::Incoming> poll() override;
    void listen_only_to(std::span<transport::Peer const> peers) override;
    std::size_t unsent() const override;
    int bell() const override { return events_; }
    bool bell_tells_all() const override { return true; }

private:
    struct Place {
        std::unique_ptr<KeptWorker> worker;
        std::uint32_t processes = 0; ///< that were registered to be waited for
        bool ready = false;          ///< it may have something to say
        bool heard = true;
    };
    void look();
    std::optional<detail::Bytes> hear(std::size_t index);
    void wait_for(std::size_t index);

    int events_;
    std::vector<Place> workers_;
    std::deque<std::size_t> ready_;
    double next_watch_ = 0;
};

} // namespace starmap::roles
