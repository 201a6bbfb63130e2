#include "simulation/cluster.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cstdint>
#include <functional>
#include <numeric>
#include <string>
#include <vector>

using simulation::Cluster;
using simulation::Counting;
using simulation::numbers;

namespace {

std::string long_word(std::int64_t i) { return std::string(200, static_cast<char>('a' + i % 26)); }
double weight_of(std::int64_t i) { return static_cast<double>(i * 7 % 11); }
std::int64_t key_of(std::int64_t i) { return i % 4; }

/// In canonical order: keys as they first appear, in each the heaviest first.
std::string expected(std::int64_t count)
{
    auto items = numbers(count);
    std::stable_sort(items.begin(), items.end(), [](auto a, auto b) {
        if (key_of(a) != key_of(b)) return key_of(a) < key_of(b);
        return weight_of(a) > weight_of(b);
    });
    std::string all;
    for (auto const i : items) all += long_word(i)[0];
    return all;
}

std::string append_first(std::string all, std::string const& word)
{
    return std::move(all) + word[0];
}

template <class Main>
void for_tight_clusters(Main main)
{
    // From "one result is too many" to "all fit".
    for (std::size_t const buffer : {1UL, 500UL, 3000UL, 1UL << 20})
        for (unsigned workers = 0; workers <= 5; ++workers)
            for (std::uint64_t seed = 1; seed <= 3; ++seed) {
                starmap::Settings settings;
                settings.result_buffer = buffer;
                Cluster cluster(workers, 1000 * workers + seed, settings);
                main(cluster.session());
                cluster.finish();
            }
}

} // namespace

TEST_CASE("an ordered consumer gets all in order, however little may wait for it")
{
    constexpr std::int64_t count = 60;
    auto const items = numbers(count);
    for_tight_clusters([&](starmap::Session& session) {
        for (auto const blocks : {0, 7}) {
            starmap::Options<std::int64_t> options{.weight = weight_of, .key = key_of};
            if (blocks != 0) options.concurrent_tasks = static_cast<std::size_t>(blocks);
            CHECK(session.map(starmap::fn<long_word>, items, options)
                      .reduce(append_first, std::string()) == expected(count));
        }
        std::string iterated;
        for (auto const& word :
             session.starmap(starmap::fn<long_word>, items, {.weight = weight_of, .key = key_of})
                 .results(starmap::Order::canonical))
            iterated += word[0];
        CHECK(iterated == expected(count));
        std::string streamed;
        for (auto const& word : session.map(starmap::fn<long_word>, Counting(count))
                                    .results(starmap::Order::canonical))
            streamed += word[0];
        CHECK(streamed.size() == count);
    });
}

TEST_CASE("several Starmaps go on side by side, however little may wait for their consumers")
{
    auto const items = numbers(40);
    for_tight_clusters([&](starmap::Session& session) {
        auto one = session.map(starmap::fn<long_word>, items).results(starmap::Order::canonical);
        auto two = session.starmap(starmap::fn<long_word>, items).results();
        std::size_t words = 0;
        for (auto const& word : one) {
            words += word.size() / 200;
            if (words == 5) CHECK(session.map(starmap::fn<long_word>, items).wait() == 40);
        }
        for (auto const& word : two) words += word.size() / 200;
        CHECK(words == 80);
    });
}
