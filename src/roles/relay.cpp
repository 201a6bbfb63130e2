#include "roles/relay.hpp"

#include <algorithm>

namespace starmap::roles {

bool TakenOpening::complete() const noexcept
{
    return std::find(segments.begin(), segments.end(), nullptr) == segments.end();
}

void Relay::end()
{
    for (transport::Peer peer = 1; peer < transport_.peers(); ++peer)
        if (peer != transport_.self()) transport_.abandon(peer);
}

TakenOpening Relay::take(std::uint32_t job, detail::Bytes frame)
{
    ++taken_;
    TakenOpening taken;
    taken.frame = std::make_shared<detail::Bytes const>(std::move(frame));
    detail::ByteReader in(taken.frame->view());
    wire::read_header(in);
    taken.open = wire::read_open(in);
    taken.body = wire::read_open_body(taken.open, in, taken.frame);
    if (taken.open.repeated)
        repeated_.insert(job);
    else
        taken.late = repeated_.contains(job);
    auto const copies = wire::branches(node_, std::exchange(taken.open.onward, {}));
    auto const send_on = [&](wire::Branch const& branch, wire::Open copy) {
        copy.onward = branch.onward;
        transport_.send(branch.to.peer, wire::encode_opening(copy, job, taken.body));
        busy_ = true;
    };
    // To other nodes go the bytes, as they have come; on this one it is enough to tell where they
    // are, once they are there.
    for (auto const& branch : copies)
        if (branch.to.node != node_) send_on(branch, taken.open);
    auto found = taken.open;
    for (std::size_t i = 0; i < found.segments.size(); ++i) {
        auto& handle = found.segments[i];
        auto const has_come = handle.fd < 0;
        auto& segment = taken.segments.emplace_back(
            has_come ? detail::Segment::make_shared(taken.body.segments[i].bytes, handle.id)
                     : detail::Segment::attach(handle));
        if (has_come) handle = segment->handle();
    }
    for (auto const& branch : copies)
        if (branch.to.node == node_) send_on(branch, found);
    return taken;
}

} // namespace starmap::roles
