// What tasks learn of their attempts and tell of their ends, and options that differ from task to
// task.
#include "support/numbers.hpp"
#include "support/session.hpp"

#include <doctest/doctest.h>

#include <cstddef>
#include <limits>
#include <list>
#include <numeric>
#include <stdexcept>
#include <string>
#include <tuple>
#include <vector>

using starmap::test::numbers;

namespace {

using starmap::Monitor;
using starmap::OnFailure;
using starmap::TaskStatus;

int fail_so_often(int times, Monitor& monitor)
{
    if (static_cast<int>(monitor.attempt()) <= times) throw std::runtime_error("not yet");
    return static_cast<int>(monitor.attempt());
}
int always_fail(int i) { throw std::runtime_error("no " + std::to_string(i)); }
int tell_and_return(int i, Monitor& monitor)
{
    if (i % 3 == 1) monitor.outcome(TaskStatus::failed, 3, "it says so");
    if (i % 3 == 2) monitor.outcome(TaskStatus::timeout, -9);
    return i;
}
int tell_and_throw(int i, Monitor& monitor)
{
    monitor.outcome(TaskStatus::failed, 5, "what is thrown says more");
    if (i == 4) throw std::domain_error("four");
    monitor.outcome(TaskStatus::ok, 0);
    return i;
}
int use(double seconds, Monitor& monitor)
{
    monitor.used(seconds, 1);
    return 1;
}
int end_as(int code, Monitor& monitor)
{
    monitor.outcome(code == 1 ? TaskStatus::cancelled : TaskStatus::failed, code);
    return 1;
}

} // namespace

TEST_CASE("a task knows which attempt it is")
{
    std::vector<int> times;
    for (int i = 0; i < 60; ++i) times.push_back(i % 4);
    auto expected = times;
    for (auto& each : expected) ++each;
    CHECK(session().starmap(starmap::fn<fail_so_often>, times, {.retries = 3}).collect() ==
          expected);
    CHECK(session().map(starmap::fn<fail_so_often>, times, {.retries = 3}).collect() == expected);
}

TEST_CASE("each task may have its own number of retries")
{
    auto const by = [](int i) { return static_cast<unsigned>(i % 3); };
    auto tasks =
        session().starmap(starmap::fn<always_fail>, numbers(30),
                          {.on_failure = OnFailure::collect, .retries = 9, .retries_by = by});
    CHECK(tasks.collect().empty());
    REQUIRE(tasks.failures().size() == 30);
    for (auto const& failure : tasks.failures())
        CHECK(failure.attempt == failure.first_item % 3 + 1);

    SUBCASE("in whatever order they are sent, and of whatever kind the input is")
    {
        auto const weight = [](int i) { return i % 7; };
        std::size_t count = 0;
        auto const list = numbers(30);
        auto again = session().starmap(
            starmap::fn<always_fail>, std::list<int>(list.begin(), list.end()),
            {.weight = weight, .on_failure = OnFailure::collect, .retries_by = by});
        CHECK(again.collect().empty());
        for (auto const& failure : again.failures()) {
            CHECK(failure.attempt == failure.first_item % 3 + 1);
            ++count;
        }
        CHECK(count == 30);
    }
    SUBCASE("under raise the first that has none left ends it")
    {
        auto const only_last = [](std::tuple<int, int> const& item) {
            return std::get<0>(item) == 0 ? 0U : 50U;
        };
        std::vector<std::tuple<int, int>> items{{60, 1}, {0, 1}, {1, 1}};
        auto const fails = [](int until, int, Monitor& monitor) {
            if (until == 0 || static_cast<int>(monitor.attempt()) <= until)
                throw std::runtime_error("no");
            return 1;
        };
        items.front() = {3, 1};
        try {
            session().starmap(fails, items, {.retries_by = only_last}).reduce();
            FAIL("nothing was thrown");
        } catch (starmap::TaskError const& error) {
            CHECK(error.task_no == 2);
            CHECK(error.attempt == 1);
        }
        items.erase(items.begin() + 1);
        CHECK(session().starmap(fails, items, {.retries_by = only_last}).reduce() == 2);
    }
}

