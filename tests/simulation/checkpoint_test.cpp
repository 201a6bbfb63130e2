#include "journal/checkpoint.hpp"
#include "simulation/cluster.hpp"
#include "support/scratch_directory.hpp"

#include <doctest/doctest.h>

#include <cstdint>
#include <map>
#include <memory>
#include <numeric>
#include <span>
#include <string>
#include <vector>

using simulation::Cluster;
using simulation::numbers;

namespace resumed {

std::map<std::int64_t, int> calls; ///< of each item, in this process, which all workers are

double value_of(std::int64_t i) { return 1.0 / static_cast<double>(3 * i + 1); }
double part_of_a_sum(std::int64_t i)
{
    ++calls[i];
    return value_of(i);
}
double scaled(std::int64_t i, double factor)
{
    ++calls[i];
    return factor * value_of(i);
}
double block_sum(std::span<std::int64_t const> items)
{
    for (auto const i : items) ++calls[i];
    return std::accumulate(items.begin(), items.end(), 0.0,
                           [](double sum, auto i) { return sum + value_of(i); });
}
void nothing(std::int64_t i) { ++calls[i]; }
std::vector<double> large(std::int64_t i)
{
    ++calls[i];
    return std::vector<double>(64, value_of(i));
}
std::uint64_t seeded(std::int64_t i, starmap::Monitor& monitor)
{
    ++calls[i];
    return monitor.seed(0);
}
double weight_of(std::int64_t i) { return static_cast<double>(i * 7 % 11); }

/// A checkpoint that several runs use, one after the other.
class Runs {
public:
    /// How many tasks, by item, `main` has run.
    template <class Main>
    int run(unsigned workers, Main main, starmap::journal::CheckpointOptions options = {})
    {
        calls.clear();
        Cluster cluster(workers, ++seed_);
        starmap::journal::Checkpoint checkpoint(path(), {"simulation", 1, "1", 42}, options);
        cluster.use(checkpoint);
        main(cluster.session());
        cluster.finish();
        return std::accumulate(calls.begin(), calls.end(), 0,
                               [](int sum, auto const& call) { return sum + call.second; });
    }
    std::string path() const { return (folder_ / "file").string(); }

private:
    starmap::test::ScratchDirectory folder_;
    std::uint64_t seed_ = 0;
};

/// Uses all that a Starmap can be asked for.
struct Answers {
    double map_sum = 0, keyed_sum = 0, block_sums = 0, fold = 0;
    std::vector<double> all, some;
    std::uint64_t done = 0;
    std::vector<std::uint64_t> seeds;
    bool operator==(Answers const&) const = default;
};

Answers ask(starmap::Session& session, std::vector<std::int64_t> const& items, double factor)
{
    Answers answers;
    auto const key = [](std::int64_t i) { return i % 3; };
    auto const add = [](double sum, double value) { return 0.5 * sum + value; };
    answers.map_sum = session.map(starmap::fn<part_of_a_sum>, items).reduce();
    answers.keyed_sum = session
                            .map(starmap::fn<scaled>, items, starmap::shared(factor),
                                 {.weight = weight_of, .key = key})
                            .reduce();
    answers.block_sums = session.apply(starmap::fn<block_sum>, items, {.max_weight = 7.0}).reduce();
    answers.fold =
        session.starmap(starmap::fn<part_of_a_sum>, items, {.weight = weight_of}).reduce(add, 1.0);
    answers.all = session.map(starmap::fn<part_of_a_sum>, items, {.concurrent_tasks = 5}).collect();
    for (auto const value :
         session.map(starmap::fn<part_of_a_sum>, items).results(starmap::Order::canonical))
        answers.some.push_back(value);
    answers.done = session.map(starmap::fn<nothing>, items).wait();
    answers.seeds = session.starmap(starmap::fn<seeded>, items).collect();
    return answers;
}

constexpr int starmaps = 8;

} // namespace resumed

using namespace resumed;

