#pragma once

#include "transport/transport.hpp"

#include <deque>
#include <memory>
#include <mutex>
#include <vector>

namespace starmap::transport {

/// Frames between threads of one process, through queues in memory.
class QueueHub {
public:
    explicit QueueHub(Peer peers) : boxes_(peers) {}
    QueueHub(QueueHub const&) = delete;
    QueueHub& operator=(QueueHub const&) = delete;

    /// The end of one peer; the hub must outlive it. Each end is used by one thread.
    std::unique_ptr<Transport> end(Peer self);

private:
    class End;
    struct Box {
        std::mutex mutex;
        std::deque<Incoming> frames;
    };
    std::vector<Box> boxes_;
};

} // namespace starmap::transport
