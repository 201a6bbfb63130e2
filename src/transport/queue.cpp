#include "transport/queue.hpp"

#include <utility>

namespace starmap::transport {

class QueueHub::End final : public Transport {
public:
    End(QueueHub& hub, Peer self) : hub_(hub), self_(self) {}

    Peer self() const override { return self_; }
    Peer peers() const override { return static_cast<Peer>(hub_.boxes_.size()); }
    void send(Peer to, detail::Bytes frame) override
    {
        auto& box = hub_.boxes_.at(to);
        std::scoped_lock const lock(box.mutex);
        box.frames.push_back({self_, std::move(frame)});
    }
    std::optional<Incoming> poll() override
    {
        auto& box = hub_.boxes_[self_];
        std::scoped_lock const lock(box.mutex);
        if (box.frames.empty()) return std::nullopt;
        std::optional<Incoming> frame(std::move(box.frames.front()));
        box.frames.pop_front();
        return frame;
    }
    std::size_t unsent() const override { return 0; }

private:
    QueueHub& hub_;
    Peer self_;
};

std::unique_ptr<Transport> QueueHub::end(Peer self) { return std::make_unique<End>(*this, self); }

} // namespace starmap::transport