TEST_CASE("a second run is answered from the first, with any number of workers")
{
    auto const items = numbers(97);
    Runs runs;
    Answers first;
    CHECK(runs.run(3, [&](auto& session) { first = ask(session, items, 0.1); }) == starmaps * 97);
    CHECK(first.done == 97);
    Answers fresh;
    CHECK(Runs().run(2, [&](auto& session) { fresh = ask(session, items, 0.1); }) == starmaps * 97);
    CHECK(first == fresh);
    for (unsigned workers = 0; workers <= 8; ++workers) {
        Answers again;
        CHECK(runs.run(workers, [&](auto& session) { again = ask(session, items, 0.1); }) == 0);
        CHECK(again == first);
    }
}

TEST_CASE("what was left when a run ended is computed, and the answer is that of one run")
{
    auto const items = numbers(120);
    Answers whole;
    Runs().run(2, [&](auto& session) { whole = ask(session, items, 0.1); });
    for (std::int64_t const first : {1, 17, 64, 119}) {
        CAPTURE(first);
        Runs runs;
        auto const part = numbers(first);
        runs.run(4, [&](auto& session) { ask(session, part, 0.1); });
        Answers answers;
        auto const count = runs.run(3, [&](auto& session) { answers = ask(session, items, 0.1); });
        CHECK(answers == whole);
        // Blocks are known by all their items: the last one of the part may be another now.
        CHECK(count >= starmaps * (120 - first));
        // and nodes of the weighted sum, whose places have shifted, hold other items.
        CHECK(count <= starmaps * (120 - first) + 7 + first);
    }
}

TEST_CASE("other shared arguments are another task, and leave the others as they are")
{
    auto const items = numbers(50);
    Runs runs;
    runs.run(3, [&](auto& session) { ask(session, items, 0.1); });
    Answers answers;
    CHECK(runs.run(3, [&](auto& session) { answers = ask(session, items, 0.2); }) == 50);
    Answers fresh;
    Runs().run(3, [&](auto& session) { fresh = ask(session, items, 0.2); });
    CHECK(answers == fresh);
}

TEST_CASE("equal items are counted: what was done once is done once")
{
    Runs runs;
    std::vector<std::int64_t> const three(3, 7);
    std::vector<std::int64_t> const five(5, 7);
    auto const wait = [](auto const& items) {
        return [&](starmap::Session& session) {
            CHECK(session.map(starmap::fn<nothing>, items).wait() == items.size());
        };
    };
    CHECK(runs.run(2, wait(three)) == 3);
    CHECK(runs.run(2, wait(five)) == 2);
}

TEST_CASE("a Starmap that is not journaled runs again, beside one that is")
{
    auto const items = numbers(40);
    Runs runs;
    double guided = 0;
    auto const main = [&](starmap::Session& session) {
        auto const sum = session.apply(starmap::fn<block_sum>, items).reduce();
        CHECK((guided == 0 || sum == doctest::Approx(guided)));
        guided = sum;
        session.map(starmap::fn<nothing>, items).wait();
    };
    CHECK(runs.run(3, main) == 80);
    CHECK(runs.run(3, main) == 40);
}

TEST_CASE("a result is never kept before its row of the record, wherever a kill cuts the file off")
{
    Runs runs;
    auto const main = [](starmap::Session& session) {
        session.starmap(starmap::fn<large>, numbers(60)).collect();
    };
    // A result fills the buffer, and so is written before anything that is told later.
    CHECK(runs.run(3, main, {.buffer_bytes = 256}) == 60);
    starmap::journal::Database database(runs.path());
    starmap::journal::Entry entry;
    std::size_t rows = 0;
    std::size_t results = 0;
    for (std::int64_t next = 1; database.read_from(next, entry); next = entry.id + 1) {
        if (entry.kind == starmap::journal::Kind::rows)
            rows += entry.data.size() / sizeof(starmap::report::TaskRow);
        if (entry.kind == starmap::journal::Kind::result) ++results;
        CHECK(results <= rows);
    }
    CHECK(results == 60);
}
