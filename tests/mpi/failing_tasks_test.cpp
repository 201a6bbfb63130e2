// Failures of single tasks: where a retry goes, what may be thrown, and what goes on beside them.
#include "support/numbers.hpp"
#include "support/session.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <new>
#include <numeric>
#include <random>
#include <set>
#include <span>
#include <stdexcept>
#include <string>
#include <thread>
#include <tuple>
#include <vector>

using starmap::test::numbers;

namespace {

using starmap::OnFailure;
namespace fs = std::filesystem;

int refuse_seven(int i)
{
    if (i == 7) throw std::domain_error("seven is refused");
    return i;
}
int refuse_sevens(int i)
{
    if (i % 10 == 7) throw std::domain_error(std::to_string(i) + " is refused");
    return i;
}
int sum_without_seven(std::span<int const> items)
{
    int sum = 0;
    for (auto const i : items) sum += refuse_seven(i);
    return sum;
}

/// The failure that `consume` must end with; the session must go on after it.
template <class Consume>
starmap::TaskFailure failure_of(Consume consume)
{
    starmap::TaskFailure failure;
    try {
        consume();
    } catch (starmap::TaskError const& error) {
        failure = error;
    }
    REQUIRE(failure.task_no != 0);
    CHECK(session().map([](int i) { return i; }, numbers(100)).reduce() == 4950);
    CHECK(session().starmap([](int i) { return i; }, numbers(10)).reduce() == 45);
    return failure;
}

/// A folder in which tasks leave marks, so that they know what was tried before, on any rank.
class Marks {
public:
    Marks()
    {
        std::random_device device;
        path_ = fs::temp_directory_path() /
                ("starmap_marks_" + std::to_string(device()) + std::to_string(device()));
        fs::create_directory(path_);
    }
    Marks(Marks const&) = delete;
    Marks& operator=(Marks const&) = delete;
    ~Marks()
    {
        std::error_code ignored;
        fs::remove_all(path_, ignored);
    }
    std::string path() const { return path_.string(); }
    bool has(std::string const& name) const { return fs::exists(path_ / name); }

private:
    fs::path path_;
};

struct Attempt {
    int number = 1;
    int before = -1; ///< the worker of the attempt before this one
};
Attempt mark_attempt(std::string const& folder, int item, starmap::Monitor const& monitor)
{
    Attempt attempt;
    for (;; ++attempt.number) {
        auto const path =
            fs::path(folder) / (std::to_string(item) + "." + std::to_string(attempt.number));
        std::ifstream earlier(path);
        if (!(earlier >> attempt.before)) {
            std::ofstream(path) << monitor.worker() << '\n';
            return attempt;
        }
    }
}
int fail_two_always(int item, std::string const& folder, starmap::Monitor& monitor)
{
    auto const attempt = mark_attempt(folder, item, monitor);
    if (item == 2) throw std::domain_error("attempt " + std::to_string(attempt.number));
    return item;
}
/// 1 if the second attempt is on another worker than the first.
int moves_on(int item, std::string const& folder, starmap::Monitor& monitor)
{
    auto const attempt = mark_attempt(folder, item, monitor);
    if (attempt.number == 1) throw std::domain_error("try elsewhere");
    return attempt.before == static_cast<int>(monitor.worker()) ? 0 : 1;
}

} // namespace

TEST_CASE("a failure of apply names the chunk's first item")
{
    auto const failure = failure_of([] {
        session()
            .apply(starmap::fn<sum_without_seven>, numbers(20), {.concurrent_tasks = 4})
            .reduce();
    });
    CHECK(failure.task_no == 2);
    CHECK(failure.first_item == 5);
    CHECK(failure.text == "seven is refused");
    failure_of([] { session().apply(starmap::fn<sum_without_seven>, numbers(20)).reduce(); });
}

