#include "transport/life_line.hpp"

#include "base/clock.hpp"

#include <arpa/inet.h>
#include <fcntl.h>
#include <ifaddrs.h>
#include <net/if.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/random.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

namespace starmap::transport {

namespace {

constexpr double patience = 1.0; ///< with one address, or one who has called
constexpr double most_patience = 6.0;

struct Call {
    std::uint64_t word = 0;
    std::uint64_t name = 0;
};

bool wait_until(int file, short events, double end)
{
    pollfd each{file, events, 0};
    auto const left = std::max(0.0, end - base::now());
    return ::poll(&each, 1, static_cast<int>(left * 1000) + 1) > 0;
}

template <class T>
bool read_whole(int file, T& value, double end)
{
    // So few bytes come in one piece, or not at all.
    return wait_until(file, POLLIN, end) &&
           ::recv(file, &value, sizeof value, MSG_DONTWAIT) == ssize_t{sizeof value};
}

template <class T>
bool write_whole(int file, T const& value)
{
    return ::send(file, &value, sizeof value, MSG_DONTWAIT | MSG_NOSIGNAL) == ssize_t{sizeof value};
}

/// A node that is gone closes nothing: the system asks for it from time to time.
void keep_asking(int file)
{
    auto const set = [&](int level, int option, int value) {
        ::setsockopt(file, level, option, &value, sizeof value);
    };
    set(IPPROTO_TCP, TCP_KEEPIDLE, 10);
    set(IPPROTO_TCP, TCP_KEEPINTVL, 5);
    set(IPPROTO_TCP, TCP_KEEPCNT, 4);
    set(SOL_SOCKET, SO_KEEPALIVE, 1);
}

/// Those at which others may reach this node; that of the loopback last, for what is only made to
/// look like several nodes.
void find_addresses(Invitation& invitation)
{
    ifaddrs* first = nullptr;
    if (::getifaddrs(&first) != 0) return;
    for (auto const loopback : {false, true})
        for (auto const* at = first; at != nullptr; at = at->ifa_next) {
            if (invitation.count == Invitation::most_addresses || at->ifa_addr == nullptr ||
                (at->ifa_flags & IFF_UP) == 0 ||
                ((at->ifa_flags & IFF_LOOPBACK) != 0) != loopback ||
                at->ifa_addr->sa_family != AF_INET)
                continue;
            auto& address = invitation.addresses[invitation.count++];
            address.family = AF_INET;
            sockaddr_in known{};
            std::memcpy(&known, at->ifa_addr, sizeof known);
            std::memcpy(address.bytes.data(), &known.sin_addr, sizeof known.sin_addr);
        }
    ::freeifaddrs(first);
}

int connect_to(Invitation::Address const& address, std::uint16_t port, double end)
{
    int const file = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (file < 0) return -1;
    sockaddr_in to{};
    to.sin_family = AF_INET;
    to.sin_port = htons(port);
    std::memcpy(&to.sin_addr, address.bytes.data(), sizeof to.sin_addr);
    sockaddr generic{};
    static_assert(sizeof generic == sizeof to);
    std::memcpy(&generic, &to, sizeof to);
    auto const begun = ::connect(file, &generic, sizeof generic) == 0 || errno == EINPROGRESS;
    int error = 0;
    socklen_t size = sizeof error;
    if (begun && wait_until(file, POLLOUT, end) &&
        ::getsockopt(file, SOL_SOCKET, SO_ERROR, &error, &size) == 0 && error == 0)
        return file;
    ::close(file);
    return -1;
}

} // namespace

LifeLineHost::LifeLineHost()
{
    // One for each rank elsewhere: as many as the system grants.
    rlimit limit{};
    if (::getrlimit(RLIMIT_NOFILE, &limit) == 0 && limit.rlim_cur < limit.rlim_max) {
        limit.rlim_cur = limit.rlim_max;
        ::setrlimit(RLIMIT_NOFILE, &limit);
    }
    std::array<std::uint64_t, 2> words{};
    listener_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    sockaddr generic{};
    generic.sa_family = AF_INET; // any address, any port
    socklen_t size = sizeof generic;
    if (listener_ < 0 || ::bind(listener_, &generic, size) != 0 ||
        ::listen(listener_, SOMAXCONN) != 0 || ::getsockname(listener_, &generic, &size) != 0 ||
        ::getrandom(words.data(), sizeof words, 0) != ssize_t{sizeof words})
        return;
    sockaddr_in own{};
    std::memcpy(&own, &generic, sizeof own);
    invitation_.word = words[0];
    invitation_.answer = words[1];
    invitation_.port = ntohs(own.sin_port);
    find_addresses(invitation_);
}

LifeLineHost::~LifeLineHost()
{
    if (listener_ >= 0) ::close(listener_);
}

std::vector<std::pair<std::uint32_t, int>> LifeLineHost::admit(std::size_t callers,
                                                               double seconds) const
{
    std::vector<std::pair<std::uint32_t, int>> admitted;
    auto const end = base::now() + seconds;
    while (invitation_.port != 0 && admitted.size() < callers &&
           wait_until(listener_, POLLIN, end)) {
        int const file = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK);
        if (file < 0) {
            if (errno == EMFILE || errno == ENFILE) break;
            continue;
        }
        Call call;
        if (read_whole(file, call, base::now() + patience) && call.word == invitation_.word &&
            write_whole(file, invitation_.answer)) {
            keep_asking(file);
            admitted.emplace_back(static_cast<std::uint32_t>(call.name), file);
        } else {
            ::close(file);
        }
    }
    return admitted;
}

int call_life_line(Invitation const& invitation, std::uint32_t name)
{
    auto const end = base::now() + most_patience;
    for (std::size_t i = 0; i < invitation.count && invitation.port != 0; ++i) {
        auto const turn = std::min(end, base::now() + patience);
        int const file = connect_to(invitation.addresses[i], invitation.port, turn);
        if (file < 0) continue;
        // One of the same address elsewhere may answer: the host is who knows the word. It takes
        // the callers one by one.
        std::uint64_t answer = 0;
        if (write_whole(file, Call{invitation.word, name}) && read_whole(file, answer, end) &&
            answer == invitation.answer) {
            keep_asking(file);
            return file;
        }
        ::close(file);
    }
    return -1;
}

} // namespace starmap::transport
