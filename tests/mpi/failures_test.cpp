// What fails says so, ends what it must, and leaves the session in order.
#include "support/numbers.hpp"
#include "support/session.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <filesystem>
#include <fstream>
#include <numeric>
#include <string>
#include <unistd.h>
#include <vector>

using starmap::test::numbers;

namespace {

int seven_fails(int i)
{
    if (i == 7) throw std::domain_error("seven");
    return i;
}
int throws_a_number(int) { throw 42; }

/// Fails the first time it is tried, in whichever process: a file remembers.
int second_time(int i, std::string const& folder)
{
    auto const mark = folder + "/" + std::to_string(i);
    if (i % 5 == 0 && !std::filesystem::exists(mark)) {
        std::ofstream(mark) << "tried";
        throw std::runtime_error("not yet");
    }
    return i;
}

struct Moody {
    int value = 0;
    int when_saved = 0; ///< value at which saving throws
    template <class Archive>
    void serialize(Archive& archive, unsigned)
    {
        archive& value;
        if constexpr (Archive::is_saving::value) {
            if (value == when_saved) throw std::runtime_error("will not be saved");
        } else if (value == 13) {
            throw std::runtime_error("will not be loaded");
        }
        archive& when_saved;
    }
};
int open_moody(Moody const& moody) { return moody.value; }
Moody make_moody(int i) { return {i, 5}; }

void check_session_works()
{
    CHECK(session().map(starmap::fn<seven_fails>, numbers(5)).reduce() == 10);
}

} // namespace

TEST_CASE("raise: the first failure is thrown, with all that is known of it")
{
    for (bool const mapped : {false, true}) {
        CAPTURE(mapped);
        auto tasks =
            mapped ? session().map(starmap::fn<seven_fails>, numbers(20), {.name = "sevens"})
                   : session().starmap(starmap::fn<seven_fails>, numbers(20), {.name = "sevens"});
        try {
            tasks.reduce();
            FAIL("nothing was thrown");
        } catch (starmap::TaskError const& error) {
            CHECK(error.type == "std::domain_error");
            CHECK(error.text == "seven");
            CHECK(error.name == "sevens");
            CHECK(error.task_no == 8);
            CHECK(error.first_item == 7);
            CHECK(error.attempt == 1);
            CHECK(error.status == starmap::TaskStatus::failed);
            CHECK(!error.host.empty());
            CHECK(std::string(error.what()).find("rank " + std::to_string(error.rank)) !=
                  std::string::npos);
        }
        CHECK(tasks.failures().size() >= 1);
        check_session_works();
    }
    CHECK_THROWS_AS(session().map(starmap::fn<throws_a_number>, numbers(3)).wait(),
                    starmap::TaskError);
}

TEST_CASE("collect: all others are done, in a map chunk too")
{
    auto tasks = session().map(starmap::fn<seven_fails>, numbers(20),
                               {.on_failure = starmap::OnFailure::collect});
    CHECK(tasks.reduce() == 190 - 7);
    REQUIRE(tasks.failures().size() == 1);
    CHECK(tasks.failures()[0].first_item == 7);
    auto kept = session().starmap(starmap::fn<seven_fails>, numbers(10),
                                  {.on_failure = starmap::OnFailure::collect});
    CHECK(kept.collect() == std::vector<int>{0, 1, 2, 3, 4, 5, 6, 8, 9});
}

TEST_CASE("retries: what succeeds later is as if it had at once")
{
    auto const folder =
        std::filesystem::temp_directory_path() / ("starmap-retries-" + std::to_string(::getpid()));
    for (bool const mapped : {false, true}) {
        std::filesystem::create_directory(folder);
        auto const input = numbers(40);
        auto tasks = mapped ? session().map(starmap::fn<second_time>, input,
                                            starmap::shared(folder.string()), {.retries = 1})
                            : session().map(starmap::fn<second_time>, input,
                                            starmap::shared(folder.string()),
                                            {.concurrent_tasks = 6, .retries = 2});
        CHECK(tasks.collect() == input);
        CHECK(tasks.failures().empty());
        std::filesystem::remove_all(folder);
    }
    auto hopeless = session().map(starmap::fn<seven_fails>, numbers(20), {.retries = 2});
    try {
        hopeless.reduce();
        FAIL("nothing was thrown");
    } catch (starmap::TaskError const& error) {
        CHECK(error.attempt == 3);
    }
}

TEST_CASE("a serialize() that throws, on either side, is a failure of that task")
{
    std::vector<Moody> const unsendable{{1, 0}, {2, 2}, {3, 0}};
    CHECK_THROWS_AS(session().starmap(starmap::fn<open_moody>, unsendable).reduce(),
                    starmap::TaskError);
    std::vector<Moody> const unreadable{{1, 0}, {13, 0}, {3, 0}};
    CHECK_THROWS_AS(session().starmap(starmap::fn<open_moody>, unreadable).reduce(),
                    starmap::TaskError);
    for (int const bad : {5, 13}) { // cannot leave the worker; cannot be read on rank 0
        auto tasks = session().starmap(starmap::fn<make_moody>, std::vector<int>{1, bad, 3},
                                       {.on_failure = starmap::OnFailure::collect});
        CHECK(tasks.collect().size() == 2);
        CHECK(tasks.failures().size() == 1);
    }
    CHECK_THROWS_AS(session()
                        .map([](int i, Moody const& m) { return i + m.value; }, numbers(3),
                             starmap::shared(Moody{13, 0}))
                        .reduce(),
                    starmap::TaskError);
    check_session_works();
}

TEST_CASE("bad options and functions are refused by name")
{
    auto const input = numbers(10);
    auto const f = starmap::fn<seven_fails>;
    auto const refused = [&](starmap::Options<int> options, std::string const& word) {
        try {
            session().map(f, input, options).wait();
            FAIL("nothing was thrown");
        } catch (starmap::UsageError const& error) {
            CHECK(std::string(error.what()).find(word) != std::string::npos);
        }
    };
    refused({.weight = [](int i) { return 3.0 - i; }}, "item 4 is -1");
    refused({.weight = [](int i) { return i == 2 ? std::nan("") : 1.0; }}, "item 2");
    refused({.concurrent_tasks = 0}, "concurrent_tasks is 0");
    refused({.max_weight = 0.0}, "max_weight is 0");
    CHECK_THROWS_AS(session().map(f, input, {.weight = [](int) -> double { throw 1; }}).wait(),
                    int);
    // An operation that throws does so on a worker or on rank 0, as the chunks fall.
    CHECK_THROWS(session().map(f, numbers(5)).reduce([](int, int) -> int { throw 'x'; }));
    auto tasks = session().map(f, numbers(7), {.on_failure = starmap::OnFailure::collect});
    auto const picky = [](int a, int b) {
        if (a > 2) throw std::runtime_error("too much");
        return a + b;
    };
    try {
        CHECK(tasks.reduce(picky) < 21); // whole chunks are lost, and it is said
        CHECK(!tasks.failures().empty());
    } catch (std::runtime_error const& error) {
        CHECK(std::string(error.what()) == "too much");
    }
    auto used = session().map(f, numbers(5));
    CHECK(used.reduce() == 10);
    CHECK_THROWS_AS(used.reduce(), starmap::UsageError);
    check_session_works();
}
