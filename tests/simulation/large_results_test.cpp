#include "roles/crew.hpp"
#include "scheduling/scheduler.hpp"
#include "transport/transport.hpp"
#include "wire/frame.hpp"

#include <starmap/detail/registry.hpp>
#include <starmap/settings.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <random>
#include <set>
#include <span>
#include <vector>

using starmap::transport::Peer;
using starmap::wire::Kind;

namespace {

constexpr Peer workers = 5;
constexpr std::size_t total = std::size_t{1} << 20; // in four parts

/// Frames that lie ready on all sides, heard in an order that the seed decides. As over MPI, what
/// was taken in before is not given back when only some are to be heard from then on.
class ReadySenders final : public starmap::transport::Transport {
public:
    explicit ReadySenders(unsigned seed) : random_(seed) {}

    Peer self() const override { return 0; }
    Peer peers() const override { return workers + 1; }
    void send(Peer, starmap::detail::Bytes) override {}
    std::size_t unsent() const override { return 0; }
    void listen_only_to(std::span<Peer const> peers) override
    {
        only_.assign(peers.begin(), peers.end());
    }
    std::optional<starmap::transport::Incoming> poll() override
    {
        while (taken_in_.size() < workers && take_in()) {
        }
        if (taken_in_.empty()) return std::nullopt;
        auto frame = std::move(taken_in_.front());
        taken_in_.pop_front();
        return frame;
    }
    void add(Peer from, starmap::wire::Parcel parcel)
    {
        lines_[from - 1].push_back(std::move(parcel).joined());
    }

private:
    bool take_in()
    {
        std::vector<Peer> ready;
        for (Peer peer = 1; peer <= workers; ++peer)
            if (!lines_[peer - 1].empty() &&
                (only_.empty() || std::find(only_.begin(), only_.end(), peer) != only_.end()))
                ready.push_back(peer);
        if (ready.empty()) return false;
        auto const from = ready[random_() % ready.size()];
        taken_in_.push_back({from, std::move(lines_[from - 1].front())});
        lines_[from - 1].pop_front();
        return true;
    }

    std::mt19937 random_;
    std::vector<Peer> only_;
    std::deque<starmap::transport::Incoming> taken_in_;
    std::vector<std::deque<starmap::detail::Bytes>> lines_{workers};
};

void fill(ReadySenders& senders, std::uint64_t results)
{
    auto const value = std::make_shared<std::vector<std::byte> const>(total);
    for (Peer from = 1; from <= workers; ++from)
        for (std::uint64_t chunk = 1; chunk <= results; ++chunk) {
            for (auto& part : starmap::wire::encode_parts(1, chunk, {*value, 1, value}))
                senders.add(from, std::move(part));
            auto end = starmap::wire::start_frame(Kind::result, 1);
            end.put(chunk);
            starmap::wire::seal(end);
            senders.add(from, std::move(end));
        }
}

/// The most large results that lay on rank 0 at a time.
std::size_t most_at_once(std::size_t buffer, unsigned seed, std::uint64_t results)
{
    ReadySenders senders(seed);
    starmap::Settings settings;
    settings.result_buffer = buffer;
    settings.distribute = "mpi";
    starmap::wire::Hello hello;
    hello.registry_digest = starmap::detail::registry_digest();
    hello.registry_size = starmap::detail::registry_size();
    for (Peer from = 1; from <= workers; ++from) senders.add(from, starmap::wire::encode(hello));
    starmap::scheduling::Scheduler scheduler;
    starmap::roles::Crew crew({.workers = &senders, .ranks = senders.peers()}, "test", settings, 0);
    crew.meet(scheduler);
    fill(senders, results);

    std::size_t most = 0;
    std::set<starmap::scheduling::WorkerId> here;
    std::vector<std::uint64_t> last(workers + 1, 0);
    std::uint64_t ended = 0;
    while (auto const incoming = crew.poll()) {
        starmap::detail::ByteReader in(incoming->frame.view());
        auto const kind = starmap::wire::read_header(in).kind;
        auto const chunk = in.get<std::uint64_t>();
        auto& before = last.at(incoming->worker);
        if (kind == Kind::part) {
            CHECK(chunk == before + 1); // the frames of a worker keep their order
            crew.note_part(incoming->worker, in.get<std::uint64_t>());
            here.insert(incoming->worker);
            most = std::max(most, here.size());
        } else {
            REQUIRE(kind == Kind::result);
            CHECK(chunk == ++before);
            crew.note_result(incoming->worker);
            here.erase(incoming->worker);
            ++ended;
        }
    }
    CHECK(ended == workers * results);
    return most;
}

} // namespace

TEST_CASE("no more large results come in at a time than the buffer holds, and one")
{
    for (unsigned seed = 1; seed <= 20; ++seed) {
        CAPTURE(seed);
        CHECK(most_at_once(1, seed, 4) == 1);
        CHECK(most_at_once(total, seed, 4) == 2);
        CHECK(most_at_once(5 * total / 2, seed, 4) == 3);
        CHECK(most_at_once(workers * total, seed, 4) == workers);
    }
}
