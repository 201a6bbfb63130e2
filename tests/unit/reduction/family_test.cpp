#include <starmap/detail/family.hpp>
#include <starmap/detail/grown_items.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <cstdint>
#include <optional>
#include <random>
#include <set>
#include <string>
#include <vector>

using namespace starmap::detail;

namespace {

/// A task of a random tree, as it ends.
struct Task {
    Ended ended;
    std::optional<std::string> value;
    std::vector<std::size_t> children; ///< among all tasks
};

struct Tree {
    std::vector<Task> tasks;
    std::vector<std::size_t> roots;
};

Tree random_tree(std::mt19937_64& random)
{
    Tree tree;
    std::uint64_t families = 0;
    for (std::uint64_t place = 0; place < random() % 6; ++place) {
        tree.roots.push_back(tree.tasks.size());
        tree.tasks.push_back({.ended = {.address = {0, place}}, .value = {}, .children = {}});
    }
    for (std::size_t i = 0; i < tree.tasks.size(); ++i) {
        if (random() % 5 != 0) tree.tasks[i].value = std::to_string(i) + ' ';
        auto const children = tree.tasks.size() < 40 ? random() % 4 : 0;
        if (children == 0) continue;
        tree.tasks[i].ended.family = ++families;
        tree.tasks[i].ended.children = children;
        for (std::uint64_t place = 0; place < children; ++place) {
            tree.tasks[i].children.push_back(tree.tasks.size());
            tree.tasks.push_back(
                {.ended = {.address = {families, place}}, .value = {}, .children = {}});
        }
    }
    return tree;
}

std::string preorder(Tree const& tree, std::size_t task)
{
    auto text = tree.tasks[task].value.value_or("");
    for (auto const child : tree.tasks[task].children) text += preorder(tree, child);
    return text;
}

std::vector<std::size_t> shuffled(Tree const& tree, std::mt19937_64& random)
{
    // A child ends after its parent, as it is there only then.
    std::vector<std::size_t> open = tree.roots;
    std::vector<std::size_t> order;
    while (!open.empty()) {
        std::swap(open[random() % open.size()], open.back());
        auto const task = open.back();
        open.pop_back();
        order.push_back(task);
        auto const& children = tree.tasks[task].children;
        open.insert(open.end(), children.begin(), children.end());
    }
    return order;
}

} // namespace

TEST_CASE("values are combined and handed on in the order of the tree, whatever ends first")
{
    for (std::uint64_t seed = 1; seed <= 500; ++seed) {
        CAPTURE(seed);
        std::mt19937_64 random(seed);
        auto const tree = random_tree(random);
        std::string expected;
        for (auto const root : tree.roots) expected += preorder(tree, root);

        FamilyTrees<std::string> trees;
        std::vector<std::string> by_root(tree.roots.size());
        auto op = [](std::string&& a, std::string&& b) { return a + b; };
        std::size_t complete = 0;
        FamilyOrder<std::optional<std::string>> order;
        std::string in_order;
        std::size_t passed = 0;
        for (auto const task : shuffled(tree, random)) {
            auto const& [ended, value, children] = tree.tasks[task];
            trees.add(ended, value, op, [&](std::uint64_t place, std::optional<std::string> sum) {
                by_root.at(place) = sum.value_or("");
                ++complete;
            });
            order.add(ended, value, [&](std::optional<std::string> const& next) {
                in_order += next.value_or("");
                ++passed;
            });
        }
        CHECK(complete == tree.roots.size());
        CHECK(passed == tree.tasks.size());
        std::string combined;
        for (auto const& each : by_root) combined += each;
        CHECK(combined == expected);
        CHECK(in_order == expected);
    }
}

TEST_CASE("the first in order is handed on as soon as it has ended")
{
    FamilyOrder<int> order;
    std::vector<int> passed;
    auto const pass = [&](int value) { passed.push_back(value); };
    order.add({.address = {0, 1}}, 10, pass);
    CHECK(passed.empty());
    order.add({.address = {0, 0}, .family = 1, .children = 2}, 0, pass);
    CHECK(passed == std::vector{0});
    order.add({.address = {1, 1}}, 2, pass);
    CHECK(passed == std::vector{0});
    order.add({.address = {1, 0}}, 1, pass);
    CHECK(passed == std::vector{0, 1, 2, 10});
    order.add({.address = {0, 2}, .count = 5}, 11, pass);
    order.add({.address = {0, 7}}, 12, pass);
    CHECK(passed == std::vector{0, 1, 2, 10, 11, 12});
}

TEST_CASE("numbers of submitted tasks follow from parent and place alone, and are unlike")
{
    std::set<std::uint64_t> numbers;
    for (std::uint64_t parent = 0; parent < 300; ++parent)
        for (std::uint64_t place = 0; place < 300; ++place) {
            auto const number = number_of_child(parent, place);
            REQUIRE((number >> 62) == 1);
            numbers.insert(number);
            numbers.insert(number_of_child(number, place));
        }
    CHECK(numbers.size() == 2 * 300 * 300);
    static_assert(noexcept(number_of_child(0, 0)));
}

TEST_CASE("submitted items are placed in the order of their arrival, and freed one by one")
{
    GrownItems<std::string> grown;
    CHECK(grown.place().second == 0);
    CHECK(grown.add(5, {"a", "b"}) == 1);
    CHECK(grown.add(7, {"c"}) == 2);
    auto const [first, count] = grown.place();
    CHECK(count == 3);
    CHECK((first & grown_bit) != 0);
    CHECK(grown.item(first + 1) == "b");
    CHECK(grown.address(first + 2).family == 2);
    CHECK(grown.address(first + 1).place == 1);
    CHECK(grown.number(first) == number_of_child(5, 0));
    grown.release(first + 1);
    grown.release(first);
    CHECK(grown.item(first + 2) == "c");
    grown.add(1, {"d"});
    CHECK(grown.place() == std::pair{first + 3, std::uint64_t{1}});
    CHECK(grown.item(first + 3) == "d");
}
