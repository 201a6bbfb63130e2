/// Draws random weights in one Starmap and works on them in the next. Each task of the second
/// prints one line "ran ITEM VALUE" for each of its items, with a random value.
///
///     replayed FORM [ITEMS] [SCALE]
///
/// FORM: starmap, map, keyed, guided, fixed, stream, submit or emit. SCALE: of the weights.
#include <starmap/node_array.hpp>
#include <starmap/starmap.hpp>

#include <unistd.h>

#include <cstdint>
#include <cstdlib>
#include <iostream>
#include <ranges>
#include <span>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

namespace {

using Table = starmap::NodeArray<double>;

struct Item {
    long number = 0;
    long weight = 0;
};

struct Draw {
    long operator()(long, starmap::Monitor& monitor) const
    {
        return static_cast<long>(monitor.seed(0) % 97 + 1);
    }
};

std::uint64_t work(Item const& item, Table const& table, std::uint64_t seed)
{
    auto const value =
        seed % 1000000 + static_cast<std::uint64_t>(table[static_cast<std::size_t>(item.weight)]);
    auto const line = "ran " + std::to_string(item.number) + ' ' + std::to_string(value) + '\n';
    if (::write(1, line.data(), line.size()) < 0) std::abort();
    return value;
}

struct Work {
    std::uint64_t operator()(Item item, Table const& table, starmap::Monitor& monitor) const
    {
        return work(item, table, monitor.seed(0));
    }
};
struct Alone {
    std::uint64_t operator()(long number, long weight, starmap::Monitor& monitor) const
    {
        return work({number, weight}, Table(std::vector<double>(200, 1)), monitor.seed(0));
    }
};
struct Block {
    std::uint64_t operator()(std::span<Item const> items, Table const& table,
                             starmap::Monitor& monitor) const
    {
        std::uint64_t sum = 0;
        for (std::size_t i = 0; i < items.size(); ++i)
            sum += work(items[i], table, monitor.seed(i));
        return sum;
    }
};
/// Submits two more, until the numbers are large.
struct Spread {
    void operator()(long number, long weight, starmap::Monitor& monitor,
                    starmap::Emitter<std::uint64_t>& emitter) const
    {
        emitter.emit(Alone{}(number, weight, monitor));
        for (auto const child : {2 * number + 100, 2 * number + 101})
            if (child < 2000) emitter.submit(child, weight);
    }
};

} // namespace

int main(int argc, char** argv)
{
    return starmap::run(argc, argv, [&](starmap::Session& session) {
        std::string const form = argc > 1 ? argv[1] : "map";
        auto const count = argc > 2 ? std::atol(argv[2]) : 60;
        auto const scale = argc > 3 ? std::atof(argv[3]) : 1.0;
        auto const drawn =
            session.starmap(Draw{}, std::views::iota(0L, count), {.name = "draw"}).collect();
        std::vector<Item> items;
        std::vector<std::tuple<long, long>> arguments;
        for (long number = 0; number < count; ++number) {
            items.push_back({number, drawn[static_cast<std::size_t>(number)]});
            arguments.emplace_back(items.back().number, items.back().weight);
        }
        Table const table(std::vector<double>(200, static_cast<double>(session.workers())));
        starmap::Options<Item> options{.name = "work", .weight = [scale](Item const& item) {
                                           return scale * static_cast<double>(item.weight);
                                       }};
        std::uint64_t sum = 0;
        if (form == "starmap") {
            sum = session.starmap(Alone{}, arguments, {.name = "work"}).reduce();
        } else if (form == "submit") {
            auto tasks = session.starmap(Alone{}, {.name = "work"});
            for (auto const& [number, weight] : arguments) tasks.submit(number, weight);
            sum = tasks.reduce();
        } else if (form == "emit") {
            sum = session.starmap(Spread{}, arguments, {.name = "work"}).reduce();
        } else if (form == "stream") {
            auto made =
                std::views::iota(0L, count) |
                std::views::transform([&](long i) { return items[static_cast<std::size_t>(i)]; }) |
                std::views::filter([](Item const&) { return true; });
            sum = session.map(Work{}, std::move(made), starmap::shared(table), {.name = "work"})
                      .reduce();
        } else if (form == "guided" || form == "fixed") {
            if (form == "fixed") options.max_weight = 200 * scale;
            sum = session.apply(Block{}, items, starmap::shared(table), options).reduce();
        } else {
            if (form == "keyed") options.key = [](Item const& item) { return item.weight % 3; };
            sum = session.map(Work{}, items, starmap::shared(table), options).reduce();
        }
        std::cout << "sum " << sum << '\n';
    });
}
