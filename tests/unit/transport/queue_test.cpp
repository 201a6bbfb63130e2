#include "transport/queue.hpp"

#include <doctest/doctest.h>

#include <array>
#include <cstdint>
#include <stdexcept>
#include <thread>
#include <utility>

using starmap::detail::ByteReader;
using starmap::detail::Bytes;
using starmap::transport::QueueHub;

namespace {

Bytes numbered(std::uint32_t number)
{
    Bytes frame;
    frame.put(number);
    return frame;
}

std::uint32_t number_in(Bytes const& frame)
{
    return ByteReader(frame.view()).get<std::uint32_t>();
}

} // namespace

TEST_CASE("frames arrive once, in order, with their sender")
{
    QueueHub hub(3);
    auto const a = hub.end(0);
    auto const b = hub.end(1);
    auto const c = hub.end(2);
    CHECK(b->self() == 1);
    CHECK(b->peers() == 3);
    CHECK_FALSE(b->poll());
    a->send(1, numbered(1));
    c->send(1, numbered(2));
    a->send(1, numbered(3));
    b->send(1, numbered(4));
    CHECK(a->unsent() == 0);
    CHECK_FALSE(a->poll());
    for (auto const& [from, number] :
         std::array<std::pair<std::uint32_t, std::uint32_t>, 4>{{{0, 1}, {2, 2}, {0, 3}, {1, 4}}}) {
        auto const incoming = b->poll();
        REQUIRE(incoming);
        CHECK(incoming->from == from);
        CHECK(number_in(incoming->frame) == number);
    }
    CHECK_FALSE(b->poll());
    CHECK_THROWS_AS(a->send(3, numbered(0)), std::out_of_range);
}

TEST_CASE("between threads nothing is lost, doubled or overtaken")
{
    constexpr std::uint32_t count = 5000;
    QueueHub hub(3);
    auto const manager = hub.end(0);
    auto const produce = [&](std::uint32_t self) {
        auto const end = hub.end(self);
        for (std::uint32_t i = 0; i < count; ++i) end->send(0, numbered(i));
    };
    std::thread one(produce, 1);
    std::thread two(produce, 2);
    std::array<std::uint32_t, 3> next{};
    bool in_order = true;
    while (next[1] + next[2] < 2 * count) {
        if (auto const incoming = manager->poll())
            in_order = number_in(incoming->frame) == next[incoming->from]++ && in_order;
        else
            std::this_thread::yield();
    }
    one.join();
    two.join();
    CHECK(in_order);
    CHECK_FALSE(manager->poll());
}
