#include "transport/doorbell.hpp"

#include "records/host.hpp"

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <cstring>
#include <filesystem>
#include <functional>
#include <string>
#include <system_error>
#include <vector>

namespace starmap::transport {

namespace {

/// The same for processes that reach one another by such sockets.
std::uint64_t node()
{
    std::error_code ignored;
    auto const network = std::filesystem::read_symlink("/proc/self/ns/net", ignored);
    return std::hash<std::string>()(records::node_name() + '\n' + network.string()) | 1;
}

constexpr auto offset = offsetof(sockaddr_un, sun_path);

} // namespace

Doorbell::Card Doorbell::open()
{
    socket_ = ::socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (socket_ < 0) return {};
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    // Bound to no name, it gets a free one from the kernel.
    socklen_t length = sizeof address.sun_family;
    auto const* const any = reinterpret_cast<sockaddr const*>(&address);
    if (::bind(socket_, any, length) == 0) {
        length = sizeof address;
        if (::getsockname(socket_, reinterpret_cast<sockaddr*>(&address), &length) == 0 &&
            length > offset && length - offset <= Name().size()) {
            Card card{.node = node(), .length = length - offset};
            std::copy_n(&address.sun_path[0], card.length, card.name.begin());
            return card;
        }
    }
    ::close(socket_);
    socket_ = -1;
    return {};
}

Doorbell::Doorbell(boost::mpi::communicator const& ranks)
{
    auto const own = open();
    std::vector<Card> cards(static_cast<std::size_t>(ranks.size()));
    MPI_Allgather(&own, sizeof own, MPI_BYTE, cards.data(), sizeof own, MPI_BYTE, ranks);
    auto const self = static_cast<Peer>(ranks.rank());
    auto const reached = [&](Card const& card) { return own.node != 0 && card.node == own.node; };
    for (Peer peer = 0; peer < cards.size(); ++peer)
        if (peer != self && reached(cards[peer])) others_[peer] = cards[peer];
    tells_all_ = self == 0 ? std::all_of(cards.begin(), cards.end(), reached) : reached(cards[0]);
}

Doorbell::~Doorbell()
{
    if (socket_ >= 0) ::close(socket_);
}

void Doorbell::ring(Peer peer)
{
    auto const found = others_.find(peer);
    if (found == others_.end()) return;
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    auto const& card = found->second;
    std::copy_n(card.name.begin(), card.length, &address.sun_path[0]);
    char const byte = 0;
    auto const sent = ::sendto(socket_, &byte, 1, MSG_DONTWAIT | MSG_NOSIGNAL,
                               reinterpret_cast<sockaddr const*>(&address),
                               static_cast<socklen_t>(offset + card.length));
    // With many rings unheard no further one is taken, and none is needed.
    if (sent < 0 && errno != EAGAIN && errno != EWOULDBLOCK && errno != EINTR && errno != ENOBUFS)
        others_.erase(found);
}

void Doorbell::hush() const
{
    std::array<char, 16> bytes;
    while (::recv(socket_, bytes.data(), bytes.size(), MSG_DONTWAIT) >= 0) {
    }
}

} // namespace starmap::transport
