#include <starmap/detail/item_queue.hpp>
#include <starmap/detail/layout.hpp>

#include <doctest/doctest.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

using starmap::detail::ItemFigures;
using starmap::detail::ItemLayout;

TEST_CASE("what is needed for long does not keep what was read after it")
{
    // Counts its living ones.
    struct Counted {
        explicit Counted(int& living) : count(&living) { ++living; }
        Counted(Counted&& other) noexcept : count(other.count) { ++*count; }
        Counted(Counted const&) = delete;
        Counted& operator=(Counted const&) = delete;
        Counted& operator=(Counted&&) = delete;
        ~Counted() { --*count; }
        int* count;
    };
    int living = 0;
    {
        starmap::detail::ItemQueue<Counted> items;
        for (std::uint64_t i = 0; i < 1000; ++i) {
            items.push(Counted(living));
            CHECK(items.pushed() == i + 1);
            CHECK(items.at(0).count == &living);
            if (i % 2 == 1) {
                items.release(i - (i == 1 ? 0 : 1));
                if (i != 1) items.release(i);
            }
        }
        CHECK(living == 1);
        items.release(0);
        CHECK(living == 0);
        items.push(Counted(living));
        CHECK(items.at(1000).count == &living);
    }
    CHECK(living == 0);

    ItemLayout layout;
    std::vector<std::weak_ptr<std::vector<double> const>> windows;
    for (std::uint64_t turn = 0; turn < 100; ++turn) {
        ItemFigures figures{.weights = {1, 3, 2}, .groups = {}, .group_ranks = {}};
        windows.push_back(layout.add(std::move(figures), std::nullopt).weights);
        CHECK(layout.index(3 * turn) == 3 * turn + 1);
        layout.release(3 * turn + 1, 2);
        if (turn != 0) layout.release(3 * turn, 1);
    }
    CHECK(layout.index(0) == 1); // the first one of all is still needed
    CHECK(layout.weight(0) == 3);
    CHECK_FALSE(windows.front().expired());
    CHECK_FALSE(windows.back().expired()); // the last one is kept
    for (std::size_t i = 1; i + 1 < windows.size(); ++i) CHECK(windows[i].expired());
    layout.release(0, 1);
    CHECK(windows.front().expired());
    layout.add_uniform(2);
    CHECK(windows.back().expired());
    CHECK(layout.index(301) == 301);
}