TEST_CASE("under collect each failure is listed once, however the results are taken")
{
    auto const check = [&](auto starmap, auto take) {
        take(starmap);
        std::set<std::uint64_t> failed;
        for (auto const& failure : starmap.failures()) {
            failed.insert(failure.first_item);
            CHECK(failure.task_no == failure.first_item + 1);
            CHECK(failure.text == std::to_string(failure.first_item) + " is refused");
        }
        CHECK(failed == std::set<std::uint64_t>{7, 17, 27, 37, 47, 57, 67, 77, 87, 97});
        CHECK(starmap.failures().size() == 10);
        CHECK(starmap.stats().tasks_done == 90);
    };
    auto const sum = 99 * 100 / 2 - (7 + 97) * 5;
    auto const f = starmap::fn<refuse_sevens>;
    auto const items = numbers(100);
    auto const reduce = [&](auto& s) { CHECK(s.reduce() == sum); };
    auto const fold = [&](auto& s) {
        CHECK(s.reduce([](int a, int b) { return a + b; }, 0) == sum);
    };
    auto const wait = [&](auto& s) { CHECK(s.wait() == 90); };
    auto const collect = [&](auto& s) { CHECK(s.collect().size() == 90); };
    auto const iterate = [&](auto& s) {
        int arrived = 0;
        for (int value : s) arrived += value;
        CHECK(arrived == sum);
    };
    auto& s = session();
    auto const make_map = [&] { return s.map(f, items, {.on_failure = OnFailure::collect}); };
    auto const make_star = [&] { return s.starmap(f, items, {.on_failure = OnFailure::collect}); };
    check(make_map(), reduce);
    check(make_map(), fold);
    check(make_map(), wait);
    check(make_map(), collect);
    check(make_map(), iterate);
    check(make_star(), reduce);
    check(make_star(), wait);
    check(make_star(), iterate);
    check(s.map(f, items, {.concurrent_tasks = 3, .on_failure = OnFailure::collect}), collect);
}

TEST_CASE("if all fail there is an empty result")
{
    auto all = session().map([](int i) -> std::string { throw i; }, numbers(30),
                             {.on_failure = OnFailure::collect});
    CHECK(all.reduce().empty());
    CHECK(all.failures().size() == 30);
    CHECK(all.stats().tasks_done == 0);
}

TEST_CASE("anything may be thrown")
{
    auto const items = numbers(10);
    auto const number =
        failure_of([&] { session().map([](int i) -> int { throw i; }, items).reduce(); });
    CHECK(number.type == "int");
    auto const text =
        failure_of([&] { session().starmap([](int) -> int { throw "text"; }, items).reduce(); });
    CHECK(text.type == "char const*");
    auto const memory = failure_of(
        [&] { session().starmap([](int) -> int { throw std::bad_alloc(); }, items).reduce(); });
    CHECK(memory.status == starmap::TaskStatus::memory);
}

TEST_CASE("after the last attempt it has failed, and what succeeded was not run again")
{
    Marks marks;
    auto const failure = failure_of([&] {
        session()
            .map(starmap::fn<fail_two_always>, numbers(6), starmap::shared(marks.path()),
                 {.retries = 2})
            .reduce();
    });
    CHECK(failure.attempt == 3);
    CHECK(failure.text == "attempt 3");
    CHECK(failure.first_item == 2);
    CHECK(marks.has("2.3"));
    CHECK(!marks.has("2.4"));
    CHECK(!marks.has("1.2"));
}

TEST_CASE("a retry goes to another worker where there is one")
{
    Marks marks;
    std::vector<std::tuple<int, std::string>> arguments;
    for (int i = 0; i < 12; ++i) arguments.emplace_back(i, marks.path());
    auto const moved = session().starmap(starmap::fn<moves_on>, arguments, {.retries = 1}).reduce();
    CHECK(moved == (session().workers() > 1 ? 12 : 0));
}

TEST_CASE("what fails after its Starmap was left harms nothing")
{
    auto const slow_to_fail = [](int i) {
        std::this_thread::sleep_for(std::chrono::milliseconds(2));
        if (i > 8) throw std::domain_error("late");
        return i;
    };
    for (int round = 0; round < 3; ++round) {
        for (int value : session().starmap(slow_to_fail, numbers(50))) {
            CHECK(value <= 8);
            break;
        }
        CHECK(session().map([](int i) { return i; }, numbers(100)).reduce() == 4950);
    }
}

TEST_CASE("a failure in one Starmap leaves another that is open alone")
{
    auto const items = numbers(500);
    auto other = session().map([](int i) { return i; }, items);
    auto results = other.results();
    auto at = results.begin();
    long sum = *at;
    ++at;
    CHECK_THROWS_AS(session().map(starmap::fn<refuse_seven>, items).reduce(), starmap::TaskError);
    for (; at != results.end(); ++at) sum += *at;
    CHECK(sum == 499 * 500 / 2);
}
