// The MPI transport by itself, with messages cut into small pieces: all to all, order kept.
#define DOCTEST_CONFIG_IMPLEMENT
#include "transport/mpi.hpp"

#include <boost/mpi/environment.hpp>
#include <doctest/doctest.h>

#include <chrono>
#include <cstdint>
#include <cstring>
#include <map>
#include <memory>
#include <numeric>
#include <random>
#include <span>
#include <vector>

namespace {

using starmap::detail::Bytes;
using starmap::transport::MpiTransport;
using starmap::transport::Peer;

constexpr std::size_t piece = 1000;

/// A frame whose content tells its sender, its number and its size.
Bytes frame(Peer from, std::uint32_t number, std::size_t size)
{
    Bytes bytes(16 + size);
    bytes.patch(0, std::uint64_t{from});
    bytes.patch(8, std::uint64_t{number});
    for (std::size_t i = 0; i < size; ++i)
        bytes.patch(16 + i, static_cast<std::uint8_t>((i + number) % 251));
    return bytes;
}

std::size_t size_of(std::uint32_t number)
{
    constexpr std::size_t sizes[] = {0, 1, 983, 984, 985, 1984, 1985, 5000, 70'000, 12, 200'001};
    return sizes[number % std::size(sizes)];
}

} // namespace

TEST_CASE("frames around the size of a piece, all to all")
{
    boost::mpi::communicator const world;
    MpiTransport transport(world, piece);
    auto const peers = transport.peers();
    constexpr std::uint32_t count = 33;
    std::uint32_t sent = 0;
    std::map<Peer, std::uint32_t> next;
    std::uint32_t received = 0;
    auto const deadline = std::chrono::steady_clock::now() + std::chrono::seconds(60);
    while (received < count * peers || transport.unsent() != 0) {
        REQUIRE(std::chrono::steady_clock::now() < deadline);
        if (sent < count) {
            for (Peer to = 0; to < peers; ++to) {
                if (sent % 3 == 0) { // in parts, as large results are
                    auto whole = frame(transport.self(), sent, size_of(sent));
                    auto const body = std::make_shared<std::vector<std::byte>>(
                        whole.data() + 16, whole.data() + whole.size());
                    whole.resize(16);
                    starmap::wire::Parcel parcel(std::move(whole));
                    auto const half = body->size() / (sent % 2 + 1);
                    parcel.body = std::span(*body).first(half);
                    parcel.owner = body;
                    parcel.more = {{std::span(*body).subspan(half), body}};
                    transport.send(to, std::move(parcel));
                } else {
                    transport.send(to, frame(transport.self(), sent, size_of(sent)));
                }
            }
            ++sent;
        }
        while (auto incoming = transport.poll()) {
            auto const number = next[incoming->from]++;
            auto const expected = frame(incoming->from, number, size_of(number));
            REQUIRE(incoming->frame.size() == expected.size());
            CHECK(std::memcmp(incoming->frame.data(), expected.data(), expected.size()) == 0);
            ++received;
        }
    }
}

TEST_CASE("a frame wakes up who waits on the same node")
{
    boost::mpi::communicator const world;
    MpiTransport transport(world);
    auto const last = transport.peers() - 1;
    constexpr std::uint32_t count = 200; // more rings than a socket holds
    CHECK(transport.bell_tells_all());
    // Far longer than a test may last: only the bell can end it.
    constexpr double hour = 3600;
    auto const next = [&] {
        for (;;) {
            if (auto incoming = transport.poll()) return std::move(*incoming);
            transport.wait(hour);
        }
    };
    if (last == 0) return;
    if (transport.self() == 0)
        for (std::uint32_t i = 0; i < count * last; ++i) {
            auto const incoming = next();
            CHECK(incoming.frame.size() == 16);
            transport.send(incoming.from, frame(0, 0, 0));
        }
    else
        for (std::uint32_t i = 0; i < count; ++i) {
            transport.send(0, frame(transport.self(), i, 0));
            CHECK(next().from == 0);
        }
    MPI_Barrier(world);
    // Unheard rings do no harm.
    if (transport.self() != 0)
        for (std::uint32_t i = 0; i < count; ++i) transport.send(0, frame(transport.self(), i, 0));
    MPI_Barrier(world);
    if (transport.self() == 0)
        for (std::uint32_t i = 0; i < count * last; ++i) CHECK(next().frame.size() == 16);
}

int main(int argc, char** argv)
{
    boost::mpi::environment const mpi(argc, argv, boost::mpi::threading::funneled);
    int const failed = doctest::Context(argc, argv).run();
    int worst = 0;
    MPI_Allreduce(&failed, &worst, 1, MPI_INT, MPI_MAX, MPI_COMM_WORLD);
    return worst;
}