TEST_CASE("each task may have its own name")
{
    auto const label = [](int i) { return "number " + std::to_string(i); };
    auto tasks =
        session().starmap(starmap::fn<always_fail>, numbers(20),
                          {.name = "all", .on_failure = OnFailure::collect, .label = label});
    tasks.collect();
    REQUIRE(tasks.failures().size() == 20);
    for (auto const& failure : tasks.failures()) {
        CHECK(failure.name == label(static_cast<int>(failure.first_item)));
        CHECK(std::string(failure.what()).find("of \"" + failure.name + "\"") != std::string::npos);
    }
}

TEST_CASE("what an option throws ends its Starmap and nothing else")
{
    auto const refuse = [](int i) -> unsigned {
        if (i == 3) throw std::out_of_range("option");
        return 0;
    };
    auto const nameless = [&](int i) { return std::to_string(refuse(i)); };
    CHECK_THROWS_AS(session()
                        .starmap(starmap::fn<always_fail>, numbers(4),
                                 {.on_failure = OnFailure::collect, .retries_by = refuse})
                        .collect(),
                    std::out_of_range);
    CHECK_THROWS_AS(
        session().starmap([](int i) { return i; }, numbers(4), {.label = nameless}).collect(),
        std::out_of_range);
    CHECK(session().map([](int i) { return i; }, numbers(100)).reduce() == 4950);
}

TEST_CASE("options of single tasks are refused where items travel in chunks")
{
    auto const same = [](int i) { return i; };
    auto const one = [](std::span<int const>) { return 1; };
    auto const items = numbers(3);
    auto const retries = [](int) { return 1U; };
    auto const label = [](int) { return std::string("x"); };
    CHECK_THROWS_AS(session().map(same, items, {.retries_by = retries}), starmap::UsageError);
    CHECK_THROWS_AS(session().map(same, items, {.label = label}), starmap::UsageError);
    CHECK_THROWS_AS(session().apply(one, items, {.retries_by = retries}), starmap::UsageError);
    CHECK_THROWS_AS(session().apply(one, items, {.label = label}), starmap::UsageError);
}

TEST_CASE("a task that returns counts, whatever it has said of its end")
{
    auto const items = numbers(90);
    auto tasks = session().starmap(starmap::fn<tell_and_return>, items);
    CHECK(tasks.collect() == items);
    CHECK(tasks.failures().empty());
    CHECK(tasks.stats().tasks_done == 90);
    CHECK(tasks.stats().tasks == 90); // none was tried again
    auto mapped = session().map(starmap::fn<tell_and_return>, items, {.retries = 2});
    CHECK(mapped.reduce() == 89 * 45);
    CHECK(mapped.failures().empty());
    CHECK(mapped.stats().tasks_done == 90);
}

TEST_CASE("a task that throws has failed as it has said")
{
    auto const check = [](auto tasks) {
        CHECK(tasks.reduce() == 41);
        REQUIRE(tasks.failures().size() == 1);
        auto const& failure = tasks.failures().front();
        CHECK(failure.status == TaskStatus::failed);
        CHECK(failure.exit_code == 5);
        CHECK(failure.type == "std::domain_error");
        CHECK(failure.text == "four");
    };
    check(session().starmap(starmap::fn<tell_and_throw>, numbers(10),
                            {.on_failure = OnFailure::collect}));
    check(session().map(starmap::fn<tell_and_throw>, numbers(10),
                        {.on_failure = OnFailure::collect}));
}

TEST_CASE("what cannot have been is refused")
{
    auto const one = [](auto task, auto value) {
        try {
            session().starmap(task, std::vector{value, value}).reduce();
            FAIL("nothing was thrown");
        } catch (starmap::TaskError const& error) {
            CHECK(error.type == "starmap::UsageError");
        }
    };
    one(starmap::fn<use>, -1.0);
    one(starmap::fn<use>, std::numeric_limits<double>::infinity());
    one(starmap::fn<use>, std::numeric_limits<double>::quiet_NaN());
    one(starmap::fn<end_as>, 1);
    one(starmap::fn<end_as>, 1 << 20);
}
