// Every kind of input, in every way to make tasks.
#include "support/numbers.hpp"
#include "support/session.hpp"

#include <doctest/doctest.h>

#include <cstddef>
#include <deque>
#include <iterator>
#include <list>
#include <map>
#include <memory>
#include <numeric>
#include <span>
#include <string>
#include <utility>
#include <vector>

using starmap::test::numbers;

namespace {

long square(long x) { return x * x; }
long sum(std::span<long const> items) { return std::accumulate(items.begin(), items.end(), 0L); }

/// Counts up, to an end or for ever; can be walked once only.
class Counting {
public:
    class iterator {
    public:
        using value_type = long;
        using difference_type = std::ptrdiff_t;
        iterator() = default;
        iterator(Counting& in, long at) : in_(&in), at_(std::make_unique<long>(at)) {}
        iterator(iterator&&) = default; // a walk cannot be copied
        iterator& operator=(iterator&&) = default;
        long operator*() const
        {
            if (*at_ == in_->throws_at_) throw std::runtime_error("the generator is dry");
            return *at_;
        }
        iterator& operator++()
        {
            ++*at_;
            in_->furthest_ = *at_;
            return *this;
        }
        void operator++(int) { ++*this; }
        bool operator==(std::default_sentinel_t) const { return *at_ == in_->end_; }

    private:
        Counting* in_ = nullptr;
        std::unique_ptr<long> at_;
    };
    explicit Counting(long end, long throws_at = -1) : end_(end), throws_at_(throws_at) {}
    iterator begin() { return {*this, 0}; }
    std::default_sentinel_t end() const { return {}; }
    long furthest() const { return furthest_; }

private:
    long end_;
    long throws_at_;
    long furthest_ = 0;
};
static_assert(std::ranges::input_range<Counting> && !std::ranges::forward_range<Counting>);

constexpr long thousand = 1000;
constexpr long sum_of_squares = (thousand - 1) * thousand * (2 * thousand - 1) / 6;

} // namespace

TEST_CASE("containers, in memory or moved in")
{
    auto const vector = numbers<long>(thousand);
    std::deque<long> const deque(vector.begin(), vector.end());
    std::list<long> const list(vector.begin(), vector.end());
    auto const f = starmap::fn<square>;
    CHECK(session().map(f, vector).reduce() == sum_of_squares);
    CHECK(session().map(f, numbers<long>(thousand)).reduce() == sum_of_squares);
    CHECK(session().map(f, std::span(vector)).reduce() == sum_of_squares);
    CHECK(session().map(f, deque).reduce() == sum_of_squares);
    CHECK(session().map(f, list).reduce() == sum_of_squares);
    CHECK(session().starmap(f, vector).reduce() == sum_of_squares);
    CHECK(session().starmap(f, list).reduce() == sum_of_squares);
    CHECK(session().apply(starmap::fn<sum>, list).reduce() == thousand * (thousand - 1) / 2);
    std::map<std::string, long> const map{{"a", 1}, {"b", 2}};
    CHECK(
        session()
            .map([](std::pair<std::string const, long> const& entry) { return entry.second; }, map)
            .reduce() == 3);
}

TEST_CASE("a generator of unknown length, weighted and not")
{
    auto const f = starmap::fn<square>;
    CHECK(session().map(f, Counting(thousand)).reduce() == sum_of_squares);
    CHECK(session().starmap(f, Counting(thousand)).reduce() == sum_of_squares);
    CHECK(session().apply(starmap::fn<sum>, Counting(thousand)).reduce() ==
          thousand * (thousand - 1) / 2);
    auto const weight = [](long x) { return static_cast<double>(x % 7); };
    CHECK(session().map(f, Counting(10 * thousand), {.weight = weight}).collect().size() ==
          10 * thousand);
    CHECK(session().apply(starmap::fn<sum>, Counting(thousand), {.max_weight = 10}).reduce() ==
          thousand * (thousand - 1) / 2);
    CHECK(session()
              .apply(starmap::fn<sum>, Counting(thousand), {.concurrent_tasks = 7})
              .collect()
              .size() == 7);
}

TEST_CASE("an endless generator is pulled only as far as it is needed")
{
    Counting endless(-1);
    long seen = 0;
    for (auto const result : session().starmap(starmap::fn<square>, endless)) {
        CHECK(result >= 0);
        if (++seen == 100) break;
    }
    CHECK(seen == 100);
    CHECK(endless.furthest() < 10'000'000);
    CHECK(session().map(starmap::fn<square>, numbers<long>(thousand)).reduce() == sum_of_squares);
}

TEST_CASE("a generator that throws ends its Starmap and no other")
{
    CHECK_THROWS_WITH_AS(session().map(starmap::fn<square>, Counting(thousand, 500)).reduce(),
                         "the generator is dry", std::runtime_error);
    CHECK(session().map(starmap::fn<square>, numbers<long>(thousand)).reduce() == sum_of_squares);
}

TEST_CASE("nothing, and one")
{
    std::vector<long> const none;
    std::vector<long> const one{3};
    CHECK(session().map(starmap::fn<square>, none).reduce() == 0);
    CHECK(session().starmap(starmap::fn<square>, none).collect().empty());
    CHECK(session().apply(starmap::fn<sum>, none, {.concurrent_tasks = 4}).wait() == 0);
    CHECK(session().map(starmap::fn<square>, Counting(0)).reduce() == 0);
    CHECK(session().map(starmap::fn<square>, one).reduce() == 9);
    CHECK(session().starmap(starmap::fn<square>, one).collect() == std::vector<long>{9});
    // One task runs in place, whatever the number of ranks.
    auto where =
        session().starmap([](long, starmap::Monitor& monitor) { return monitor.rank(); }, one);
    CHECK(where.reduce() == 0);
}

TEST_CASE("submit, before and while results are taken")
{
    auto tasks =
        session().starmap([](int a, std::string const& b) { return b + std::to_string(a); });
    tasks.submit(1, "x");
    tasks.submit(2, "y");
    CHECK(tasks.collect() == std::vector<std::string>{"x1", "y2"});

    auto halving = session().starmap([](long x) { return x / 2; });
    halving.submit(1000);
    std::vector<long> chain;
    for (auto const half : halving) {
        chain.push_back(half);
        if (half > 0) halving.submit(half);
    }
    CHECK(chain == std::vector<long>{500, 250, 125, 62, 31, 15, 7, 3, 1, 0});
    auto empty = session().starmap([](long x) { return x; });
    CHECK(empty.reduce() == 0);
}
