#include <starmap/starmap.hpp>

#include <iostream>

using Counter = starmap::AccumDict<char, long>;

Counter count_letters(std::string const& text)
{
    Counter counts;
    for (char letter : text) ++counts[letter];
    return counts;
}

int main(int argc, char** argv)
{
    return starmap::run(argc, argv, [](starmap::Session& session) {
        std::vector<std::string> const words{"hello", "world"};
        auto const counts = session.starmap(starmap::fn<count_letters>, words).reduce();
        for (auto const& [letter, n] : counts) std::cout << letter << ' ' << n << '\n';
    });
}
